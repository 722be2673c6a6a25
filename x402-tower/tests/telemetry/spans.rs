//! Spans: one for a payment, one for each step of each control, and nothing of one payment in another.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join;
use http::Request;
use http_body_util::Full;
use parking_lot::Mutex;
use tower::{ServiceExt, service_fn};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use x402_tower::{Control, ControlKind, Denial, Payment, Step};

use crate::ground::{Ground, URL, asking, cent, get};

type Fields = BTreeMap<&'static str, String>;

#[derive(Debug, Clone, Default)]
struct Seen {
    name: &'static str,
    parent: Option<Id>,
    fields: Fields,
    closed: bool,
}

type About = (String, Option<String>);

#[derive(Debug, Clone, Default)]
struct Watch {
    spans: Arc<Mutex<BTreeMap<u64, Seen>>>,
    /// Apart from the open ones: their ids are given out again.
    closed: Arc<Mutex<Vec<Seen>>>,
    /// The payment that an event was about, and the one in whose span it happened.
    events: Arc<Mutex<Vec<About>>>,
}

struct Fill<'a>(&'a mut Fields);

impl Visit for Fill<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Watch {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut seen = Seen {
            name: attributes.metadata().name(),
            parent: context.span(id).unwrap().parent().map(|parent| parent.id()),
            ..Seen::default()
        };
        attributes.record(&mut Fill(&mut seen.fields));
        self.spans.lock().insert(id.into_u64(), seen);
    }
    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.spans.lock();
        values.record(&mut Fill(
            &mut spans.get_mut(&id.into_u64()).unwrap().fields,
        ));
    }
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Fill(&mut fields));
        let Some(of) = fields.remove("of") else {
            return;
        };
        let scope = context.event_scope(event).into_iter().flatten();
        let mut inside = scope.filter(|span| span.name() == "x402.payment");
        let inside = inside.next().map(|span| span.id().into_u64());
        let spans = self.spans.lock();
        let decision = inside.map(|id| spans[&id].fields["decision_id"].clone());
        self.events.lock().push((of, decision));
    }
    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut seen = self.spans.lock().remove(&id.into_u64()).unwrap();
        seen.closed = true;
        self.closed.lock().push(seen);
    }
}

impl Watch {
    fn named(&self, name: &str) -> Vec<Seen> {
        let (open, mut all) = (self.spans.lock(), self.closed.lock().clone());
        all.extend(open.values().cloned());
        all.retain(|seen| seen.name == name);
        all
    }
}

#[tokio::test]
async fn a_payment_has_a_span_with_its_controls_inside() {
    let watch = Watch::default();
    let _default =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(watch.clone()));
    Ground::new().buy(&asking(cent()).settle()).await.unwrap();
    let payments = watch.named("x402.payment");
    assert_eq!(payments.len(), 1);
    let fields = &payments[0].fields;
    assert_eq!(fields["position"], "buyer");
    assert_eq!(fields["scheme"], "exact");
    assert_eq!(fields["network"], "eip155:8453");
    assert_eq!(fields["outcome"], "allowed");
    assert_eq!(fields["decision_id"].len(), 32);
    let controls = watch.named("x402.control");
    assert!(
        controls
            .iter()
            .all(|control| control.parent.is_some() && control.closed)
    );
    let checked: Vec<_> = controls
        .iter()
        .filter(|seen| seen.fields["step"] == "check")
        .collect();
    assert_eq!(checked.len(), 3);
    assert!(
        checked
            .iter()
            .all(|seen| seen.fields["decision"] == "allow")
    );
}

#[tokio::test]
async fn a_denial_stands_in_its_control_and_its_payment() {
    let watch = Watch::default();
    let _default =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(watch.clone()));
    let ground = Ground::new();
    ground.buy(&asking(cent()).settle()).await.unwrap();
    ground.buy(&asking(cent())).await.unwrap();
    let blocked =
        |seen: &&Seen| seen.fields.get("code").map(String::as_str) == Some("replay.duplicate");
    let payments = watch.named("x402.payment");
    let payment = payments.iter().find(blocked).unwrap();
    assert_eq!(payment.fields["outcome"], "blocked");
    let controls = watch.named("x402.control");
    let control = controls.iter().find(blocked).unwrap();
    assert_eq!(control.fields["control"], "replay");
    assert_eq!(control.fields["decision"], "deny");
}

/// A control that waits once, and says which payment it is about before and after.
struct Waiting;

impl Control for Waiting {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("waiting")
    }
    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        Step::wait(async move {
            for _ in 0..3 {
                tracing::info!(of = %payment.id(), "looking");
                tokio::task::yield_now().await;
            }
            Ok(())
        })
    }
}

#[tokio::test]
async fn spans_of_interleaved_payments_do_not_mix() {
    let watch = Watch::default();
    let _default =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(watch.clone()));
    let purchase = |ground: &Ground| {
        let guard = ground.guard(ground.builder().control(Waiting), asking(cent()).settle());
        guard.oneshot(get(URL))
    };
    let both = join(purchase(&Ground::new()), purchase(&Ground::new())).await;
    assert!(both.0.unwrap().status() == 200 && both.1.unwrap().status() == 200);
    let events = watch.events.lock().clone();
    assert_eq!(events.len(), 6);
    assert_ne!(events[0].0, events[1].0, "they take turns");
    for (of, inside) in events {
        assert_eq!(Some(of), inside);
    }
    assert!(tracing::Span::current().is_none(), "nothing stays entered");
}

#[tokio::test]
async fn the_paid_request_is_sent_inside_its_payment() {
    let watch = Watch::default();
    let _default =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(watch.clone()));
    let seller = asking(cent()).settle();
    let transport = service_fn(move |request: Request<Full<Bytes>>| {
        let seller = seller.clone();
        async move {
            let paid = request.headers().contains_key("payment-signature");
            tracing::info!(of = paid, "sending");
            tokio::task::yield_now().await;
            tracing::info!(of = paid, "sent");
            seller.oneshot(request).await
        }
    });
    let ground = Ground::new();
    let guard = ground.guard(ground.builder(), transport);
    assert_eq!(guard.oneshot(get(URL)).await.unwrap().status(), 200);
    let events = watch.events.lock().clone();
    let inside: Vec<_> = events
        .iter()
        .map(|(paid, payment)| (paid.as_str(), payment.is_some()))
        .collect();
    let (before, after) = (("false", false), ("true", true));
    assert_eq!(inside, [before, before, after, after]);
}

#[tokio::test]
async fn what_others_wrote_is_not_in_a_span() {
    let watch = Watch::default();
    let _default =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(watch.clone()));
    let ground = Ground::new();
    let offer = cent()
        .extra("note", "mail alice@example.com")
        .description("for alice");
    ground.buy(&asking(offer).settle()).await.unwrap();
    let said = format!("{:?}", watch.closed.lock());
    for text in ["alice", "report", "id=7", "api.example.com", "agent"] {
        assert!(!said.contains(text), "{text} in {said}");
    }
    assert_eq!(watch.named("x402.payment").len(), 1);
}
