//! A webhook approves exactly what it was asked about, with the literal `true`, and sealed where there is a secret.

#![no_main]

mod payments;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use x402_tower::mpa::{Approver, MAX_ANSWER_BYTES, MpaConfig, WebhookFault, WebhookTransport};
use x402_tower::{Denial, Step};

use payments::{Edit, Purchase, decide, edited, secret};

/// Answers with a text in which `$ID` and `$DIGEST` stand for those of the question.
#[derive(Debug, Clone)]
struct Answers {
    status: StatusCode,
    text: String,
    seal: Option<String>,
}

impl Answers {
    fn body(&self, question: &Value) -> String {
        let of = |name: &str| {
            question["request"][name]
                .as_str()
                .expect("a text")
                .to_owned()
        };
        let text = self.text.replace("$ID", &of("request_id"));
        text.replace("$DIGEST", &of("digest"))
    }
}

impl WebhookTransport for Answers {
    fn post(&self, request: Request<Bytes>) -> Step<'_, Result<Response<Bytes>, WebhookFault>> {
        let question = serde_json::from_slice(request.body()).expect("the question is JSON");
        let body = self.body(&question);
        let seal = self.seal.clone();
        let seal = seal.unwrap_or_else(|| secret().sign(body.as_bytes()));
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        if let Ok(seal) = seal.parse() {
            response.headers_mut().insert("x-mpa-hmac", seal);
        }
        Step::ready(Ok(response))
    }
}

/// What an answer is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Tls,
    Sealed,
    SealedUnbound,
}

fn decided(trust: Trust, answers: Answers) -> Result<(), Denial> {
    let approver = Approver::webhook("alice", "https://approvals.example.com/alice");
    let approver = match trust {
        Trust::Tls => approver,
        Trust::Sealed => approver.with_shared_secret(secret()),
        Trust::SealedUnbound => approver
            .with_shared_secret(secret())
            .dangerous_accept_unbound_answers(),
    };
    let config = MpaConfig::new(1)
        .with_approver(approver)
        .with_webhook_transport(answers);
    let purchase = Purchase {
        path: "report",
        scheme: "exact",
        amount: 10_000,
    };
    decide(config, purchase.payment(None))
}

/// What a lenient reader has to see in an answer that we believe.
fn is_an_approval(trust: Trust, text: &str) -> bool {
    let Ok(answer) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    let repeats = answer["request_id"] == "$ID" && answer["digest"] == "$DIGEST";
    answer["approved"] == true && (trust != Trust::Sealed || repeats)
}

const RIGHT: &str = r#"{"approved":true,"request_id":"$ID","digest":"$DIGEST"}"#;

fuzz_target!(|input: (u8, u16, Vec<Edit>, &str, &str)| {
    let (choice, status, edits, seal, written) = input;
    // Most of what is written at random is no JSON: begin near a right answer.
    let text = match choice & 0x20 {
        0 => edited(RIGHT, &edits),
        _ => written.to_owned(),
    };
    let trust = [Trust::Tls, Trust::Sealed, Trust::SealedUnbound][usize::from(choice % 3)];
    let answers = Answers {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::OK),
        text: text.clone(),
        // A tag that was guessed is wrong.
        seal: (choice & 0x40 != 0).then(|| seal.to_owned()),
    };
    let sealed = trust == Trust::Tls || answers.seal.is_none();
    // The ids themselves, guessed, are as good as their places.
    let guessed = text.contains(&hex_of(b"sixteen bytes id"));
    if decided(trust, answers.clone()).is_ok() {
        assert_eq!(answers.status, StatusCode::OK);
        assert!(sealed && (guessed || is_an_approval(trust, &text)));
    }
    // Control characters are refused, and a dollar would stand for an id.
    let note = seal.replace(|c: char| c < ' ' || c == '$', "");
    let right = json!({"approved": true, "digest": "$DIGEST", "note": note, "request_id": "$ID"});
    let right = Answers {
        status: StatusCode::OK,
        text: right.to_string(),
        seal: None,
    };
    if right.text.len() + 128 < MAX_ANSWER_BYTES {
        assert_eq!(
            decided(trust, right.clone()).map_err(|denial| denial.code()),
            Ok(()),
            "{right:?}"
        );
    }
});

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
