//! What goes in and out as JSON.

pub mod appointments;
pub mod audit_entries;
pub mod calendars;
pub mod cases;
pub mod client_sessions;
pub mod clients;
pub mod consents;
pub mod covers;
pub mod escalations;
pub mod excuses;
pub mod family_contacts;
pub mod integrators;
pub mod me;
pub mod messages;
pub mod offices;
pub mod receipts;
pub mod retention_reports;
pub mod rule_packs;
pub mod sandbox;
pub mod schedule_previews;
pub mod sessions;
pub mod staff;
pub mod tasks;
pub mod templates;
pub mod test_records;
pub mod today;
