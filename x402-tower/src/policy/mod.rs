//! What an agent may pay, to whom and how much: a policy as data, and its rules.
//!
//! [`PolicyConfig`] is what a person writes, in a TOML or JSON file or in code; [`Rules::compile`] turns it into
//! [`Rules`] or says everything that is wrong with it at once. Nothing here knows of HTTP services or stores:
//! [`Rules::check_offer`] decides on one offer without any state, and [`Rules::limits_for`] names the limits that a
//! [`Ledger`](crate::store::Ledger) has to count it under.
//!
//! An allowlist that is absent allows everything; one that is present allows what it lists, and nothing if it is empty.
//!
//! ```
//! use x402_tower::policy::{PolicyConfig, Rules};
//!
//! let config = PolicyConfig::from_toml(
//!     r#"
//!     max_per_call_usd = 0.10
//!     daily_limit_usd  = 5.00
//!     agent_id         = "my-agent"
//!
//!     [per_endpoint]
//!     "https://premium-api.io" = 0.50
//!     "#,
//!     "policy.toml",
//! )?;
//! let rules = Rules::compile(&config)?;
//! assert_eq!(rules.revision().len(), 64);
//!
//! let wrong = PolicyConfig::from_toml("max_per_call_usd = -1\ndaily_limit = 5", "policy.toml");
//! assert_eq!(wrong.unwrap_err().problems().len(), 2, "every problem is named, not only the first");
//! # Ok::<(), x402_tower::policy::PolicyError>(())
//! ```

mod builder;
mod choice;
mod compile;
mod config;
mod contract;
mod control;
mod denied;
mod deny_list;
mod document;
mod drift;
mod error;
mod first_contact;
mod history;
mod key;
mod kill_switch;
mod layer;
mod limit_rule;
mod limits;
mod load;
mod lookalike;
mod normal;
mod offer;
mod origin;
mod pii;
mod pin;
mod read;
mod refusal;
mod rules;
#[cfg(feature = "schema")]
mod schema;
mod scope;
mod settings;
#[cfg(test)]
mod tests;
mod unpayable;
mod violation;

pub use crate::context::ResourceMatch;
pub use crate::control::Mode;
pub use choice::{
    ApproverMode, AuditSync, DetectorKind, FindingAction, LimitPer, OperatorKind, OutgoingAction,
    RecipientPinning, ValidatorKind,
};
pub use config::{PolicyConfig, PolicyFormat};
pub use control::PolicyControl;
pub use error::{PolicyError, PolicyProblem};
pub use kill_switch::KillSwitch;
pub use layer::PolicyLayer;
pub use limit_rule::LimitRule;
pub use limits::{AppliedLimits, LimitName};
pub use offer::Offer;
pub use origin::Origin;
pub(crate) use pii::Wrong;
pub use pii::{AllowSettings, OperatorSettings, RecognizerSettings};
pub use pin::{RecipientPin, RecipientPins};
pub use rules::Rules;
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
pub use schema::json_schema;
pub use scope::{ScopeError, UrlScope};
pub use settings::{
    ApproverSettings, AuditSettings, LimitSettings, MpaSettings, PiiSettings, ReplaySettings,
};
pub use violation::Violation;
