//! The policy file's word for when an audit file is made durable, in the audit log's own terms.

use crate::audit::SyncPolicy;
use crate::policy::AuditSync;

impl From<AuditSync> for SyncPolicy {
    fn from(sync: AuditSync) -> Self {
        match sync {
            AuditSync::Each => Self::EveryRecord,
            AuditSync::Grouped => Self::Grouped,
            AuditSync::Never => Self::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_have_the_same_names() {
        for sync in [AuditSync::Each, AuditSync::Grouped, AuditSync::Never] {
            assert_eq!(SyncPolicy::from(sync).as_str(), sync.as_str());
        }
    }
}
