/*
 * zonefile.h
 *		For tests: the transitions of a zone, read from the system's own
 *		compiled tz database (TZif, explicit transitions only), so that kernel
 *		tests meet real zones without a server.
 */
#ifndef TEST_ZONEFILE_H
#define TEST_ZONEFILE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/zone.h"

#define UNIX_TO_2000	INT64_C(946684800)

static int64_t
big_endian(const unsigned char *bytes, int size)
{
	uint64_t	value = bytes[0] & 0x80 ? UINT64_MAX : 0;

	for (int i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return (int64_t) value;
}

/* Reads the 64-bit part; false where there is no such file. */
static bool
read_zone(const char *name, AsZone *zone)
{
	char		path[256];
	static unsigned char bytes[1 << 16];
	const unsigned char *at = bytes;
	FILE	   *file;
	int			types = 0;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	if (fread(bytes, 1, sizeof bytes, file) < 44 || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
	{
		fclose(file);
		return false;
	}
	fclose(file);
	for (int part = 0; part < 2; part++)
	{
		int			isut = (int) big_endian(at + 20, 4);
		int			isstd = (int) big_endian(at + 24, 4);
		int			leap = (int) big_endian(at + 28, 4);
		int			letters = (int) big_endian(at + 40, 4);

		zone->count = (int) big_endian(at + 32, 4);
		types = (int) big_endian(at + 36, 4);
		at += 44;
		if (part == 0)
			at += zone->count * 5 + types * 6 + letters + leap * 8 + isstd + isut;
	}
	zone->at = calloc((size_t) zone->count + 1, sizeof *zone->at);
	zone->offset = calloc((size_t) zone->count + 1, sizeof *zone->offset);
	zone->offset[0] = (int32_t) big_endian(at + zone->count * 9, 4);
	for (int i = 0; i < zone->count; i++)
	{
		int			type = at[zone->count * 8 + i];

		zone->at[i] = big_endian(at + i * 8, 8) - UNIX_TO_2000;
		zone->offset[i + 1] = (int32_t) big_endian(at + zone->count * 9 + type * 6, 4);
	}
	return types > 0;
}

static void
free_zone(AsZone *zone)
{
	free(zone->at);
	free(zone->offset);
}

#endif
