//! The clock and the outbox of a sandbox.

pub mod clock;
pub mod move_clock;
pub mod outbox;
