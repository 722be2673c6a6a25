//! The facilitator's messages: `/verify` and `/settle`.

mod request;
mod response;

pub use request::FacilitatorRequest;
pub use response::{SettleResponse, VerifyResponse};
