/*
 * routing.h
 *		Which warehouse a return goes to: decisions over sets of warehouses and
 *		over periods.  Instants are microseconds, as everywhere in the kernel.
 */
#ifndef AFTERSALE_KERNEL_ROUTING_H
#define AFTERSALE_KERNEL_ROUTING_H

#include <stdint.h>

#include "kernel/error.h"

/* The most products that one call may link (TEMU-38) */
#define AS_LINK_PRODUCTS_MAX	500

/*
 * A set is an array of distinct warehouse ids in ascending order.
 */

/* Makes a set of the values in place; returns its size. */
extern size_t as_set_make(int64_t *values, size_t count);

/*
 * Keeps of the set what is also among the candidates, count int64 in native
 * byte order, at any address and in any order; returns the new size.  Scans
 * the candidates once for each element: for lists as short as links are.
 */
extern size_t as_set_retain(int64_t *set, size_t size, const void *candidates, size_t count);

/* The same for candidates that are a set themselves, of any size. */
extern size_t as_set_intersect(int64_t *set, size_t size, const int64_t *other, size_t other_size);

/* Why a warehouse that serves the buyer's country is considered or not */
typedef enum AsStanding
{
	AS_CONSIDERED,
	AS_DISABLED,				/* counts as unlinked (TEMU-42) */
	AS_ABROAD					/* stands abroad, which the site does not
								 * allow (TEMU-16) */
} AsStanding;

typedef struct AsWarehouse
{
	int64_t		id;
	int32_t		priority;		/* the highest first */
	int64_t		recorded_at;	/* when it was first recorded: its age */
	AsStanding	standing;
} AsWarehouse;

typedef struct AsLink
{
	uint32_t	product;		/* index of the product in the return */
	int64_t		warehouse;
} AsLink;

typedef enum AsBasis
{
	AS_BASIS_COMMON,			/* every product is linked to it */
	AS_BASIS_DIFFERENT,			/* no warehouse is linked to them all: the
								 * default */
	AS_BASIS_UNLINKED			/* a product has no link: the default */
} AsBasis;

typedef enum AsChosen
{
	AS_CHOSEN_ONLY,				/* the only one in common */
	AS_CHOSEN_DEFAULT,			/* the default */
	AS_CHOSEN_PRIORITY,			/* of several in common, the highest priority */
	AS_CHOSEN_OLDEST			/* of those with the highest priority, the
								 * oldest */
} AsChosen;

typedef struct AsRouteInput
{
	const AsWarehouse *warehouses;	/* in force for the country, by ascending
									 * id */
	size_t		warehouse_count;
	const AsLink *links;		/* by product, then warehouse; repetitions are
								 * harmless */
	size_t		link_count;
	size_t		product_count;	/* distinct products, links or not; at least 1 */
	bool		has_default;
	int64_t		default_id;
} AsRouteInput;

typedef struct AsRoute
{
	int64_t		warehouse;
	AsBasis		basis;
	AsChosen	chosen;
	int64_t    *common;			/* in: room for warehouse_count ids; out:
								 * those in common */
	size_t		common_count;
} AsRoute;

/*
 * Routes one return, all of it to one warehouse (TEMU-42).  False where the
 * default is needed and there is none that may be used: RA050; the caller adds
 * the names.
 */
extern bool as_route(const AsRouteInput *input, AsRoute *route, AsError *error);

/* The warehouse of that id, or NULL */
extern const AsWarehouse *as_find_warehouse(const AsWarehouse *warehouses, size_t count, int64_t id);

extern const char *as_basis_name(AsBasis basis);
extern const char *as_chosen_name(AsChosen chosen);
extern const char *as_standing_name(AsStanding standing);

/* Half-open: "from" belongs to it, "to" does not */
typedef struct AsPeriod
{
	int64_t		from;
	int64_t		to;
} AsPeriod;

/* Whether two of the periods, given by ascending start, share an instant. */
extern bool as_periods_overlap(const AsPeriod *periods, size_t count);

/*
 * Whether the periods, given by ascending start, leave no instant of "whole"
 * out; where they do, gap gets the first.
 */
extern bool as_periods_cover(const AsPeriod *periods, size_t count, AsPeriod whole, int64_t *gap);

#endif
