//! The adapter against sellers on loopback.
#![cfg(test)]

mod approving;
mod controls;
mod facilitator;
mod guarding;
mod outgoing;
mod paying;
mod redirects;
mod refusing;
mod reloading;
mod replaying;
mod retries;
mod seller;
mod signer;

use std::sync::Arc;

use x402_tower::pay::Payer;
use x402_tower::{Chain, Context, Control};
use x402_tower_reqwest::GuardedClient;

use controls::Recorder;
use signer::CountingSigner;

/// A guarded client, with its signer and its only control at hand.
struct Buyer {
    client: GuardedClient,
    payer: Payer,
    signer: Arc<CountingSigner>,
    recorder: Recorder,
}

impl Buyer {
    fn new() -> Self {
        Self::with(Recorder::allowing())
    }

    fn with(recorder: Recorder) -> Self {
        let signer = Arc::new(CountingSigner::default());
        let controls: Vec<Arc<dyn Control>> = vec![Arc::new(recorder.clone())];
        let payer = Payer::new(
            Chain::new(controls).unwrap(),
            Context::buyer(),
            Arc::clone(&signer) as _,
        );
        let client = GuardedClient::builder(reqwest::Client::builder())
            .payer(payer.clone())
            .build()
            .unwrap();
        Self {
            client,
            payer,
            signer,
            recorder,
        }
    }

    /// The same buyer over a client that follows redirects.
    fn following(&self) -> GuardedClient {
        GuardedClient::dangerous_with_client(reqwest::Client::new())
            .payer(self.payer.clone())
            .build()
            .unwrap()
    }
}
