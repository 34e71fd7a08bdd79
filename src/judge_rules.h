/*
 * judge_rules.h
 *		A shop's automatic rules in a judgement.
 */
#ifndef AFTERSALE_JUDGE_RULES_H
#define AFTERSALE_JUDGE_RULES_H

#include "judge.h"

/*
 * Gives a judgement that is about to be decided the rules of its shop and flow,
 * and the request as they see it: old is the row before the act, NULL at the
 * opening.
 */
extern void as_judge_add_rules(const AsRequestRow *old, AsJudgement *judgement);

/* Whether a request that opens is there already: it uses nothing, and ON CONFLICT leaves it out. */
extern bool as_is_opened_twice(const AsRequestRow *row);

/* Notes the uses of rules that the decision makes. */
extern void as_judge_note_uses(AsJudgement *judgement);

#endif
