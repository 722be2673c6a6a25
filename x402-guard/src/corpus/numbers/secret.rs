//! Secrets of the right shape that open nothing: all but the fixed phrases say FAKE or EXAMPLE.

use super::Value;
use crate::corpus::prng::Prng;

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &str = "0123456789abcdef";

/// A kind of secret: the form's name, the parameter names it goes by, and whether it fits into a URL.
pub(in crate::corpus) struct Kind {
    pub(in crate::corpus) keys: &'static [&'static str],
    pub(in crate::corpus) in_url: bool,
    make: fn(&mut Prng) -> Value,
}

impl Kind {
    pub(in crate::corpus) fn make(&self, prng: &mut Prng) -> Value {
        (self.make)(prng)
    }
}

pub(in crate::corpus) const KINDS: [Kind; 13] = [
    kind(
        &["aws_access_key_id", "access_key", "AWSAccessKeyId"],
        true,
        aws,
    ),
    kind(&["stripe_key", "api_key", "sk"], true, stripe),
    kind(&["github_token", "token", "gh_token"], true, github),
    kind(&["openai_api_key", "api_key", "key"], true, openai),
    kind(
        &["anthropic_api_key", "x_api_key", "api_key"],
        true,
        anthropic,
    ),
    kind(&["slack_token", "bot_token", "token"], true, slack),
    kind(&["google_api_key", "key", "maps_key"], true, google),
    kind(&["sendgrid_key", "mail_key", "api_key"], true, sendgrid),
    kind(&["jwt", "access_token", "id_token", "bearer"], true, jwt),
    kind(
        &["private_key", "privkey", "wallet_private_key", "signer_key"],
        true,
        evm,
    ),
    kind(
        &["mnemonic", "seed_phrase", "recovery_phrase"],
        true,
        phrase,
    ),
    kind(&["pem", "private_key", "ssh_key"], false, pem),
    kind(
        &["gitlab_token", "npm_token", "registry_token"],
        true,
        registry,
    ),
];

const fn kind(keys: &'static [&'static str], in_url: bool, make: fn(&mut Prng) -> Value) -> Kind {
    Kind { keys, in_url, make }
}

fn aws(prng: &mut Prng) -> Value {
    Value::new(
        format!("AKIAFAKE{}", prng.letters(UPPER, 12)),
        "aws_access_key",
    )
}

fn stripe(prng: &mut Prng) -> Value {
    let kind = prng.text(&["sk_live_", "sk_test_", "rk_live_"]);
    Value::new(format!("{kind}FAKE{}", prng.letters(ALNUM, 20)), "stripe")
}

fn github(prng: &mut Prng) -> Value {
    match prng.below(3) {
        0 => Value::new(
            format!(
                "github_pat_FAKE{}_{}",
                prng.letters(ALNUM, 18),
                prng.letters(ALNUM, 59)
            ),
            "github_fine_grained",
        ),
        _ => {
            let kind = prng.text(&["ghp_", "gho_", "ghs_"]);
            Value::new(format!("{kind}FAKE{}", prng.letters(ALNUM, 32)), "github")
        }
    }
}

fn openai(prng: &mut Prng) -> Value {
    let random = prng.letters(ALNUM, 40);
    match prng.below(2) {
        0 => Value::new(format!("sk-proj-FAKE{random}"), "openai_project"),
        _ => Value::new(
            format!(
                "sk-FAKE{}T3BlbkFJ{}",
                prng.letters(ALNUM, 16),
                prng.letters(ALNUM, 20)
            ),
            "openai",
        ),
    }
}

fn anthropic(prng: &mut Prng) -> Value {
    Value::new(
        format!("sk-ant-api03-FAKE{}AA", prng.letters(ALNUM, 89)),
        "anthropic",
    )
}

fn slack(prng: &mut Prng) -> Value {
    let (team, bot) = (prng.letters("123456789", 12), prng.letters("123456789", 13));
    Value::new(
        format!("xoxb-{team}-{bot}-FAKE{}", prng.letters(ALNUM, 20)),
        "slack",
    )
}

fn google(prng: &mut Prng) -> Value {
    Value::new(format!("AIzaFAKE{}", prng.letters(ALNUM, 31)), "google")
}

fn sendgrid(prng: &mut Prng) -> Value {
    Value::new(
        format!(
            "SG.FAKE{}.{}",
            prng.letters(ALNUM, 18),
            prng.letters(ALNUM, 43)
        ),
        "sendgrid",
    )
}

fn registry(prng: &mut Prng) -> Value {
    match prng.below(2) {
        0 => Value::new(format!("glpat-FAKE{}", prng.letters(ALNUM, 16)), "gitlab"),
        _ => Value::new(format!("npm_FAKE{}", prng.letters(ALNUM, 32)), "npm"),
    }
}

/// Three parts of base64url; the first two are JSON, the signature is nobody's.
fn jwt(prng: &mut Prng) -> Value {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
    let algorithm = prng.text(&["HS256", "RS256", "ES256"]);
    let header = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#));
    let (subject, issued) = (
        prng.below(1_000_000),
        prng.within(1_600_000_000, 1_790_000_000),
    );
    let claims = format!(r#"{{"sub":"EXAMPLE-{subject}","iat":{issued}}}"#);
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims);
    Value::new(
        format!("{header}.{claims}.{}", prng.letters(ALNUM, 43)),
        "jwt",
    )
}

fn evm(prng: &mut Prng) -> Value {
    // Not zero, and below the order of secp256k1, as a key has to be.
    let key = format!("fa4e{}", prng.letters(HEX, 60));
    match prng.below(3) {
        0 => Value::new(key, "evm_bare"),
        _ => Value::new(format!("0x{key}"), "evm"),
    }
}

/// The phrases of BIP-39's own test vectors: their checksums hold, and everybody knows them.
fn phrase(prng: &mut Prng) -> Value {
    let advice = "letter advice cage absurd amount doctor acoustic avoid";
    let winner = "legal winner thank year wave sausage worth useful";
    let phrase = match prng.below(6) {
        0 => format!("{}about", "abandon ".repeat(11)),
        1 => format!("{winner} legal winner thank yellow"),
        2 => format!("{advice} letter advice cage above"),
        3 => format!("{}wrong", "zoo ".repeat(11)),
        4 => format!("{winner} {winner} legal winner thank year wave sausage worth title"),
        _ => format!("{}art", "abandon ".repeat(23)),
    };
    Value::new(phrase, "bip39")
}

fn pem(prng: &mut Prng) -> Value {
    let kind = prng.text(&[
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
    ]);
    let body = prng.letters(ALNUM, 64);
    let text = format!("-----BEGIN {kind}-----\nMIIEFAKE{body}\n-----END {kind}-----");
    Value::new(text, "pem")
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

    use super::*;

    /// A token with its claims in clear.
    fn clear(secret: &Value) -> String {
        match secret.text.split('.').nth(1) {
            Some(claims) if secret.form == "jwt" => {
                String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
            }
            _ => secret.text.clone(),
        }
    }

    #[test]
    fn every_secret_is_obviously_fake() {
        let mut prng = Prng::new(2, 2);
        for kind in &KINDS {
            for _ in 0..50 {
                let secret = kind.make(&mut prng);
                let text = clear(&secret);
                let fake = ["FAKE", "EXAMPLE", "fa4e"]
                    .iter()
                    .any(|mark| text.contains(mark));
                assert!(fake || secret.form == "bip39", "{text}");
            }
        }
    }
}
