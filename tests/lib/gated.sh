# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For scenarios with charon whose connections have gates: what the kernel knows
# of their epochs. Source it after common.sh and charon.sh.
#
# charon's name of an end is "server", "client1", ...; its tunnels have the name
# of connection and CHILD_SA, "client1.net" at a client, "clients.net#3" at the
# server.

SPINAT=${SPINAT:-userspace/spinat/spinat}

# gated_epochs NAME: the epochs of an end as JSON, the last one announced last
gated_epochs()
{
	"$SPINAT" -j -n "${charon_ns[$1]}" epoch show
}

# gated_newest NAME KEY: a value of its newest epoch
gated_newest()
{
	gated_epochs "$1" | jq -r "sort_by(.age) | first | .\"$2\""
}

# gated_states NAME: the states of its epochs, youngest first, in one line
gated_states()
{
	gated_epochs "$1" | jq -r 'sort_by(.age) | [.[].state] | join(" ")'
}

# gated_is NAME STATE: is its newest epoch in that state? For wait_for.
gated_is() { [ "$(gated_newest "$1" state)" = "$2" ]; }

# gated_proved NAME: its newest epoch is open, and by a proof
gated_proved()
{
	[ "$(gated_newest "$1" state) $(gated_newest "$1" proved)" = "open true" ]
}

# gated_tunnels NAME: the names of its tunnels, in one line
gated_tunnels()
{
	"$SPINAT" -j -n "${charon_ns[$1]}" epoch tunnels |
		jq -r '[.[].name] | sort | join(" ")'
}

# gated_tunnel NAME TUNNEL KEY: a value of a tunnel
gated_tunnel()
{
	"$SPINAT" -j -n "${charon_ns[$1]}" epoch tunnels |
		jq -r --arg name "$2" ".[] | select(.name == \$name) | .\"$3\""
}

# gated_stat NAME KEY: a counter
gated_stat()
{
	"$SPINAT" -j -n "${charon_ns[$1]}" epoch stats | jq ".\"$2\""
}

# gated_stat_over NAME KEY N, for wait_for
gated_stat_over() { [ "$(gated_stat "$1" "$2")" -gt "$3" ]; }

# gated_diag NAME: all of it, as a diagnostic
gated_diag()
{
	gated_epochs "$1" | jq -c '.[]' | sed "s/^/# $1: /"
	"$SPINAT" -j -n "${charon_ns[$1]}" epoch tunnels | jq -c '.[]' |
		sed "s/^/# $1: /"
	"$SPINAT" -j -n "${charon_ns[$1]}" epoch stats |
		jq -c 'with_entries(select(.value != 0))' | sed "s/^/# $1: /"
	grep spinat: "$charon_dir/$1/log" | tail -n 20 | sed "s/^/# $1: /"
}

# gated_none NAME, gated_untunneled NAME: has it no epochs, no tunnels?
gated_none() { [ "$(gated_epochs "$1")" = "[]" ]; }
gated_untunneled() { [ -z "$(gated_tunnels "$1")" ]; }
