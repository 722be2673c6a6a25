//! Attacks 24 to 36: challenges that can be read in more than one way, or not at all.

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, Engine};
use bytes::Bytes;
use serde_json::{Value, json};
use x402_tower::testing::{Offer, ScriptedBody, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::header::PAYMENT_REQUIRED;
use x402_tower::wire::{MAX_BODY_BYTES, Version};

use crate::ground::{
    BOTH, Ground, URL, answer_402, assert_denied, assert_denied_by, assert_offers_denied, cent,
    policy, serve,
};

fn challenge(version: Version) -> Value {
    ScriptedChallenge::new(version, URL, [cent()]).to_json()
}

fn encoded() -> String {
    BASE64_STANDARD.encode(challenge(Version::V2).to_string())
}

fn with_body(body: ScriptedBody) -> http::Response<ScriptedBody> {
    answer_402("", None).map(|_| body)
}

#[tokio::test]
async fn attack_024_oversize_header() {
    assert_denied(
        answer_402("{}", Some(&"A".repeat(1024 * 1024))),
        "wire.too_large",
    )
    .await;
    // A real challenge, padded until it is too long.
    let padded = ScriptedChallenge::v2(URL, [cent()]).description(&"x".repeat(100_000));
    assert_denied(padded.to_response(), "wire.too_large").await;
}

#[tokio::test]
async fn attack_024_oversize_body() {
    let large = vec![b' '; MAX_BODY_BYTES + 1];
    assert_denied(answer_402(large, None), "challenge.too_large").await;
    let padded = ScriptedChallenge::v1(URL, [cent().description(&"x".repeat(100_000))]);
    assert_denied(padded.to_response(), "challenge.too_large").await;
}

#[tokio::test]
async fn attack_024_never_ending_body() {
    let endless = ScriptedBody::endless(Bytes::from_static(b"{\"x402Version\":1,"));
    assert_denied(with_body(endless), "challenge.too_large").await;
}

#[tokio::test]
async fn attack_024_never_ending_body_of_nothing() {
    let endless = ScriptedBody::endless(Bytes::new());
    assert_denied(with_body(endless), "challenge.too_large").await;
}

#[tokio::test]
async fn attack_024_never_ending_body_beside_a_good_header() {
    let good = ScriptedChallenge::v2(URL, [cent()]).to_response();
    let response = good.map(|_| ScriptedBody::endless(Bytes::from_static(b"xxxxxxxx")));
    assert_denied(response, "challenge.too_large").await;
}

#[tokio::test(start_paused = true)]
#[allow(clippy::disallowed_methods, reason = "tokio's paused clock")]
async fn attack_025_slow_body() {
    let json = challenge(Version::V1).to_string();
    let slow = ScriptedBody::drip(json, Duration::from_secs(1));
    let before = tokio::time::Instant::now();
    assert_denied(with_body(slow), "challenge.deadline").await;
    assert_eq!(before.elapsed().as_secs(), 10, "the whole deadline, once");
}

#[tokio::test(start_paused = true)]
async fn attack_025_silent_body() {
    assert_denied(with_body(ScriptedBody::silent()), "challenge.deadline").await;
    let good = ScriptedChallenge::v2(URL, [cent()]).to_response();
    assert_denied(good.map(|_| ScriptedBody::silent()), "challenge.deadline").await;
}

#[tokio::test]
async fn attack_027_base64_has_one_spelling() {
    let json = challenge(Version::V2).to_string();
    // Of a length that needs padding, and with characters that the two alphabets write differently.
    let json = format!("{}{}", json, " ".repeat((4 - json.len() % 3) % 3 + 1));
    let good = BASE64_STANDARD.encode(&json);
    assert!(good.ends_with('='), "{}", json.len());
    let mut trailing_bits = good.trim_end_matches('=').to_owned();
    let last = trailing_bits.pop().unwrap();
    let next = char::from(u8::try_from(last).unwrap() + 1);
    trailing_bits.push(next);
    trailing_bits.push_str(&"=".repeat(good.len() - trailing_bits.len()));
    let tilde = json.replace("a report", "a report ~~~???>>>");
    let variants = [
        ("no padding", BASE64_STANDARD_NO_PAD.encode(&json)),
        ("url-safe alphabet", BASE64_URL_SAFE.encode(&tilde)),
        ("space inside", format!("{} {}", &good[..8], &good[8..])),
        ("tab inside", format!("{}\t{}", &good[..8], &good[8..])),
        ("trailing bits", trailing_bits),
        ("more padding", format!("{good}=")),
        ("text after padding", format!("{good}AAAA")),
        ("a quoted value", format!("\"{good}\"")),
    ];
    assert!(variants[1].1.contains(['-', '_']), "the alphabets differ");
    for (name, variant) in variants {
        eprintln!("{name}");
        assert_denied(answer_402("{}", Some(&variant)), "wire.base64").await;
    }
    let double = BASE64_STANDARD.encode(&good);
    assert_denied(answer_402("{}", Some(&double)), "wire.json").await;
}

#[tokio::test]
async fn attack_028_duplicate_header() {
    let mut response = answer_402("{}", Some(&encoded()));
    let value = encoded().parse().unwrap();
    response.headers_mut().append(PAYMENT_REQUIRED, value);
    assert_denied(response, "wire.duplicate_header").await;
    let joined = format!("{}, {}", encoded(), encoded());
    assert_denied(answer_402("{}", Some(&joined)), "wire.duplicate_header").await;
}

#[tokio::test]
async fn attack_028_header_and_body_ask_for_different_payments() {
    let stranger = "0x00000000000000000000000000000000000000ff";
    for other in [
        Offer::usdc(5_000_000),
        cent().pay_to(stranger),
        cent().asset(stranger),
    ] {
        let body = ScriptedChallenge::v1(URL, [other]).to_json().to_string();
        assert_denied(answer_402(body, Some(&encoded())), "challenge.conflicting").await;
    }
}

#[tokio::test]
async fn attack_029_duplicate_keys() {
    for version in BOTH {
        let json = challenge(version).to_string();
        let twice = |key: &str, twin: &str| {
            let from = format!("\"{key}\":");
            assert!(json.contains(&from));
            json.replacen(&from, &format!("\"{twin}\":\"0x00\",\"{key}\":"), 1)
        };
        for (key, twin) in [
            ("payTo", "payTo"),
            ("payTo", "pay\\u0054o"),
            ("payTo", "\\u0070ayTo"),
            ("asset", "asset"),
            ("network", "network"),
            ("accepts", "accepts"),
            ("x402Version", "x402Version"),
            ("name", "name"),
        ] {
            assert_denied(serve(version, &twice(key, twin)), "wire.duplicate_key").await;
        }
        for (key, twin) in [
            ("payTo", "payto"),
            ("payTo", "PayTo"),
            ("payTo", "pay_to"),
            ("payTo", "PAYTO"),
            ("payTo", "pay-to"),
            ("accepts", "Accepts"),
            ("network", "Network"),
            ("name", "Name"),
        ] {
            assert_denied(serve(version, &twice(key, twin)), "wire.alias").await;
        }
    }
}

#[tokio::test]
async fn attack_030_deep_nesting() {
    for version in BOTH {
        for place in ["extra", "extensions", "note"] {
            let deep = format!("{}1{}", "[".repeat(6000), "]".repeat(6000));
            let json = match place {
                "extra" => {
                    let offer = cent().extra("x", "DEEP");
                    ScriptedChallenge::new(version, URL, [offer]).to_json()
                }
                field => ScriptedChallenge::new(version, URL, [cent()])
                    .field(field, json!({ "x": "DEEP" }))
                    .to_json(),
            };
            let json = json.to_string().replace("\"DEEP\"", &deep);
            assert_denied(serve(version, &json), "wire.depth").await;
        }
    }
}

#[tokio::test]
async fn attack_031_accepts_of_another_shape() {
    let offer = challenge(Version::V2)["accepts"][0].clone();
    for (accepts, code) in [
        (json!(null), "wire.field_type"),
        (json!("exact"), "wire.field_type"),
        (json!(1), "wire.field_type"),
        (json!({}), "wire.field_type"),
        (offer.clone(), "wire.field_type"),
        (json!([null]), "wire.field_type"),
        (json!(["exact"]), "wire.field_type"),
        (json!([[offer]]), "wire.field_type"),
        (json!([1, offer]), "wire.field_type"),
        (json!([offer, null]), "wire.field_type"),
        (json!([]), "wire.requirement_count"),
        (json!([{}]), "wire.missing_field"),
    ] {
        let mut json = challenge(Version::V2);
        json["accepts"] = accepts;
        eprintln!("{json}");
        assert_denied(serve(Version::V2, &json.to_string()), code).await;
    }
}

#[tokio::test]
async fn attack_031_too_many_offers() {
    let many = ScriptedChallenge::v2(URL, vec![cent(); 33]);
    assert_denied(many.to_response(), "wire.requirement_count").await;
    // A hundred thousand entries do not even fit what is read.
    let mut json = challenge(Version::V1);
    json["accepts"] = Value::Array(vec![json!({}); 100_000]);
    assert_denied(serve(Version::V1, &json.to_string()), "challenge.too_large").await;
}

#[tokio::test]
async fn attack_032_text_that_is_not_plain_unicode() {
    let json = challenge(Version::V2).to_string();
    let put = |text: &[u8]| -> Vec<u8> {
        let at = json.find("a report").unwrap();
        [&json.as_bytes()[..at], text, &json.as_bytes()[at..]].concat()
    };
    let bom = [b"\xef\xbb\xbf", json.as_bytes()].concat();
    for (bytes, code) in [
        (put(b"\\ud800"), "wire.surrogate"),
        (put(b"\\udc00\\ud800"), "wire.surrogate"),
        (put(b"\\u0000"), "wire.control_character"),
        (put(b"\0"), "wire.control_character"),
        (put(b"\\u001b"), "wire.control_character"),
        (put(b"\n"), "wire.control_character"),
        (put(b"\xff"), "wire.utf8"),
        (put(b"\xc0\xaf"), "wire.utf8"),
        (put(b"\xed\xa0\x80"), "wire.utf8"),
        (bom, "wire.utf8"),
    ] {
        let header = BASE64_STANDARD.encode(&bytes);
        assert_denied(answer_402("{}", Some(&header)), code).await;
    }
    let mut raw = answer_402("{}", None);
    let value = http::HeaderValue::from_bytes(b"eyJ4\xff\xfe").unwrap();
    raw.headers_mut().insert(PAYMENT_REQUIRED, value);
    assert_denied(raw, "wire.base64").await;
}

#[tokio::test]
async fn attack_033_version_confusion() {
    for written in [
        json!(1),
        json!(2),
        json!(3),
        json!("2"),
        json!("1"),
        json!(2.0),
        json!(null),
    ] {
        for transport in BOTH {
            for schema in BOTH {
                let mut json = challenge(schema);
                json["x402Version"] = written.clone();
                if written == json!(transport.number()) && schema == transport {
                    continue;
                }
                let code = if written == json!(transport.number()) {
                    "wire.version_mix"
                } else {
                    "wire.version"
                };
                eprintln!("{written} as {schema:?} over {transport:?}");
                let ground = Ground::new();
                let seller = ScriptedSeller::new().respond(serve(transport, &json.to_string()));
                let answer = ground.buy(&seller, URL).await;
                let found = crate::ground::denial(&answer).unwrap();
                assert!(
                    [
                        code,
                        "wire.version",
                        "wire.version_mix",
                        "wire.missing_field"
                    ]
                    .contains(&found),
                    "{found}"
                );
                ground.assert_untouched(&seller, answer, found).await;
            }
        }
    }
}

#[tokio::test]
async fn attack_035_scheme_confusion() {
    for scheme in [
        "Exact",
        "EXACT",
        "exact ",
        " exact",
        "еxact",
        "e\u{200b}xact",
        "exact\u{0301}",
        "upto",
        "deferred",
        "",
        "exact,upto",
        "exact;",
        "ｅxact",
    ] {
        assert_offers_denied(&policy(), &[cent().scheme(scheme)], "policy.scheme").await;
    }
    for version in BOTH {
        for scheme in [json!(null), json!(1), json!(["exact"])] {
            let offer = cent().field("scheme", scheme);
            let challenge = ScriptedChallenge::new(version, URL, [offer]);
            assert_denied(challenge.to_response(), "wire.field_type").await;
        }
    }
}

#[tokio::test]
async fn attack_036_network_confusion() {
    for network in [
        "base",
        "BASE",
        "Base",
        "eip155:08453",
        "eip155:0",
        "eip155:",
        "eip155:8453 ",
        " eip155:8453",
        "EIP155:8453",
        "eip155:+8453",
        "eip155:0x2105",
        "eip155:8453:1",
        "eip155：8453",
        "8453",
        "eip155:99999999999999999999999",
        "",
    ] {
        let challenge = ScriptedChallenge::v2(URL, [cent().network(network)]);
        eprintln!("{network}");
        assert_denied(challenge.to_response(), "network.not_caip2").await;
    }
    for network in [
        "eip155:1",
        "Base",
        "base ",
        "BASE",
        "base-mainnet",
        "mainnet",
        "0x2105",
        "",
    ] {
        let challenge = ScriptedChallenge::v1(URL, [cent().network(network)]);
        assert_denied(challenge.to_response(), "network.unknown_v1_name").await;
    }
}

#[tokio::test]
async fn attack_036_mainnet_where_only_the_testnet_is_allowed() {
    let policy = policy().with_allowed_networks(["eip155:84532"]);
    for version in BOTH {
        let ground = Ground::with_policy(policy.clone());
        let challenge = ScriptedChallenge::new(version, URL, [cent()]);
        let seller = ScriptedSeller::new().challenge(&challenge).settle();
        let answer = ground.buy(&seller, URL).await;
        assert_eq!(crate::ground::denial(&answer), Some("policy.network"));
        assert_eq!(ground.signer.count(), 0);
        let testnet = cent()
            .network("eip155:84532")
            .asset("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
        let honest = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::new(version, URL, [testnet]))
            .settle();
        assert_eq!(
            crate::ground::outcome(&ground.buy(&honest, URL).await),
            Some("settled")
        );
    }
}

#[tokio::test]
async fn a_body_whose_encodings_are_listed_twice_is_not_guessed_at() {
    let mut response = answer_402(&b"\x1f\x8b\x08 and so on"[..], None);
    let headers = response.headers_mut();
    headers.append(http::header::CONTENT_ENCODING, "identity".parse().unwrap());
    headers.append(http::header::CONTENT_ENCODING, "gzip".parse().unwrap());
    assert_denied_by(&Ground::new(), response, "challenge.encoded").await;
}
