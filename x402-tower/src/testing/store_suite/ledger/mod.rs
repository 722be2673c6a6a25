//! The facts of a [`Ledger`](crate::store::Ledger).

mod entries;
mod limits;
mod numbers;
mod plain;
mod random;
mod shared;
mod states;
mod windows;

pub use entries::*;
pub use limits::*;
pub use numbers::*;
pub use random::*;
pub use shared::*;
pub use states::*;
pub use windows::*;
