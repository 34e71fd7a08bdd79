/*
 * routing.c
 *		Which warehouse a return goes to.
 *
 * Owns the routing rule (TEMU-42, TEMU-41, TEMU-16) as a decision over sets,
 * and the arithmetic of periods by which the default is kept in force
 * (TEMU-40).  Knows no names: the shell adds them to a refusal.
 */
#include "kernel/routing.h"

#include <string.h>

#include "kernel/codes.h"

/* Restores the heap order below "root"; qsort() may allocate, this does not. */
static void
sift_down(int64_t *values, size_t root, size_t count)
{
	for (;;)
	{
		size_t		child = 2 * root + 1;
		int64_t		swapped;

		if (child >= count)
			return;
		if (child + 1 < count && values[child + 1] > values[child])
			child++;
		if (values[root] >= values[child])
			return;
		swapped = values[root];
		values[root] = values[child];
		values[child] = swapped;
		root = child;
	}
}

static void
sort_values(int64_t *values, size_t count)
{
	for (size_t root = count / 2; root-- > 0;)
		sift_down(values, root, count);
	for (size_t last = count; last-- > 1;)
	{
		int64_t		greatest = values[0];

		values[0] = values[last];
		values[last] = greatest;
		sift_down(values, 0, last);
	}
}

size_t
as_set_make(int64_t *values, size_t count)
{
	size_t		size = 0;
	bool		ascending = true;

	for (size_t i = 1; i < count && ascending; i++)
		ascending = values[i - 1] < values[i];
	if (ascending)
		return count;
	sort_values(values, count);
	for (size_t i = 0; i < count; i++)
	{
		if (size == 0 || values[size - 1] != values[i])
			values[size++] = values[i];
	}
	return size;
}

size_t
as_set_retain(int64_t *set, size_t size, const void *candidates, size_t count)
{
	const char *bytes = candidates;
	size_t		kept = 0;

	for (size_t i = 0; i < size; i++)
	{
		for (size_t j = 0; j < count; j++)
		{
			int64_t		candidate;

			memcpy(&candidate, bytes + j * sizeof candidate, sizeof candidate);
			if (candidate == set[i])
			{
				set[kept++] = set[i];
				break;
			}
		}
	}
	return kept;
}

size_t
as_set_intersect(int64_t *set, size_t size, const int64_t *other, size_t other_size)
{
	size_t		kept = 0;
	size_t		j = 0;

	for (size_t i = 0; i < size; i++)
	{
		while (j < other_size && other[j] < set[i])
			j++;
		if (j < other_size && other[j] == set[i])
			set[kept++] = set[i];
	}
	return kept;
}

const AsWarehouse *
as_find_warehouse(const AsWarehouse *warehouses, size_t count, int64_t id)
{
	size_t		low = 0;
	size_t		high = count;

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (warehouses[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && warehouses[low].id == id ? &warehouses[low] : NULL;
}

static bool
considered(const AsRouteInput *input, int64_t id)
{
	const AsWarehouse *warehouse = as_find_warehouse(input->warehouses, input->warehouse_count, id);

	return warehouse != NULL && warehouse->standing == AS_CONSIDERED;
}

/*
 * Intersects the sets of all products into route->common.  Returns whether
 * every product is linked to a warehouse that is considered; where one is not,
 * nothing is in common.
 */
static bool
intersect_products(const AsRouteInput *input, AsRoute *route)
{
	size_t		next = 0;
	bool		all_linked = true;

	route->common_count = 0;
	for (size_t product = 0; product < input->product_count; product++)
	{
		size_t		linked = 0;
		size_t		kept = 0;
		int64_t		previous = 0;

		for (; next < input->link_count && input->links[next].product == product; next++)
		{
			int64_t		id = input->links[next].warehouse;

			if ((linked > 0 && id == previous) || !considered(input, id))
				continue;
			previous = id;
			linked++;
			if (product == 0)
				route->common[kept++] = id;
			else
			{
				/*
				 * both ascend: what is kept never passes what is still to be
				 * read
				 */
				for (size_t i = kept; i < route->common_count; i++)
				{
					if (route->common[i] == id)
					{
						route->common[kept++] = id;
						break;
					}
				}
			}
		}
		route->common_count = kept;
		if (linked == 0)
			all_linked = false;
	}
	if (!all_linked)
		route->common_count = 0;
	return all_linked;
}

/* The default if it is among them, else the highest priority, else the oldest */
static void
choose(const AsRouteInput *input, AsRoute *route)
{
	const AsWarehouse *best = NULL;
	bool		tied = false;

	for (size_t i = 0; i < route->common_count; i++)
	{
		const AsWarehouse *warehouse = as_find_warehouse(input->warehouses, input->warehouse_count,
														 route->common[i]);

		if (input->has_default && warehouse->id == input->default_id)
		{
			route->warehouse = warehouse->id;
			route->chosen = route->common_count == 1 ? AS_CHOSEN_ONLY : AS_CHOSEN_DEFAULT;
			return;
		}
		if (best == NULL || warehouse->priority > best->priority)
		{
			best = warehouse;
			tied = false;
		}
		else if (warehouse->priority == best->priority)
		{
			tied = true;
			/* ascending ids: of the same age, the lower id stays */
			if (warehouse->recorded_at < best->recorded_at)
				best = warehouse;
		}
	}
	/* cppcheck-suppress nullPointer -- common_count > 0 */
	route->warehouse = best->id;
	route->chosen = route->common_count == 1 ? AS_CHOSEN_ONLY :
		tied ? AS_CHOSEN_OLDEST : AS_CHOSEN_PRIORITY;
}

bool
as_route(const AsRouteInput *input, AsRoute *route, AsError *error)
{
	bool		all_linked = intersect_products(input, route);

	if (route->common_count > 0)
	{
		route->basis = AS_BASIS_COMMON;
		choose(input, route);
		return true;
	}
	route->basis = all_linked ? AS_BASIS_DIFFERENT : AS_BASIS_UNLINKED;
	route->chosen = AS_CHOSEN_DEFAULT;
	route->warehouse = input->default_id;
	if (input->has_default && considered(input, input->default_id))
		return true;
	return as_fail(error, RA_NO_WAREHOUSE, "TEMU-42", "no warehouse can take the return");
}

const char *
as_basis_name(AsBasis basis)
{
	switch (basis)
	{
		case AS_BASIS_COMMON:
			return "common";
		case AS_BASIS_DIFFERENT:
			return "default:different";
		case AS_BASIS_UNLINKED:
			break;
	}
	return "default:unlinked";
}

const char *
as_chosen_name(AsChosen chosen)
{
	switch (chosen)
	{
		case AS_CHOSEN_ONLY:
			return "only";
		case AS_CHOSEN_DEFAULT:
			return "default";
		case AS_CHOSEN_PRIORITY:
			return "priority";
		case AS_CHOSEN_OLDEST:
			break;
	}
	return "oldest";
}

const char *
as_standing_name(AsStanding standing)
{
	switch (standing)
	{
		case AS_CONSIDERED:
			return "considered";
		case AS_DISABLED:
			return "disabled";
		case AS_ABROAD:
			break;
	}
	return "abroad";
}

bool
as_periods_overlap(const AsPeriod *periods, size_t count)
{
	for (size_t i = 1; i < count; i++)
	{
		if (periods[i].from < periods[i - 1].to)
			return true;
	}
	return false;
}

bool
as_periods_cover(const AsPeriod *periods, size_t count, AsPeriod whole, int64_t *gap)
{
	int64_t		reached = whole.from;

	for (size_t i = 0; i < count && reached < whole.to; i++)
	{
		if (periods[i].from > reached)
			break;
		if (periods[i].to > reached)
			reached = periods[i].to;
	}
	*gap = reached;
	return reached >= whole.to;
}
