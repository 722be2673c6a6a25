//! Attack 116 through reqwest, on real connections: its errors hold URLs, and what is below it may break.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use x402_tower::evm::LocalEvmSigner;
use x402_tower::testing::{Offer, ScriptedChallenge, settlement_for};
use x402_tower::wire::Version;
use x402_tower_reqwest::{GuardedClient, X402Error, payment_record};

use crate::ground::{Ground, cent};
use crate::sinks::{CARD, Chatterbox, EMAIL, KEY, Said, canaries, overheard};

/// What the server does with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Settle,
    /// Answers 402 once more.
    Ask,
    /// Closes the connection without an answer.
    Vanish,
    /// Sends the payment elsewhere.
    Redirect,
    /// Answers what is no HTTP.
    Babble,
}

/// A server on the loopback that asks for `offer`, in texts full of personal data; answers its address.
async fn serve(offer: fn(&str) -> Offer, then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let origin = address.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let challenge = ScriptedChallenge::new(Version::V2, &origin, [offer(&origin)])
                .description(&format!("for {EMAIL}, card {CARD}"))
                .error(&format!("{EMAIL} has not paid: evil-text"))
                .to_response();
            let paid = head.contains("payment-signature:");
            let (status, headers) = match (paid, then) {
                (false, _) | (true, Then::Ask) => {
                    ("402 Payment Required", challenge.headers().clone())
                }
                (true, Then::Settle) => (
                    "200 OK",
                    settlement_for(&headers_of(&head)).headers().clone(),
                ),
                (true, Then::Redirect) => ("307 Temporary Redirect", http::HeaderMap::new()),
                (true, Then::Vanish) => continue,
                (true, Then::Babble) => (EMAIL, http::HeaderMap::new()),
            };
            let mut answer =
                format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n");
            if then == Then::Redirect && paid {
                answer.push_str(&format!("location: https://{EMAIL}/\r\n"));
            }
            for (name, value) in &headers {
                answer.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
            }
            let answer = match (paid, then) {
                (true, Then::Babble) => format!("{EMAIL} {CARD}\r\n\r\n"),
                _ => answer + "\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

fn headers_of(head: &str) -> http::HeaderMap {
    let pairs = head.lines().filter_map(|line| line.split_once(": "));
    let pairs: BTreeMap<_, _> = pairs.collect();
    let header = |(name, value): (&&str, &&str)| {
        Some((
            name.parse::<http::HeaderName>().ok()?,
            value.parse::<http::HeaderValue>().ok()?,
        ))
    };
    pairs.iter().filter_map(header).collect()
}

fn client(ground: &Ground, said: &Said) -> GuardedClient {
    let builder = ground.builder().control(Chatterbox(said.clone()));
    let client = GuardedClient::builder(reqwest::Client::builder().no_proxy())
        .guard(&builder.build().unwrap())
        .signer(LocalEvmSigner::from_hex(KEY).unwrap());
    said.debug("Debug of a client's builder", &client);
    let client = client.build().unwrap();
    said.debug("Debug of a client", &client);
    client
}

fn note_error(said: &Said, error: &X402Error) {
    said.error("an error of the adapter", error);
    said.note("its code", error.code().to_owned());
    let record = error.payment_record();
    said.debug("Debug of its record", &record);
    if let Some(denial) = error.denial() {
        said.denial(denial);
    }
    let boxed: Box<dyn Error> = Box::new(error.clone());
    said.debug("Debug of a boxed error", &boxed);
}

/// Buys from `address`, with personal data in the URL and headers, and listens to everything; answers how it ended.
async fn purchase(ground: &Ground, said: &Said, address: &str) -> String {
    let client = client(ground, said);
    let url = format!("{address}/{EMAIL}?email=alice.canary%40example.com&card={CARD}");
    let request = client
        .get(url)
        .header("authorization", format!("Bearer {KEY}"))
        .header("idempotency-key", format!("order of {EMAIL}"));
    said.debug("Debug of a request", &request);
    let answer = overheard(said, request.send()).await;
    let ended = match answer {
        Ok(response) => {
            let record = payment_record(&response).unwrap();
            said.debug("Debug of a payment record", record);
            record.outcome().as_str().to_owned()
        }
        Err(error) => {
            note_error(said, &error);
            error.code().to_owned()
        }
    };
    said.note("the audit log", ground.audit_text());
    ground.verify();
    ended
}

fn honest(_: &str) -> Offer {
    cent().description(EMAIL).extra("note", CARD)
}

fn dear(_: &str) -> Offer {
    Offer::usdc(5_000_000).description(EMAIL)
}

fn unreadable(_: &str) -> Offer {
    cent().pay_to(EMAIL)
}

#[tokio::test]
async fn attack_116_purchases_through_reqwest_show_no_personal_data() {
    for (offer, then, expected) in [
        (honest as fn(&str) -> Offer, Then::Settle, "settled"),
        (honest, Then::Ask, "rejected"),
        (honest, Then::Redirect, "unknown"),
        (honest, Then::Vanish, "payment.outcome_unknown"),
        (honest, Then::Babble, "payment.outcome_unknown"),
        (dear, Then::Settle, "policy.per_call"),
        (unreadable, Then::Settle, "wire.address"),
    ] {
        let (ground, said) = (Ground::new(), Said::default());
        let address = serve(offer, then).await;
        let ended = purchase(&ground, &said, &address).await;
        assert_eq!(ended, expected, "{then:?}");
        said.assert_clean(&canaries());
    }
}

#[tokio::test]
async fn attack_116_a_server_that_is_not_there_shows_no_url() {
    let (ground, said) = (Ground::new(), Said::default());
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let ended = purchase(&ground, &said, &address).await;
    assert_eq!(ended, "transport.failed");
    said.assert_clean(&canaries());
}

#[tokio::test]
async fn attack_116_a_request_that_cannot_be_built_shows_no_url() {
    let (ground, said) = (Ground::new(), Said::default());
    let client = client(&ground, &said);
    for url in [format!("//{EMAIL}"), format!("https://{EMAIL}:{KEY}@[bad/")] {
        let error = client.get(url).send().await.unwrap_err();
        note_error(&said, &error);
    }
    said.assert_clean(&canaries());
}

#[tokio::test]
async fn attack_116_a_middleware_stack_that_wraps_the_error_shows_nothing_more() {
    let (ground, said) = (Ground::new(), Said::default());
    let address = serve(honest, Then::Vanish).await;
    let config = ground.builder().build().unwrap();
    let signer = LocalEvmSigner::from_hex(KEY).unwrap();
    let guard = x402_tower_reqwest::GuardMiddleware::new(config.payer(signer).unwrap());
    said.debug("Debug of a middleware", &guard);
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    let client = reqwest_middleware::ClientBuilder::new(http.build().unwrap())
        .with_arc(Arc::new(guard))
        .build();
    let sent = client.get(format!("{address}/{EMAIL}?card={CARD}")).send();
    let error = overheard(&said, sent).await.unwrap_err();
    said.error("an error of the stack", &error);
    said.assert_clean(&canaries());
}
