/*
 * access.c
 *		See access.h.
 */
#include "kernel/access.h"

#include <string.h>

#include "kernel/codes.h"

static bool
refuse_stranger(const AsLogin *login, int64_t shop, AsError *error)
{
	as_fail(error, RA_NOT_OF_SHOP, NULL, "role \"%s\" may not act for shop \"%lld\"", login->role, (long long) shop);
	as_detail(error, "It neither owns the tables nor has a row in aftersale.login for that shop.");
	return as_hint(error, "The owner of the tables runs: INSERT INTO aftersale.login (login, shop_id, actor) "
				   "VALUES ('%s', %lld, 'name of the actor');", login->role, (long long) shop);
}

static bool
refuse_to_speak(const AsLogin *login, const char *wanted, AsError *error)
{
	char		quoted[64];

	as_fail(error, RA_MAY_NOT_SPEAK, NULL, "role \"%s\" may not act as \"%s\"", login->role,
			as_quote(quoted, sizeof quoted, wanted, strlen(wanted)));
	if (!login->known)
		return as_detail(error, "It is a sweeper: it takes action \"%s\" as \"%s\", and no other.",
						 AS_ACTION_TIMEOUT, as_actor_names[AS_ACTOR_SYSTEM]);
	as_detail(error, "It acts as \"%s\", and aftersale.login does not let it speak for others.", login->actor);
	return as_hint(error, "Leave the actor out; on_behalf_of says for whom. Only the ERP's service account should have may_speak.");
}

static bool
itself(const AsLogin *login, const char *wanted)
{
	return wanted == NULL || (login->known && strcmp(wanted, login->actor) == 0);
}

/* The clock's word needs nobody's permission: the engine itself sees that the deadline has passed. */
static bool
is_clock(const char *action, const char *wanted)
{
	return action != NULL && wanted != NULL && strcmp(action, AS_ACTION_TIMEOUT) == 0 &&
		as_actor_kind(wanted) == AS_ACTOR_SYSTEM;
}

bool
as_speaker(const AsLogin *login, int64_t shop, const char *action, const char *wanted,
		   AsSpeaker *speaker, AsError *error)
{
	bool		speaks = login->owner || (login->known && login->may_speak);

	if (!login->owner && !login->known && !(login->sweeper && wanted != NULL))
		return refuse_stranger(login, shop, error);
	if (action != NULL && !speaks && !is_clock(action, wanted) && !(login->known && itself(login, wanted)))
		return refuse_to_speak(login, wanted, error);

	speaker->every_permission = speaks && itself(login, wanted);
	if (wanted != NULL)
	{
		speaker->actor = wanted;
		speaker->kind = as_actor_kind(wanted);
	}
	else if (login->known)
	{
		speaker->actor = login->actor;
		speaker->kind = as_actor_kind(login->actor);
	}
	else
	{
		/* one of the shop's, whatever the role's name is */
		speaker->actor = login->role;
		speaker->kind = AS_ACTOR_MERCHANT;
	}
	return true;
}

bool
as_grants_hold(const AsGrant *grants, int count, const char *permission)
{
	bool		all = false;
	bool		all_is_own = false;
	bool		granted = false;

	for (int i = 0; i < count; i++)
	{
		const AsGrant *grant = &grants[i];

		if (strcmp(grant->permission, permission) == 0)
		{
			if (grant->own)
				return grant->granted;
			granted = true;
		}
		else if (strcmp(grant->permission, AS_EVERY_PERMISSION) == 0 && (grant->own || !all_is_own))
		{
			all = grant->granted;
			all_is_own = grant->own;
		}
	}
	return all_is_own ? all : granted || all;
}
