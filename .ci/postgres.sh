#!/usr/bin/env bash
# PostgreSQL's server for the tests of a signer's database, where this machine lets us install it: as root, by apt-get.
# Never fails: without it those tests are left out and say so.
set -uo pipefail

lacks() { [ ! -x "$(command -v initdb)" ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

if ! lacks; then exit 0; fi
if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ] || [ ! -x "$(command -v apt-get)" ]; then
  echo "signer database tests: left out, PostgreSQL is not installed and cannot be from here (Linux, root and apt-get are needed)"
  exit 0
fi
echo "signer database tests: installing PostgreSQL"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
if ! { timeout 300 apt-get update -q && timeout 300 apt-get install -qy --no-install-recommends postgresql; } >"$log" 2>&1; then
  tail -5 "$log"
  echo "signer database tests: left out, PostgreSQL could not be installed"
fi
rm -f "$log"
exit 0
