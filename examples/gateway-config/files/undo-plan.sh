#!/bin/sh
# Puts back the table of channels that apply-plan.sh replaced.
set -eu
to="${SLUICE_ROOT:-}/etc/lorafwd/channels.conf"
if [ -e "$to.before" ]; then
	mv "$to.before" "$to"
else
	rm -f "$to"
fi
echo "plan is back to what it was"
