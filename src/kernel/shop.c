/*
 * shop.c
 *		What of a shop's configuration holds for a request: see shop.h.
 */
#include "kernel/shop.h"

#include <string.h>

#include "kernel/codes.h"

static bool
is_every(const char *name)
{
	return strcmp(name, AS_EVERY) == 0;
}

static bool
fits(const AsFeeTerms *terms, const AsFeeRequest *request)
{
	return (is_every(terms->flow) || strcmp(terms->flow, request->flow) == 0) &&
		(is_every(terms->country) || strcmp(terms->country, request->country) == 0) &&
		request->opened_at >= terms->effective_from && request->opened_at < terms->effective_to;
}

/* Of two that fit. */
static bool
more_particular(const AsFeeTerms *one, const AsFeeTerms *other)
{
	if (is_every(one->flow) != is_every(other->flow))
		return is_every(other->flow);
	if (is_every(one->country) != is_every(other->country))
		return is_every(other->country);
	return one->effective_from > other->effective_from;
}

static bool
is_waived(const AsFeeTerms *terms, const char *reason)
{
	for (int i = 0; reason != NULL && i < terms->n_waived; i++)
		if (strcmp(terms->waived_reasons[i], reason) == 0)
			return true;
	return false;
}

/* TTRET-05 */
int
as_choose_fees(const AsFeeTerms *terms, int count, const AsFeeRequest *request, int chosen[AS_MAX_FEES])
{
	int			n_kinds = 0;
	int			n_chosen = 0;

	for (int i = 0; i < count; i++)
	{
		int			kind = 0;

		if (!fits(&terms[i], request))
			continue;
		while (kind < n_kinds && strcmp(terms[chosen[kind]].kind, terms[i].kind) != 0)
			kind++;
		if (kind == n_kinds && n_kinds < AS_MAX_FEES)
			chosen[n_kinds++] = i;
		else if (kind < n_kinds && more_particular(&terms[i], &terms[chosen[kind]]))
			chosen[kind] = i;
	}
	for (int kind = 0; kind < n_kinds; kind++)
		if (!is_waived(&terms[chosen[kind]], request->reason))
			chosen[n_chosen++] = chosen[kind];
	return n_chosen;
}

bool
as_check_platform(int64_t shop, const char *platform, const AsFlow *flow, AsError *error)
{
	if (strcmp(platform, flow->platform) == 0)
		return true;
	as_fail(error, RA_INVALID_REQUEST, flow->rule, "flow \"%s\" is of platform \"%s\", shop \"%lld\" is on \"%s\"",
			flow->name, flow->platform, (long long) shop, platform);
	return as_hint(error, "Flows of a platform: SELECT flow, title FROM aftersale.flow WHERE platform = '%s';", platform);
}
