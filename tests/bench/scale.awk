# SPDX-License-Identifier: GPL-2.0
#
# A line for each number of pairs from the lines of scale.sh: pairs, instructions
# a packet out and in (medians, less the generator's), instructions a pair to
# insert, list and expire it, bytes a pair (of few pairs it is noise).

$1 == "run" {
	# scale.sh runs three; the middle one is between the other two
	n = ++count[$2, $3]
	value[$2, $3, n] = $5
}
$1 == "fact" && match($2, /^(insert|dump|expire|scale-memory)-[0-9]+$/) {
	pairs = $2
	sub(/.*-/, "", pairs)
	name = $2
	sub(/-[0-9]+$/, "", name)
	fact[name, pairs] = $3
	if (name == "expire")
		order[++rows] = pairs
}
function middle(name, way,    a, b, c)
{
	a = value[name, way, 1]; b = value[name, way, 2]; c = value[name, way, 3]
	return a > b ? (b > c ? b : a > c ? c : a) : (a > c ? a : b > c ? c : b)
}
END {
	for (i = 1; i <= rows; i++) {
		pairs = order[i]
		memory = pairs < 1000 ? "-" :\
			sprintf("%.0f", fact["scale-memory", pairs])
		printf "%d %.0f %.0f %d %d %d %s\n", pairs,
			middle("scale-" pairs, "out") - middle("own", "out"),
			middle("scale-" pairs, "in") - middle("own", "in"),
			fact["insert", pairs], fact["dump", pairs],
			fact["expire", pairs], memory
	}
}
