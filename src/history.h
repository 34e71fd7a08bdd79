/*
 * history.h
 *		The lines of the history that a decision writes, and their digests.
 *
 * BEFORE computes the digest of the last line into request.last_digest, so
 * that the next act can chain to it; AFTER computes the same again from the row
 * and writes it into the events.  So the chain also covers what came in between.
 */
#ifndef AFTERSALE_HISTORY_H
#define AFTERSALE_HISTORY_H

#include "judge.h"
#include "request_row.h"

#define AS_DIGEST_SIZE	32		/* SHA-256 */

typedef struct AsHistoryLine
{
	int64		shop_id;
	int64		request_id;
	int64		event_seq;
	AsInstant	at;
	AsInstant	recorded_at;
	const char *action;
	const char *actor;
	const char *on_behalf_of;	/* NULL: nobody */
	const char *login;
	const char *from_state;		/* NULL: the opening */
	const char *to_state;
	const char *rule;			/* NULL: none */
	Jsonb	   *payload;		/* NULL: none */
	Jsonb	   *facts;			/* NULL: none */
} AsHistoryLine;

/* The database role that is connected, as the history names it. */
extern const char *as_history_login(void);

/* Event number (from 0) of a decision; new is the row that carries it. */
extern void as_history_line(const AsJudgement *judgement, const AsRequestRow *new, const char *login,
							int number, AsHistoryLine *line);

/* The digest of a line over canonical bytes and its predecessor's; previous NULL: it is the first. */
extern void as_history_digest(const AsHistoryLine *line, const uint8 *previous, uint8 digest[AS_DIGEST_SIZE]);

/* The digest in a bytea column; NULL where it is NULL or none. */
extern const uint8 *as_row_digest(const AsRequestRow *row);

extern Datum as_digest_datum(const uint8 digest[AS_DIGEST_SIZE]);

#endif
