//! Words that say that a secret follows, however they are written: `PRIVATE_KEY`, `private-key`, `privateKey`.

use super::super::super::alphabet::Alphabet;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::name_ending::NameEndings;

/// No name is longer, and none starts farther from its value.
const MAX_LETTERS: usize = 48;
/// `": "0x` and the like.
const MAX_JOINERS: usize = 6;
/// What may stand between a name and the value: `the private key in hex is …`.
const FILLERS: &[&str] = &[
    "is", "was", "value", "q", "hex", "in", "string", "here", "as", "raw", "base", "encoded",
];
const MAX_FILLERS: usize = 3;
/// Names of this length mean the same inside of a word (`awssecretkey`).
const LONG_NAME: usize = 8;

/// What the private key of a chain is called.
const CHAIN_KEYS: &[&str] = &[
    "privatekey",
    "privkey",
    "secretkey",
    "signerkey",
    "signingkey",
    "walletkey",
    "deployerkey",
    "ownerkey",
    "masterkey",
    "accountkey",
    "keypair",
    "secret",
    "seed",
    "entropy",
    "mnemonic",
    "private",
    "priv",
    "privatekeys",
    "signer",
    "evmkey",
    "walletpk",
    "signerpk",
    "evmpk",
    "sk",
];

/// What the keys and tokens of services are called.
const SERVICE_KEYS: &[&str] = &[
    "apikey",
    "apisecret",
    "apitoken",
    "appsecret",
    "appkey",
    "accesskey",
    "accesstoken",
    "accountkey",
    "authkey",
    "authtoken",
    "authorization",
    "bearer",
    "bearertoken",
    "clientsecret",
    "consumersecret",
    "encryptionkey",
    "hmackey",
    "idtoken",
    "jwtsecret",
    "keypair",
    "masterkey",
    "oauthtoken",
    "passwd",
    "password",
    "passphrase",
    "privatekey",
    "privkey",
    "pwd",
    "refreshtoken",
    "secret",
    "secretaccesskey",
    "secretkey",
    "secrettoken",
    "seed",
    "servicekey",
    "sessiontoken",
    "sharedaccesskey",
    "sharedsecret",
    "signingkey",
    "signingsecret",
    "subscriptionkey",
    "walletsecret",
    "webhooksecret",
];

/// Words that name something public of the same form.
const PUBLIC: &[&str] = &[
    "hash",
    "txid",
    "transaction",
    "digest",
    "root",
    "block",
    "nonce",
    "public",
    "pubkey",
    "address",
    "signature",
    "salt",
    "tx",
    "topic",
    "sha",
    "keccak",
    "commit",
    "proof",
];

/// Whether a word stands directly before `position` that may name a service's key or token: most values are in paths and
/// have none.
pub(super) fn has_name(view: &View<'_>, position: usize) -> bool {
    SERVICE_KEYS_END.may_be_before(view, end_of_word(view, position))
}

/// Where the word before `position` ends.
fn end_of_word(view: &View<'_>, position: usize) -> usize {
    let farthest = position.saturating_sub(MAX_JOINERS + 1);
    let joiners = view.slice(farthest..position).iter().rev();
    let joiners = joiners.take_while(|byte| {
        step();
        is_joiner(view, **byte)
    });
    position - joiners.count()
}

/// How names of services' keys, and of chains' private keys, end, or fillers after them.
static SERVICE_KEYS_END: NameEndings = NameEndings::of(&[SERVICE_KEYS, FILLERS]);
static CHAIN_KEYS_END: NameEndings = NameEndings::of(&[CHAIN_KEYS, FILLERS]);

/// Whether a name of a chain's private key stands directly before `position`.
pub(super) fn names_key(view: &View<'_>, position: usize) -> bool {
    CHAIN_KEYS_END.may_be_before(view, end_of_word(view, position))
        && Words::before(view, position).end_with_one_of(CHAIN_KEYS)
}

/// Whether a name of a service's key or token stands directly before `position`.
pub(super) fn names_token(view: &View<'_>, position: usize) -> bool {
    Words::before(view, position).end_with_one_of(SERVICE_KEYS)
}

/// What a private key is called where other words stand between it and the name.
const UNMISTAKABLE: &[&str] = &[
    "privatekey",
    "privkey",
    "secretkey",
    "signingkey",
    "seedphrase",
    "walletkey",
];
const NEAR: usize = 64;

/// Whether the sentence around a value speaks of it as a private key, and names nothing public between.
pub(super) fn speaks_of_key(view: &View<'_>, start: usize, end: usize) -> bool {
    let before = Letters::of(view.slice(start.saturating_sub(NEAR)..start));
    let after = Letters::of(view.slice(end..(end + NEAR).min(view.bytes().len())));
    let named_before = UNMISTAKABLE.iter().any(|name| {
        let between = before.after_last(name);
        between.is_some_and(|between| !PUBLIC.iter().any(|word| holds(between, word)))
    });
    let is_public = || {
        let mut public = PUBLIC.iter();
        public.any(|word| before.get().ends_with(word.as_bytes()))
    };
    named_before || (after.say("is", UNMISTAKABLE) && !is_public())
}

/// The letters before a place, last one first, in lower case.
#[derive(Debug)]
struct Words {
    letters: [u8; MAX_LETTERS],
    length: usize,
    /// A bit for every letter that starts a word.
    starts: u64,
}

impl Words {
    fn before(view: &View<'_>, position: usize) -> Self {
        let mut words = Self {
            letters: [0; MAX_LETTERS],
            length: 0,
            starts: 0,
        };
        let (mut position, mut joiners) = (position, 0);
        while words.length < MAX_LETTERS && joiners <= MAX_JOINERS && position > 0 {
            step();
            let byte = view.before(position);
            position -= 1;
            if byte.is_ascii_alphabetic() {
                let previous = view.before(position);
                let hump = byte.is_ascii_uppercase() && previous.is_ascii_lowercase();
                if hump || !previous.is_ascii_alphabetic() {
                    words.starts |= 1 << words.length;
                }
                if let Some(slot) = words.letters.get_mut(words.length) {
                    *slot = byte.to_ascii_lowercase();
                }
                words.length += 1;
                joiners = 0;
            } else if is_joiner(view, byte) {
                joiners += 1;
            } else {
                break;
            }
        }
        words
    }

    fn end_with_one_of(&self, names: &[&str]) -> bool {
        let mut skipped = 0;
        for _ in 0..=MAX_FILLERS {
            let named = |name: &&str| {
                self.text_at(skipped, name)
                    && (name.len() >= LONG_NAME || self.starts_word(skipped + name.len()))
            };
            if names.iter().any(named) {
                return true;
            }
            let filler = FILLERS.iter().find(|filler| {
                self.text_at(skipped, filler) && self.starts_word(skipped + filler.len())
            });
            match filler {
                Some(filler) => skipped += filler.len(),
                None => return false,
            }
        }
        false
    }

    fn text_at(&self, skipped: usize, text: &str) -> bool {
        let letters = self.letters.get(skipped..self.length).unwrap_or_default();
        letters.len() >= text.len()
            && text.bytes().rev().zip(letters).all(|(wanted, letter)| {
                step();
                wanted == *letter
            })
    }

    /// Whether a word starts with the first of so many letters.
    fn starts_word(&self, count: usize) -> bool {
        self.starts >> count.saturating_sub(1) & 1 == 1
    }
}

fn is_joiner(view: &View<'_>, byte: u8) -> bool {
    Alphabet::CONNECTOR.has(byte)
        || byte == b'`'
        || view.is_space(byte)
        || (view.in_url() && byte == b'?')
}

/// The letters of a few bytes, in lower case.
#[derive(Debug)]
struct Letters {
    letters: [u8; NEAR],
    length: usize,
}

impl Letters {
    fn of(bytes: &[u8]) -> Self {
        let mut letters = [0; NEAR];
        let found = bytes.iter().filter(|byte| {
            step();
            byte.is_ascii_alphabetic()
        });
        let mut length = 0;
        for (slot, byte) in letters.iter_mut().zip(found) {
            *slot = byte.to_ascii_lowercase();
            length += 1;
        }
        Self { letters, length }
    }

    fn get(&self) -> &[u8] {
        self.letters.get(..self.length).unwrap_or_default()
    }

    fn after_last(&self, name: &str) -> Option<&[u8]> {
        let place = self
            .get()
            .windows(name.len())
            .rposition(|window| window == name.as_bytes())?;
        self.get().get(place + name.len()..)
    }

    /// Whether they start with `verb`, an article or none, and one of `names`.
    fn say(&self, verb: &str, names: &[&str]) -> bool {
        let Some(rest) = self.get().strip_prefix(verb.as_bytes()) else {
            return false;
        };
        let articles = ["", "my", "the", "our", "a", "his", "her", "their"];
        articles.iter().any(|article| {
            rest.strip_prefix(article.as_bytes())
                .is_some_and(|rest| names.iter().any(|name| rest.starts_with(name.as_bytes())))
        })
    }
}

fn holds(letters: &[u8], word: &str) -> bool {
    letters
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}
