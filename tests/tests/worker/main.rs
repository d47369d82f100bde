//! Time and delivery, end to end, on both databases.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails where it met it"
)]

mod harness;
