/*
 * compat.h
 *		The one place that knows differences between PostgreSQL majors.
 */
#ifndef AFTERSALE_COMPAT_H
#define AFTERSALE_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "aftersale needs PostgreSQL 15 or newer"
#endif

/* VARDATA and its kin left postgres.h in PostgreSQL 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* A declaration's prefix: the function does not return. */
#if PG_VERSION_NUM >= 180000
#define AS_NORETURN	pg_noreturn
#else
#define AS_NORETURN	pg_attribute_noreturn()
#endif

/* ExecInsertIndexTuples() of a new row; PostgreSQL 16 added an argument. */
#if PG_VERSION_NUM >= 160000
#define as_insert_index_tuples(result, slot, estate) \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL, false)
#else
#define as_insert_index_tuples(result, slot, estate) \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL)
#endif

/* The local transaction's number moved into vxid in PostgreSQL 17. */
#if PG_VERSION_NUM >= 170000
#define AS_LOCAL_XID	(MyProc->vxid.lxid)
#else
#define AS_LOCAL_XID	(MyProc->lxid)
#endif

/* Whether a role owns a table; PostgreSQL 16 made one function of many. */
#if PG_VERSION_NUM >= 160000
#define as_owns_relation(relation, role)	object_ownercheck(RelationRelationId, relation, role)
#else
#define as_owns_relation(relation, role)	pg_class_ownercheck(relation, role)
#endif

/*
 * Soft errors (PostgreSQL 16): an input function that is given an error
 * context returns NULL instead of raising.  Before 16 there is no context.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define AS_ESCONTEXT(fcinfo)	((fcinfo)->context)
#define as_ereturn(context, value, ...)	ereturn(context, value, __VA_ARGS__)
#else
#define AS_ESCONTEXT(fcinfo)	NULL
#define as_ereturn(context, value, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); return value; } while (0)
#endif

#endif
