#!/usr/bin/env bash
# Runs x402-guard under load, and takes away meanwhile what it stands on. Usage: tests/load/check.sh BINARY [--full] [PART...]
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: tests/load/check.sh BINARY [--full] [PART...]" >&2; exit 2; }
for tool in wrk nginx redis-server redis-cli python3; do
  command -v "$tool" >/dev/null 2>&1 || [ -x "/usr/sbin/$tool" ] ||
    { echo "tests/load/check.sh: $tool is missing; apt-get install wrk nginx-light redis-server python3" >&2; exit 1; }
done
binary=$(realpath "$1")
shift
exec python3 "$(dirname "${BASH_SOURCE[0]}")/load.py" "$binary" "$@"
