//! Endings of file names that are no top-level domains: `icon@2x.png` is a picture for dense screens.

/// As many letters as a key has room for.
const LONGEST: usize = 8;

static KEYS: [u64; 23] = keys([
    "avif", "css", "csv", "gif", "gz", "html", "ico", "jpeg", "jpg", "js", "json", "pdf", "png",
    "svg", "tgz", "ts", "txt", "wasm", "webp", "woff", "xml", "yaml", "yml",
]);

/// Whether letters are the ending of a file name, in either case.
pub(super) fn is_file_ending(letters: &[u8]) -> bool {
    letters.len() <= LONGEST && KEYS.contains(&key(letters))
}

/// Letters in lower case as one number, so that they are compared at once.
const fn key(letters: &[u8]) -> u64 {
    let (mut key, mut rest) = (0, letters);
    while let [letter, others @ ..] = rest {
        key = key << 8 | (*letter | 0x20) as u64;
        rest = others;
    }
    key
}

const fn keys<const N: usize>(endings: [&str; N]) -> [u64; N] {
    let mut keys = [0; N];
    let mut place = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "checked when it is compiled; nothing of it runs later"
    )]
    while place < N {
        keys[place] = key(endings[place].as_bytes());
        place += 1;
    }
    keys
}
