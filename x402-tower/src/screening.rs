//! A challenge on its way to whoever will pay or read it.

use crate::assets::AssetTable;
use crate::denial::Denial;
use crate::payment::{Exchange, Findings, PaymentText, Terms};
use crate::wire::{Challenge, Requirement, TextField};

/// What a challenge is screened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Our own signer is about to choose from it. Texts stay as they are: the copy that is signed is the original.
    Choose,
    /// It leaves for a payer, a person or a log that this process does not control.
    Leave,
    /// It is the last word of a seller that was paid, on its way to the caller: nobody pays for it, so no offer is struck
    /// out, but its texts are read.
    Show,
}

/// A challenge that controls may redact and narrow, with the reasons for every offer that was struck out.
#[derive(Debug)]
pub struct Screening<'a> {
    purpose: Purpose,
    exchange: &'a Exchange,
    assets: &'a AssetTable,
    challenge: &'a mut Challenge,
    refusals: Vec<Denial>,
}

impl<'a> Screening<'a> {
    pub(crate) fn new(
        purpose: Purpose,
        exchange: &'a Exchange,
        assets: &'a AssetTable,
        challenge: &'a mut Challenge,
    ) -> Self {
        Self {
            purpose,
            exchange,
            assets,
            challenge,
            refusals: Vec::new(),
        }
    }

    /// What it is screened for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The exchange that the challenge answered.
    #[must_use]
    pub fn exchange(&self) -> &'a Exchange {
        self.exchange
    }

    /// The challenge as it is now.
    #[must_use]
    pub fn challenge(&self) -> &Challenge {
        self.challenge
    }

    /// Replaces a text that may be replaced; others stay as they are.
    pub fn replace_text(&mut self, field: &TextField, text: &str) {
        if field.rewritable {
            // A rewritable text of this very challenge is always replaceable.
            let _ = self.challenge.replace_text(field, text);
        }
    }

    /// Keeps nothing: the challenge is not let through at all.
    pub fn refuse(&mut self, denial: Denial) {
        self.challenge.retain_requirements(|_| false);
        self.refusals.insert(0, denial);
    }

    /// Keeps the offers that `allow` lets pass. An offer without usable terms is struck out as well. What is only
    /// [shown](Purpose::Show) keeps all.
    pub fn retain(&mut self, mut allow: impl FnMut(&Requirement, &Terms) -> Result<(), Denial>) {
        if self.purpose == Purpose::Show {
            return;
        }
        let (assets, refusals) = (self.assets, &mut self.refusals);
        self.challenge.retain_requirements(|requirement| {
            let allowed =
                Terms::of(requirement, assets).and_then(|terms| allow(requirement, &terms));
            match allowed {
                Ok(()) => true,
                Err(denial) => {
                    refusals.push(denial);
                    false
                }
            }
        });
    }

    pub(crate) fn into_refusals(self) -> Vec<Denial> {
        self.refusals
    }
}

/// Where texts stand that are no part of what controls decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextPlace {
    /// In a signed payment, and not in the offer that was decided on: the signer wrote them. Nothing has left yet.
    SignedPayment,
    /// In the body beside a challenge.
    ChallengeBody,
    /// In a receipt, on its way to whoever paid.
    Receipt,
    /// In a facilitator's answer, on its way to the seller.
    FacilitatorAnswer,
}

impl TextPlace {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedPayment => "signed_payment",
            Self::ChallengeBody => "challenge_body",
            Self::Receipt => "receipt",
            Self::FacilitatorAnswer => "facilitator_answer",
        }
    }

    /// Whether a denial would still keep anything from happening. What tells of a payment that was made is never withheld:
    /// whoever paid has to learn of it.
    #[must_use]
    pub const fn may_deny(self) -> bool {
        matches!(self, Self::SignedPayment | Self::ChallengeBody)
    }
}

/// Texts beside a decision, to be redacted or, where that still helps, denied.
#[derive(Debug)]
pub struct TextScreening<'a> {
    place: TextPlace,
    texts: &'a mut [PaymentText],
    findings: Findings,
}

impl<'a> TextScreening<'a> {
    pub(crate) fn new(place: TextPlace, texts: &'a mut [PaymentText]) -> Self {
        Self {
            place,
            texts,
            findings: Findings::new(),
        }
    }

    /// Where they stand.
    #[must_use]
    pub fn place(&self) -> TextPlace {
        self.place
    }

    /// The texts, and where to note what is found in them.
    pub fn parts(&mut self) -> (&mut [PaymentText], &mut Findings) {
        (self.texts, &mut self.findings)
    }

    pub(crate) fn into_findings(self) -> Findings {
        self.findings
    }
}
