/*
 * sla_term.h
 *		SQL type sla_term: 8 bytes, passed by value.
 */
#ifndef AFTERSALE_SLA_TERM_H
#define AFTERSALE_SLA_TERM_H

#include "fmgr.h"
#include "kernel/term.h"

#define DatumGetTerm(X)		as_term_unpack(DatumGetInt64(X))
#define TermGetDatum(X)		Int64GetDatum(as_term_pack(X))
#define PG_GETARG_TERM(n)	DatumGetTerm(PG_GETARG_DATUM(n))
#define PG_RETURN_TERM(x)	return TermGetDatum(x)

#endif
