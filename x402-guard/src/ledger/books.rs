//! Opening the ledger, and finding payments in it.

use std::path::Path;
use std::sync::Arc;

use x402_tower::PaymentId;
use x402_tower::audit::AuditLog;
use x402_tower::store::{
    Entry, EntryQuery, Ledger, RedisOptions, RedisStore, SignedPayments, SqliteStore,
};

use crate::args::BooksArgs;
use crate::fetch::state::StateDir;
use crate::fetch::{log, policy};
use crate::ledger::error::{LedgerError, UsageError};

/// A ledger, and what is kept for retries beside it.
pub(super) struct Books {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) signed_payments: Arc<dyn SignedPayments>,
    state: StateDir,
}

impl Books {
    /// Opens the ledger that is named; makes none.
    pub(super) async fn open(args: &BooksArgs) -> Result<Self, LedgerError> {
        let state = StateDir::open(args.state_dir.as_deref())?;
        if let Some(address) = &args.redis {
            let options = RedisOptions::new(&args.namespace);
            let store = Arc::new(RedisStore::connect(address, options).await?);
            return Ok(Self {
                ledger: store.clone(),
                signed_payments: store,
                state,
            });
        }
        let path = state.ledger();
        if !path.exists() {
            return Err(LedgerError::Missing(path));
        }
        let store = SqliteStore::open(&path);
        let store = store.map_err(|source| LedgerError::Sqlite { path, source })?;
        let store = Arc::new(store);
        Ok(Self {
            ledger: store.clone(),
            signed_payments: store,
            state,
        })
    }

    /// The log that payments of this state directory are written to.
    pub(super) async fn log(&self, chosen: Option<&Path>) -> Result<Arc<AuditLog>, LedgerError> {
        let policy = policy::written(chosen, &self.state)?.unwrap_or_default();
        Ok(Arc::new(log::open(&policy, &self.state).await?))
    }

    /// The one payment whose id begins so.
    pub(super) async fn find(&self, id: &IdPrefix) -> Result<PaymentId, LedgerError> {
        let mut query = EntryQuery::all().limit(2);
        query.after = id.before();
        let found = self.ledger.entries(&query).await?;
        let mut found = found
            .iter()
            .map(|entry| entry.id)
            .filter(|found| id.begins(*found));
        match (found.next(), found.next()) {
            (None, _) => Err(LedgerError::NoSuchPayment(id.0.clone())),
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(LedgerError::Ambiguous(id.0.clone())),
        }
    }

    /// Calls `each` with every payment that `query` asks for.
    pub(super) async fn each(
        &self,
        query: EntryQuery,
        mut each: impl FnMut(Entry),
    ) -> Result<(), LedgerError> {
        let mut query = query;
        loop {
            let page = self.ledger.entries(&query).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            query = query.after(last.id);
            page.into_iter().for_each(&mut each);
        }
    }
}

/// The first digits of an id, or all of them.
#[derive(Debug)]
pub(super) struct IdPrefix(String);

impl IdPrefix {
    const FEWEST: usize = 8;
    const ALL: usize = 32;

    pub(super) fn read(text: &str) -> Result<Self, UsageError> {
        let digits = text.to_ascii_lowercase();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (Self::FEWEST..=Self::ALL).contains(&digits.len()) {
            Ok(Self(digits))
        } else {
            Err(UsageError::Id)
        }
    }

    fn begins(&self, id: PaymentId) -> bool {
        id.to_string().starts_with(&self.0)
    }

    /// The last id before all that begin so; `None` where there is none before.
    fn before(&self) -> Option<PaymentId> {
        let first = u128::from_str_radix(&format!("{:0<32}", self.0), 16).ok()?;
        let before = first.checked_sub(1)?;
        Some(PaymentId::from_bytes(before.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_has_eight_digits_or_more() {
        for text in ["", "0123456", "0123456g", "0x012345", &"0".repeat(33)] {
            assert!(IdPrefix::read(text).is_err(), "{text}");
        }
        assert!(IdPrefix::read("01234567").is_ok());
        assert!(IdPrefix::read(&"F".repeat(32)).is_ok());
    }

    #[test]
    fn a_search_begins_right_before_the_prefix() {
        let before = |text| IdPrefix::read(text).unwrap().before();
        assert_eq!(before("00000000"), None);
        let expected = format!("{}{}", "0123abcc", "f".repeat(24));
        assert_eq!(before("0123abcd").unwrap().to_string(), expected);
    }
}
