//! Counting signatures: the proof that a refusal came before the key was used.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use x402_tower::pay::{Approved, SignedPayment, Signer, SignerError};
use x402_tower::{Requirement, Step, Terms};

/// How often a signer was asked to sign. Clones share the count.
#[derive(Debug, Clone, Default)]
pub(super) struct Signatures(Arc<AtomicUsize>);

impl Signatures {
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A signer that counts.
#[derive(Debug)]
pub(super) struct CountingSigner<S> {
    inner: S,
    signatures: Signatures,
}

impl<S> CountingSigner<S> {
    pub(super) fn new(inner: S, signatures: Signatures) -> Self {
        Self { inner, signatures }
    }
}

impl<S: Signer> Signer for CountingSigner<S> {
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        self.inner.can_sign(requirement, terms)
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        self.signatures.0.fetch_add(1, Ordering::SeqCst);
        self.inner.sign(approved)
    }
}
