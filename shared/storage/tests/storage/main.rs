//! Storage against real databases: SQLite always, PostgreSQL where `TEST_DATABASE_URL` points.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

mod accounts;
mod audit;
mod database;
mod leases;
mod migrations;
mod plans;
mod reference;
mod schema;
mod statements;
