/*
 * notify.h
 *		Telling the workers of the outbox that there are refunds to claim.
 */
#ifndef AFTERSALE_NOTIFY_H
#define AFTERSALE_NOTIFY_H

/*
 * Notifies channel aftersale_refunds of every shop that has refunds to claim
 * and was not told of them lately; returns how many.  The transaction must not
 * become a prepared one, which refuses NOTIFY, and should be short: those that
 * notify commit one after the other.  Works as the owner of the tables.
 */
extern int64 as_notify_refunds(void);

#endif
