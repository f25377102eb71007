# SPDX-License-Identifier: GPL-2.0
#
# The scaling curve: gnuplot -e "data='FILE'; svg='FILE'" scale.gp
set terminal svg size 720,420 background "white" font "sans,13"
set output svg
set logscale x
set format x "10^{%L}"
set xlabel "pairs in the table"
set ylabel "instructions a packet"
set yrange [0:5000]
set grid ytics
set key bottom right
plot data using 1:2 with linespoints lw 2 pt 7 title "client to server", \
     data using 1:3 with linespoints lw 2 pt 5 title "server to client"
