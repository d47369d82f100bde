//! The harness of the end-to-end tests: a whole product per test, on a database of its own.
//!
//! A test is written once with [`on_both!`] and runs on SQLite and on PostgreSQL. It gets a
//! [`TestApp`]: the real API on a free port, the real worker stepped by hand, a clock that stands
//! still until it is moved, seeded randomness, an agency with two offices and staff of every role,
//! and a gateway that records, or a scripted HTTP server that answers as an SMS platform does. A
//! test that ends with a message overdue for sending fails.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test that meets the unexpected fails where it met it"
)]

pub mod app;
pub mod client;
pub mod cluster;
pub mod contents;
pub mod database;
pub mod fakes;
mod on_both;
pub mod past_the_api;
mod postgres;
pub mod program;
pub mod readers;
pub mod soak;
mod sqlite;
pub mod steps;
mod texts;
pub mod vendors;
mod wechat;

pub use app::{Response, Setup, TestApp};
pub use fakes::webhook::{FakeGateway, Reply};
pub use on_both::on;
pub use storage::Backend;
