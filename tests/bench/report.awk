# SPDX-License-Identifier: GPL-2.0
#
# Makes the table and the verdicts from the lines of a bench; see lib.sh.
# Values in the table are medians less the median of the generator's own cost.

function median(list,    n, v, i, j, t)
{
	n = split(list, v, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	if (n && v[1] > 0 && v[n] / v[1] - 1 > spread)
		spread = v[n] / v[1] - 1
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

function gross(name, dir, size)
{
	return median(runs[name, dir, size])
}

function net(name, dir, size)
{
	if (name ~ /^own/)
		return gross(name, dir, size)
	return gross(name, dir, size) - gross(own(name), dir, size)
}

# the generator's own cost of a case
function own(name)
{
	if (("own-" name, "out", size[1]) in runs)
		return "own-" name
	return name ~ /^encap/ ? "own-encap" : "own"
}

function columns(    d, s, text)
{
	for (d = 1; d <= 2; d++)
		for (s = 1; s <= nsizes; s++)
			text = text sprintf(" %s %d |", direction[d], size[s])
	return text
}

function row(letter, name, text,    d, s)
{
	if (!((name, "out", size[1]) in runs))
		return
	printf "| %s | %s |", letter, text
	for (d = 1; d <= 2; d++)
		for (s = 1; s <= nsizes; s++)
			printf " %d |", net(name, direction[d], size[s])
	print ""
}

# the worst ratio of two cases over directions and sizes, or of one size only
function worst(over, under, only,    d, s, r, max)
{
	if (!((over, "out", size[1]) in runs && (under, "out", size[1]) in runs))
		return -1
	for (d = 1; d <= 2; d++)
		for (s = 1; s <= nsizes; s++) {
			if (only && size[s] != only)
				continue
			r = net(over, direction[d], size[s]) / \
				net(under, direction[d], size[s])
			if (r > max)
				max = r
		}
	return max
}

function more(name, bare, dir, size)
{
	return net(name, dir, size) - net(bare, dir, size)
}

# what a gate adds, in instructions and as a part of the whole
function gate_row(name, bare, text,    d, s, i)
{
	if (!((name, "out", size[1]) in runs))
		return
	row("", bare, text)
	row("", name, "- with an open gate")
	printf "| | - the gate |"
	for (d = 1; d <= 2; d++)
		for (s = 1; s <= nsizes; s++) {
			i = more(name, bare, direction[d], size[s])
			printf " %d, %.2f %% |", i,
				100 * i / net(bare, direction[d], size[s])
		}
	print ""
}

# how much more one of many gates costs than a lone one, as a part of the packet
function crowded(    d, s, i, max)
{
	if (!(("gate-many", "out", size[1]) in runs))
		return -1
	for (d = 1; d <= 2; d++)
		for (s = 1; s <= nsizes; s++) {
			i = (more("gate-many", "bare-many", direction[d], size[s]) - \
			     more("gate-null", "bare-null", direction[d], size[s])) / \
				net("bare-many", direction[d], size[s])
			if (i > max)
				max = i
		}
	return 1 + max
}

function table(title,    s, text)
{
	print "| | " title " |" columns()
	text = "|---|---|"
	for (s = 1; s <= 2 * nsizes; s++)
		text = text "--:|"
	print text
}

function verdict(name, value, target, format)
{
	if (value < 0)
		return
	printf "ratio %s " format " " format " %s\n", name, value, target,
		value <= target ? "ok" : "short"
}

function line(name, text)
{
	if (name in facts)
		printf "| %s | %s |\n", text, facts[name]
}

function print_facts()
{
	if (!("memory-pinned" in facts))
		return
	print "| | |"
	print "|---|--:|"
	line("open", "instructions to learn a new out-SPI (its first packet, all of it)")
	line("open-more", "- of these more than for its next packet")
	line("only", "instructions of its first answer, believed as `only`")
	line("only-more", "- of these more than for its next packet")
	line("echo", "instructions of the four packets that make an `echo`")
	line("memory-pinned", "bytes a pinned pair, 100,000 of 1,000 clients")
	line("memory-learned", "bytes a pair learned by `echo`, likewise")
	line("memory-pinned-slab", "bytes a pinned pair by slab objects and vmalloc alone")
	line("memory-learned-slab", "bytes a learned pair, likewise")
	line("dump-kernel", "seconds of 10^9 instructions to dump 100,000 pairs, the kernel alone")
	line("dump-tool", "the same with the tool that prints them")
	line("restore", "seconds to restore them")
	line("nat-espgen", "cross-check: what masquerade adds to a UDP packet, by this generator")
	line("nat-pktgen", "the same by the kernel's pktgen")
	print ""
}

function fact(name)
{
	return name in facts ? facts[name] : -1
}

BEGIN {
	direction[1] = "out"
	direction[2] = "in"
}

$1 == "run" {
	if (!(("size", $4) in runs)) {
		runs["size", $4]
		size[++nsizes] = $4
	}
	runs[$2, $3, $4] = runs[$2, $3, $4] " " $5
}

$1 == "fact" { facts[$2] = $3 }

END {
	if (!nsizes) {
		print "bench: nothing was measured" > "/dev/stderr"
		exit 1
	}
	table("instructions per packet, the NAT")
	row("a", "stock", "stock masquerade, ESP of one client")
	row("b", "masq-1", "spinat_masq, 1 pair")
	row("b0", "masq-young", "as b, the first packets of an SA (guessed, still watched)")
	row("c", "masq-1k", "spinat_masq, 1,000 pairs of 10 clients")
	row("d", "masq-100k", "spinat_masq, 100,000 pairs of 1,000 clients")
	row("e", "encap", "stock masquerade, ESP in UDP 4500")
	row("f", "plain", "plain forwarding, no NAT")
	row("e'", "encap-loaded", "as e, spinat_masq loaded")
	row("f'", "plain-loaded", "as f, spinat_masq loaded")
	row("", "own", "the generator itself (subtracted above)")
	row("", "own-encap", "the same for UDP (subtracted in e)")
	print ""
	table("instructions per packet, an endpoint")
	gate_row("gate-null", "bare-null", "null cipher, no checksum, 1 epoch")
	gate_row("gate-gcm", "bare-gcm", "AES-GCM, 1 epoch")
	gate_row("gate-many", "bare-many", "null cipher, 10,000 epochs")
	row("", "loaded-null", "null cipher, module loaded, no tunnel")
	print ""
	print_facts()
	printf "Spread of the runs of one case (largest / smallest - 1): at most %.2f %%\n\n", spread * 100
	verdict("b/a", worst("masq-1", "stock"), 1.10, "%.3f")
	verdict("b/e", worst("masq-1", "encap"), 1.00, "%.3f")
	verdict("d/b", worst("masq-100k", "masq-1"), 1.05, "%.3f")
	verdict("gate-null", worst("gate-null", "bare-null"), 1.03, "%.4f")
	for (s = 1; s <= nsizes; s++)
		verdict("gate-gcm-" size[s], worst("gate-gcm", "bare-gcm", size[s]),
			1.01, "%.4f")
	verdict("gate-10000", worst("gate-many", "bare-many"), 1.03, "%.4f")
	verdict("gate-10000/1", crowded(), 1.01, "%.4f")
	verdict("memory-pinned", fact("memory-pinned"), 256, "%.0f")
	verdict("memory-learned", fact("memory-learned"), 256, "%.0f")
}
