/*
 * tap.h
 *		What a kernel test prints: one line a promise, and the plan at the end.
 */
#ifndef AFTERSALE_TEST_TAP_H
#define AFTERSALE_TEST_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int	tap_tests = 0;
static int	tap_failures = 0;

static inline void
ok(bool passed, const char *promise)
{
	tap_tests++;
	tap_failures += !passed;
	printf("%sok %d - %s\n", passed ? "" : "not ", tap_tests, promise);
}

/* The exit status of the test. */
static inline int
tap_end(void)
{
	printf("1..%d\n", tap_tests);
	return tap_failures > 0;
}

#endif
