//! A challenge on its way to whoever will pay or read it.

use crate::assets::AssetTable;
use crate::denial::Denial;
use crate::payment::{Exchange, Terms};
use crate::wire::{Challenge, Requirement, TextField};

/// What a challenge is screened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Our own signer is about to choose from it. Texts stay as they are: the copy that is signed is the original.
    Choose,
    /// It leaves for a payer, a person or a log that this process does not control.
    Leave,
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

    /// Keeps the offers that `allow` lets pass. An offer without usable terms is struck out as well.
    pub fn retain(&mut self, mut allow: impl FnMut(&Requirement, &Terms) -> Result<(), Denial>) {
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
