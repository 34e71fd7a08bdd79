/*
 * timers.h
 *		Armed timers of requests: rows of aftersale.timer.
 */
#ifndef AFTERSALE_TIMERS_H
#define AFTERSALE_TIMERS_H

#include "judge.h"
#include "rows.h"

/* What the decisions of a chunk make of the timers. */
typedef struct AsTimerRows
{
	AsRows		forgotten;		/* requests that lose theirs */
	AsRows		armed;			/* and those that have some then */
} AsTimerRows;

extern void as_timer_rows_init(AsTimerRows *rows);

/* Adds what a decision changed; new is the row that carries it. */
extern void as_timer_rows_add(AsTimerRows *rows, const AsRequestRow *new, const AsJudgement *judgement);

/* Writes them, with SPI connected, as the owner. */
extern void as_timer_rows_write(const AsTimerRows *rows);

#endif
