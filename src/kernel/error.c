/*
 * error.c
 *		How the kernel refuses: see error.h.
 */
#include "kernel/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The longest prefix of text that fits in room bytes and splits no UTF-8 character. */
static size_t
clipped_length(const char *text, size_t length, size_t room)
{
	if (length <= room)
		return length;
	length = room;
	while (length > 0 && ((unsigned char) text[length] & 0xC0) == 0x80)
		length--;
	return length;
}

static void format_into(char *buffer, size_t size, const char *format,
						va_list arguments) AS_PRINTF(3, 0);

static void
format_into(char *buffer, size_t size, const char *format, va_list arguments)
{
	char		text[1024];
	size_t		length;

	vsnprintf(text, sizeof text, format, arguments);
	length = clipped_length(text, strlen(text), size - 1);
	memcpy(buffer, text, length);
	buffer[length] = '\0';
}

bool
as_fail(AsError *error, const char *sqlstate, const char *rule, const char *format,...)
{
	va_list		arguments;
	char		ending[48];
	size_t		length;

	snprintf(error->sqlstate, sizeof error->sqlstate, "%s", sqlstate);
	error->detail[0] = error->hint[0] = '\0';
	if (rule != NULL)
		snprintf(ending, sizeof ending, " (%s, %s)", sqlstate, rule);
	else
		snprintf(ending, sizeof ending, " (%s)", sqlstate);
	va_start(arguments, format);
	format_into(error->message, sizeof error->message - strlen(ending), format, arguments);
	va_end(arguments);
	length = strlen(error->message);
	memcpy(error->message + length, ending, strlen(ending) + 1);
	return false;
}

bool
as_detail(AsError *error, const char *format,...)
{
	va_list		arguments;

	va_start(arguments, format);
	format_into(error->detail, sizeof error->detail, format, arguments);
	va_end(arguments);
	return false;
}

bool
as_hint(AsError *error, const char *format,...)
{
	va_list		arguments;

	va_start(arguments, format);
	format_into(error->hint, sizeof error->hint, format, arguments);
	va_end(arguments);
	return false;
}

const char *
as_quote(char *buffer, size_t size, const char *text, size_t length)
{
	size_t		kept = clipped_length(text, length, size - 1);

	memcpy(buffer, text, kept);
	buffer[kept] = '\0';
	return buffer;
}
