# SPDX-License-Identifier: GPL-2.0
#
# spinat: many plain-ESP IPsec clients behind one address, and tunnels that prove
# themselves. "make help" says what can be made.

# The kernel to build for: the running one, else the newest Debian headers.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -dv /usr/src/linux-headers-*-amd64 2>/dev/null | tail -n 1))
# The tests boot a stock Debian kernel in a VM, so the module is built for that.
VM_KDIR = /usr/src/linux-headers-$(shell scripts/kernel-image --release)
# Pattern of the tests to run, empty for all.
TESTS ?=
DESTDIR ?=

MAKEFLAGS += --no-print-directory

all: modules tools plugin

help:
	@echo 'make            the modules, the tool and the charon plugin'
	@echo 'make modules    kmod/masq/spinat_masq.ko and kmod/epoch/spinat_epoch.ko,'
	@echo '                for the kernel of KDIR=$(KDIR)'
	@echo 'make tools      userspace/spinat/spinat'
	@echo 'make plugin     charon-plugin/libstrongswan-spinat.so'
	@echo 'make install    all of these, below DESTDIR'
	@echo 'make demo       four IPsec clients behind one NAT: stock, with spinat_masq, with'
	@echo '                gates while they rekey and things fail, in a VM'
	@echo 'make check      the tests, in VMs; TESTS=pattern runs some'
	@echo 'make check-long the tests that take long'
	@echo 'make bench      instructions per packet, memory per pair, in a VM'
	@echo 'make bench-scale the same with one to a million pairs, as a curve'
	@echo 'make clean      remove what was built'
	@echo
	@echo 'scripts/deps TARGET installs the Debian packages a target needs.'

modules: kdir
	@$(MAKE) -C $(KDIR) M=$(CURDIR) modules

kdir:
	@test -e "$(KDIR)/Makefile" || { echo "make: there are no headers of \
	kernel $$(uname -r): run scripts/deps modules, or name others with \
	KDIR=DIRECTORY" | tr -s ' \t' ' ' >&2; exit 1; }

tools:
	@$(MAKE) -C userspace

plugin:
	@$(MAKE) -C charon-plugin

install: all
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	test -n "$(DESTDIR)" || depmod $$($(MAKE) -s -C $(KDIR) kernelrelease)
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR)
	$(MAKE) -C charon-plugin install DESTDIR=$(DESTDIR)

# What runs in the VM is built here first; scripts/deps is quick when there is
# nothing to install.
deps-%:
	@scripts/deps $*

vm-modules:
	@$(MAKE) modules KDIR=$(VM_KDIR)

test-tools:
	@$(MAKE) -C tests/tools

demo: deps-demo
	@$(MAKE) vm-modules tools plugin test-tools
	@tests/vm/run --plain --time 400 tests/demo/run.sh

check: deps-check
	@$(MAKE) vm-modules tools plugin test-tools
	@tests/run '$(TESTS)'

check-long: deps-check
	@$(MAKE) vm-modules tools plugin test-tools
	@tests/run --long '$(TESTS)'

bench: deps-bench
	@$(MAKE) vm-modules tools test-tools
	@tests/bench/run

bench-scale: deps-bench
	@$(MAKE) vm-modules tools test-tools
	@tests/bench/run --scale

clean:
	@test ! -e "$(KDIR)/Makefile" || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	@$(MAKE) -C userspace clean
	@$(MAKE) -C charon-plugin clean
	@$(MAKE) -C tests/tools clean

.PHONY: all help modules kdir tools plugin install vm-modules test-tools demo \
	check check-long bench bench-scale clean
