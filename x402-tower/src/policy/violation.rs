//! Why a policy refuses a payment.

use super::limits::LimitName;
use super::origin::Origin;
use super::scope::UrlScope;
use crate::address::Address;
use crate::money::{AtomicAmount, Usd};
use crate::network::ChainId;

/// The rule that a payment breaks, with what a caller needs to explain it.
///
/// Messages name origins, rules and amounts; never a query, and nothing else that a server wrote freely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// The URL has no usable origin, holds a user name, or has a path that a path rule cannot be sure of.
    #[error(
        "the URL can be read in several ways ({reason}); request it without user name, encoded slashes and empty segments"
    )]
    Url {
        /// What is the matter with it.
        reason: &'static str,
    },
    /// Plain `http` off this machine.
    #[error("{origin} is not encrypted; use https, or set allow_insecure_http")]
    InsecureUrl {
        /// Where the payment would go.
        origin: Origin,
    },
    /// Not on the list of origins.
    #[error("{origin} is not among allowed_origins{}", instead(resembles.as_deref()))]
    Origin {
        /// Where the payment would go.
        origin: Origin,
        /// A listed origin that it may be taken for (attack 53).
        resembles: Option<Box<Origin>>,
    },
    /// Not on the list of schemes.
    #[error("the payment scheme is not among allowed_schemes")]
    Scheme,
    /// Not on the list of chains.
    #[error("{chain} is not among allowed_networks")]
    Network {
        /// The chain that was asked for.
        chain: ChainId,
    },
    /// Not on the list of assets.
    #[error("the asset {chain}/{asset} is not among allowed_assets")]
    Asset {
        /// The chain that was asked for.
        chain: ChainId,
        /// The token contract that was asked for.
        asset: Address,
    },
    /// Not a recipient that this origin may be paid at.
    #[error(
        "{origin} asks to pay {pay_to} on {chain}, which recipients does not list for it{}", poisoned(resembles.as_deref())
    )]
    Recipient {
        /// Who asks.
        origin: Origin,
        /// The chain that was asked for.
        chain: ChainId,
        /// Who would get the money.
        pay_to: Address,
        /// A listed recipient that begins and ends alike (attack 51).
        resembles: Option<Box<Address>>,
    },
    /// On the list of origins that are never paid.
    #[error("{origin} is among denied_origins")]
    DeniedOrigin {
        /// Where the payment would go.
        origin: Origin,
    },
    /// On the list of schemes that are never used.
    #[error("the payment scheme is among denied_schemes")]
    DeniedScheme,
    /// On the list of chains that are never paid on.
    #[error("{chain} is among denied_networks")]
    DeniedNetwork {
        /// The chain that was asked for.
        chain: ChainId,
    },
    /// On the list of assets that are never paid in.
    #[error("the asset {chain}/{asset} is among denied_assets")]
    DeniedAsset {
        /// The chain that was asked for.
        chain: ChainId,
        /// The token contract that was asked for.
        asset: Address,
    },
    /// On the list of recipients that are never paid.
    #[error("{pay_to} on {chain} is among denied_recipients")]
    DeniedRecipient {
        /// The chain that was asked for.
        chain: ChainId,
        /// Who would get the money.
        pay_to: Address,
    },
    /// Nobody could take the money from there again (attack 52).
    #[error("money paid to {pay_to} on {chain} is lost: {reason}")]
    UnpayableRecipient {
        /// The chain that was asked for.
        chain: ChainId,
        /// Who would get the money.
        pay_to: Address,
        /// Why it would be lost.
        reason: &'static str,
    },
    /// An amount of nothing (attack 9).
    #[error(
        "the offer asks to sign for nothing, which only shows that an agent would sign; set allow_zero_amount if it shall"
    )]
    ZeroAmount,
    /// Valid for too long.
    #[error(
        "the authorization would stay valid for {seconds} s, more than max_authorization_seconds ({most} s)"
    )]
    Lifetime {
        /// How long, in seconds.
        seconds: u64,
        /// How long it may be.
        most: u64,
    },
    /// No price in dollars although a limit is in dollars.
    #[error("nobody has priced this asset in dollars, so no limit can be applied; price it first")]
    Unpriced,
    /// More than one payment may cost.
    #[error("the payment costs {price} USD, more than max_per_call_usd ({limit} USD)")]
    PerCall {
        /// What it costs.
        price: Usd,
        /// What it may.
        limit: Usd,
    },
    /// No room in the agent's window.
    #[error(
        "the payment costs {price} USD, and of daily_limit_usd ({limit} USD in {window_seconds} s) {left} USD are left"
    )]
    Window {
        /// What it costs.
        price: Usd,
        /// The limit.
        limit: Usd,
        /// What is left of it.
        left: Usd,
        /// The window, in seconds.
        window_seconds: u64,
    },
    /// No room in an endpoint's window.
    #[error(
        "the payment costs {price} USD, and of per_endpoint {scope} ({limit} USD in {window_seconds} s) {left} USD are left"
    )]
    EndpointWindow {
        /// The endpoint's rule.
        scope: UrlScope,
        /// What it costs.
        price: Usd,
        /// The limit.
        limit: Usd,
        /// What is left of it.
        left: Usd,
        /// The window, in seconds.
        window_seconds: u64,
    },
    /// No room in the window of an entry of `limits`.
    #[error(
        "the payment costs {price} USD, and of {rule} ({limit} USD in {window_seconds} s) {left} USD are left"
    )]
    AmountWindow {
        /// Which limit.
        rule: LimitName,
        /// What it costs.
        price: Usd,
        /// The limit.
        limit: Usd,
        /// What is left of it.
        left: Usd,
        /// The window, in seconds.
        window_seconds: u64,
    },
    /// As many payments as an entry of `limits` allows.
    #[error("{rule}: {most} payments are allowed in {window_seconds} s, and none is left; wait")]
    CountWindow {
        /// Which limit.
        rule: LimitName,
        /// How many it allows.
        most: u64,
        /// The window, in seconds.
        window_seconds: u64,
    },
    /// The kill switch is engaged.
    #[error(
        "the kill switch is engaged, so nothing is paid; release it when payments may flow again"
    )]
    KillSwitch,
    /// Another recipient than the one that the origin was paid at first.
    #[error(
        "{origin} is paid at {pinned} on {chain} and now asks to pay {pay_to}; make sure whose it is, and forget the pin if it is theirs"
    )]
    RecipientChanged {
        /// Who asks.
        origin: Origin,
        /// The chain.
        chain: ChainId,
        /// Who was paid, or is being paid, first.
        pinned: Box<Address>,
        /// Who would get the money.
        pay_to: Address,
    },
    /// The same recipient, in another asset than the one that was paid first.
    #[error(
        "{origin} is paid in {pinned} on {chain} and now asks for {asset}; make sure what that is, and forget the pin if it is right"
    )]
    AssetChanged {
        /// Who asks.
        origin: Origin,
        /// The chain.
        chain: ChainId,
        /// What was paid, or is being paid, first.
        pinned: Box<Address>,
        /// What would be paid.
        asset: Address,
    },
    /// More than a recipient may get before a payment to it has settled.
    #[error(
        "the payment costs {price} USD, and no payment to this recipient has settled yet: of first_contact_cap_usd ({cap} USD) {left} USD are left"
    )]
    FirstContact {
        /// What it costs.
        price: Usd,
        /// What a stranger may get.
        cap: Usd,
        /// What is left of it, payments under way and without an outcome being counted.
        left: Usd,
    },
    /// Dearer than the first price that was paid here, by more than it may be.
    #[error(
        "the price is {amount} atomic units, more than max_quote_drift_percent ({max_percent} %) above the {reference} that were paid first"
    )]
    QuoteDrift {
        /// The price that is asked for.
        amount: AtomicAmount,
        /// The first price that settled within the window.
        reference: AtomicAmount,
        /// By how many per cent the price may exceed it.
        max_percent: u64,
    },
}

/// What to do about an origin that is not listed.
fn instead(resembles: Option<&Origin>) -> String {
    match resembles {
        Some(listed) => format!(
            ", and looks like {listed}, which is: do not pay it before you know whose it is"
        ),
        None => "; add it there if it may be paid".to_owned(),
    }
}

/// What to do about a recipient that is not listed.
fn poisoned(resembles: Option<&Address>) -> String {
    match resembles {
        Some(listed) => format!(
            ", and begins and ends like {listed}, which is listed: compare every digit, this is how addresses are forged"
        ),
        None => "; make sure whose it is".to_owned(),
    }
}
