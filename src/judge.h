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
#include "facts.h"
#include "flow_cache.h"
#include "kernel/decide.h"
#include "request_row.h"
#include "shop_cache.h"
#include "strategy.h"

typedef struct AsJudgement
{
	const AsCachedFlow *cached;
	const AsFlow *flow;
	int64		shop_id;		/* set unless judging again */
	const AsShop *shop;			/* with the configuration of the moment */
	const AsRequestRow *row;	/* with the command */
	int			looked_up;		/* AS_LOOK_UP_... that are done */
	const char *calendar;		/* name; NULL when judging again */
	AsRequest	request;
	AsCommand	command;
	AsDecideInput input;
	AsRuleUse	uses[AS_MAX_CHOSEN];	/* of the rules that act */
	AsDecision	decision;
} AsJudgement;

/* A request that opens, from the row as the INSERT gives it; actor: who opens it. */
extern void as_judge_opening(const AsRequestRow *row, AsActorKind actor, AsInstant now, AsJudgement *judgement);

/* An act, or a new platform_due_at, on the row "old" by the command in "new", which the speaker gives. */
extern void as_judge_act(const AsRequestRow *old, const AsRequestRow *new, AsInstant now,
						 const AsSpeaker *speaker, AsJudgement *judgement);

/* The same once more from last_*; raises RA026 where it comes out otherwise than the row says. */
extern void as_judge_opening_again(const AsRequestRow *new, AsJudgement *judgement);
extern void as_judge_act_again(const AsRequestRow *old, const AsRequestRow *new, AsJudgement *judgement);

/* The money of a request that opens, as its row gives it; needed where rules may act. */
extern void as_judge_opening_money(const AsRequestRow *row, AsJudgement *judgement);

/* Completes what is known of the order and of the shop's fees, AS_LOOK_UP_...; asks no cache of flows or shops. */
extern void as_judge_look_up(AsJudgement *judgement, int look_ups);

/* Where the row stands at an instant when nobody acts. */
extern void as_judge_standing(const AsRequestRow *row, AsInstant now, AsJudgement *judgement);

/* The event_seq of event number (from 0) of a decision; new is the row that carries it. */
extern int64 as_judged_event_seq(const AsJudgement *judgement, const AsRequestRow *new, int number);

/* Raises RA030 unless the payload is an object whose known keys have the right types. */
extern void as_check_payload(Jsonb *payload);

#endif
