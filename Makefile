# aftersale: build, install and test. `make help` lists the goals.
#
# The version is written once, in aftersale.control.

EXTENSION  = aftersale
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(srcdir_)/aftersale.control)
srcdir_   := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

MODULE_big = aftersale
KERNEL     = $(sort $(wildcard src/kernel/*.c))
SHELL_SRC  = $(sort $(wildcard src/*.c))
OBJS       = $(KERNEL:.c=.o) $(SHELL_SRC:.c=.o)
ALL_HEADERS = $(wildcard src/*.h src/kernel/*.h)

# The parts of the install script, in order.  tables/*.sql and packs/*.sql are
# embedded where a part says "--@tables" or "--@packs", tables/migrate/*.sql
# where it says "--@migrations".  updates/FROM.sql makes the update script from
# that version; released scripts are kept in versions.
SQL_PARTS   = begin refund_ratio money sla_term business_calendar deadline holidays \
              install routing returns engine synchronise outbox strategy sweep attach bind scheduler access packs rules drawing uninstall
TABLE_PARTS = reference shop routing returns request message sweep money strategy attach bind views access triggers
PACKS       = calendars carriers temu temu_warnings douyin kuaishou tiktok tiktok_limits tiktok_sea tiktok_sea_2026 status_maps

UPDATES = $(patsubst sql/updates/%.sql,aftersale--%--$(EXTVERSION).sql,$(wildcard sql/updates/*.sql))
DATA  = aftersale--$(EXTVERSION).sql $(UPDATES) $(wildcard sql/versions/*.sql)
PG_CPPFLAGS = -I$(srcdir_)/src
PG_CFLAGS   = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers $(WERROR)
EXTRA_CLEAN = aftersale--*.sql build results log tmp_check regression.diffs regression.out

# Goals that need no server headers, so that they work before PostgreSQL is
# installed; everything else is PGXS.
OWN_GOALS = deps demo check check-deep check-clock check-upgrade check-tryton check-mutations check-versions check-undefined check-address check-valgrind coverage fuzz bench lint dist doc help kernel calendars
ifeq ($(filter-out $(OWN_GOALS),$(or $(MAKECMDGOALS),all)),)
include $(srcdir_)/.ci/goals.mk
else
PG_CONFIG ?= pg_config
REGRESS      = setup $(filter-out setup,$(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql))))
REGRESS_OPTS = --inputdir=test --outputdir=. --encoding=UTF8 --load-extension=aftersale
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(OBJS): $(ALL_HEADERS) Makefile

SQL_SOURCES = aftersale.control Makefile sql/assemble $(wildcard sql/*.sql sql/tables/*.sql sql/tables/migrate/*.sql sql/packs/*.sql)

all: $(DATA)

aftersale--$(EXTVERSION).sql: $(SQL_SOURCES)
	sql/assemble "$(SQL_PARTS)" "$(TABLE_PARTS)" "$(PACKS)" > $@.tmp && mv $@.tmp $@

$(UPDATES): aftersale--%--$(EXTVERSION).sql: sql/updates/%.sql $(SQL_SOURCES)
	sql/assemble "$(SQL_PARTS)" "$(TABLE_PARTS)" "$(PACKS)" $< > $@.tmp && mv $@.tmp $@
endif
