#!/usr/bin/env bash
# Everything that must hold before a merge: format, lints, docs, doc tests, tests, real clients, chart, load.
# Installs what is missing (node, Redis, Prometheus, nginx, wrk, Python environments, official x402 SDKs, cargo-nextest); safe to repeat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly MINIMUM_RUST=1.95
readonly NEXTEST_VERSION=0.9.143
readonly INTEROP=tests/interop

announce() { printf '\n==> %s\n' "$*"; }

die() {
  printf 'test.sh: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

require_rust() {
  if ! has cargo && [ -f "${CARGO_HOME:-$HOME/.cargo}/env" ]; then
    # shellcheck source=/dev/null
    . "${CARGO_HOME:-$HOME/.cargo}/env"
  fi
  has cargo && has rustc ||
    die "no Rust here; get $MINIMUM_RUST or newer from https://rustup.rs"
  local version
  version=$(rustc --version | cut -d' ' -f2)
  [ "$(printf '%s\n' "$MINIMUM_RUST" "$version" | sort -V | head -n1)" = "$MINIMUM_RUST" ] ||
    die "rustc is $version; run: rustup update stable ($MINIMUM_RUST or newer is needed)"
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 ||
    die "rustfmt or clippy is missing; run: rustup component add rustfmt clippy"
}

has_node() { has node && has npm; }
has_python_venv() { has python3 && python3 -c 'import ensurepip, venv' >/dev/null 2>&1; }

require_system_packages() {
  local missing=()
  has cc || missing+=(gcc libc6-dev)
  has_node || missing+=(nodejs npm)
  has_python_venv || missing+=(python3 python3-venv)
  # Only the program: the tests start servers of their own.
  has redis-server || missing+=(redis-server)
  has promtool && has prometheus || missing+=(prometheus)
  has openssl || missing+=(openssl)
  has curl || missing+=(curl)
  has wrk || missing+=(wrk)
  has nginx || [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
  # The program and not the shell's own: tests pause servers with it.
  type -P kill >/dev/null || missing+=(procps)
  [ ${#missing[@]} -gt 0 ] || return 0

  announce "apt: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  has apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; } ||
    die "install these packages first: ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}"
}

# Both keep a copy of the list they were made from, and are made anew only when it has changed.
require_javascript_peers() {
  local stamp=node_modules/.installed-from
  (
    cd "$INTEROP"
    cmp -s package-lock.json "$stamp" && exit 0
    announce "npm ci in $INTEROP"
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json "$stamp"
  )
}

require_python_peers() {
  local stamp=.venv/installed-from
  (
    cd "$INTEROP"
    cmp -s requirements.txt "$stamp" && exit 0
    announce "Python environment in $INTEROP/.venv"
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
    cp requirements.txt "$stamp"
  )
}

require_nextest() {
  if cargo nextest --version >/dev/null 2>&1; then return; fi
  announce "cargo install cargo-nextest"
  cargo install --locked "cargo-nextest@$NEXTEST_VERSION"
}

failed=()
# One failing check does not hide the result of the next.
check() {
  announce "$*"
  "$@" || failed+=("$*")
}

require_rust
require_system_packages
require_javascript_peers
require_python_peers
require_nextest

check cargo fmt --all --check
check cargo clippy --workspace --all-targets --all-features -- -D warnings
check env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --all-features
check cargo test --workspace --doc --all-features
check cargo nextest run --workspace --all-features
# The trainer of the names model compiles the detector's own files, outside of the workspace.
check cargo check --locked --manifest-path corpus/train/trainer/Cargo.toml --target-dir "${CARGO_TARGET_DIR:-target}"

readonly GUARD=${CARGO_TARGET_DIR:-target}/debug/x402-guard
check cargo build -p x402-guard
check tests/clients/check.sh "$GUARD"
check tests/deploy/check.sh "$GUARD"
check tests/load/check.sh "$GUARD"

if [ ${#failed[@]} -gt 0 ]; then
  printf '\nfailed:\n' >&2
  printf '  %s\n' "${failed[@]}" >&2
  exit 1
fi
