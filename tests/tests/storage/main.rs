//! Storage against real databases.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

mod accounts;
mod audit;
mod case_plans;
mod database;
mod leases;
mod migrations;
mod plans;
mod reference;
mod schema;
mod statements;
