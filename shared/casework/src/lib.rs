//! Use cases that both the API and the worker need.
//!
//! Each takes a [`Work`]: one transaction, one instant, one actor. None opens a transaction, reads a
//! clock or does I/O beyond the transaction it was given.

pub mod alerts;
pub mod confirm;
pub mod consents;
pub mod digest;
pub mod emergencies;
pub mod filed;
mod frozen;
mod heads;
pub mod judge;
pub mod message_budgets;
pub mod needed;
pub mod notice;
pub mod notify;
pub mod receipt;
pub mod record;
pub mod remind;
pub mod replies;
pub mod report_in;
pub mod resend;
pub mod retention;
pub mod rules;
pub mod schedule;
mod staff_notices;
pub mod status;
pub mod wechat;
pub mod windows;
mod work;

pub use rules::PackCache;
pub use work::{Actor, Request, Work, WorkError};
