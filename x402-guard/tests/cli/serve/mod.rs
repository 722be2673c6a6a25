//! The service, as agents, sellers and operators meet it.

mod buying;
mod certificates;
mod decisions;
mod egress;
mod identity;
mod lasting;
mod operators;
mod selling;
mod service;
