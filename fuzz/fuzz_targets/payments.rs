//! A payment that wants approvals, and the controls that gather them.

use http::Method;
use url::Url;
use x402_tower::mpa::{ApprovalSecret, MpaConfig, MpaControl};
use x402_tower::payment::ApprovalSignatures;
use x402_tower::testing::{SELLER, USDC_BASE};
use x402_tower::wire::Version;
use x402_tower::{
    Address, AgentId, AtomicAmount, ChainId, Control, Denial, Exchange, Payment, PaymentId,
    Position, Terms, UnixMillis,
};

pub const NOW: u64 = 1_700_000_000;

pub fn secret() -> ApprovalSecret {
    ApprovalSecret::new("the secret of alice, and of nobody else").expect("it is long enough")
}

/// What is paid for, and how.
pub struct Purchase<'a> {
    pub path: &'a str,
    pub scheme: &'a str,
    pub amount: u64,
}

impl Purchase<'_> {
    pub fn payment(&self, signatures: Option<ApprovalSignatures>) -> Payment {
        let mut url = Url::parse("https://api.example.com/").expect("a URL");
        url.set_path(self.path);
        let chain = ChainId::parse("eip155:8453").expect("a chain");
        let address = |text| Address::parse(&chain, text).expect("an address");
        let amount = AtomicAmount::parse(&self.amount.to_string()).expect("plain digits");
        let mut terms = Terms::new(chain.clone(), address(USDC_BASE), address(SELLER), amount);
        terms.scheme = self.scheme.to_owned();
        let agent = AgentId::new("agent-1").expect("a name");
        let now = UnixMillis::from_secs(NOW);
        let mut exchange = Exchange::new(Position::Buyer, agent, Method::GET, url, now);
        if let Some(signatures) = signatures {
            exchange = exchange.with_approval_signatures(signatures);
        }
        let id = PaymentId::from_bytes(*b"sixteen bytes id");
        let mut payment = Payment::new(id, exchange, Version::V2, terms);
        payment.set_shown_url(format!("https://api.example.com/{}", self.path));
        payment
    }
}

/// What the control says of the payment. Nothing in it waits for a clock.
pub fn decide(config: MpaConfig, mut payment: Payment) -> Result<(), Denial> {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
    }
    let control = MpaControl::new(config).expect("the configuration is right");
    RUNTIME.with(|runtime| runtime.block_on(control.check(&mut payment)))
}

/// One change of a text: its kind, a place and a character.
pub type Edit = (u8, u8, char);

pub fn edited(text: &str, edits: &[Edit]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (kind, at, new) in edits {
        let at = usize::from(*at).min(text.len());
        match kind % 4 {
            0 => text.insert(at, *new),
            1 if at < text.len() => drop(text.remove(at)),
            2 if at < text.len() => text[at] = *new,
            _ => text.iter_mut().for_each(|c| c.make_ascii_uppercase()),
        }
    }
    text.into_iter().collect()
}
