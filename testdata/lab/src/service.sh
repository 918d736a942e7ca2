#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A service in bash that holds memory: `name FILE`, where FILE has one `key=value` a line, as for service.c. It acts upon
# events and remembers every one that it has seen, so that none is acted upon twice: rate_kb a second, pieces of unit_kb.
# With way=rounds it reads its state (max_kb), waits for every_s seconds, and begins its next round by calling itself.
#
# It runs as a copy under a service's name; by the first line that is the name the kernel shows, too.
declare -A config seen
config=([rate_kb]=512 [unit_kb]=2 [log]='' [way]=seen [max_kb]=1024 [every_s]=2)
while IFS='=' read -r key value; do config[$key]=$value; done < "$1"

# hundredths of a second since the host was started
ticks() { local up idle; read -r up idle < /proc/uptime; now=$((10#${up/./})); }

ticks
start=$now
last=0
width=$((config[unit_kb] * 1024 - 110))
if [ "${config[way]}" = rounds ]; then
    for ((n = 0; n < config[max_kb] / config[unit_kb]; n++)); do printf -v seen[feed-$n] '%-*d' "$width" "$n"; done
    sleep "${config[every_s]}"
    "$0" "$1"
    exit
fi
while :; do
    ticks
    due=$(((now - start) * config[rate_kb] / 100 / config[unit_kb]))
    for ((n = ${#seen[@]}; n < due; n++)); do
        printf -v event '%-*d' "$width" "$n"
        [ -n "${seen[order-$n]}" ] || seen[order-$n]=$event
    done
    if [ -n "${config[log]}" ] && ((now - last >= 100)); then
        echo "${now::-2}.${now: -2} $((n * config[unit_kb])) $n" >> "${config[log]}"
        last=$now
    fi
    sleep 0.2
done
