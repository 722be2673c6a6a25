#!/usr/bin/env bash
# Real clients through `x402-guard serve`: check.sh BINARY. README.md says what is found out.
# Installs what is missing (Python environment, npm packages: pinned, hashed, no code of theirs runs meanwhile); safe to repeat.
set -euo pipefail

die() {
  printf 'tests/clients/check.sh: %s\n' "$*" >&2
  exit 1
}

readonly HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly ROOT=$HERE/../..
readonly VENV=$ROOT/target/clients/venv

[ $# = 1 ] || die "usage: check.sh BINARY, an x402-guard with its default features, as target/debug/x402-guard"
[ -x "$1" ] || die "$1 is no program; run: cargo build -p x402-guard"
BINARY=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

has() { command -v "$1" >/dev/null 2>&1; }
has node && has npm || die "node or npm is missing; install node 20 or newer (Debian: apt-get install nodejs npm)"
node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
  die "node is $(node --version), and 20 or newer is needed"
has python3 || die "python3 is missing; install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)"
python3 -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' ||
  die "Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv), this is $(python3 --version)"

# Each keeps a copy of the list it was made from, and is made anew only when that has changed.
npm_packages() {
  (
    cd "$1"
    cmp -s package-lock.json node_modules/.installed-from && exit 0
    printf '==> npm ci in %s\n' "${1#"$ROOT"/}"
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-from
  )
}

python_packages() {
  cmp -s "$HERE/requirements.txt" "$VENV/installed-from" && return
  printf '==> Python environment in target/clients/venv\n'
  python3 -m venv --clear "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    --requirement "$HERE/requirements.txt"
  cp "$HERE/requirements.txt" "$VENV/installed-from"
}

npm_packages "$ROOT/tests/interop"
npm_packages "$ROOT/examples/typescript"
python_packages
exec "$VENV/bin/python" "$HERE/check.py" "$BINARY"
