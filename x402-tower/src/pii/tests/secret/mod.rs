pub(super) mod values;

use values::{
    ARMOURED, HEX, HOOK, PAIR_BYTES, PHRASES, RANDOM, SERVICE_KEYS, SIGNATURE, TOKEN, WALLET_KEYS,
};

use super::{assert_marked, found, found_in_url};
use crate::pii::{Detector, EntityType};

fn is_secret(text: &str) -> bool {
    Detector::with_entities([EntityType::Secret])
        .scan(text)
        .iter()
        .any(|finding| finding.entity == EntityType::Secret)
}

/// Asserts that the whole of `secret` is found, and nothing else, where it stands alone, in a text, in a URL and behind a
/// separator.
fn assert_found(secret: &str) {
    let expected = [(EntityType::Secret, secret)];
    for text in [
        secret.to_owned(),
        format!("use {secret} for the request"),
        format!("\"{secret}\""),
        format!("report,{secret};end"),
    ] {
        assert_eq!(found(&text), expected, "in {text:?}");
    }
    for url in [
        format!("https://api.example.com/run?q={secret}&page=2"),
        format!("https://api.example.com/run/{secret}"),
        format!("https://api.example.com/run#{secret}"),
    ] {
        assert_eq!(found_in_url(&url), expected, "in {url:?}");
    }
}

#[test]
fn private_keys_of_evm_chains_are_secrets_beside_a_word_that_says_so() {
    for name in [
        "private_key=",
        "PRIVATE_KEY=",
        "privateKey: ",
        "\"private-key\": \"",
        "EVM_PRIVATE_KEY=",
        "my private key is ",
        "private key (hex): ",
        "privkey:",
        "secret=",
        "secretKey=",
        "awssecretkey=",
        "signer_key = ",
        "seed: ",
        "the private key for the hot wallet of the team: ",
        "mnemonic/",
    ] {
        for prefix in ["", "0x"] {
            let text = format!("{name}{prefix}{HEX}");
            let key = text.get(name.len()..).unwrap();
            assert_eq!(found(&text), [(EntityType::Secret, key)], "in {text:?}");
        }
    }
    for text in [
        format!("0x{HEX} is my private key"),
        format!("https://x.example/private-key/{HEX}"),
        format!("private_key_{HEX}"),
    ] {
        assert!(is_secret(&text), "{text}");
    }
}

#[test]
fn hashes_nonces_and_addresses_are_no_secrets() {
    for text in [
        HEX.to_owned(),
        format!("0x{HEX}"),
        format!("nonce=0x{HEX}"),
        format!("txHash: 0x{HEX}"),
        format!("transaction 0x{HEX} settled; keep your private key safe"),
        format!("sha256 of the private key: digest {HEX}"),
        format!("publicKey={HEX}"),
        format!("key={HEX}"),
        "secret=0x036CbD53842c5426634e7929541eC2318f3dCF7e".to_owned(),
        "token=0x036CbD53842c5426634e7929541eC2318f3dCF7e".to_owned(),
        "asset=EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v".to_owned(),
        "token=EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v".to_owned(),
        "the secret of good reports in 2024".to_owned(),
        "password=reset-your-password-in-2024".to_owned(),
        "api_key=YOUR_API_KEY_GOES_HERE".to_owned(),
        "key-value-store-for-agents-in-2024".to_owned(),
        "risk-assessment2024reportforthequarter".to_owned(),
        "sk-learn-tutorial-for-2024".to_owned(),
        "550e8400-e29b-41d4-a716-446655440000".to_owned(),
        "eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913".to_owned(),
        format!("signature {SIGNATURE}"),
        format!("https://explorer.example/tx/{SIGNATURE}"),
        "a.b.c eyJ.eyJ.sig v1.2.3-beta.20240101".to_owned(),
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----".to_owned(),
        "a file that starts with -----BEGIN PRIVATE KEY----- is a key".to_owned(),
    ] {
        assert!(!is_secret(&text), "{text}");
    }
}

#[test]
fn keys_in_the_formats_of_wallets_are_secrets() {
    for secret in WALLET_KEYS {
        assert_found(secret);
    }
    for public in [
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
        "KwFfpDsaF7yxCELuyrH9gP5XL7TAt5b9HPWC1xCQbmrxvhJgMQHc",
    ] {
        assert!(!is_secret(public), "{public}");
    }
}

#[test]
fn byte_arrays_are_secrets_where_they_are_a_key_pair_or_a_word_says_so() {
    assert_marked(
        EntityType::Secret,
        &[
            &format!("«[{PAIR_BYTES}]»"),
            &format!("id.json: «[{}]»", PAIR_BYTES.replace(',', ", ")),
        ],
    );
    let ones = ["1"; 64].join(",");
    assert!(!is_secret(&format!("[{ones}]")));
    assert!(is_secret(&format!("secretKey: [{ones}]")));
    assert!(!is_secret(&format!("secretKey: [{ones},1]")));
}

#[test]
fn recovery_phrases_are_secrets_if_their_checksum_holds() {
    for &phrase in PHRASES {
        let numbered: Vec<_> = phrase
            .split(' ')
            .enumerate()
            .map(|(place, word)| format!("{}. {word}", place + 1))
            .collect();
        let short: Vec<_> = phrase
            .split(' ')
            .map(|word| word.get(..4).unwrap_or(word))
            .collect();
        for written in [
            phrase.to_owned(),
            phrase.replace(' ', "\n"),
            phrase.replace(' ', ", "),
            phrase.replace(' ', "-"),
            phrase.replace(' ', "_"),
            phrase.replace(' ', "\", \""),
            phrase.to_uppercase(),
            short.join(" "),
            numbered.join("\n"),
        ] {
            assert!(is_secret(&written), "{written}");
            let around = format!("please keep these for me: {written}. Thanks!");
            assert!(is_secret(&around), "{around}");
        }
        for separator in ["%20", "+", "-", "/", "%2C%20", "%0A"] {
            let url = format!(
                "https://x.example/a?words={}&page=2",
                phrase.replace(' ', separator)
            );
            let findings = Detector::new().scan_url(&url);
            assert_eq!(findings.len(), 1, "{url}");
            assert_eq!(findings[0].entity, EntityType::Secret);
        }
    }
}

#[test]
fn words_of_the_list_without_a_checksum_are_no_secret() {
    for text in [
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon",
        "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo",
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        "market data report about the price and volume of every coin that you will ever want to buy or sell today",
        "Run any model you like; pay only for what you use, with limits that a human can change at any time.",
    ] {
        assert!(!is_secret(text), "{text}");
    }
}

#[test]
fn a_phrase_is_found_among_other_words_of_the_list() {
    let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    let text = format!("there will always save this: {phrase} until then");
    let findings = Detector::new().scan(&text);
    assert_eq!(findings.len(), 1);
    assert!(text[findings[0].span.clone()].contains(phrase));
}

#[test]
fn armoured_private_keys_are_secrets_from_the_first_line_to_the_last() {
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        let key = format!("-----BEGIN {label}-----\n{ARMOURED}\n-----END {label}-----");
        assert_marked(
            EntityType::Secret,
            &[
                &format!("«{key}»"),
                &format!("key: «{key}»\nthanks"),
                &format!("\"private_key\": \"«{}»\\n\"", key.replace('\n', "\\n")),
            ],
        );
    }
    let cut = format!("-----BEGIN PRIVATE KEY-----\n{ARMOURED}");
    assert_eq!(found(&cut), [(EntityType::Secret, cut.as_str())]);
    let url = format!(
        "https://x.example/?key={}",
        cut.replace(' ', "+").replace('\n', "%0A")
    );
    assert_eq!(found_in_url(&url).len(), 1);
}

#[test]
fn web_tokens_are_secrets_whole() {
    assert_found(TOKEN);
    // A header with a key id first, and one without a signature.
    for token in [
        "eyJraWQiOiJhYmMiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
    ] {
        assert_eq!(found(token), [(EntityType::Secret, token)]);
    }
}

#[test]
fn keys_of_services_are_secrets() {
    for secret in SERVICE_KEYS {
        assert_found(secret);
    }
    let url = format!("https://hooks.example.com/services/{HOOK}");
    assert_eq!(found_in_url(&url), [(EntityType::Secret, HOOK)]);
}

#[test]
fn a_checksum_makes_a_token_of_github_certain() {
    let score = |token: &str| Detector::new().scan(token)[0].score;
    let valid = concat!("ghp_", "Ky9Pf34qY6Nb3wWD25RQ4F5ZR3qa7y3gm1IL");
    let other = concat!("ghp_", "Ky9Pf34qY6Nb3wWD25RQ4F5ZR3qa7y3gm1IM");
    assert_eq!(score(valid), 100);
    assert!(score(other) < 100);
}

#[test]
fn values_that_look_random_are_secrets_beside_a_word_that_says_so() {
    for name in [
        "aws_secret_access_key=",
        "AWS_SECRET_ACCESS_KEY: ",
        "\"secretAccessKey\": \"",
        "client_secret=",
        "Authorization: Bearer ",
        "api_key=",
        "x-api-key: ",
        "password: ",
        "my access token is ",
    ] {
        let text = format!("{name}{RANDOM}");
        assert_eq!(found(&text), [(EntityType::Secret, RANDOM)], "in {text:?}");
    }
    let account = concat!(
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    );
    assert!(is_secret(account));
    let path = "https://x.example/api-key/9f86d081884c7d659a2feaa0c55ad015/report";
    assert_eq!(
        found_in_url(path),
        [(EntityType::Secret, "9f86d081884c7d659a2feaa0c55ad015")]
    );
}

#[test]
fn escapes_hide_no_secret() {
    let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    let url = format!(
        "https://x.example/?w={}&t={}",
        phrase.replace(' ', "%2520"),
        TOKEN.replace('.', "%2E")
    );
    let secrets = Detector::new().scan_url(&url);
    assert_eq!(secrets.len(), 2, "{secrets:?}");
}
