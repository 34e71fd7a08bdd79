# The kernel alone, without a server: every test/kernel/test_*.c, built with gcc
# under the address and undefined-behaviour sanitizers, and with clang.
#	make -f .ci/kernel.mk [test] [BUILD=folder]
# Goal "fuzz" builds the harnesses of test/fuzz with clang's libFuzzer.

BUILD   ?= build/kernel
CLANG   := $(firstword $(notdir $(shell command -v clang || ls -r /usr/bin/clang-[0-9]* 2>/dev/null)))
FLAGS    = -std=gnu11 -g -O1 -Wall -Wextra -Werror -Isrc
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZE := $(shell echo 'int main(void){return 0;}' | gcc -x c $(SANITIZE) -o /dev/null - 2>/dev/null && echo '$(SANITIZE)')

KERNEL  := $(wildcard src/kernel/*.c)
HEADERS := $(wildcard src/kernel/*.h)
TESTS   := $(basename $(notdir $(wildcard test/kernel/test_*.c)))

FUZZERS := $(basename $(notdir $(wildcard test/fuzz/fuzz_*.c)))

COMPILERS = gcc $(if $(CLANG),clang)
COMMAND.gcc   = gcc $(FLAGS) $(SANITIZE)
COMMAND.clang = $(CLANG) $(FLAGS)
COMMAND.fuzz  = $(CLANG) $(FLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all

programs = $(foreach compiler,$(COMPILERS),$(TESTS:%=$(BUILD)/$(compiler)/%))

build: $(programs) $(foreach compiler,$(COMPILERS),$(KERNEL:src/kernel/%.c=$(BUILD)/$(compiler)/%.o))
.PHONY: build test fuzz
.SECONDARY:

define rules
$(BUILD)/$(1)/%.o: src/kernel/%.c $(HEADERS) .ci/kernel.mk
	@mkdir -p $$(@D)
	$$(COMMAND.$(1)) -c -o $$@ $$<
$(BUILD)/$(1)/%: test/kernel/%.c $(KERNEL:src/kernel/%.c=$(BUILD)/$(1)/%.o)
	$$(COMMAND.$(1)) -o $$@ $$^ -lm
endef
$(foreach compiler,$(COMPILERS) fuzz,$(eval $(call rules,$(compiler))))

$(BUILD)/fuzz/fuzz_%: test/fuzz/fuzz_%.c $(wildcard test/fuzz/*.h) $(KERNEL:src/kernel/%.c=$(BUILD)/fuzz/%.o)
	$(COMMAND.fuzz) -o $@ $(filter-out %.h,$^)

# where clang has no libFuzzer nothing is built
fuzz: $(if $(CLANG),$(if $(shell echo 'int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return data && size; }' | \
	$(CLANG) -x c -fsanitize=fuzzer,address -o /dev/null - 2>/dev/null && echo yes),$(FUZZERS:%=$(BUILD)/fuzz/%)))

test: build
	prove --norc --exec '' $(programs)
