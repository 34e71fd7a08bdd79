/*
 * test_routing.c
 *		The routing rule without a server: sets, the choice among several, and
 *		periods.  Random cases are compared with a decision over bit masks.
 */
#include <string.h>

#include "kernel/codes.h"
#include "kernel/routing.h"
#include "tap.h"

static bool
same_set(const int64_t *set, size_t size, const int64_t *expected, size_t expected_size)
{
	return size == expected_size && memcmp(set, expected, size * sizeof *set) == 0;
}

static void
test_sets(void)
{
	int64_t		values[] = {7, -3, 7, INT64_MAX, 0, INT64_MIN, -3};
	int64_t		sorted[] = {INT64_MIN, -3, 0, 7, INT64_MAX};
	int64_t		set[] = {1, 3, 5, 7};
	int64_t		candidates[] = {9, 7, 3, 3};
	int64_t		other[] = {2, 3, 4, 7, 8};
	int64_t		both[] = {3, 7};
	char		bytes[1 + sizeof candidates];
	size_t		size = as_set_make(values, 7);

	ok(same_set(values, size, sorted, 5), "a set is sorted and has no repetitions");
	ok(as_set_make(values, 0) == 0, "no values make the empty set");
	/* one byte off: as in a short array inside a tuple */
	memcpy(bytes + 1, candidates, sizeof candidates);
	size = as_set_retain(set, 4, bytes + 1, 4);
	ok(same_set(set, size, both, 2), "retain: candidates in any order, at any address");
	ok(as_set_retain(set, 2, bytes, 0) == 0, "retain: nothing of no candidates");
	size = as_set_intersect(set, 2, other, 5);
	ok(same_set(set, size, both, 2), "intersect: what both sets have");
	ok(as_set_intersect(set, 2, other, 1) == 0, "intersect: nothing in common");
}

/* warehouses 1 to 6: 2 is disabled, 3 abroad; 4 and 5 have priority; 6 is older than 5 and 4 */
static const AsWarehouse warehouses[] = {
	{1, 0, 100, AS_CONSIDERED},
	{2, 9, 100, AS_DISABLED},
	{3, 9, 100, AS_ABROAD},
	{4, 5, 300, AS_CONSIDERED},
	{5, 5, 200, AS_CONSIDERED},
	{6, 0, 50, AS_CONSIDERED},
};

static AsRoute
route_of(const AsLink *links, size_t link_count, size_t product_count, int64_t default_id, bool *routed,
		 AsError *error)
{
	static int64_t common[6];
	AsRouteInput input = {warehouses, 6, links, link_count, product_count, default_id != 0, default_id};
	AsRoute		route = {.common = common};

	*routed = as_route(&input, &route, error);
	return route;
}

static void
expect(const AsLink *links, size_t link_count, size_t product_count, int64_t default_id,
	   int64_t warehouse, AsBasis basis, AsChosen chosen, const char *name)
{
	AsError		error;
	bool		routed;
	AsRoute		route = route_of(links, link_count, product_count, default_id, &routed, &error);

	ok(routed && route.warehouse == warehouse && route.basis == basis && route.chosen == chosen, name);
}

static void
test_rule(void)
{
	AsLink		same[] = {{0, 4}, {1, 4}, {2, 4}};
	AsLink		different[] = {{0, 4}, {1, 5}};
	AsLink		pairwise[] = {{0, 4}, {0, 5}, {1, 5}, {1, 6}, {2, 4}, {2, 6}};
	AsLink		unlinked[] = {{0, 4}, {2, 4}};
	AsLink		disabled[] = {{0, 2}, {1, 2}};
	AsLink		abroad[] = {{0, 3}, {1, 3}, {1, 4}};
	AsLink		gone[] = {{0, 77}};
	AsLink		several[] = {{0, 1}, {0, 4}, {0, 5}, {0, 6}, {1, 1}, {1, 1}, {1, 4}, {1, 5}, {1, 5}, {1, 6}};
	AsLink		low[] = {{0, 1}, {0, 6}, {1, 1}, {1, 6}};
	AsLink		high[] = {{0, 1}, {0, 4}};
	AsError		error;
	bool		routed;
	AsRoute		route;

	expect(same, 3, 3, 1, 4, AS_BASIS_COMMON, AS_CHOSEN_ONLY, "all linked to one same warehouse: that one");
	expect(same, 3, 3, 4, 4, AS_BASIS_COMMON, AS_CHOSEN_ONLY, "the same where it is the default");
	expect(different, 2, 2, 1, 1, AS_BASIS_DIFFERENT, AS_CHOSEN_DEFAULT, "different ones: the default for everything");
	expect(pairwise, 6, 3, 1, 1, AS_BASIS_DIFFERENT, AS_CHOSEN_DEFAULT, "in common pairwise, but not all: the default");
	expect(unlinked, 2, 3, 1, 1, AS_BASIS_UNLINKED, AS_CHOSEN_DEFAULT, "one product without a link: the default");
	expect(unlinked, 2, 4, 1, 1, AS_BASIS_UNLINKED, AS_CHOSEN_DEFAULT, "the last product without a link: the default");
	expect(NULL, 0, 1, 1, 1, AS_BASIS_UNLINKED, AS_CHOSEN_DEFAULT, "no links at all: the default");
	expect(disabled, 2, 2, 1, 1, AS_BASIS_UNLINKED, AS_CHOSEN_DEFAULT, "a disabled warehouse counts as unlinked");
	expect(abroad, 3, 2, 1, 1, AS_BASIS_UNLINKED, AS_CHOSEN_DEFAULT, "a warehouse abroad that is not allowed counts as unlinked");
	expect(gone, 1, 1, 1, 1, AS_BASIS_UNLINKED, AS_CHOSEN_DEFAULT, "a warehouse that does not serve the country counts as unlinked");
	expect(several, 10, 2, 6, 6, AS_BASIS_COMMON, AS_CHOSEN_DEFAULT, "several in common: the default if it is among them");
	expect(several, 10, 2, 2, 5, AS_BASIS_COMMON, AS_CHOSEN_OLDEST, "else, of equal highest priority, the oldest");
	expect(high, 2, 1, 5, 4, AS_BASIS_COMMON, AS_CHOSEN_PRIORITY, "else the highest priority");
	expect(low, 4, 2, 5, 6, AS_BASIS_COMMON, AS_CHOSEN_OLDEST, "the oldest is the first recorded, not the lowest number");
	expect(same, 3, 3, 0, 4, AS_BASIS_COMMON, AS_CHOSEN_ONLY, "what is in common needs no default");

	route = route_of(several, 10, 2, 6, &routed, &error);
	ok(route.common_count == 4 && route.common[0] == 1 && route.common[3] == 6, "what is in common is told");
	route_of(different, 2, 2, 0, &routed, &error);
	ok(!routed && strcmp(error.sqlstate, RA_NO_WAREHOUSE) == 0, "no default: RA050");
	route_of(different, 2, 2, 3, &routed, &error);
	ok(!routed && strcmp(error.sqlstate, RA_NO_WAREHOUSE) == 0, "a default abroad that is not allowed: RA050");
}

static unsigned
next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

/* The rule once more, over bit masks and with nothing in common with the kernel */
static int64_t
expected_warehouse(const AsWarehouse *list, int count, const unsigned *masks, int products, int64_t default_id,
				   AsBasis *basis)
{
	unsigned	usable = 0;
	unsigned	common = ~0u;
	bool		unlinked = false;
	int			best = -1;

	for (int i = 0; i < count; i++)
	{
		if (list[i].standing == AS_CONSIDERED)
			usable |= 1u << i;
	}
	for (int p = 0; p < products; p++)
	{
		common &= masks[p] & usable;
		unlinked = unlinked || (masks[p] & usable) == 0;
	}
	*basis = unlinked ? AS_BASIS_UNLINKED : common == 0 ? AS_BASIS_DIFFERENT : AS_BASIS_COMMON;
	if (*basis != AS_BASIS_COMMON)
		return default_id;
	for (int i = 0; i < count; i++)
	{
		if (!(common & (1u << i)))
			continue;
		if (list[i].id == default_id)
			return default_id;
		if (best < 0 || list[i].priority > list[best].priority ||
			(list[i].priority == list[best].priority && list[i].recorded_at < list[best].recorded_at))
			best = i;
	}
	return list[best].id;
}

static void
test_random(void)
{
	unsigned	state = 20261125;
	int			wrong = 0;
	int			seen[3] = {0, 0, 0};

	for (int round = 0; round < 200000; round++)
	{
		AsWarehouse list[8];
		AsLink		links[64];
		unsigned	masks[8];
		int64_t		common[8];
		int			count = 1 + next_random(&state) % 8;
		int			products = 1 + next_random(&state) % 4;
		size_t		link_count = 0;
		AsBasis		basis;
		AsError		error;
		AsRoute		route = {.common = common};
		AsRouteInput input = {list, count, links, 0, products, true, 0};
		int64_t		expected;

		for (int i = 0; i < count; i++)
		{
			list[i].id = 10 * i + 5;
			list[i].priority = next_random(&state) % 3;
			list[i].recorded_at = next_random(&state) % 4;
			list[i].standing = i > 0 && next_random(&state) % 4 == 0 ? AS_DISABLED : AS_CONSIDERED;
		}
		for (int p = 0; p < products; p++)
		{
			masks[p] = (next_random(&state) | next_random(&state)) & ((1u << count) - 1);
			for (int i = 0; i < count; i++)
			{
				if (masks[p] & (1u << i))
				{
					links[link_count].product = p;
					links[link_count++].warehouse = list[i].id;
				}
			}
		}
		input.link_count = link_count;
		input.default_id = list[0].id;
		expected = expected_warehouse(list, count, masks, products, input.default_id, &basis);
		if (!as_route(&input, &route, &error) || route.warehouse != expected || route.basis != basis)
			wrong++;
		seen[basis]++;
	}
	ok(wrong == 0, "200,000 random returns agree with a decision over bit masks");
	ok(seen[0] > 10000 && seen[1] > 10000 && seen[2] > 10000, "among them many of each basis");
}

static void
test_periods(void)
{
	AsPeriod	touching[] = {{INT64_MIN, 10}, {10, 20}, {20, INT64_MAX}};
	AsPeriod	overlapping[] = {{0, 11}, {10, 20}};
	AsPeriod	gapped[] = {{0, 10}, {11, 20}};
	AsPeriod	all = {INT64_MIN, INT64_MAX};
	AsPeriod	inner = {5, 20};
	AsPeriod	outside = {11, 15};
	int64_t		gap;

	ok(!as_periods_overlap(touching, 3), "periods that touch do not overlap: half-open");
	ok(as_periods_overlap(overlapping, 2), "periods that share an instant overlap");
	ok(as_periods_cover(touching, 3, all, &gap), "periods that touch leave no gap");
	ok(!as_periods_cover(touching, 2, all, &gap) && gap == 20, "an end is a gap, from that instant on");
	ok(!as_periods_cover(touching + 1, 2, all, &gap) && gap == INT64_MIN, "a missing start is a gap");
	ok(!as_periods_cover(gapped, 2, inner, &gap) && gap == 10, "one microsecond is a gap");
	ok(as_periods_cover(gapped, 2, outside, &gap), "outside of what is asked a gap does not matter");
	ok(!as_periods_cover(NULL, 0, all, &gap), "nothing covers nothing");
}

int
main(void)
{
	test_sets();
	test_rule();
	test_random();
	test_periods();
	return tap_end();
}
