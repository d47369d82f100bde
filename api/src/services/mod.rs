//! What operations do, inside their unit of work. Nothing here knows HTTP beyond problems.

pub mod appointments;
pub mod audit_entries;
pub mod calendars;
pub mod cases;
pub mod clients;
pub mod escalations;
pub mod excuses;
pub mod filters;
pub mod messages;
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
pub mod text;
pub mod today;
pub mod version;
