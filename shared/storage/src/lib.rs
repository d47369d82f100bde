//! All SQL of the product. One query text serves SQLite and PostgreSQL.
//!
//! Every function takes a [`Tx`] and, for case data, the agency: a tenant's rows are reachable only
//! through its id. Nothing here reads a clock.

// Row structs mirror tables; their fields are documented in the migrations' names and DOMAIN words.
pub mod agencies;
mod any_id;
pub mod append_only;
pub mod appointments;
pub mod attempts;
pub mod audit_log;
pub mod calendars;
pub mod cases;
pub mod check_ins;
pub mod client_numbers;
pub mod client_sessions;
pub mod clients;
pub mod confirmations;
pub mod connection;
pub mod consents;
pub mod covers;
pub mod credentials;
pub mod error;
pub mod escalations;
pub mod excuses;
pub mod family_contacts;
pub mod file_openings;
pub mod gateway_posts;
pub mod idempotency;
pub mod integrators;
pub mod job_runs;
pub mod leases;
pub mod message_budgets;
pub mod messages;
pub mod migrate;
pub mod offices;
mod oldest;
mod page;
mod phone_index;
mod prepared;
pub mod provider_templates;
pub mod receipt_checks;
pub mod receipts;
pub mod recovery_codes;
pub mod refresh_tokens;
pub mod replies;
pub mod reseal;
pub mod retention;
pub mod retention_reports;
pub mod roles;
pub mod rule_packs;
#[cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the form of diesel's table macro")
)]
mod schema;
pub mod scope;
pub mod sealed;
pub mod sealing_keys;
pub mod second_factors;
pub mod sending_pauses;
pub mod sessions;
pub mod sign_in_budgets;
pub mod sign_in_codes;
pub mod sign_in_counters;
pub mod staff;
pub mod store;
pub mod subscription_credits;
pub mod tasks;
pub mod template_versions;
pub mod templates;
pub mod test_records;
pub mod today;
pub mod transitions;
mod types;
pub mod wechat_bindings;

pub use any_id::AnyId;
pub use connection::{Options, Synchronous};
pub use error::{Retryable, StorageError};
pub use phone_index::PhoneIndex;
pub use scope::{Area, Covered, Scope};
pub use sealed::{Sealer, SealingKey};
pub use store::{Backend, Store, Tx};
