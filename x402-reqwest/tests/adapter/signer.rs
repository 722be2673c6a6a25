//! A signer whose signatures nobody checks, and that counts them.

use core::sync::atomic::{AtomicUsize, Ordering};

use x402_tower::{Approved, Requirement, SignedPayment, Signer, SignerError, Step, Terms};

pub(crate) const PAYER: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

#[derive(Debug, Default)]
pub(crate) struct CountingSigner {
    signed: AtomicUsize,
}

impl CountingSigner {
    pub(crate) fn signed(&self) -> usize {
        self.signed.load(Ordering::SeqCst)
    }
}

impl Signer for CountingSigner {
    fn can_sign(&self, _requirement: &Requirement, terms: &Terms) -> bool {
        terms.scheme == "exact"
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        let nonce = self.signed.fetch_add(1, Ordering::SeqCst);
        let terms = approved.terms();
        let payload = eip3009(
            terms.pay_to.as_str(),
            &terms.amount.to_string(),
            approved.valid_before(),
            nonce,
        );
        Step::ready(SignedPayment::compose(approved, &payload))
    }
}

/// An EIP-3009 payload with a signature of the right length.
pub(crate) fn eip3009(to: &str, value: &str, valid_before: u64, nonce: usize) -> String {
    let signature = "cd".repeat(65);
    format!(
        r#"{{"signature":"0x{signature}","authorization":{{"from":"{PAYER}","to":"{to}","value":"{value}","validAfter":"0","validBefore":"{valid_before}","nonce":"0x{nonce:064x}"}}}}"#
    )
}
