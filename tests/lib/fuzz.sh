# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Builds and runs the fuzz targets of tests/fuzz, for tests/host/fuzz*.sh.
#
# FUZZ_SEED replays a run; without it the time is the seed. It is printed.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

fuzz_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
fuzz_dir=$fuzz_top/tests/fuzz
fuzz_targets=(gate ping settings echo packet tool plugin_conf plugin_genl plugin_ike
	masq epoch)
fuzz_work=$(mktemp -d)
trap 'rm -rf "$fuzz_work"' EXIT
FUZZ_SEED=${FUZZ_SEED:-$(date +%s)}

# build OUT TREE TARGET...
build()
{
	make -s -C "$fuzz_dir" OUT="$1" KMOD="$2/kmod" PLUGIN="$2/charon-plugin" \
		"${@:3}" >"$fuzz_work/log" 2>&1
}

build_all()
{
	build "$fuzz_work/out" "$fuzz_top" -j2 "${fuzz_targets[@]}" ||
		{ sed 's/^/# /' "$fuzz_work/log" | tail -n 40
		echo "Bail out! the fuzz targets do not compile"
		exit 1; }
}

# fuzz LOG TARGET OPTION...: over the corpus in any case
fuzz()
{
	local log=$1 target=$2 options=()

	shift 2
	[ ! -e "$fuzz_dir/$target.dict" ] ||
		options+=("-dict=$fuzz_dir/$target.dict")
	# what is new goes to the first directory
	mkdir -p "$fuzz_work/new/$target"
	"$fuzz_work/out/$target" -seed="$FUZZ_SEED" -timeout=25 \
		-artifact_prefix="$fuzz_work/$target-" "${options[@]}" "$@" \
		"$fuzz_work/new/$target" "$fuzz_dir/corpus/$target" \
		>"$log" 2>&1
}

# A target that does not get where it should finds nothing there.
replay()
{
	local target=$1 log=$fuzz_work/$1.log missed

	fuzz "$log" "$target" -runs=0
	report $? "$target: its corpus holds" "$log"
	missed=$(sed -n 's/^reached 0 //p' "$log" | paste -sd ',')
	report "$([ -z "$missed" ] && grep -q '^reached' "$log"; echo $?)" \
		"$target: the corpus reaches all that is named${missed:+, but $missed}"
}

# plant TARGET FILE EXPRESSION TEXT: with this bug (sed) in a file of kmod or of
# charon-plugin the target fails, with its corpus or with little more
plant()
{
	local copy=$fuzz_work/plant log=$fuzz_work/plant.log status

	rm -rf "$copy"
	mkdir -p "$copy/new"
	cp -a "$fuzz_work/out" "$copy/out"
	cp -a "$fuzz_top/kmod" "$fuzz_top/charon-plugin" "$copy"
	rm "$copy/out/$1"
	sed -i "$3" "$copy/$2"
	if cmp -s "$copy/$2" "$fuzz_top/$2"; then
		report 1 "$1 finds: $4 (there is no such place in $2)"
		return
	fi
	build "$copy/out" "$copy" "$1"
	status=$?
	if [ $status != 0 ]; then
		report 1 "$1 finds: $4 (it does not compile)" "$fuzz_work/log"
		return
	fi
	"$copy/out/$1" -seed=1 -runs=200000 -max_total_time=20 \
		-artifact_prefix="$copy/" "$copy/new" "$fuzz_dir/corpus/$1" \
		>"$log" 2>&1
	grep -qE 'ERROR|runtime error' "$log"
	report $? "$1 finds: $4"
}

# search TARGET SECONDS: something new; the crash is printed in base64 as well
search()
{
	local log=$fuzz_work/$1.log

	fuzz "$log" "$1" -max_total_time="$2" -print_final_stats=1
	report $? "$1: $2 s, seed $FUZZ_SEED" "$log"
	echo "# $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs," \
		"$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1) edges"
}
