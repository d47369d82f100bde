//! The worker on SQLite with the recording gateway. The same jobs on both databases, over HTTP, are
//! told by the end-to-end tests.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected fails"
)]

mod crash;
mod deliver;
mod gateways;
mod receipts;
mod site;
mod whole;
