/*
 * judge.h
 *		From a row of aftersale.request to a decision of the kernel.
 *
 * Both triggers come through here: BEFORE judges with the configuration of the
 * moment, AFTER judges again with the facts that BEFORE left in last_facts.
 */
#ifndef AFTERSALE_JUDGE_H
#define AFTERSALE_JUDGE_H

#include "access.h"
#include "flow_cache.h"
#include "kernel/decide.h"
#include "request_row.h"
#include "shop_cache.h"

typedef struct AsJudgement
{
	const AsCachedFlow *cached;
	const AsFlow *flow;
	int64		shop_id;		/* set where somebody acts */
	const char *calendar;		/* name; NULL when judging again */
	AsRequest	request;
	AsCommand	command;
	AsDecideInput input;
	AsDecision	decision;
} AsJudgement;

/* A request that opens, from the row as the INSERT gives it. */
extern void as_judge_opening(const AsRequestRow *row, AsInstant now, AsJudgement *judgement);

/* An act, or a new platform_due_at, on the row "old" by the command in "new", which the speaker gives. */
extern void as_judge_act(const AsRequestRow *old, const AsRequestRow *new, AsInstant now,
						 const AsSpeaker *speaker, AsJudgement *judgement);

/* The same once more from last_*; raises RA026 where it comes out otherwise than the row says. */
extern void as_judge_opening_again(const AsRequestRow *new, AsJudgement *judgement);
extern void as_judge_act_again(const AsRequestRow *old, const AsRequestRow *new, AsJudgement *judgement);

/* Where the row stands at an instant when nobody acts. */
extern void as_judge_standing(const AsRequestRow *row, AsInstant now, AsJudgement *judgement);

/* Raises RA030 unless the payload is an object whose known keys have the right types. */
extern void as_check_payload(Jsonb *payload);

#endif
