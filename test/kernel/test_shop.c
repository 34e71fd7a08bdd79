/*
 * What of a shop's configuration holds for a request.
 */
#include <string.h>

#include "kernel/codes.h"
#include "kernel/shop.h"
#include "tap.h"

static const char *const waived[] = {"damaged", "wrong_item"};

#define ROW(k, f, c)	{.kind = (k), .flow = (f), .country = (c), .effective_from = AS_INSTANT_BEGIN, .effective_to = AS_INSTANT_END}
#define COUNT(rows)		((int) (sizeof(rows) / sizeof((rows)[0])))

static AsFeeRequest request = {.flow = "market/return",.country = "GB",.reason = "unwanted",.opened_at = 1000};
static int	chosen[AS_MAX_FEES];

/* Whether exactly one fee is chosen, the one at the place; also with the rows turned round. */
static bool
chooses(const AsFeeTerms *rows, int count, int place)
{
	AsFeeTerms	turned[4];
	bool		result = as_choose_fees(rows, count, &request, chosen) == 1 && chosen[0] == place;

	for (int i = 0; i < count; i++)
		turned[i] = rows[count - 1 - i];
	return result && as_choose_fees(turned, count, &request, chosen) == 1 && chosen[0] == count - 1 - place;
}

static void
test_particular(void)
{
	AsFeeTerms	rows[] = {
		ROW("restocking", "*", "*"), ROW("restocking", "*", "GB"),
		ROW("restocking", "market/return", "*"), ROW("restocking", "market/return", "GB")
	};
	AsFeeTerms	strange[] = {
		ROW("restocking", "market/other", "GB"), ROW("restocking", "market/return", "FR"), ROW("restocking", "*", "FR")
	};

	ok(as_choose_fees(NULL, 0, &request, chosen) == 0, "no row, no fee");
	ok(chooses(rows, 1, 0), "a row for every flow and country fits");
	ok(chooses(rows, 2, 1), "the country's own goes before every country's");
	ok(chooses(rows, 3, 2), "the flow's own goes before the country's own");
	ok(chooses(rows, 4, 3), "the flow's and country's own goes before all");
	ok(as_choose_fees(strange, COUNT(strange), &request, chosen) == 0, "another flow's or country's does not fit");
}

static void
test_in_force(void)
{
	AsFeeTerms	rows[] = {ROW("restocking", "*", "*"), ROW("restocking", "*", "*"), ROW("restocking", "*", "GB")};

	rows[0].effective_to = rows[1].effective_from = 1000;
	rows[2].effective_to = 1000;
	ok(chooses(rows, COUNT(rows), 1), "in force from its first instant to the one before its last");
	request.opened_at = 999;
	ok(chooses(rows, COUNT(rows), 2), "an instant earlier another one is");
	rows[2].effective_from = 1000;
	rows[2].effective_to = AS_INSTANT_END;
	ok(chooses(rows, COUNT(rows), 0), "what is not yet in force does not fit, however particular");
	request.opened_at = 1000;
	rows[0].effective_to = AS_INSTANT_END;
	ok(chooses(rows, 2, 1), "of two in force the later one holds");
}

static void
test_waived(void)
{
	AsFeeTerms	rows[] = {ROW("restocking", "*", "*"), ROW("restocking", "*", "GB"), ROW("return_freight", "*", "*")};

	rows[1].n_waived = 2;
	rows[1].waived_reasons = waived;
	ok(as_choose_fees(rows, COUNT(rows), &request, chosen) == 2 && chosen[0] == 1 && chosen[1] == 2,
	   "one of each kind");
	request.reason = "wrong_item";
	ok(as_choose_fees(rows, COUNT(rows), &request, chosen) == 1 && chosen[0] == 2,
	   "a fee that is waived for the reason is not kept back, nor is a less particular one of its kind");
	request.reason = "wrong_itemX";
	ok(as_choose_fees(rows, COUNT(rows), &request, chosen) == 2, "reasons are compared to the letter");
	request.reason = NULL;
	ok(as_choose_fees(rows, COUNT(rows), &request, chosen) == 2, "without a reason nothing is waived");
}

static void
test_many_kinds(void)
{
	static const char *const kinds[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
	AsFeeTerms	rows[11];

	for (int i = 0; i < 10; i++)
	{
		AsFeeTerms	row = ROW(kinds[i], "*", "*");

		rows[i] = row;
	}
	rows[10] = rows[2];
	rows[10].country = "GB";
	ok(as_choose_fees(rows, 11, &request, chosen) == AS_MAX_FEES && chosen[2] == 10 && chosen[AS_MAX_FEES - 1] == 7,
	   "no more kinds than there is room for, each of them by its most particular row");
}

static void
test_platform(void)
{
	AsFlow		flow = {.name = "temu/ticket",.platform = "temu",.rule = "TEMU-01"};
	AsError		error;

	ok(as_check_platform(7, "temu", &flow, &error), "a shop opens flows of its platform");
	ok(!as_check_platform(7, "douyin", &flow, &error) && strcmp(error.sqlstate, RA_INVALID_REQUEST) == 0 &&
	   strstr(error.message, "shop \"7\" is on \"douyin\" (RA032, TEMU-01)") != NULL &&
	   strstr(error.hint, "platform = 'douyin'") != NULL,
	   "and of no other (RA032), and is told which those are");
}

int
main(void)
{
	test_particular();
	test_in_force();
	test_waived();
	test_many_kinds();
	test_platform();
	return tap_end();
}
