#!/usr/bin/env bash
# Podman for the tests of the container runtime, where this machine lets us install it: as root, by apt-get. Never
# fails: without it those tests are left out and say so.
set -uo pipefail

packages=(podman runc conmon netavark aardvark-dns iptables catatonit)
lacks() { [ ! -x "$(command -v podman)" ] || [ ! -x "$(command -v iptables)" ] || [ ! -x "$(command -v catatonit)" ] \
  || [ ! -x /usr/lib/podman/aardvark-dns ]; }

if ! lacks; then exit 0; fi
if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ] || [ ! -x "$(command -v apt-get)" ]; then
  echo "container tests: left out, Podman is not installed and cannot be from here (Linux, root and apt-get are needed)"
  exit 0
fi
echo "container tests: installing Podman"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
if ! { timeout 300 apt-get update -q && timeout 600 apt-get install -qy --no-install-recommends "${packages[@]}"; } >"$log" 2>&1; then
  tail -5 "$log"
  echo "container tests: left out, Podman could not be installed"
fi
rm -f "$log"
exit 0
