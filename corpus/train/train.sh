#!/usr/bin/env bash
# Trains the names model from scratch and compares the weights with those in the repository, byte by byte.
#   corpus/train/train.sh           fails if they differ
#   corpus/train/train.sh --write   puts the new ones in their place
# Needs Python 3.10 or newer, cargo and PyPI. Takes some minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly NAMES=../../x402-tower/src/pii/names
readonly BUILD=build

announce() { printf '\n==> %s\n' "$*"; }

write=false
case "${1-}" in
  "") ;;
  --write) write=true ;;
  *)
    printf 'train.sh: unknown argument %s; use --write or nothing\n' "$1" >&2
    exit 2
    ;;
esac

announce "installing the word lists"
mkdir -p "$BUILD"
[ -x "$BUILD/venv/bin/python" ] || python3 -m venv "$BUILD/venv"
"$BUILD/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt

announce "writing the training data"
"$BUILD/venv/bin/python" make_data.py train "$BUILD"
"$BUILD/venv/bin/python" make_data.py held-out "$BUILD"
"$BUILD/venv/bin/python" make_data.py mixed "$BUILD"

announce "training"
cargo build --quiet --release --manifest-path trainer/Cargo.toml --target-dir "$BUILD/target"
readonly TRAINER=$BUILD/target/release/x402-names-trainer
"$TRAINER" train "$BUILD/data.txt" "$BUILD/gazetteer.txt" "$BUILD/weights.bin"

announce "templates and names never trained on"
"$TRAINER" eval "$BUILD/weights.bin" "$BUILD/held-out.txt"
announce "templates never trained on"
"$TRAINER" eval "$BUILD/weights.bin" "$BUILD/mixed.txt"

checksum=$(sha256sum "$BUILD/weights.bin" | cut -d' ' -f1)
announce "sha256 of the weights: $checksum"
if "$write"; then
  cp "$BUILD/weights.bin" "$NAMES/weights.bin"
  printf '%s\n' "$checksum" >"$NAMES/weights.sha256"
elif [ "$checksum" = "$(cat "$NAMES/weights.sha256")" ]; then
  printf 'The repository has these very weights.\n'
else
  printf 'train.sh: the repository has other weights (%s)\n' "$(cat "$NAMES/weights.sha256")" >&2
  exit 1
fi
