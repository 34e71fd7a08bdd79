/*
 * seal.h
 *		A checksum over what a decision put into a row of aftersale.request.
 *
 * BEFORE seals the row; AFTER finds the seal broken where a trigger in between
 * altered the row.  It guards against mistakes, not against the owner of the
 * tables, who could seal anew; the history's digests outlive the statement.
 */
#ifndef AFTERSALE_SEAL_H
#define AFTERSALE_SEAL_H

#include "request_row.h"

extern void as_seal(AsRequestRow *row);
extern bool as_is_sealed(const AsRequestRow *row);

#endif
