#!/usr/bin/env bash
# Programs that the wider tests use, where this machine lets us install them: as root, by apt-get. Never fails: tests
# whose program is missing are left out and say so.
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive

has_engine() { command -v podman && command -v iptables && command -v catatonit && [ -x /usr/lib/podman/aardvark-dns ]; }
has_postgres() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; }
has_shells() { command -v fish && command -v zsh; }

# provide WHAT CHECK PACKAGE...
provide() {
  local what=$1 check=$2 log
  shift 2
  if "$check" >/dev/null 2>&1; then return; fi
  if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ] || [ ! -x "$(command -v apt-get)" ]; then
    echo "$what: left out, $1 is not installed and cannot be from here (Linux, root and apt-get are needed)"
    return
  fi
  echo "$what: installing $1"
  log=$(mktemp)
  if ! { timeout 300 apt-get update -q && timeout 600 apt-get install -qy --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -5 "$log"
    echo "$what: left out, $1 could not be installed"
  fi
  rm -f "$log"
}

provide "container tests" has_engine podman runc conmon netavark aardvark-dns iptables catatonit
provide "signer database tests" has_postgres postgresql
provide "completion of fish and zsh" has_shells fish zsh
exit 0
