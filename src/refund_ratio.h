/*
 * refund_ratio.h
 *		The datum of type refund_ratio: an AsRatio, by value.
 */
#ifndef AFTERSALE_REFUND_RATIO_H
#define AFTERSALE_REFUND_RATIO_H

#include "fmgr.h"
#include "kernel/ratio.h"

#define DatumGetRatio(datum)	((AsRatio) DatumGetInt32(datum))
#define RatioGetDatum(ratio)	Int32GetDatum(ratio)
#define PG_GETARG_RATIO(n)		DatumGetRatio(PG_GETARG_DATUM(n))
#define PG_RETURN_RATIO(ratio)	return RatioGetDatum(ratio)

#endif
