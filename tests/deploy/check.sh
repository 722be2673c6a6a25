#!/usr/bin/env bash
# Checks what deploy/ holds against a guard that runs: check.sh BINARY, where BINARY is x402-guard.
# Needs python3 with venv, promtool and prometheus (Debian: python3-venv, prometheus), redis-server and openssl.
set -euo pipefail

[ $# = 1 ] && [ -x "$1" ] || {
  printf 'check.sh: give it the x402-guard to check with: cargo build -p x402-guard && %s target/debug/x402-guard\n' "$0" >&2
  exit 2
}
binary=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")"

missing=()
for pair in promtool:prometheus prometheus:prometheus redis-server:redis-server openssl:openssl python3:python3; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
[ ${#missing[@]} = 0 ] || {
  printf 'check.sh: missing; install them first: apt-get install %s\n' "${missing[*]}" >&2
  exit 2
}

readonly VENV=../../target/deploy-venv
if ! cmp -s requirements.txt "$VENV/installed-from"; then
  python3 -m venv --clear "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
  cp requirements.txt "$VENV/installed-from"
fi

# A check that hangs must not hang whoever called it. Python ends what it started; see running.py.
exec timeout --signal=TERM --kill-after=15 300 "$VENV/bin/python" run.py "$binary"
