# Goals that need no server headers.  Included by the Makefile; the recipes
# are scripts, so that they run the same from a shell.

.PHONY: $(OWN_GOALS)

# TEST, SUITE and PG_CONFIG given on make's command line reach the scripts
# through the environment.

deps:	## install the Debian packages that are missing (root or sudo)
	@.ci/deps

check:	## build and run every test; SUITE=a,b and TEST=name select
	@.ci/check

check-deep:	## checks that take long: crashes of a sweep, CRASHES=n (100); calls of every function, CALLS=n (400); fuzz, FUZZ=n (10000000); a month per platform, REPLAY=n requests (3000); the simulator, RUNS=n (1000), SEED=n; check-tryton
	@.ci/server run .ci/check-deep
	@.ci/check-tryton

check-tryton:	## a real ERP, Tryton from Debian's packages, with aftersale in its database; TEST=name
	@.ci/check-tryton

check-clock:	## the tests on days to come: AHEAD="n ..." days ahead (40 95 460 1830)
	@.ci/check-clock

check-upgrade:	## pg_upgrade of a server in use, from 15 to 17 and to 18, each in a Debian that has both (root, mmdebstrap)
	@.ci/pg_upgrade

check-mutations:	## change one row of a pack or line of the kernel at a time: a test has to fail each time; TEST=pattern
	@.ci/server run test/mutation/run

demo:	## the main job, live, on a private throw-away server
	@.ci/server run doc/examples/erp/demo

bench:	## benchmarks: ratios against a named baseline
	@.ci/server run .ci/bench

kernel:	## the kernel's unit tests alone, without a server
	@$(MAKE) --no-print-directory -f .ci/kernel.mk test

check-versions:	## make check on PostgreSQL 17 and 18, each in a Debian of its own (root, mmdebstrap)
	@.ci/chroot

coverage:	## line coverage of src/ by the tests: what did not run, and a failure below 90 %
	@INSTRUMENT=coverage AFTER=.ci/coverage SUITE="$${SUITE:-regress,isolation,pgtap}" .ci/check

check-undefined:	## the tests with a library that reports undefined behaviour
	@INSTRUMENT=undefined AFTER=.ci/reported SUITE="$${SUITE:-regress,isolation,pgtap,tap}" .ci/check

check-address:	## the tests with the address sanitizer, on 17, and on 18 built with assertions, whose palloc() it knows (root, mmdebstrap)
	@INSTRUMENT=address AFTER=.ci/reported SUITE="$${SUITE:-regress,isolation,pgtap,tap,doc}" .ci/chroot checked-17 checked-18

check-valgrind:	## the same server under valgrind: values that nobody has set as well; hours without TEST
	@INSTRUMENT=valgrind AFTER=.ci/reported SUITE="$${SUITE:-regress,pgtap}" .ci/chroot checked-18

fuzz:	## inputs of all kinds at the kernel, RUNS=n at each harness of test/fuzz (10000000), guided by coverage; TEST=pattern, SEED=n
	@.ci/fuzz

lint:	## formatting and static checks
	@.ci/lint

dist:	## the PGXN archive of the last commit
	@.ci/dist

doc:	## write doc/flows.md and doc/rules.md anew from the packs, the rules and the tests
	@.ci/documents

calendars:	## make the pack of business calendars anew from npm's packages (network)
	@work=$$(mktemp -d) && tree=$$(pwd) && cd "$$work" && \
	npm install --no-save --ignore-scripts --silent chinese-days holiday-calendar date-holidays && \
	node "$$tree/sql/packs/generate-calendars.mjs" > calendars.sql && cp calendars.sql "$$tree/sql/packs/" && rm -rf "$$work"

help:	## this list
	@echo 'make              build (needs the packages of "make deps")'
	@echo 'make install      install into the server of pg_config (sudo)'
	@echo 'make installcheck regression tests against a running server'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1	\2/p' .ci/goals.mk | while IFS='	' read -r goal text; do \
		printf 'make %-15s %s\n' "$$goal" "$$text"; done
