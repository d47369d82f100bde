//! Time and delivery, end to end, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected fails where it met it"
)]

mod at_sending;
mod bad_row;
mod capture;
mod client_codes;
mod dated;
mod failures;
mod harness;
mod in_turn;
mod kill;
mod ladder;
mod logs;
mod monitor;
mod old_number;
mod operations;
mod process;
mod proof;
mod purge;
mod race;
mod receipt_effects;
mod receipts;
mod replies;
mod scripted;
mod soak;
mod staff_notices;
mod status;
mod story;
mod three_years;
mod try_account;
mod vendor_receipts;
mod vendor_replies;
mod vendors;
mod webhook;
mod wechat;
mod wechat_callbacks;
mod wechat_credits;
mod wechat_followers;
mod wechat_texts;
mod wechat_unnamed;
