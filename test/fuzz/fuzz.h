/*
 * fuzz.h
 *		What every harness needs: bytes whose end is guarded, requirements, and
 *		what is promised of an error.
 */
#ifndef AFTERSALE_FUZZ_H
#define AFTERSALE_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/codes.h"
#include "kernel/error.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define require(condition) ((condition) ? (void) 0 : fuzz_failed(#condition, __FILE__, __LINE__))

static inline void
fuzz_failed(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	abort();
}

/* A copy of exactly that many bytes, so that reading past them is seen. */
static inline unsigned char *
fuzz_bytes(const uint8_t *data, size_t size)
{
	unsigned char *bytes = malloc(size > 0 ? size : 1);

	if (size > 0)
		memcpy(bytes, data, size);
	return bytes;
}

/* The bytes as a string that ends where they end or at their first zero. */
static inline char *
fuzz_string(const uint8_t *data, size_t size)
{
	char	   *string = malloc(size + 1);

	if (size > 0)
		memcpy(string, data, size);
	string[size] = '\0';
	return string;
}

/* Bytes of the input one after the other; zeros behind its end. */
typedef struct Source
{
	const uint8_t *at;
	size_t		left;
} Source;

static inline int
take(Source *source, int below)
{
	if (source->left == 0)
		return 0;
	source->left--;
	return *source->at++ % below;
}

/* A number of one, eight or all sixteen bytes: small ones, and those at which sums overflow. */
static inline __int128
take_wide(Source *source)
{
	unsigned	__int128 value = 0;
	int			bytes = take(source, 16);

	for (bytes = bytes < 12 ? 1 : bytes < 15 ? 8 : 16; bytes > 0; bytes--)
		value = value << 8 | (unsigned) take(source, 256);
	return (__int128) value;
}

#define TEXT_ROOM	256

/* Some bytes as a string that ends where they end or at their first zero. */
static inline char *
take_text(Source *source, char room[TEXT_ROOM])
{
	int			length = take(source, TEXT_ROOM);

	for (int i = 0; i < length; i++)
		room[i] = (char) take(source, 256);
	room[length] = '\0';
	return room;
}

/* How many bytes follow a leading byte of UTF-8; -1: it is none. */
static inline int
fuzz_utf8_tail(unsigned char lead)
{
	if (lead < 0x80)
		return 0;
	if (lead >= 0xC2 && lead < 0xE0)
		return 1;
	if (lead >= 0xE0 && lead < 0xF0)
		return 2;
	return lead >= 0xF0 && lead < 0xF5 ? 3 : -1;
}

static inline bool
fuzz_is_utf8(const char *text, size_t length)
{
	for (size_t i = 0; i < length;)
	{
		int			tail = fuzz_utf8_tail((unsigned char) text[i]);

		if (tail < 0 || i + (size_t) tail >= length)
			return false;
		for (i++; tail > 0; i++, tail--)
			if (((unsigned char) text[i] & 0xC0) != 0x80)
				return false;
	}
	return true;
}

/*
 * A refusal has one of the codes that the function promises (separated by
 * blanks), its message ends with it, and it splits no character of what it quotes.
 */
static inline void
require_error(const AsError *error, const char *promised, const char *input, size_t length)
{
	char		ending[8];

	require(strlen(error->sqlstate) == 5 && strstr(promised, error->sqlstate) != NULL);
	snprintf(ending, sizeof ending, "(%s", error->sqlstate);
	require(strstr(error->message, ending) != NULL && error->message[strlen(error->message) - 1] == ')');
	if (fuzz_is_utf8(input, length))
		require(fuzz_is_utf8(error->message, strlen(error->message)) &&
				fuzz_is_utf8(error->detail, strlen(error->detail)) && fuzz_is_utf8(error->hint, strlen(error->hint)));
}

#endif
