/*
 * attach_map.h
 *		Reading a definition, between the files that do.
 */
#ifndef AFTERSALE_ATTACH_MAP_H
#define AFTERSALE_ATTACH_MAP_H

#include "attach.h"

/* What is being compiled, for those who do and for their errors */
typedef struct AsMapCompiler
{
	Relation	relation;
	AsAttached *attached;
	const char *code;
	const char *word;			/* where we are */
} AsMapCompiler;

/* Raises the compiler's code: the attachment does not fit the table. */
AS_NORETURN extern void as_map_refuse(AsMapCompiler *compiler, const char *hint, const char *format,...) AS_PRINTF(3, 4);

extern JsonbValue *as_map_member(JsonbContainer *object, const char *key);
extern const char *as_map_string(JsonbContainer *object, const char *key);

/* The column of that name, which must be there and not be generated; what for says word. */
extern Form_pg_attribute as_map_attribute(AsMapCompiler *compiler, const char *column);

/* What a binding has beside the words, into attached->binding. */
extern void as_bind_read(AsMapCompiler *compiler, JsonbContainer *definition);

#endif
