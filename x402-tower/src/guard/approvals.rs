//! Approvals as a policy file asks for them.

use std::time::Duration;

use crate::mpa::{ApprovalSecret, Approver, MpaConfig, MpaError};
use crate::policy::{ApproverSettings, MpaSettings};

/// The window of `cumulative_usd`, unless set.
const DAY: Duration = Duration::from_secs(86_400);

/// What `[mpa]` says. The secrets of approvers are read from the environment.
pub(super) fn mpa_config(settings: &MpaSettings) -> Result<MpaConfig, MpaError> {
    let threshold = usize::try_from(settings.threshold).unwrap_or(usize::MAX);
    let mut config = MpaConfig::new(threshold);
    if let Some(least) = settings.min_amount {
        config = config.with_min_amount(least);
    }
    if let Some(sum) = settings.cumulative {
        let window = settings.cumulative_window_seconds;
        config = config.with_cumulative(sum, window.map_or(DAY, Duration::from_secs));
    }
    if let Some(seconds) = settings.timeout_seconds {
        config = config.with_timeout(Duration::from_secs(seconds));
    }
    for host in &settings.private_hosts {
        config = config.with_private_host(host);
    }
    for approver in &settings.approvers {
        config = config.with_approver(approver_of(approver)?);
    }
    Ok(config)
}

fn approver_of(settings: &ApproverSettings) -> Result<Approver, MpaError> {
    let id = &settings.approver_id;
    let secret = settings.secret_env.as_deref();
    let secret = secret.map(ApprovalSecret::from_env).transpose()?;
    match (&settings.webhook_url, &settings.public_key, secret) {
        (Some(url), _, Some(secret)) => Ok(Approver::webhook(id, url).with_shared_secret(secret)),
        (Some(url), _, None) => Ok(Approver::webhook(id, url)),
        (None, Some(key), _) => {
            let mut bytes = [0; 32];
            let plain = key.len() == 64 && const_hex::decode_to_slice(key, &mut bytes).is_ok();
            if plain {
                Ok(Approver::ed25519(id, bytes))
            } else {
                Err(MpaError::PublicKey { id: id.clone() })
            }
        }
        (None, None, Some(secret)) => Ok(Approver::hmac(id, secret)),
        (None, None, None) => Err(MpaError::NoMeans { id: id.clone() }),
    }
}
