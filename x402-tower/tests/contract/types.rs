//! Auto traits, and types that can be written down.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tower::{Layer, Service};
use x402_tower::audit::AuditLayer;
use x402_tower::guard::{Paying, Watching, X402GuardLayer};
use x402_tower::pay::{PayService, SignService};
use x402_tower::pii::PiiLayer;
use x402_tower::policy::PolicyLayer;
use x402_tower::replay::ReplayLayer;
use x402_tower::service::ControlLayer;
use x402_tower::testing::ScriptedSeller;
use x402_tower::{ControlService, PayLayer, PaymentRecord, SignLayer};

use crate::ground::{audit, call, challenge, get, paying, pii, policy, replay, sign, watching};

/// Fails to compile where a layer, its service or the service's future lacks what servers and clients ask for.
fn assert_auto_traits<L>()
where
    L: Layer<ScriptedSeller> + Clone + core::fmt::Debug + Send + Sync + 'static,
    L::Service: Service<Request<Full<Bytes>>> + Clone + core::fmt::Debug + Send + Sync + 'static,
    <L::Service as Service<Request<Full<Bytes>>>>::Future: Send + 'static,
{
}

const _: fn() = || {
    assert_auto_traits::<AuditLayer>();
    assert_auto_traits::<PiiLayer>();
    assert_auto_traits::<PolicyLayer>();
    assert_auto_traits::<ReplayLayer>();
    assert_auto_traits::<ControlLayer>();
    assert_auto_traits::<X402GuardLayer<Watching>>();
    assert_auto_traits::<X402GuardLayer<Paying>>();
    assert_auto_traits::<PayLayer>();
    assert_auto_traits::<SignLayer>();
};

type Stack<S> =
    PayService<ControlService<ControlService<ControlService<ControlService<SignService<S>>>>>>;

/// Every service as a field of a plain struct: no box, no generics.
struct Clients {
    watched: ControlService<ScriptedSeller>,
    paying: PayService<ScriptedSeller>,
    stack: Stack<ScriptedSeller>,
}

#[tokio::test]
async fn every_service_can_be_named_in_a_struct() {
    let seller = || ScriptedSeller::new().challenge(&challenge()).settle();
    let mut clients = Clients {
        watched: watching().layer(seller()),
        paying: paying().layer(seller()),
        stack: PayLayer::new().layer(
            audit().layer(pii().layer(policy().layer(replay().layer(sign().layer(seller()))))),
        ),
    };
    assert_eq!(call(&mut clients.watched, get()).await.status(), 402);
    let paid = call(&mut clients.paying, get()).await;
    assert_settled(paid.extensions());
    let paid = call(&mut clients.stack, get()).await;
    assert_settled(paid.extensions());
}

fn assert_settled(extensions: &http::Extensions) {
    let record = extensions.get::<PaymentRecord>().unwrap();
    assert_eq!(record.outcome().as_str(), "settled");
}
