#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time: 400
#
# The model of the protocol (tests/model/README.md), searched to the end in small
# configurations: no data reaches a wrong client on strong evidence, nobody is
# stuck, and after any trouble the tunnel is proved again and again. Then mistakes
# that a design could have: each must be found.
set -u
. "$(dirname "$0")/../model/search.sh"
search_begin

search "gates at both ends" "safe up_0" -DACTORS=1
search "likewise, on-ceiling drop" "safe up_0" -DACTORS=1 -DDROP=1
search "a gate at the client only" "safe up_0" -DACTORS=1 -DSERVER_GATE=0
search "likewise, on-ceiling drop" "safe up_0" -DACTORS=1 -DSERVER_GATE=0 \
	-DDROP=1
search "gates at the server only" "safe up_0 up_1" -DCLIENT_GATE=0
search "likewise, one in-SPI of two clients" "safe up_0" -DACTORS=1 \
	-DCLIENT_GATE=0 -DCLASH=1
search "one in-SPI of two clients, with gates" "safe up_0" -DACTORS=1 \
	-DSERVER_GATE=0 -DCLASH=1
search "two tunnels that are rekeyed when a gate asks" "safe up_0 up_1" \
	-DTUNNELS=0

wrong='assertion violated .*sure'
unproved='assertion violated .*answered'
opened='assertion violated .*client'
down='acceptance cycle'

mutant "lengths are not looked at" safe "$wrong" -DBUG_NO_LENGTHS -DACTORS=1
mutant "one length is enough" safe "$wrong" -DBUG_ONE_LENGTH -DACTORS=1
mutant "a server that sends both lengths of another's pings one after the other" \
	safe "$wrong" -DBUG_STOCK_PAIRS -DACTORS=1
mutant "what came early goes to whoever is known next" safe "$wrong" \
	-DBUG_EARLY_ANY -DACTORS=1 -DCLASH=1
mutant "no cookie" safe "$unproved" -DBUG_NO_COOKIE -DACTORS=1
mutant "an answer through any SA is a proof" safe "$unproved" -DBUG_ANY_IN_SA \
	-DACTORS=1 -DSERVER_GATE=0
mutant "any ping opens a server's gate" safe "$opened" -DBUG_ANY_PING_OPENS \
	-DACTORS=1
mutant "no inbound guard" up_0 "$down" -DBUG_NO_GUARD -DACTORS=1
mutant "a gate holds pings" up_0 "$down" -DBUG_PINGS_HELD -DACTORS=1 -DDROP=1
mutant "no word" up_0 "$down" -DBUG_NO_WORD -DACTORS=1 -DDROP=1
mutant "a gate never asks for new SAs" up_0 "$down" -DBUG_NEVER_ASKS -DACTORS=1 \
	-DCLASH=1 -DSERVER_GATE=0
mutant "a rekeyed client keeps its in-SPI" up_0 "$down" -DBUG_SAME_SPI \
	-DACTORS=1 -DCLASH=1 -DSERVER_GATE=0
mutant "an idle client says nothing" up_0 "$down" -DBUG_NEVER_IDLE -DACTORS=1 \
	-DSERVER_GATE=0
mutant "a server's gate without a ceiling" up_0 "$down" -DBUG_NO_CEILING \
	-DACTORS=1 -DCLIENT_GATE=0

finish
