//! The API over HTTP, on both databases.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected fails where it met it"
)]

mod areas;
mod audit_trail;
mod bad_input;
mod bad_rules;
mod bad_work;
mod bodies;
mod cases;
mod client_consents;
mod client_me;
mod client_requests;
mod client_sign_in;
mod consents;
mod conventions;
mod coverage;
mod covers;
mod document;
mod documented;
mod edge;
mod everywhere;
mod faults;
mod frozen;
mod frozen_everywhere;
mod integrators;
mod lists;
mod matrix;
mod office_hours;
mod problems;
mod provider_templates;
mod restart;
mod security_table;
mod separation;
mod sign_in;
mod story;
mod template_reviews;
mod template_versions;
mod timing;
mod tokens;
mod unseen;
mod verify_audit;
mod wechat_sign_in;
