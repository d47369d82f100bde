//! The API over HTTP, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected fails where it met it"
)]

mod bad_input;
mod bad_rules;
mod bad_work;
mod bodies;
mod cases;
mod conventions;
mod coverage;
mod document;
mod documented;
mod everywhere;
mod lists;
mod matrix;
mod problems;
mod sign_in;
mod story;
