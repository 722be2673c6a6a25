//! What a control looks at.

mod id;

pub use id::PaymentId;
