//! Texts that must stay private, and every place where something could be said about them.

use std::error::Error;
use std::fmt::Debug;
use std::io;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use http::Response;
use http_body_util::BodyExt;
use metrics_exporter_prometheus::PrometheusBuilder;
use parking_lot::Mutex;
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use x402_tower::testing::{Offer, ScriptedChallenge};
use x402_tower::wire::Version;
use x402_tower::{
    Control, ControlKind, Denial, Exchange, Outcome, Payment, PaymentRecord, Screening, Step,
};

use crate::ground::{Answer, Ground};

pub(crate) const EMAIL: &str = "alice.canary@example.com";
pub(crate) const CARD: &str = "4111111111111111";
pub(crate) const KEY: &str = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
pub(crate) const PAGE: &str = "https://api.example.com/report";
/// What a signature consists of, where a test makes one up.
pub(crate) const SIGNED: &str = "c3c3c3c3c3c3c3c3";

/// A URL with an address and a card number in path and query.
pub(crate) fn url() -> String {
    format!("{PAGE}/{EMAIL}?email=alice.canary%40example.com&card={CARD}")
}

/// Texts that must not appear anywhere, plain and as they look in base64 and hexadecimal.
pub(crate) fn canaries() -> Vec<String> {
    let plain = [
        EMAIL,
        "alice.canary",
        CARD,
        "4111 1111 1111 1111",
        KEY,
        SIGNED,
        "evil-text",
    ];
    let key_bytes = const_hex::decode(KEY).unwrap();
    let signature_bytes = const_hex::decode(SIGNED).unwrap();
    let bytes = [
        b"alice.canary".as_slice(),
        CARD.as_bytes(),
        KEY.as_bytes(),
        &key_bytes,
        &signature_bytes,
    ];
    let in_base64 = bytes.into_iter().flat_map(|bytes| {
        (0..3).flat_map(|offset| {
            [
                inside(bytes, offset, |text| BASE64_STANDARD.encode(text)),
                inside(bytes, offset, |text| BASE64_URL_SAFE_NO_PAD.encode(text)),
            ]
        })
    });
    let in_hex = [b"alice.canary".as_slice(), CARD.as_bytes()].map(const_hex::encode);
    let plain = plain.into_iter().map(String::from);
    plain.chain(in_base64).chain(in_hex).collect()
}

/// The digits of base64 that `bytes` alone decide, where they begin at `offset` of a group of three.
fn inside(bytes: &[u8], offset: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let mut longer = vec![0; offset];
    longer.extend_from_slice(bytes);
    let digits = encode(&longer);
    let first = (offset * 8).div_ceil(6);
    let last = longer.len() * 8 / 6;
    digits[first..last].to_owned()
}

#[test]
fn a_canary_is_found_wherever_it_stands_in_base64() {
    for offset in 0..7 {
        let message = format!("{}{EMAIL}, and more", "x".repeat(offset));
        let header = BASE64_STANDARD.encode(message);
        assert!(canaries().iter().any(|canary| header.contains(canary)));
    }
}

/// Everything that was said, with where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said(Arc<Mutex<Vec<(&'static str, String)>>>);

impl Said {
    pub(crate) fn note(&self, place: &'static str, text: String) {
        self.0.lock().push((place, text));
    }

    pub(crate) fn debug(&self, place: &'static str, value: &dyn Debug) {
        self.note(place, format!("{value:?}"));
        self.note(place, format!("{value:#?}"));
    }

    pub(crate) fn error(&self, place: &'static str, error: &(dyn Error + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.note(place, format!("{error} {error:?} {error:#?}"));
            next = error.source();
        }
    }

    pub(crate) fn denial(&self, denial: &Denial) {
        self.error("a denial", denial);
        self.note("detail of a denial", denial.detail().to_owned());
        let body = denial.to_response().into_body();
        self.note(
            "a problem document",
            String::from_utf8(body.into()).unwrap(),
        );
    }

    /// Says what an answer tells of the payment, and, where it is a denial, all of it.
    pub(crate) async fn answer<B>(&self, answer: Response<B>)
    where
        B: http_body::Body<Data = bytes::Bytes>,
        B::Error: Debug,
    {
        if let Some(record) = answer.extensions().get::<PaymentRecord>() {
            self.debug("Debug of a payment record", record);
        }
        if let Some(denial) = answer.extensions().get::<Denial>() {
            self.denial(denial);
            self.debug("Debug of the headers", answer.headers());
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            self.note("the answer", String::from_utf8(body.into()).unwrap());
        }
    }

    /// Logs, spans and metrics were really listened to.
    pub(crate) fn assert_heard(&self) {
        let said = self.0.lock();
        for sign in ["x402.payment", "x402.control", "x402_payments_total"] {
            assert!(said.iter().any(|(_, text)| text.contains(sign)), "{sign}");
        }
    }

    pub(crate) fn assert_clean(&self, canaries: &[String]) {
        let said = self.0.lock();
        assert!(!said.is_empty());
        for (place, text) in said.iter() {
            for canary in canaries {
                assert!(!text.contains(canary), "{place} shows {canary}: {text}");
            }
        }
    }
}

impl io::Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.note("tracing", String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Said {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A control that shows everything it is handed, as a careless one would.
#[derive(Clone)]
pub(crate) struct Chatterbox(pub(crate) Said);

impl Control for Chatterbox {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("chatterbox")
    }
    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        self.0.debug("Debug of a payment", payment);
        self.0.debug("Debug of its texts", &payment.texts());
        self.0
            .debug("the URL as logs may show it", &payment.shown_url());
        tracing::info!(?payment, "about to pay");
        Step::ready(Ok(()))
    }
    fn sending<'a>(&'a self, payment: &'a Payment) -> Step<'a, Result<(), Denial>> {
        self.0.debug("Debug of a payment", payment);
        self.0
            .debug("Debug of an authorization", &payment.authorization());
        Step::ready(Ok(()))
    }
    fn finish<'a>(&'a self, payment: &'a Payment, outcome: &'a Outcome) -> Step<'a, ()> {
        self.0.debug("Debug of an ended payment", payment);
        self.0.debug("Debug of an outcome", outcome);
        Step::ready(())
    }
    fn screen(&self, screening: &mut Screening<'_>) {
        self.0.debug("Debug of a challenge", screening.challenge());
        self.0.debug("Debug of an exchange", screening.exchange());
    }
    fn refused<'a>(&'a self, exchange: &'a Exchange, denial: &'a Denial) -> Step<'a, ()> {
        self.0.debug("Debug of an exchange", exchange);
        self.0.denial(denial);
        Step::ready(())
    }
}

/// A challenge with personal data in every text that a server may write.
pub(crate) fn leaking(version: Version, offer: Offer) -> ScriptedChallenge {
    let offer = offer
        .resource(&url())
        .description(&format!("the report of {EMAIL}"))
        .extra("note", format!("card {CARD}"))
        .extra(EMAIL, "evil-text");
    let (offer, place) = match version {
        Version::V1 => (
            offer.field("outputSchema", json!({ "description": EMAIL })),
            "note",
        ),
        _ => (offer, "extensions"),
    };
    ScriptedChallenge::new(version, &url(), [offer])
        .description(&format!("for {EMAIL}, card 4111 1111 1111 1111"))
        .error(&format!("{EMAIL} has not paid: evil-text"))
        .field(
            place,
            json!({ "crm": { "info": { "owner": EMAIL }, "schema": {} } }),
        )
}

/// Runs `purchase` with logs at their most talkative, spans and a recorder, and adds the page of metrics.
pub(crate) async fn overheard<T>(said: &Said, purchase: impl Future<Output = T>) -> T {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(said.clone())
        .finish();
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let _watching = tracing::subscriber::set_default(subscriber);
    tracing::info!("watching");
    let answer = purchase.await;
    x402_tower::telemetry::describe();
    said.note("metrics", recorder.handle().render());
    answer
}

/// The same, with what the answer and the audit log say.
pub(crate) async fn watched<F: Future<Output = Option<Answer>>>(
    ground: &Ground,
    said: &Said,
    purchase: impl FnOnce() -> F,
) {
    if let Some(answer) = overheard(said, async { purchase().await }).await {
        said.answer(answer).await;
    }
    said.note("the audit log", ground.audit_text());
    ground.verify();
}
