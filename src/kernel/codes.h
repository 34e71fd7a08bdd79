/*
 * codes.h
 *		The extension's own SQLSTATEs, class RA: one a policy violation, because
 *		ERPs branch on codes.  A code, once released, keeps its meaning.
 *		doc/reference/errors.md lists them all; a test compares the two.
 */
#ifndef AFTERSALE_KERNEL_CODES_H
#define AFTERSALE_KERNEL_CODES_H

/* RA001 to RA009: installation */
#define RA_NOT_INSTALLED			"RA001"
#define RA_ALREADY_INSTALLED		"RA002"
#define RA_INSTALL_OWNER			"RA003"
#define RA_TABLES_VERSION			"RA004"
#define RA_NOT_OUR_TABLE			"RA005"
#define RA_STILL_USED				"RA006"

/* RA010 to RA019: names that do not exist */
#define RA_UNKNOWN_SHOP				"RA010"
#define RA_UNKNOWN_COUNTRY			"RA011"
#define RA_UNKNOWN_CURRENCY			"RA012"
#define RA_UNKNOWN_CALENDAR			"RA013"
#define RA_UNKNOWN_FLOW				"RA014"
#define RA_UNKNOWN_ACTION			"RA015"
#define RA_UNKNOWN_REQUEST			"RA016"
#define RA_UNKNOWN_PACK				"RA017"
#define RA_INVALID_FLOW				"RA018"

/* RA020 to RA039: the engine */
#define RA_ACTION_NOT_ALLOWED		"RA020"
#define RA_ACTION_TOO_LATE			"RA021"
#define RA_NOT_THE_ACTOR			"RA022"
#define RA_PAYLOAD_INCOMPLETE		"RA023"
#define RA_DECIDED_COLUMN			"RA024"
#define RA_ACTION_AT_INSERT			"RA025"
#define RA_DECISION_ALTERED			"RA026"
#define RA_REQUEST_IMMUTABLE		"RA027"
#define RA_INVALID_ITEMS			"RA028"
#define RA_NOT_OVERDUE				"RA029"
#define RA_INVALID_PAYLOAD			"RA030"
#define RA_SCHEDULER				"RA031"
#define RA_INVALID_REQUEST			"RA032"
#define RA_REQUIREMENT_UNMET		"RA033"
#define RA_ACTION_REFUSED			"RA034"
#define RA_UNKNOWN_CODE				"RA035"
#define RA_CLOCK_JUMP				"RA036"

/* RA040 to RA049: money */
#define RA_INVALID_AMOUNT			"RA040"
#define RA_AMOUNT_TOO_FINE			"RA041"
#define RA_INVALID_WEIGHTS			"RA042"
#define RA_RATIO_REFUSED			"RA043"
#define RA_NO_BALANCE				"RA044"
#define RA_OVER_REFUND				"RA045"
#define RA_UNKNOWN_REFUND			"RA046"
#define RA_REFUND_CONFIRMED			"RA047"
#define RA_PROPOSAL					"RA048"

/* RA050 to RA059: routing */
#define RA_NO_WAREHOUSE				"RA050"
#define RA_WAREHOUSE_NAME_TAKEN		"RA051"
#define RA_DEFAULT_WAREHOUSE		"RA052"
#define RA_TOO_MANY_PRODUCTS		"RA053"
#define RA_UNKNOWN_WAREHOUSE		"RA054"
#define RA_NO_PRODUCTS				"RA055"
#define RA_EFFECTIVE_PERIOD			"RA056"
#define RA_CROSS_BORDER				"RA057"

/* RA060 to RA069: business time */
#define RA_NO_WORKING_TIME			"RA060"
#define RA_PAUSE_WITHOUT_END		"RA061"
#define RA_INVALID_ICS				"RA062"

/* RA070 to RA079: access */
#define RA_PERMISSION_MISSING		"RA070"
#define RA_NOT_OF_SHOP				"RA071"
#define RA_MAY_NOT_SPEAK			"RA072"
#define RA_UNKNOWN_CAPABILITY		"RA073"
#define RA_ACCESS_OWNER				"RA074"
#define RA_PERSONAL_IN_PAYLOAD		"RA075"

/* RA080 to RA089: strategies */
#define RA_INVALID_RULE				"RA080"
#define RA_RULE_USED_UP				"RA081"

/* RA090 to RA099: returns */
#define RA_NOT_RETURNABLE			"RA090"

/* RA100 to RA109: attachments to the ERP's own tables */
#define RA_INVALID_ATTACHMENT		"RA100"
#define RA_ATTACHMENT_BROKEN		"RA101"
#define RA_UNKNOWN_ATTACHMENT		"RA102"
#define RA_ATTACHMENT_OWNER			"RA103"
#define RA_ATTACHMENT_TAKEN			"RA104"
#define RA_BINDING_CONFLICT			"RA105"

#endif
