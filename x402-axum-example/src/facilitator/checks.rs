//! What a facilitator checks before it asks the ledger, in the order of `@x402/evm` 2.27.0.

use x402_tower::assets::{AssetTable, TransferMethod};
use x402_tower::evm::{authorization_digest, verify_authorization};
use x402_tower::wire::Version;
use x402_tower::{Clock, UnixMillis};

use super::ledger::Transfer;
use super::reason::Reason;
use super::request::ExactRequest;

/// Everything but nonce and balance, which only the ledger knows. Answers with the transfer that was signed, and now.
pub(super) fn authorization(
    assets: &AssetTable,
    clock: &dyn Clock,
    request: &ExactRequest,
) -> Result<(Transfer, UnixMillis), Reason> {
    let asset = assets
        .get(&request.chain, &request.asset)
        .ok_or(Reason::UnknownAsset)?;
    if asset.transfer_method != Some(TransferMethod::Eip3009) {
        return Err(Reason::NotEip3009);
    }
    let domain = asset.eip712.as_ref().ok_or(Reason::NotEip3009)?;
    let (name, version) = request
        .claimed_domain
        .as_ref()
        .ok_or(Reason::MissingDomain)?;
    if *name != *domain.name {
        return Err(Reason::NameMismatch);
    }
    if *version != *domain.version {
        return Err(Reason::DomainVersionMismatch);
    }

    verify_authorization(asset, &request.signed).map_err(|_| Reason::Signature)?;

    let authorization = &request.signed.authorization;
    if authorization.to != request.pay_to {
        return Err(Reason::Recipient);
    }
    let now = clock.now().ok_or(Reason::Unexpected)?;
    if authorization.valid_before <= now.as_secs() {
        return Err(Reason::Expired);
    }
    if authorization.valid_after > now.as_secs() {
        return Err(Reason::NotYetValid);
    }
    if authorization.value != request.amount {
        return Err(match request.version {
            Version::V1 => Reason::ValueV1,
            _ => Reason::ValueV2,
        });
    }
    let digest = authorization_digest(asset, authorization).map_err(|_| Reason::Signature)?;
    Ok((
        Transfer::new(asset, authorization.clone(), digest, request.version),
        now,
    ))
}
