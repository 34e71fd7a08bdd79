/*
 * reported.h
 *		The platform's word on the state of a request.
 *
 * It is authoritative: it holds from any state, final ones included, and over
 * a timeout that the engine applied.  Where the flow has an act of the
 * platform that leads to the reported state, that act is what was reported,
 * with all that it does; else the engine moves the state itself.
 *
 * Money: the platform pays by itself, so what it says of a state also says
 * whether it has paid.  A state that some transition of the flow refunds into
 * is one in which it has: what is not booked yet is booked, up to what the
 * platform says that it has refunded in all, else up to what was asked; and
 * what the ERP was to pay and nobody has taken up yet is taken back, or the
 * buyer would be paid twice.  Any other is one in which it has not: what was
 * booked in its name is taken back, and where that state is final, also what
 * the ERP was to pay and nobody has taken up yet.
 */
#ifndef AFTERSALE_KERNEL_REPORTED_H
#define AFTERSALE_KERNEL_REPORTED_H

#include "kernel/decide.h"

/* What becomes of a request by the platform's word. */
typedef struct AsReported
{
	bool		moves;			/* else it is in that state already, and the
								 * money is as it says */
	AsTransition transition;	/* to take; its action is -1 where it is the
								 * engine's own */
	const AsTransition *act;	/* the flow's, which it is; NULL: none */
	AsInstant	at;				/* when: the platform's instant, as far as the
								 * history allows */
	AsMoney		money;			/* for the transition */
	AsAmount	taken_back;		/* of refunds that were booked */
	bool		withdraws;		/* of these, some are the ERP's to pay */
} AsReported;

/* Whether the command says that the request is in another state than the one that it is in. */
extern bool as_is_reported_elsewhere(const AsDecideInput *input, int state);

/*
 * last: the instant of the last event, before which none may lie.  Fills the
 * error (RA022, RA023) where the command is not the platform's word.
 */
extern bool as_reported(const AsDecideInput *input, const AsDecision *decision, AsInstant last,
						AsReported *reported, AsError *error);

#endif
