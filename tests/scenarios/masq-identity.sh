# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# time: 120
#
# Whose SPI is it? Clashing in-SPIs, an out-SPI that another client uses, a
# client that moves to another address, a spoofed packet from the WAN. Raw
# packets, so that every case is exactly what it says.
#
#	C[1] O1/I1 ---+
#	C[2] O2/I2 ---+-- R (masquerade) ------ S
#	C[3] O3/...---+

. tests/lib/masq.sh

O1=0xc0000001 O2=0xc0000002 O3=0xc0000003 O4=0xc0000004 O5=0xc0000005
I1=0x51000001 I2=0x51000002 I3=0x51000003 I4=0x51000004 I5=0x51000005

plan 29
lab_up 3
nat_on
masq_load
# processes take long in a VM: time for an echo made of two of them
must masq set echo-window 5000 echo-patience 30000

count_all()
{
	local i

	count_start s "$S" wan0
	for i in 1 2 3; do
		count_start "$i" "${C[i]}" eth0
	done
}

count_end()
{
	count_stop s 1 2 3
}

# --- two clients, each with its own pair -------------------------------------
count_all
pair_up 1 $O1 $I1
pair_up 2 $O2 $I2
from_client 1 --spi $O1 --seq 3 --count 20
from_server --spi $I1 --seq 3 --count 20
from_client 2 --spi $O2 --seq 3 --count 20
from_server --spi $I2 --seq 3 --count 20
count_end
is "$(pair_field $O1 evidence) $(pair_field $O2 evidence)" "echo echo" \
	"two clients are paired by lengths"
# the first half of an echo may be dropped while it waits for the second
check "each got its own packets" \
	[ "$(counted 1 $I1)" -ge 21 -a "$(counted 2 $I2)" -ge 21 ]
is "$(counted 1 $I2) $(counted 2 $I1)" "0 0" "and none of the other's"

# --- the in-SPI clash --------------------------------------------------------
count_all
raw_echo 3 $O3 $I1 108,324
raw_echo 3 $O3 $I1 420,208
from_server --spi $I1 --seq 50 --count 10
count_end
is "$(counted 3)" 0 "clash: nothing of the first client's in-SPI leaks to the second"
is "$(counted 1 $I1)" 14 "clash: the first client keeps its in-SPI"
is "$(pair_field $O3 evidence)" unspec "clash: the second client's SA stays unproved"
count_all
pair_up 3 $O4 $I4
count_end
is "$(pair_field $O4 evidence)" echo "clash: its rekey with another in-SPI is paired"
check "clash: and answered" [ "$(counted 3 $I4)" -ge 1 ]

# --- an out-SPI that another client uses -------------------------------------
refused=$(counter drop-refused)
count_all
from_client 1 --spi $O1 --seq 30
from_client 2 --spi $O1 --seq 31 --count 5
from_server --spi $I1 --seq 60 --count 5
count_end
is "$(counted s $O1)" 1 "taken out-SPI: only its owner's packet leaves"
is "$(($(counter drop-refused) - refused))" 5 "taken out-SPI: the others are counted"
is "$(counted 1 $I1) $(counted 2 $I1)" "5 0" \
	"taken out-SPI: the answers still go to the owner"

# --- roaming -----------------------------------------------------------------
# Client 1 gets another address; the ESP sequence goes on from there.
old=$(lan 1) new=10.0.1.201
must ip -n "${C[1]}" addr add $new/16 dev eth0

must masq set roam-silence 60000
count_all
esp "${C[1]}" $new "$SERVER" --spi $O1 --seq 32
count_end
is "$(counted s $O1)" 0 "roaming: refused while the owner spoke just now"
must masq set roam-silence 0
count_all
esp "${C[1]}" $new "$SERVER" --spi $O1 --seq 9000000
count_end
is "$(counted s $O1)" 0 "roaming: refused if the sequence does not go on"
count_all
esp "${C[1]}" $new "$SERVER" --spi $O1 --seq 40 --count 3
from_server --spi $I1 --seq 70 --count 5
count_end
is "$(counted s $O1)" 3 "roaming: the packets leave from the new address"
is "$(pair_field $O1 client)" $new "roaming: the pair has moved"
is "$(counted 1 $I1)" 5 "roaming: the server's packets follow"
is "$(counter move)" 1 "roaming: counted"
count_all
from_client 1 --spi $O1 --seq 50
from_server --spi $I1 --seq 80 --count 5
count_end
is "$(counted s $O1)" 1 "moving back: the first owner is let through at once"
is "$(pair_field $O1 client)" "$old" "moving back: the pair is its again"
is "$(counted 1 $I1)" 5 "moving back: the server's packets follow"
is "$(counter move-back)" 1 "moving back: counted"

# --- a spoofed packet while a client opens -----------------------------------
# One without a gate: the spoof may be taken for the answer, but it must not
# keep the true answer out.
must masq set turn-time 20000
count_all
from_client 3 --spi $O5
from_server --spi 0x66666666
from_server --spi $I5 --seq 1 --count 3
count_end
is "$(counted 3 $I5)" 3 "spoof: the true answer reaches the client without a gate"
is "$(counted 1 $I5) $(counted 2 $I5)" "0 0" "spoof: and nobody else"
count_all
from_client 3 --spi $O5 --seq 2
from_server --spi $I5 --seq 4
count_end
is "$(counted 3 $I5)" 1 "spoof: and does so when the client tries again"

# One with a gate, which the spoof must not even reach. The turn of the one
# before must be over: until then any in-SPI is a fair guess for it.
must masq set turn-time 10 turn-gap 0
from_client 2 --spi $((O5 + 2))
from_server --spi $((I5 + 2))
count_all
for ((seq = 1; seq < 20; seq += 2)); do
	first=$((700 + 8 * seq)) second=$((400 + 8 * seq))
	from_client 3 --spi $((O5 + 1)) --seq $seq --len $first,$second --count 2
	from_server --spi 0x77777777 --seq $seq --len $first
	from_server --spi $((I5 + 1)) --seq $seq --len $first,$second --count 2
	from_server --spi 0x77777777 --seq $((seq + 1)) --len 1000
	[ "$(pair_field $((O5 + 1)) evidence)" != echo ] || break
done
count_end
is "$(pair_field $((O5 + 1)) evidence)" echo "spoof: the true answer is paired by lengths"
check "spoof: and delivered" [ "$(counted 3 $((I5 + 1)))" -ge 1 ]
is "$(counted 3 0x77777777)" 0 "spoof: a forged length reaches nobody"

# The spoof comes from a stranger with other lengths in a row: no pair either.
is "$(pairs '."in-spi" == "0x77777777"')" 0 "spoof: no pair has the forged in-SPI"
check "nothing was delivered by a wrong guess among strong pairs" \
	[ "$(counter correct)" -le 1 ]
