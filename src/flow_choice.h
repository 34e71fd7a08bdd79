/*
 * flow_choice.h
 *		Which flow a request takes that is opened without naming one.
 */
#ifndef AFTERSALE_FLOW_CHOICE_H
#define AFTERSALE_FLOW_CHOICE_H

#include "utils/jsonb.h"

/*
 * The flow of a request of a platform's shop by its type and reason (NULL: not
 * given), palloc'd in the current context.  Raises RA014 where no row of
 * aftersale.flow_choice fits.
 */
extern char *as_choose_flow(const char *platform, const char *type, const char *reason);

/* Member type of request.attributes as text; NULL: it has none that is a text or a number. */
extern char *as_request_type(Jsonb *attributes);

#endif
