/*
 * shop_cache.h
 *		Shops, their countries and their overrides, cached in this backend.
 */
#ifndef AFTERSALE_SHOP_CACHE_H
#define AFTERSALE_SHOP_CACHE_H

#include "kernel/decide.h"
#include "kernel/shop.h"
#include "kernel/strategy.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

typedef struct AsShopCountry
{
	const char *country;
	const char *currency;
	const char *calendar;
	const char *time_zone;
	Jsonb	   *settings;		/* the shop's, and the country's own over them */
	int			n_sites;
	struct AsShopSite *sites;	/* the platform's facts of the site, dated */
} AsShopCountry;

/* A row of site: its settings with those of the shop over them. */
typedef struct AsShopSite
{
	AsInstant	effective_from;
	AsInstant	effective_to;
	Jsonb	   *settings;
} AsShopSite;

/* A row of flow_override, its states still by name. */
typedef struct AsShopOverride
{
	const char *flow;
	const char *state;
	const char *country;		/* "*": every country */
	bool		has_term;
	AsTerm		term;
	const char *timeout_to;		/* NULL: the flow's */
	const char *timeout_outcome;	/* NULL: the flow's */
	AsInstant	effective_from;
	AsInstant	effective_to;
} AsShopOverride;

/* The amounts of a row of return_fee, at whatever decimals they were written. */
typedef struct AsShopFee
{
	int32_t		percent;		/* hundredths of a percent */
	Numeric		fixed;
	Numeric		cap;			/* NULL: none */
} AsShopFee;

/* The rules of a shop for one flow, by priority descending, then rule_id. */
typedef struct AsShopStrategies
{
	const char *flow;
	bool		asks_goods;		/* one of them asks for products or categories */
	int			count;
	AsStrategy *rules;			/* their conditions are Jsonb */
} AsShopStrategies;

typedef struct AsShop
{
	int64_t		shop_id;
	const char *platform;
	bool		fire_overdue_at_opening;
	int			n_countries;
	AsShopCountry *countries;
	int			n_overrides;
	AsShopOverride *overrides;	/* a country's own before those of "*" */
	int			n_fees;
	AsFeeTerms *fee_terms;		/* by kind */
	AsShopFee  *fees;			/* at the places of their terms */
	int			n_strategies;	/* flows that have rules */
	AsShopStrategies *strategies;
} AsShop;

/* Raises RA010.  Valid until the next call. */
extern const AsShop *as_shop(int64_t shop_id);

/* The country of a shop; NULL asks for its only one.  Raises RA011. */
extern const AsShopCountry *as_shop_country(const AsShop *shop, const char *country);

/* The settings of the shop in the country at an instant, over those of the platform's site. */
extern Jsonb *as_shop_settings(const AsShopCountry *country, AsInstant at);

/* The rules for a flow; NULL: the shop has none for it.  Valid as long as the shop is. */
extern const AsShopStrategies *as_shop_strategies(const AsShop *shop, const char *flow);

#endif
