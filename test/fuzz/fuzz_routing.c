/*
 * fuzz_routing.c
 *		Returns of up to 5 products over up to 6 warehouses: one warehouse for all
 *		of it, which the plain reading of the rule gives as well; sets, and
 *		periods, against every instant tried.
 */
#include "fuzz.h"

#include "kernel/routing.h"

#define MAX_WAREHOUSES	6
#define MAX_PRODUCTS	5
#define MAX_LINKS		20
#define MAX_PERIODS		5

typedef struct Return
{
	AsWarehouse warehouses[MAX_WAREHOUSES];
	AsLink		links[MAX_LINKS];
	AsRouteInput input;
} Return;

static int
compare_links(const void *a, const void *b)
{
	const AsLink *x = a;
	const AsLink *y = b;

	if (x->product != y->product)
		return x->product < y->product ? -1 : 1;
	return (x->warehouse > y->warehouse) - (x->warehouse < y->warehouse);
}

static void
take_return(Source *source, Return *made)
{
	AsRouteInput *input = &made->input;

	memset(input, 0, sizeof *input);
	input->warehouses = made->warehouses;
	input->links = made->links;
	input->warehouse_count = (size_t) take(source, MAX_WAREHOUSES + 1);
	for (size_t i = 0; i < input->warehouse_count; i++)
	{
		made->warehouses[i].id = (int64_t) i * 2;
		made->warehouses[i].priority = take(source, 3) - 1;
		made->warehouses[i].recorded_at = take(source, 3);
		made->warehouses[i].standing = (AsStanding) take(source, AS_ABROAD + 1);
	}
	input->product_count = 1 + (size_t) take(source, MAX_PRODUCTS);
	input->link_count = (size_t) take(source, MAX_LINKS + 1);
	for (size_t i = 0; i < input->link_count; i++)
	{
		made->links[i].product = (uint32_t) take(source, (int) input->product_count);
		made->links[i].warehouse = take(source, 2 * MAX_WAREHOUSES);
	}
	qsort(made->links, input->link_count, sizeof(AsLink), compare_links);
	input->has_default = take(source, 4) > 0;
	input->default_id = take(source, 2 * MAX_WAREHOUSES);
}

static const AsWarehouse *
usable(const AsRouteInput *input, int64_t id)
{
	for (size_t i = 0; i < input->warehouse_count; i++)
		if (input->warehouses[i].id == id && input->warehouses[i].standing == AS_CONSIDERED)
			return &input->warehouses[i];
	return NULL;
}

/* For how many products there is a link to that warehouse; to any that is considered, where it is NULL. */
static size_t
products_linked(const AsRouteInput *input, const AsWarehouse *warehouse)
{
	size_t		linked = 0;

	for (size_t product = 0; product < input->product_count; product++)
	{
		bool		found = false;

		for (size_t i = 0; i < input->link_count; i++)
			if (input->links[i].product == product && usable(input, input->links[i].warehouse) != NULL)
				found = found || warehouse == NULL || input->links[i].warehouse == warehouse->id;
		linked += found;
	}
	return linked;
}

/* The default, else the highest priority, else the oldest, else the smallest number. */
static bool
is_preferred(const AsRouteInput *input, const AsWarehouse *one, const AsWarehouse *other)
{
	if (input->has_default && (one->id == input->default_id || other->id == input->default_id))
		return one->id == input->default_id;
	if (one->priority != other->priority)
		return one->priority > other->priority;
	return one->recorded_at != other->recorded_at ? one->recorded_at < other->recorded_at : one->id < other->id;
}

static void
check_route(const AsRouteInput *input)
{
	const AsWarehouse *best = NULL;
	size_t		common = 0;
	int64_t		room[MAX_WAREHOUSES];
	AsRoute		route = {.common = room};
	AsError		error;
	bool		routed = as_route(input, &route, &error);

	for (size_t i = 0; i < input->warehouse_count; i++)
	{
		const AsWarehouse *warehouse = &input->warehouses[i];

		if (warehouse->standing != AS_CONSIDERED || products_linked(input, warehouse) < input->product_count)
			continue;
		require(common < route.common_count && room[common] == warehouse->id);
		common++;
		if (best == NULL || is_preferred(input, warehouse, best))
			best = warehouse;
	}
	require(route.common_count == common);
	if (best != NULL)
	{
		require(routed && route.basis == AS_BASIS_COMMON && route.warehouse == best->id);
		require((route.chosen == AS_CHOSEN_ONLY) == (common == 1));
		return;
	}
	require(route.basis == (products_linked(input, NULL) == input->product_count ? AS_BASIS_DIFFERENT : AS_BASIS_UNLINKED));
	require(routed == (input->has_default && usable(input, input->default_id) != NULL));
	if (routed)
		require(route.warehouse == input->default_id);
	else
		require_error(&error, RA_NO_WAREHOUSE, "", 0);
}

static bool
is_among(const int64_t *values, size_t count, int64_t value)
{
	for (size_t i = 0; i < count; i++)
		if (values[i] == value)
			return true;
	return false;
}

static void
check_sets(Source *source)
{
	int64_t		values[2][12];
	int64_t		sets[2][12];
	int64_t		retained[12];
	size_t		count[2];
	size_t		size[2];
	size_t		kept;

	for (int i = 0; i < 2; i++)
	{
		count[i] = (size_t) take(source, 13);
		for (size_t j = 0; j < count[i]; j++)
			values[i][j] = take(source, 8) == 0 ? (int64_t) take_wide(source) : take(source, 16);
		memcpy(sets[i], values[i], sizeof values[i]);
		size[i] = as_set_make(sets[i], count[i]);
		for (size_t j = 0; j < size[i]; j++)
			require((j == 0 || sets[i][j - 1] < sets[i][j]) && is_among(values[i], count[i], sets[i][j]));
		for (size_t j = 0; j < count[i]; j++)
			require(is_among(sets[i], size[i], values[i][j]));
	}
	memcpy(retained, sets[0], sizeof retained);
	kept = as_set_retain(retained, size[0], values[1], count[1]);
	for (size_t j = 0, k = 0; j < size[0]; j++)
		if (is_among(values[1], count[1], sets[0][j]))
			require(k < kept && retained[k++] == sets[0][j]);
	require(as_set_intersect(sets[0], size[0], sets[1], size[1]) == kept && memcmp(sets[0], retained, kept * sizeof(int64_t)) == 0);
}

static int
compare_periods(const void *a, const void *b)
{
	const AsPeriod *x = a;
	const AsPeriod *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static void
check_periods(Source *source)
{
	AsPeriod	periods[MAX_PERIODS];
	size_t		count = (size_t) take(source, MAX_PERIODS + 1);
	AsPeriod	whole = {take(source, 16), take(source, 16)};
	bool		overlap = false;
	int64_t		missing = whole.to > whole.from ? whole.to : whole.from;
	int64_t		gap;
	bool		covered;

	for (size_t i = 0; i < count; i++)
	{
		/* never empty: the tables' CHECKs */
		periods[i].from = take(source, 16);
		periods[i].to = periods[i].from + 1 + take(source, 8);
	}
	qsort(periods, count, sizeof(AsPeriod), compare_periods);
	for (int64_t at = 24; at-- > 0;)
	{
		int			holding = 0;

		for (size_t i = 0; i < count; i++)
			holding += periods[i].from <= at && at < periods[i].to;
		overlap = overlap || holding > 1;
		if (holding == 0 && at >= whole.from && at < whole.to)
			missing = at;
	}
	require(as_periods_overlap(periods, count) == overlap);
	covered = as_periods_cover(periods, count, whole, &gap);
	require(covered == (missing >= whole.to) && (covered || gap == missing));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Source		source = {data, size};
	Return		made;

	take_return(&source, &made);
	check_route(&made.input);
	check_sets(&source);
	check_periods(&source);
	return 0;
}
