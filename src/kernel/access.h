/*
 * access.h
 *		Who speaks, for whom he may speak, and what he may do.
 *
 * A session is a database role.  A row of login makes it an actor of a shop;
 * who owns the tables needs none.  Everything here is decided from facts that
 * the shell has read; nothing rests on a setting of the session.
 */
#ifndef AFTERSALE_KERNEL_ACCESS_H
#define AFTERSALE_KERNEL_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/error.h"
#include "kernel/flow.h"

#define AS_EVERY_PERMISSION	"*"

/* A database role towards a shop. */
typedef struct AsLogin
{
	const char *role;			/* current_user */
	bool		owner;			/* has the rights of the tables' owner, or is
								 * a superuser */
	bool		sweeper;		/* was granted the capability */
	bool		known;			/* has a row in login: the two below are its */
	const char *actor;
	bool		may_speak;
} AsLogin;

/* As whom the session acts. */
typedef struct AsSpeaker
{
	const char *actor;
	AsActorKind kind;
	bool		every_permission;	/* the ERP itself: no member's role limits
									 * it */
} AsSpeaker;

/*
 * As whom a session takes an action of a shop.  wanted is the actor that it
 * names, NULL: nobody.  Refuses (RA071) a role that has nothing to do with the
 * shop, in the same words whether or not there is such a shop, and (RA072) one
 * that names an actor that it is not and may not speak for; whoever may act at
 * all may speak for the clock (action timeout, actor system).  action NULL:
 * asked without acting, by allowed_actions().
 */
extern bool as_speaker(const AsLogin *login, int64_t shop, const char *action, const char *wanted,
					   AsSpeaker *speaker, AsError *error);

/* One row of role_permission, or of shop_role_permission (own), for the role of a member. */
typedef struct AsGrant
{
	const char *permission;
	bool		own;
	bool		granted;
} AsGrant;

/*
 * Whether the grants of a role hold a permission: the shop's word on the
 * permission itself, else the shop's on "*", else the platform's on either.
 */
extern bool as_grants_hold(const AsGrant *grants, int count, const char *permission);

#endif
