/*
 * parcels.h
 *		The parcels of requests, as acts tell of them: table parcel.
 *
 * A request has at most one parcel of a kind; what an act does not say of it
 * stays as it was, and what several say is the latest event's word.
 */
#ifndef AFTERSALE_PARCELS_H
#define AFTERSALE_PARCELS_H

#include "judge.h"
#include "rows.h"

extern void as_parcels_init(AsRows *rows);

/* Collects what event number (from 0) of a decision tells of a parcel, if it does. */
extern void as_parcels_add(AsRows *rows, const AsRequestRow *new, const AsJudgement *judgement, int number);

/* Writes them, with SPI connected as the owner. */
extern void as_parcels_write(const AsRows *rows);

#endif
