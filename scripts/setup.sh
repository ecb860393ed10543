#!/bin/sh
# Installs from Debian's packages what the tests need and this machine lacks;
# with the argument "bench" also the peers of the numbers.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
missing=""
need() { # command, package
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need gcc "gcc libc6-dev" # the race detector
need git git
need curl curl
need chromium chromium
need openssl openssl
need debootstrap "debootstrap debian-archive-keyring"
[ "${1:-}" != bench ] || need ansible-playbook ansible-core
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates" # for Go's registry
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
echo "installing:$missing"
$sudo apt-get update -qq
# Debian starts a cluster of its own on install; the tests start theirs.
$sudo mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] ||
  echo "create_main_cluster = false" | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
