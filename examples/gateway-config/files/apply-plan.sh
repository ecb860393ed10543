#!/bin/sh
# Writes the table of channels that the forwarder reads at its start.
# SLUICE_ROOT is the root of the device: / on a real one.
set -eu
plan=${1:-EU868}
root=${SLUICE_ROOT:-}
from="$root/opt/lorafwd/channels.$(echo "$plan" | tr 'A-Z' 'a-z')"
to="$root/etc/lorafwd/channels.conf"

[ -r "$from" ] || { echo "cannot apply plan $plan: $from is missing" >&2; exit 1; }

# The first run keeps what was there; a repeated one must not replace it.
if [ -e "$to" ] && [ ! -e "$to.before" ]; then
	cp -p "$to" "$to.before"
fi
{
	echo "# plan $plan"
	grep -v '^#' "$from"
} >"$to.new"
mv "$to.new" "$to"
echo "applied plan $plan: $(grep -c '^channel' "$to") channels"
