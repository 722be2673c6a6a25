//! Which offer of a challenge is paid.

use crate::context::Context;
use crate::denial::Denial;
use crate::payment::{Exchange, Payment, PaymentId, Terms};
use crate::screening::Purpose;
use crate::service::{Shared, check_resource, no_randomness, nothing_payable};
use crate::wire::{Challenge, Requirement, TextField};

/// Chooses among what the controls would allow and whoever signs can pay.
pub(super) fn acceptable(
    shared: &Shared,
    exchange: &Exchange,
    challenge: &Challenge,
    can_sign: impl Fn(&Requirement, &Terms) -> bool,
) -> Result<(usize, Payment), Denial> {
    let Shared { chain, context, .. } = shared;
    exchange.check()?;
    let mut payable = challenge.clone();
    check_resource(context, exchange, &mut payable)?;
    let refusals = chain.screen(Purpose::Choose, exchange, &context.assets, &mut payable);
    choose(exchange, challenge, &payable, context, can_sign)
        .map_err(|denial| refusals.into_iter().next().unwrap_or(denial))
}

/// Takes the cheapest of `payable`; its index counts in the original challenge.
pub(super) fn choose(
    exchange: &Exchange,
    challenge: &Challenge,
    payable: &Challenge,
    context: &Context,
    can_sign: impl Fn(&Requirement, &Terms) -> bool,
) -> Result<(usize, Payment), Denial> {
    let cheapest = payable
        .requirements()
        .iter()
        .filter_map(|requirement| {
            let terms = Terms::of(requirement, &context.assets).ok()?;
            // What has no time to be settled in is signed for nothing (attack 76).
            let payable = terms.lifetime_seconds > 0 && can_sign(requirement, &terms);
            payable.then_some((requirement.index(), terms))
        })
        .min_by_key(|(index, terms)| (terms.price.is_none(), terms.price, *index));
    let Some((index, terms)) = cheapest else {
        return Err(nothing_payable());
    };
    let id = PaymentId::random().ok_or_else(no_randomness)?;
    let payment = Payment::new(id, exchange.clone(), challenge.version(), terms)
        .with_texts(travelling_texts(challenge, index));
    Ok((index, payment))
}

/// The challenge's texts that concern the chosen offer: everything outside `accepts`, and that entry.
fn travelling_texts(challenge: &Challenge, index: usize) -> Vec<TextField> {
    let own = format!("accepts[{index}].");
    let mut texts = challenge.texts();
    texts.retain(|text| !text.path.starts_with("accepts[") || text.path.starts_with(&own));
    texts
}
