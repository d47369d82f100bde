//! Storage against real databases.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

mod accounts;
mod audit;
mod case_plans;
mod consents;
mod database;
mod leases;
mod migrations;
mod never_collected;
mod plans;
mod reference;
mod reseal;
mod retention;
mod roles;
mod schema;
mod statements;
mod subscription_credits;
mod tamper;
mod wechat_bindings;
