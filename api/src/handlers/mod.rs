//! One file per operation: take the request apart, call the service, answer.

pub mod appointments;
pub mod audit_entries;
pub mod calendars;
pub mod cases;
pub mod clients;
pub mod escalations;
pub mod excuses;
pub mod messages;
pub mod meta;
pub mod offices;
pub mod receipts;
pub mod rule_packs;
pub mod sandbox;
pub mod schedule_previews;
pub mod sessions;
pub mod staff;
pub mod tasks;
pub mod templates;
pub mod test_records;
pub mod today;
