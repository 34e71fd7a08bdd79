/*
 * history.h
 *		The lines of the history that a decision writes, and their digests.
 *
 * BEFORE computes the digest of the last line into request.last_digest, so
 * that the next act can chain to it; AFTER writes it into the event, once it
 * has found the row's seal (seal.h) whole.
 */
#ifndef AFTERSALE_HISTORY_H
#define AFTERSALE_HISTORY_H

#include "event_table.h"
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
	const char *role;			/* NULL: login's own */
	const char *from_state;		/* NULL: the opening */
	const char *to_state;
	AsMaybeInstant due_at;
	const char *rule;			/* NULL: none */
	Jsonb	   *payload;		/* NULL: none */
	Jsonb	   *facts;			/* NULL: the event is not the last of its
								 * decision */
} AsHistoryLine;

/* Who is connected, as the history names him. */
typedef struct AsHistorySession
{
	const char *login;			/* session_user */
	const char *role;			/* current_user; NULL: the same */
} AsHistorySession;

extern void as_history_session(AsHistorySession *session);

/* Event number (from 0) of a decision; new is the row that carries it. */
extern void as_history_line(const AsJudgement *judgement, const AsRequestRow *new, const AsHistorySession *session,
							int number, AsHistoryLine *line);

/* The line as a row of aftersale.event. */
extern void as_history_event(const AsHistoryLine *line, const uint8 digest[AS_DIGEST_SIZE],
							 Datum values[AS_EVENT_COLUMNS], bool nulls[AS_EVENT_COLUMNS]);

/* The digest of a line over canonical bytes and its predecessor's; previous NULL: it is the first. */
extern void as_history_digest(const AsHistoryLine *line, const uint8 *previous, uint8 digest[AS_DIGEST_SIZE]);

/* The digest in a bytea column; NULL where it is NULL or none. */
extern const uint8 *as_row_digest(const AsRequestRow *row);

extern Datum as_digest_datum(const uint8 digest[AS_DIGEST_SIZE]);

#endif
