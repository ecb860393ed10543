#!/bin/sh
# $SLUICE_ROOT is the root of the device: / on a real one.
set -eu
echo "hello from $SLUICE_ROOT"
