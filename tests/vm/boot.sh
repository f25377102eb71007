# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Starts the VM: initramfs, QEMU's command line, whether KVM can be trusted.
# Sourced by tests/vm/run, whose variables it uses.

# Loaded in this order before the root can be mounted; their dependencies too.
boot_modules="virtio_pci 9pnet_virtio 9p overlay virtio_rng"

# boot_initramfs FILE: busybox, the modules, /init and the job directory
boot_initramfs()
{
	local root="$work/root" name file

	rm -rf "$root"
	mkdir -p "$root/bin" "$root/modules"
	cp /bin/busybox "$root/bin/" ||
		die "there is no /bin/busybox: run scripts/deps vm"
	cp "$top/tests/vm/init" "$root/init"
	cp -r "$work/job" "$root/job"
	: >"$root/modules/order"	# all may be built in
	for name in $boot_modules; do
		modprobe -d "$kernel" -S "$release" --show-depends "$name" ||
			die "kernel $release has no module $name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' \
		>"$work/modules"
	while read -r file; do
		name=$(basename "$file")
		case "$name" in
		*.xz)
			name=${name%.xz}
			xz -dc "$file" >"$root/modules/$name"
			;;
		*)
			cp "$file" "$root/modules/"
			;;
		esac
		echo "$name" >>"$root/modules/order"
	done <"$work/modules"
	(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$1"
}

# boot_accel: the accelerator to use, "tcg" or "kvm". KVM must have booted this
# kernel once since the machine started: a /dev/kvm that opens and then hangs
# its guest is no rare thing inside of other VMs.
boot_accel()
{
	if [ -n "${SPINAT_ACCEL:-}" ]; then
		echo "$SPINAT_ACCEL"
	elif [ -n "$icount" ] || [ ! -w /dev/kvm ]; then
		echo tcg
	else
		cat "$(cached "accel-$(cat /proc/sys/kernel/random/boot_id)" \
			boot_probe)/accel"
	fi
}

# boot_probe DIRECTORY: leaves the name of the accelerator in its file "accel"
boot_probe()
{
	echo "vm: trying whether KVM works, for at most 15 s" >&2
	if SPINAT_ACCEL=kvm timeout -k 2 15 "$top/tests/vm/run" --probe \
	    >/dev/null 2>&1; then
		echo kvm >"$1/accel"
	else
		echo "vm: it does not; using TCG" >&2
		echo tcg >"$1/accel"
	fi
}

# boot_command ACCEL: fills the array qemu. Two parameters are there for speed:
# norandmaps lets TCG use the code it translated for one process in the next,
# which is looked up by virtual address (a process starts 5 times as fast);
# the crypto self-tests are not what is tested here.
boot_command()
{
	local sleep=off line="console=ttyS0,115200 loglevel=5 panic=-1 log_buf_len=4M"
	# Without ACPI a kernel finds only the first processor of a socket.
	local smp="$cpus,sockets=$cpus"

	line+=" norandmaps cryptomgr.notests=1"
	# Slab caches of their own: /proc/slabinfo shows the module's, and what
	# it leaks is reported when it is unloaded.
	line+=" slab_nomerge"
	# The test of the timer's wiring fails on a busy host.
	line+=" no_timer_check"

	qemu=(qemu-system-x86_64 -nodefaults -display none -no-reboot
		-m "$memory" -kernel "$kernel/boot/vmlinuz-$release"
		-initrd "$work/initramfs" -append "$line ${append:-}"
		-virtfs "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap"
		-device virtio-rng-pci
		-serial "file:$console"
		-chardev stdio,id=report,signal=off -serial chardev:report)
	case "$1" in
	kvm) qemu+=(-accel kvm -cpu host -smp "$smp") ;;
	*)
		qemu+=(-cpu max)
		if [ -n "$icount" ]; then
			# Without sleep the clock leaps to the next timer
			# whenever nothing runs, also while a file comes from
			# this machine.
			[ "$icount" != steady ] || sleep=on
			qemu+=(-accel tcg,thread=single -smp 1
				-icount "shift=0,sleep=$sleep")
		else
			qemu+=(-accel tcg,thread=multi -smp "$smp")
		fi
		;;
	esac
}
