/*
 * return_warehouse.h
 *		Routing one return.
 */
#ifndef AFTERSALE_RETURN_WAREHOUSE_H
#define AFTERSALE_RETURN_WAREHOUSE_H

#include "datatype/timestamp.h"
#include "kernel/routing.h"

/* The distinct products of a return, in byte order; memory of the caller */
typedef struct AsProducts
{
	Datum	   *names;			/* text, not toasted */
	int			count;
	bool		unknown;		/* there was a NULL: a product without a link */
} AsProducts;

/* What routing read and what it decided; memory of the SPI connection */
typedef struct AsReturnRoute
{
	AsRouteInput input;
	AsRoute		route;
} AsReturnRoute;

/* Sorts the names in place and drops repetitions. */
extern AsProducts as_products(Datum *names, const bool *nulls, int count);

/*
 * Routes a return with SPI connected, as the current user, under the active
 * snapshot.  There is at least one product, known or not.  Raises RA010, RA011
 * and RA050.
 */
extern void as_return_route(int64 shop, text *country, const AsProducts *products,
							TimestampTz as_of, AsReturnRoute *result);

/*
 * Whether the platform's site forbids the shop's country to take returns
 * across borders at an instant, whatever its settings say (TEMU-16).  With SPI
 * connected.
 */
extern bool as_site_forbids_border(Datum shop, Datum country, TimestampTz at);

#endif
