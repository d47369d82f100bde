//! One file per operation: take the request apart, call the service, answer.

pub mod offices;
pub mod sandbox;
pub mod sessions;
