/*
 * business_calendar.h
 *		SQL type business_calendar: a varlena that holds packed rules.
 */
#ifndef AFTERSALE_BUSINESS_CALENDAR_H
#define AFTERSALE_BUSINESS_CALENDAR_H

#include "fmgr.h"
#include "kernel/rules.h"

/*
 * The rules of a stored value.  Dates are palloc'd in the current context.
 * Raises 22P03 where the value is damaged.
 */
extern void as_calendar_rules(const struct varlena *value, AsRules *rules);

/*
 * The name of a time zone as the server's tz database spells it; false where
 * there is none of that name.  POSIX offsets ("UTC+8") are no zones.
 */
extern bool as_zone_name(const char *name, char canonical[AS_ZONE_NAME]);

#endif
