#!/bin/sh
# The services of a sandbox: service.sh ROOT VERB NAME. A service is the
# program /opt/NAME/bin/NAME, its process id is in /run/NAME.pid.
set -eu
root=$1 verb=$2 name=$3
pidfile=$root/run/$name.pid

running() { [ -r "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }

start() {
	running && return
	mkdir -p "$root/run"
	setsid "$root/opt/$name/bin/$name" run </dev/null >/dev/null 2>&1 &
	echo $! >"$pidfile"
}

stop() {
	running && kill "$(cat "$pidfile")"
	rm -f "$pidfile"
}

case $verb in
start) start ;;
stop) stop ;;
restart) stop; start ;;
enable) touch "$root/etc/$name.enabled" ;;
disable) rm -f "$root/etc/$name.enabled" ;;
is-active) running ;;
is-enabled) [ -e "$root/etc/$name.enabled" ] ;;
*) echo "there is no verb $verb" >&2; exit 2 ;;
esac
