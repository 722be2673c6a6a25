//! The agent's own requests, before their first byte leaves (attack 110, defect P10).

use bytes::Bytes;
use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context as TaskContext, Poll};
use http::{HeaderName, Request, Response, header};
use http_body::{Body, Frame};
use http_body_util::Full;
use tower::{Layer, ServiceBuilder, ServiceExt};
use x402_tower::egress::EgressLayer;
use x402_tower::outgoing::ScreenedRequest;
use x402_tower::pii::{PiiAction, PiiControl, PiiLayer};
use x402_tower::service::ControlLayer;
use x402_tower::testing::{
    RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller, SeenRequest,
};
use x402_tower::{ControlKind, PayLayer, Shadow, SignLayer};

use crate::ground::*;

fn urls(action: PiiAction) -> PiiControl {
    PiiControl::new().with_request_urls(action)
}

fn bodies(action: PiiAction) -> PiiControl {
    PiiControl::new().with_request_bodies(action)
}

fn headers(action: PiiAction) -> PiiControl {
    PiiControl::new().with_request_headers(action, [header::REFERER, header::COOKIE])
}

fn everything(action: PiiAction) -> PiiControl {
    headers(action)
        .with_request_urls(action)
        .with_request_bodies(action)
}

fn free() -> ScriptedSeller {
    ScriptedSeller::new().respond(Response::new(ScriptedBody::default()))
}

fn body_of(seen: &SeenRequest) -> &str {
    std::str::from_utf8(seen.body.as_deref().unwrap()).unwrap()
}

/// Sends a body and answers what arrived.
async fn sent(pii: Option<PiiControl>, content_type: &str, body: &str) -> Result<String, String> {
    let seller = free();
    let answer = buy(pii, &seller, post(URL, content_type, body)).await;
    let requests = seller.requests();
    match requests.first() {
        Some(seen) => {
            let body = body_of(seen).to_owned();
            assert_eq!(seen.headers["content-length"], body.len().to_string());
            Ok(body)
        }
        None => Err(denial(&answer).unwrap().to_owned()),
    }
}

const ORDER: &str = r#"{ "to" : "alice@example.com","card":4111111111111111, "n":1e3,"alice@example.com":[true],
 "note":"call (415) 555-2671\n" , "id":"7"}"#;
const REDACTED_ORDER: &str = r#"{ "to" : "<REDACTED>","card":"<REDACTED>", "n":1e3,"<REDACTED>":[true],
 "note":"call <REDACTED>\n" , "id":"7"}"#;

#[tokio::test]
async fn defect_p10_the_request_itself_is_screened_before_it_leaves() {
    let url = format!("{URL}?email={EMAIL}");
    let request = || {
        let mut request = post(&url, "application/json", ORDER);
        let cookie = format!("user={EMAIL}").parse().unwrap();
        request.headers_mut().insert("cookie", cookie);
        request
    };
    let seller = free();
    buy(Some(everything(PiiAction::Redact)), &seller, request()).await;
    let requests = seller.requests();
    assert_eq!(
        requests[0].uri.to_string(),
        format!("{URL}?email=%3CREDACTED%3E")
    );
    assert_eq!(requests[0].headers["cookie"], "user=<REDACTED>");
    assert_eq!(body_of(&requests[0]), REDACTED_ORDER);

    let leak = free();
    buy(Some(PiiControl::new()), &leak, request()).await;
    assert_eq!(
        leak.requests()[0].uri.to_string(),
        url,
        "off unless asked for"
    );
    assert_eq!(body_of(&leak.requests()[0]), ORDER);
    assert_eq!(
        leak.requests()[0].headers["cookie"],
        format!("user={EMAIL}")
    );
}

#[tokio::test]
async fn attack_110_each_part_is_screened_by_itself() {
    let url = format!("{URL}/{CARD}");
    for (pii, redacted) in [
        (urls(PiiAction::Redact), [true, false, false]),
        (headers(PiiAction::Redact), [false, true, false]),
        (bodies(PiiAction::Redact), [false, false, true]),
    ] {
        let seller = free();
        let mut request = post(&url, "text/plain", EMAIL);
        request
            .headers_mut()
            .insert("referer", EMAIL.parse().unwrap());
        buy(Some(pii), &seller, request).await;
        let seen = &seller.requests()[0];
        let parts = [
            seen.uri != url.as_str(),
            seen.headers["referer"] != EMAIL,
            body_of(seen) != EMAIL,
        ];
        assert_eq!(parts, redacted);
    }
}

#[tokio::test]
async fn attack_110_a_blocked_request_never_leaves() {
    for (pii, code) in [
        (urls(PiiAction::Block), "pii.request_url"),
        (headers(PiiAction::Block), "pii.request_header"),
        (bodies(PiiAction::Block), "pii.request_body"),
    ] {
        let seller = honest(URL);
        let mut request = post(&format!("{URL}/{EMAIL}"), "text/plain", EMAIL);
        request
            .headers_mut()
            .insert("referer", EMAIL.parse().unwrap());
        let answer = buy(Some(pii), &seller, request).await;
        assert_eq!(denial(&answer), Some(code));
        assert_eq!(answer.status(), 422);
        assert!(seller.requests().is_empty());
        assert!(!text(answer.into_body()).await.contains("alice"));
    }
}

#[tokio::test]
async fn a_warning_changes_nothing_and_is_counted() {
    let url = format!("{URL}/{EMAIL}");
    let seller = honest(&url);
    let pii = everything(PiiAction::Warn).with_action(PiiAction::Warn);
    let answer = buy(Some(pii), &seller, post(&url, "application/json", ORDER)).await;
    for seen in seller.requests() {
        assert_eq!(seen.uri.to_string(), url);
        assert_eq!(body_of(&seen), ORDER);
    }
    let record = record(&answer);
    let count = |list: &[(&str, u32)], entity: &str| {
        list.iter()
            .find(|(name, _)| *name == entity)
            .map(|(_, n)| *n)
    };
    assert_eq!(count(record.kept_findings(), "EMAIL_ADDRESS"), Some(4));
    assert_eq!(count(record.findings(), "CREDIT_CARD"), Some(1));
}

#[tokio::test]
async fn the_paid_request_is_the_same_redacted_request() {
    let url = format!("{URL}?to={EMAIL}");
    let redacted = format!("{URL}?to=%3CREDACTED%3E");
    let seller = honest(&redacted);
    let request = post(&url, "application/json", ORDER);
    let answer = buy(Some(everything(PiiAction::Redact)), &seller, request).await;
    assert_eq!(record(&answer).outcome().as_str(), "settled");
    let requests = seller.requests();
    assert_eq!(requests.len(), 2);
    for seen in &requests {
        assert_eq!(seen.uri.to_string(), redacted);
        assert_eq!(body_of(seen), REDACTED_ORDER);
        assert_eq!(
            seen.headers["content-length"],
            REDACTED_ORDER.len().to_string()
        );
    }
    assert_eq!(record(&answer).kept_findings(), []);
    let found: u32 = record(&answer).findings().iter().map(|(_, n)| n).sum();
    assert_eq!(found, 5, "once for each place, not for each sending");
}

#[tokio::test]
async fn attack_112_what_is_paid_for_is_what_was_requested() {
    // Two URLs become one: the guard knows, because it decides on what leaves, and so does the replay control inside.
    let config = x402_tower::GuardConfig::buyer()
        .policy(x402_tower::policy::PolicyConfig::new())
        .pii(urls(PiiAction::Redact))
        .build()
        .unwrap();
    let redacted = format!("{URL}?to=%3CREDACTED%3E");
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(&redacted, [cent()]))
        .settle()
        .challenge(&ScriptedChallenge::v2(&redacted, [cent()]));
    let payer = config.payer(RecordingSigner::new()).unwrap();
    let client = x402_tower::pay::PayService::with_payer(seller.clone(), payer);
    let first = client.clone().oneshot(get(&format!("{URL}?to={EMAIL}")));
    assert_eq!(record(&first.await.unwrap()).outcome().as_str(), "settled");
    let second = client.oneshot(get(&format!("{URL}?to=bob@example.org")));
    assert_eq!(denial(&second.await.unwrap()), Some("replay.duplicate"));
    let paid = seller.requests().into_iter().find(SeenRequest::is_paid);
    assert!(decoded(&paid.unwrap().headers, "payment-signature").contains(&redacted));
}

#[tokio::test]
async fn a_redacted_url_is_still_a_url() {
    for (url, redacted) in [
        (
            format!("{URL}/{EMAIL}/x?a=1&card={CARD}&b=2"),
            format!("{URL}/%3CREDACTED%3E/x?a=1&card=%3CREDACTED%3E&b=2"),
        ),
        (
            format!("{URL}?q=alice%40example.com"),
            format!("{URL}?q=%3CREDACTED%3E"),
        ),
        (format!("{URL}?page=2"), format!("{URL}?page=2")),
    ] {
        let seller = free();
        buy(Some(urls(PiiAction::Redact)), &seller, get(&url)).await;
        let uri = seller.requests()[0].uri.clone();
        assert_eq!(uri.to_string(), redacted);
        assert!(url::Url::parse(&uri.to_string()).is_ok());
    }
}

#[tokio::test]
async fn a_path_without_a_host_is_no_host() {
    let seller = free();
    let mut request = get(&format!("//{EMAIL}/x"));
    request
        .headers_mut()
        .insert("host", "api.example.com".parse().unwrap());
    buy(Some(urls(PiiAction::Redact)), &seller, request).await;
    assert_eq!(seller.requests()[0].uri.path(), "//%3CREDACTED%3E/x");
}

#[tokio::test]
async fn json_is_redacted_in_its_place() {
    let redact = || Some(bodies(PiiAction::Redact));
    for kind in [
        "application/json",
        "application/vnd.api+json; charset=utf-8",
    ] {
        assert_eq!(sent(redact(), kind, ORDER).await.unwrap(), REDACTED_ORDER);
    }
    let clean = r#" {"a" : [1.50, "x", null]} "#;
    assert_eq!(
        sent(redact(), "application/json", clean).await.unwrap(),
        clean
    );
    assert_eq!(sent(None, "application/json", ORDER).await.unwrap(), ORDER);
}

#[tokio::test]
async fn escaped_json_hides_nothing() {
    let body = r#"{"q":"alice\u0040example.com"}"#;
    let redacted = sent(Some(bodies(PiiAction::Redact)), "application/json", body);
    assert_eq!(redacted.await.unwrap(), r#"{"q":"<REDACTED>"}"#);
}

#[tokio::test]
async fn attack_110_graphql_and_mcp_arguments_are_json_too() {
    for (body, redacted) in [
        (
            r#"{"query":"{ user(email: \"alice@example.com\") { id } }","variables":{"ssn":"536-22-8726"}}"#,
            r#"{"query":"{ user(email: \"<REDACTED>\") { id } }","variables":{"ssn":"<REDACTED>"}}"#,
        ),
        (
            r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"mail","arguments":{"to":["alice@example.com"]}}}"#,
            r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"mail","arguments":{"to":["<REDACTED>"]}}}"#,
        ),
    ] {
        let sent = sent(Some(bodies(PiiAction::Redact)), "application/json", body);
        assert_eq!(sent.await.unwrap(), redacted);
    }
}

#[tokio::test]
async fn forms_and_text_are_redacted_as_what_they_are() {
    for (kind, body, redacted) in [
        (
            "application/x-www-form-urlencoded",
            "to=alice%40example.com&n=1",
            "to=%3CREDACTED%3E&n=1",
        ),
        ("text/plain", "to alice@example.com", "to <REDACTED>"),
        (
            "application/x-ndjson",
            "{\"to\":\"alice@example.com\"}\n{\"n\":1}\n",
            "{\"to\":\"<REDACTED>\"}\n{\"n\":1}\n",
        ),
        (
            "application/xml",
            "<to>alice@example.com</to>",
            "<to><REDACTED></to>",
        ),
    ] {
        let sent = sent(Some(bodies(PiiAction::Redact)), kind, body);
        assert_eq!(sent.await.unwrap(), redacted, "{kind}");
    }
}

#[tokio::test]
async fn attack_110_a_body_that_cannot_be_rewritten_is_denied() {
    let multipart = "--b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"alice@example.com.pdf\"\r\n\r\nx\r\n--b--";
    let kind = "multipart/form-data; boundary=b";
    let redact = sent(Some(bodies(PiiAction::Redact)), kind, multipart).await;
    assert_eq!(redact.unwrap_err(), "pii.request_unchangeable");
    let block = sent(Some(bodies(PiiAction::Block)), kind, multipart).await;
    assert_eq!(block.unwrap_err(), "pii.request_body");
    let warn = sent(Some(bodies(PiiAction::Warn)), kind, multipart).await;
    assert_eq!(warn.unwrap(), multipart);
    let clean = multipart.replace("alice@example.com", "report");
    let passes = sent(Some(bodies(PiiAction::Redact)), kind, &clean).await;
    assert_eq!(passes.unwrap(), clean);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_denied() {
    for (kind, body) in [
        ("application/json", r#"{"to":"a","to":"b"}"#),
        ("application/json", "{"),
        ("text/plain; charset=utf-16", "x"),
    ] {
        for action in [PiiAction::Redact, PiiAction::Block] {
            let denied = sent(Some(bodies(action)), kind, body).await;
            assert_eq!(denied.unwrap_err(), "pii.request_unreadable", "{body}");
        }
        let warned = sent(Some(bodies(PiiAction::Warn)), kind, body).await;
        assert_eq!(warned.unwrap(), body);
    }
    let seller = free();
    let mut compressed = post(URL, "application/json", "zip");
    let gzip = "gzip".parse().unwrap();
    compressed.headers_mut().insert("content-encoding", gzip);
    let answer = buy(Some(bodies(PiiAction::Redact)), &seller, compressed).await;
    assert_eq!(denial(&answer), Some("pii.request_unreadable"));
}

#[tokio::test]
async fn pictures_are_not_looked_into() {
    let body = "alice@example.com";
    let sent = sent(Some(bodies(PiiAction::Block)), "image/png", body);
    assert_eq!(sent.await.unwrap(), body);
}

/// A body of unknown length.
struct Streaming(Option<Bytes>);

impl From<Bytes> for Streaming {
    fn from(bytes: Bytes) -> Self {
        Self(Some(bytes))
    }
}

impl Body for Streaming {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(Frame::data).map(Ok))
    }
}

#[tokio::test]
async fn a_stream_is_denied_where_bodies_are_screened() {
    let request = || {
        Request::post(URL)
            .body(Streaming(Some(EMAIL.into())))
            .unwrap()
    };
    let seller = free();
    let screening = buyer(Some(bodies(PiiAction::Redact)), &seller);
    let answer = screening.oneshot(request()).await.unwrap();
    assert_eq!(denial(&answer), Some("pii.request_unreadable"));
    assert!(seller.requests().is_empty());

    let twin = buyer(Some(PiiControl::new()), &seller);
    assert_eq!(twin.oneshot(request()).await.unwrap().status(), 200);
    assert_eq!(body_of(&seller.requests()[0]), EMAIL);
}

#[tokio::test]
async fn digests_of_the_old_body_are_taken_off() {
    let seller = free();
    let mut request = post(URL, "application/json", ORDER);
    for name in ["content-digest", "digest", "content-md5", "repr-digest"] {
        let name = HeaderName::from_static(name);
        request.headers_mut().insert(name, "x".parse().unwrap());
    }
    buy(Some(bodies(PiiAction::Redact)), &seller, request).await;
    let seen = &seller.requests()[0].headers;
    assert!(
        !seen
            .keys()
            .any(|name| name.as_str().contains("d5") || name.as_str().contains("digest"))
    );
}

#[tokio::test]
async fn a_signed_request_is_denied_and_not_broken() {
    let seller = free();
    let mut request = get(&format!("{URL}/{EMAIL}"));
    let input = r#"sig=("@target-uri")"#.parse().unwrap();
    request.headers_mut().insert("signature-input", input);
    let answer = buy(Some(urls(PiiAction::Redact)), &seller, request).await;
    assert_eq!(denial(&answer), Some("pii.request_signed"));
    assert!(seller.requests().is_empty());
}

#[tokio::test]
async fn only_named_headers_are_changed_each_value_by_itself() {
    let seller = free();
    let mut request = get(URL);
    let all = request.headers_mut();
    all.append("cookie", "a=1".parse().unwrap());
    all.append("cookie", format!("b={EMAIL}").parse().unwrap());
    all.insert("x-user", EMAIL.parse().unwrap());
    buy(Some(headers(PiiAction::Redact)), &seller, request).await;
    let seen = &seller.requests()[0].headers;
    let cookies: Vec<_> = seen.get_all("cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=<REDACTED>"]);
    assert_eq!(seen["x-user"], EMAIL, "not named");
}

#[tokio::test]
async fn headers_that_frame_or_pay_are_never_changed() {
    for name in ["host", "content-length", "payment-signature", "x-payment"] {
        let name = HeaderName::from_static(name);
        assert!(!PiiControl::may_screen_header(&name), "{name}");
        let pii = PiiControl::new().with_request_headers(PiiAction::Redact, [name.clone()]);
        let seller = free();
        let mut request = get(URL);
        if name == "host" {
            let host = format!("{EMAIL}:80").parse().unwrap();
            request.headers_mut().insert(&name, host);
            buy(Some(pii), &seller, request).await;
            assert_eq!(seller.requests()[0].headers[&name], format!("{EMAIL}:80"));
        }
    }
}

#[tokio::test]
async fn a_payment_that_the_caller_brings_travels_with_a_screened_request() {
    let signed = honest(URL);
    buy(None, &signed, get(URL)).await;
    let header = signed.requests()[1].headers["payment-signature"].clone();
    let request = || {
        let mut request = post(&format!("{URL}?to={EMAIL}"), "application/json", ORDER);
        request
            .headers_mut()
            .insert("payment-signature", header.clone());
        request
    };
    let seller = ScriptedSeller::new().settle().settle();
    let pii = everything(PiiAction::Redact);
    let guarded = ControlLayer::new(chain(Some(pii.clone())), context()).layer(seller.clone());
    guarded.oneshot(request()).await.unwrap();
    buy(Some(pii), &seller, request()).await;
    for seen in seller.requests() {
        assert_eq!(seen.uri.to_string(), format!("{URL}?to=%3CREDACTED%3E"));
        assert_eq!(body_of(&seen), REDACTED_ORDER);
    }
    assert_eq!(seller.paid_requests(), 2);
}

#[tokio::test]
async fn a_layer_alone_screens_what_passes() {
    let seller = free();
    let layer = PiiLayer::new(everything(PiiAction::Redact)).with_context(context());
    let request = post(&format!("{URL}/{EMAIL}"), "application/json", ORDER);
    layer.layer(seller.clone()).oneshot(request).await.unwrap();
    let seen = &seller.requests()[0];
    assert_eq!(seen.uri.path(), "/report/%3CREDACTED%3E");
    assert_eq!(body_of(seen), REDACTED_ORDER);
}

#[tokio::test]
async fn a_seller_does_not_rewrite_the_requests_of_its_buyers() {
    let service = free();
    let seller = x402_tower::Context::seller();
    let layer = PiiLayer::new(everything(PiiAction::Redact)).with_context(seller);
    let request = post(&format!("{URL}/{EMAIL}"), "application/json", ORDER);
    layer.layer(service.clone()).oneshot(request).await.unwrap();
    assert_eq!(body_of(&service.requests()[0]), ORDER);
}

#[tokio::test]
async fn an_egress_layer_redacts_once_for_a_whole_stack() {
    let redacted = format!("{URL}?to=%3CREDACTED%3E");
    let seller = honest(&redacted);
    let pii = everything(PiiAction::Redact);
    let client = ServiceBuilder::new()
        .layer(EgressLayer::with_chain(chain(Some(pii.clone())), context()))
        .layer(PayLayer::with_context(context()))
        .layer(PiiLayer::new(pii).with_context(context()))
        .layer(
            SignLayer::new(RecordingSigner::new())
                .with_context(context())
                .without(ControlKind::Audit)
                .without(ControlKind::Policy)
                .without(ControlKind::Replay),
        )
        .service(seller.clone());
    let request = post(&format!("{URL}?to={EMAIL}"), "application/json", ORDER);
    let answer = client.oneshot(request).await.unwrap();
    let requests = seller.requests();
    assert_eq!(requests.len(), 2);
    for seen in &requests {
        assert_eq!(seen.uri.to_string(), redacted);
        assert_eq!(body_of(seen), REDACTED_ORDER);
        assert!(seen.extensions.get::<ScreenedRequest>().is_some());
    }
    let record = answer.extensions().get::<x402_tower::PaymentRecord>();
    let found: u32 = record.unwrap().findings().iter().map(|(_, n)| n).sum();
    assert_eq!(found, 5);
}

#[tokio::test]
async fn an_egress_layer_denies_before_anything_leaves() {
    let seller = free();
    let layer = EgressLayer::with_chain(chain(Some(bodies(PiiAction::Block))), context());
    let request = post(URL, "application/json", ORDER);
    let answer = layer.layer(seller.clone()).oneshot(request).await.unwrap();
    assert_eq!(denial(&answer), Some("pii.request_body"));
    assert!(seller.requests().is_empty());
}

#[tokio::test]
async fn in_shadow_nothing_is_changed_or_denied() {
    for action in [PiiAction::Redact, PiiAction::Block] {
        let seller = free();
        let shadow: std::sync::Arc<dyn x402_tower::Control> =
            std::sync::Arc::new(Shadow::new(everything(action)));
        let chain = x402_tower::Chain::new(vec![shadow]).unwrap();
        let layer = EgressLayer::with_chain(chain, context());
        let request = post(&format!("{URL}/{EMAIL}"), "application/json", ORDER);
        layer.layer(seller.clone()).oneshot(request).await.unwrap();
        let seen = &seller.requests()[0];
        assert_eq!(seen.uri.to_string(), format!("{URL}/{EMAIL}"));
        assert_eq!(body_of(seen), ORDER);
        let screened = seen.extensions.get::<ScreenedRequest>().unwrap();
        assert!(!screened.findings().is_empty());
        assert_eq!(screened.findings().all(), screened.findings().all_kept());
    }
}

#[tokio::test]
async fn attack_113_a_marker_that_the_caller_wrote_stands_for_nothing() {
    let body = r#"{"<REDACTED>":1,"alice@example.com":2,"bob@example.org":3,"x":"<REDACTED>"}"#;
    let sent = sent(Some(bodies(PiiAction::Redact)), "application/json", body);
    assert_eq!(
        sent.await.unwrap(),
        r#"{"<REDACTED>":1,"<REDACTED>_2":2,"<REDACTED>_3":3,"x":"<REDACTED>"}"#,
        "no value is lost, and no key comes twice"
    );
}

#[tokio::test]
async fn findings_hold_kinds_and_never_data() {
    let seller = free();
    let url = format!("{URL}?ssn={SSN}");
    let layer = EgressLayer::with_chain(chain(Some(everything(PiiAction::Redact))), context());
    layer
        .layer(seller.clone())
        .oneshot(post(&url, "application/json", ORDER))
        .await
        .unwrap();
    let seen = &seller.requests()[0];
    let screened = seen.extensions.get::<ScreenedRequest>().unwrap();
    let shown = format!("{screened:?}");
    assert!(shown.contains("US_SSN"));
    for secret in [EMAIL, CARD, SSN] {
        assert!(!shown.contains(secret));
    }
}

fn from_policy(pii: &str) -> Result<x402_tower::GuardConfig, String> {
    let policy = x402_tower::policy::PolicyConfig::from_toml(pii, "policy.toml");
    let policy = policy.map_err(|error| error.to_string())?;
    x402_tower::GuardConfig::buyer()
        .policy(policy)
        .build()
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_policy_file_says_what_is_done_with_requests() {
    let policy = r#"
        [pii]
        urls = "redact"
        headers = "block"
        header_names = ["X-User"]
        body = "redact"
    "#;
    let config = from_policy(policy).unwrap();
    let client = EgressLayer::of(&config);
    let seller = free();
    let url = format!("{URL}/{EMAIL}");
    let request = post(&url, "application/json", ORDER);
    client.layer(seller.clone()).oneshot(request).await.unwrap();
    let seen = &seller.requests()[0];
    assert_eq!(seen.uri.path(), "/report/%3CREDACTED%3E");
    assert_eq!(body_of(seen), REDACTED_ORDER);

    let mut request = get(URL);
    request
        .headers_mut()
        .insert("x-user", EMAIL.parse().unwrap());
    let answer = client.layer(seller).oneshot(request).await.unwrap();
    assert_eq!(denial(&answer), Some("pii.request_header"));

    let silent = from_policy("[pii]\naction = \"block\"").unwrap();
    let seller = free();
    let request = post(&url, "application/json", ORDER);
    let layer = EgressLayer::of(&silent);
    layer.layer(seller.clone()).oneshot(request).await.unwrap();
    assert_eq!(body_of(&seller.requests()[0]), ORDER, "off by default");
}

#[test]
fn a_policy_file_cannot_have_framing_headers_screened() {
    for name in ["host", "payment-signature", "no name"] {
        let policy = format!("[pii]\nheaders = \"redact\"\nheader_names = [\"{name}\"]");
        let problem = from_policy(&policy).unwrap_err();
        assert!(problem.contains("header_names"), "{problem}");
    }
}

#[test]
fn bodies_are_full() {
    // The stack takes any body that can be made of bytes.
    fn assert_body<B: Body<Data = Bytes> + From<Bytes>>() {}
    assert_body::<Full<Bytes>>();
    assert_body::<Streaming>();
}
