//! The engine that lives in a SQLite file: durable, and shared by the processes of one machine.
//!
//! A caller puts a step into the queue of the one thread that writes, which takes all that wait, does them in one
//! transaction, brings it to the disk, moves the mark on, and answers them.

mod books;
mod caller;
mod chores;
mod claims;
mod fault;
mod job;
mod ledger;
mod mark;
mod number;
mod open_error;
mod options;
mod payment;
mod place;
mod queue;
mod schema;
mod signed;
mod state;
mod store;
mod sum;
mod windows;
mod writer;

pub use open_error::SqliteOpenError;
pub use options::SqliteOptions;
pub use store::SqliteStore;
