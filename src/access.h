/*
 * access.h
 *		Who the session is, and what it may do: kernel/access.h with the facts
 *		read from login, access, member and the tables of permissions.
 */
#ifndef AFTERSALE_ACCESS_H
#define AFTERSALE_ACCESS_H

#include "kernel/access.h"

/*
 * As whom the session (current_user) takes an action of a shop; wanted is the
 * actor that it names or NULL.  Raises RA071 and RA072.
 */
extern void as_session_speaker(int64_t shop, const char *action, const char *wanted, AsSpeaker *speaker);

/* Whether the session owns the tables or has a login for the shop. */
extern bool as_works_for(int64_t shop);

/* Raises RA072 unless the session acts as the platform or the ERP, or may speak for them. */
extern void as_require_platforms_word(int64_t shop, const char *action, const char *wanted);

/*
 * Bits of the flow's permissions that the speaker has in the shop; *role is
 * his as a member, NULL: he is none.  Reads nothing where the flow asks for none.
 */
extern uint64_t as_flow_permits(int64_t shop, const AsFlow *flow, const AsSpeaker *speaker, const char **role);

/* Adds to a refusal (RA070) which roles have the permission and who could grant it. */
extern void as_hint_permission(int64_t shop, const char *permission, const char *role, AsError *error);

#endif
