/*
 * Who may speak for whom, and what a role's grants hold.
 */
#include <string.h>

#include "kernel/access.h"
#include "kernel/codes.h"
#include "tap.h"

static AsSpeaker speaker;
static AsError error;

static bool
speaks(AsLogin login, const char *action, const char *wanted)
{
	error.sqlstate[0] = '\0';
	return as_speaker(&login, 7, action, wanted, &speaker, &error);
}

static bool
refused(AsLogin login, const char *action, const char *wanted, const char *code)
{
	return !speaks(login, action, wanted) && strcmp(error.sqlstate, code) == 0;
}

static bool
is(const char *actor, AsActorKind kind, bool every)
{
	return strcmp(speaker.actor, actor) == 0 && speaker.kind == kind && speaker.every_permission == every;
}

static void
test_speakers(void)
{
	AsLogin		stranger = {.role = "eve"};
	AsLogin		owner = {.role = "buyer",.owner = true};
	AsLogin		owner_with_row = {.role = "erp_owner",.owner = true,.known = true,.actor = "erp"};
	AsLogin		alice = {.role = "a_login",.known = true,.actor = "alice"};
	AsLogin		service = {.role = "svc",.known = true,.actor = "main",.may_speak = true};
	AsLogin		sweeper = {.role = "sweep",.sweeper = true};

	ok(refused(stranger, "reply", NULL, RA_NOT_OF_SHOP), "a role without a row may not act");
	ok(refused(stranger, "reply", "system", RA_NOT_OF_SHOP), "nor under another name");
	ok(refused(stranger, "timeout", "system", RA_NOT_OF_SHOP), "nor as the clock");
	ok(refused(stranger, NULL, NULL, RA_NOT_OF_SHOP), "nor ask what it could do");

	ok(speaks(owner, "reply", NULL) && is("buyer", AS_ACTOR_MERCHANT, true),
	   "the owner without a row is his role, a merchant whatever its name");
	ok(speaks(owner, "reply", "buyer") && is("buyer", AS_ACTOR_BUYER, false), "the owner may name the buyer");
	ok(speaks(owner, "reply", "bob") && is("bob", AS_ACTOR_MERCHANT, false), "a person that is named has his own permissions");
	ok(speaks(owner_with_row, "x", NULL) && is("erp", AS_ACTOR_ERP, true), "a row names the owner, too");

	ok(speaks(alice, "reply", NULL) && is("alice", AS_ACTOR_MERCHANT, false), "a login is its actor");
	ok(speaks(alice, "reply", "alice") && is("alice", AS_ACTOR_MERCHANT, false), "also when it says so");
	ok(refused(alice, "reply", "Alice", RA_MAY_NOT_SPEAK), "names are compared to the letter");
	ok(refused(alice, "reply", "a_login", RA_MAY_NOT_SPEAK), "the role's own name is another actor");
	ok(refused(alice, "reply", "platform", RA_MAY_NOT_SPEAK), "a reserved actor is another actor");
	ok(refused(alice, "reply", "", RA_MAY_NOT_SPEAK), "an empty name is a name");
	ok(refused(alice, "reply", "system", RA_MAY_NOT_SPEAK), "the clock takes no action but the timeout");
	ok(speaks(alice, "timeout", "system") && is("system", AS_ACTOR_SYSTEM, false), "the clock needs nobody's permission");
	ok(speaks(alice, NULL, "bob") && is("bob", AS_ACTOR_MERCHANT, false), "asking is not acting");

	ok(speaks(service, "reply", NULL) && is("main", AS_ACTOR_MERCHANT, true), "the service itself has every permission");
	ok(speaks(service, "reply", "main") && is("main", AS_ACTOR_MERCHANT, true), "also by its name");
	ok(speaks(service, "reply", "bob") && is("bob", AS_ACTOR_MERCHANT, false), "it speaks for persons");
	ok(speaks(service, "reply", "platform") && is("platform", AS_ACTOR_PLATFORM, false), "and for the platform");

	ok(speaks(sweeper, "timeout", "system") && is("system", AS_ACTOR_SYSTEM, false), "the sweeper is the clock");
	ok(refused(sweeper, "timeout", "buyer", RA_MAY_NOT_SPEAK), "and nobody else");
	ok(refused(sweeper, "reply", "system", RA_MAY_NOT_SPEAK), "and takes no other action");
	ok(refused(sweeper, "timeout", NULL, RA_NOT_OF_SHOP), "and is no actor by itself");
}

static void
test_grants(void)
{
	static const AsGrant platform[] = {{"agree", false, true}};
	static const AsGrant main_account[] = {{"*", false, true}};
	static const AsGrant taken[] = {{"agree", true, false}, {"agree", false, true}, {"*", false, true}};
	static const AsGrant own_all[] = {{"*", true, true}, {"agree", true, false}};
	static const AsGrant own_nothing[] = {{"agree", false, true}, {"*", true, false}, {"*", false, true}, {"note", true, true}};

	ok(!as_grants_hold(NULL, 0, "agree"), "no grants, no permission");
	ok(as_grants_hold(platform, 1, "agree") && !as_grants_hold(platform, 1, "note"), "the platform's word");
	ok(!as_grants_hold(platform, 1, "*"), "one permission is not all");
	ok(as_grants_hold(main_account, 1, "agree") && as_grants_hold(main_account, 1, "*"), "all is all");
	ok(!as_grants_hold(taken, 3, "agree") && as_grants_hold(taken, 3, "note"), "the shop takes one away");
	ok(as_grants_hold(own_all, 2, "note") && !as_grants_hold(own_all, 2, "agree"), "the shop's own word on one goes before that on all");
	ok(!as_grants_hold(own_nothing, 4, "agree") && as_grants_hold(own_nothing, 4, "note") && !as_grants_hold(own_nothing, 4, "x"),
	   "the shop's word on all goes before the platform's, in any order");
}

int
main(void)
{
	test_speakers();
	test_grants();
	return tap_end();
}
