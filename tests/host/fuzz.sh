#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 700
#
# The fuzz targets of tests/fuzz: their kept inputs hold and reach what they
# should, planted bugs are found from there within seconds, and a short search
# finds nothing new. fuzz-long.sh searches longer.
set -u
# shellcheck source=tests/lib/fuzz.sh
. "$(dirname "$0")/../lib/fuzz.sh"

build_all
for target in "${fuzz_targets[@]}"; do
	replay "$target"
done

plant gate kmod/epoch/gate.c 's/if (env->now < g->ping_at)/if (0)/' \
	"tries without a pause"
plant gate kmod/epoch/gate.c 's/env->now - g->closed_at >= epoch_setting(s, CEILING)/0/' \
	"a gate without a ceiling"
plant ping kmod/epoch/ping.c 's/ahead <= -32 ||/ahead <= -40 ||/' \
	"a shift by more than a word"
plant ping kmod/epoch/ping.c 's/p->len == len/p->len <= len/' \
	"a ping of another length than it says"
plant settings kmod/epoch/settings.c 's/s->v\[i\] > ranges\[i\].max/0/' \
	"a setting without an upper limit"
plant settings kmod/masq/config.c 's/new->v\[caps\[i\]\] > old/new->v[caps[i]] >= 9 * old/' \
	"anybody may raise a limit"
plant echo kmod/masq/echo.c 's/\[i\].second == second/[i].second >= second/' \
	"a wrong second length is believed"
plant packet kmod/masq/packet.c 's/<= 255)/<= 254)/' \
	"a reserved SPI is taken"
plant packet kmod/masq/packet.c 's/sizeof(_esp), _esp);/4, _esp);/' \
	"four bytes beyond the packet are read"
plant masq kmod/masq/spi.c 's/^\tout->s.n_ins--;//' \
	"a count of in-SPIs that only grows"
plant masq kmod/masq/flow.c 's/^\tmasq_node_remove(mn, &flow->n);//' \
	"a flow that is freed, but still found"
plant masq kmod/masq/turn.c 's/^\t\tclient->n_held--;/\t\t(void)client;/' \
	"released packets that count as held"
plant epoch kmod/epoch/control.c \
	's/return \*len <= skb->len - skb_network_offset(skb);/return true;/' \
	"a ping that is not all there"
plant epoch kmod/epoch/control.c 's/spinat_ping_seen(&e->peer_seen, c.ping.number)/0/' \
	"a ping that is answered twice"
plant epoch kmod/epoch/life.c 's/^\t\txfrm_state_hold(in);/\t\t;/' \
	"an in-SA without a reference"
plant plugin_conf charon-plugin/spinat_gate.c 's/\*number <= numbers\[i\].max/1/' \
	"a number beyond its range"
plant plugin_conf charon-plugin/spinat_name.c 's/ - strlen(suffix)//' \
	"a number that a long name cuts off"
plant plugin_genl charon-plugin/spinat_netlink.c \
	's/name = spinat_genl_str(attr)/name = (char*)mnl_attr_get_str(attr)/' \
	"a name without an end is read"
plant plugin_ike charon-plugin/spinat_message.c \
	's/(ike_sa, COND_NAT_ANY, FALSE)/(ike_sa, COND_NAT_ANY, !natd->src_matched)/' \
	"a NAT that turns on encapsulation"

declare -A longer=([masq]=25 [epoch]=15)
for target in "${fuzz_targets[@]}"; do
	search "$target" "${longer[$target]:-4}"
done
finish
