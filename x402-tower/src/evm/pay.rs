//! The local signer in the pay step.

use alloy_signer::Signer as AlloySigner;

use super::{LocalEvmSigner, SignedAuthorization};
use crate::assets::TransferMethod;
use crate::pay::{Approved, SignedPayment, Signer, SignerError};
use crate::payment::Terms;
use crate::step::Step;
use crate::wire::Requirement;

/// Seconds before now from which an authorization is valid: chains and facilitators run behind.
const BACKDATED_SECONDS: u64 = 600;

impl<S> Signer for LocalEvmSigner<S>
where
    S: AlloySigner + Send + Sync + 'static,
{
    fn can_sign(&self, requirement: &Requirement, terms: &Terms) -> bool {
        let by_eip3009 = requirement
            .extra("assetTransferMethod")
            .is_none_or(|method| method == TransferMethod::Eip3009.as_str());
        terms.scheme == "exact" && terms.chain.evm_chain_id().is_some() && by_eip3009
    }

    fn sign<'a>(
        &'a self,
        approved: &'a Approved<'a>,
    ) -> Step<'a, Result<SignedPayment, SignerError>> {
        Step::wait(async move {
            let terms = approved.terms();
            let asset = approved.asset().ok_or(SignerError::Unsupported)?;
            let claims_other_domain = asset.eip712.as_ref().is_none_or(|domain| {
                let differs = |key, ours: &str| {
                    approved
                        .requirement()
                        .extra(key)
                        .is_some_and(|theirs| theirs != ours)
                };
                differs("name", &domain.name) || differs("version", &domain.version)
            });
            if claims_other_domain {
                return Err(SignerError::ForeignDomain);
            }
            let signed = self
                .sign_authorization(
                    asset,
                    &terms.pay_to,
                    terms.amount,
                    approved.now_secs().saturating_sub(BACKDATED_SECONDS),
                    approved.valid_before(),
                )
                .await
                .map_err(|error| SignerError::Failed(error.code()))?;
            SignedPayment::compose(approved, &payload(&signed))
        })
    }
}

/// The `payload` of scheme `exact` on EVM chains (scheme_exact_evm.md): all numbers are decimal strings.
fn payload(signed: &SignedAuthorization) -> String {
    let authorization = &signed.authorization;
    format!(
        r#"{{"signature":"0x{signature}","authorization":{{"from":"{from}","to":"{to}","value":"{value}","validAfter":"{after}","validBefore":"{before}","nonce":"0x{nonce}"}}}}"#,
        signature = const_hex::encode(signed.signature),
        from = authorization.from,
        to = authorization.to,
        value = authorization.value,
        after = authorization.valid_after,
        before = authorization.valid_before,
        nonce = const_hex::encode(authorization.nonce),
    )
}
