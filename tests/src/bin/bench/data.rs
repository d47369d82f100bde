//! The synthetic site: how many of what, and when.
//!
//! Time is chosen so that a week is quiet: all clients but a thousand reported in on one of the
//! first seven days of a month, so that their windows open, close and are reminded of outside the
//! week from 10 to 18 July 2026, which has no holiday. The windows of the thousand close on 14 July.

use chrono::{DateTime, Months, NaiveDate, Utc};
use domain::Measure;

use crate::Outcome;

/// Clients who have something due in the quiet week.
pub const DUE: usize = 1000;
/// Clients of one caseworker.
pub const CASELOAD: usize = 30;
/// Clients of one office.
pub const PER_OFFICE: usize = 300;
/// Every account's password.
pub const PASSWORD: &str = "a password for benchmarks";
/// Of the thousand, each so-manieth already missed two tests.
pub const NEAR_THRESHOLD: usize = 10;

/// Friday 10 July 2026, 08:00 at the offices: when the site is loaded.
pub fn begin() -> Outcome<DateTime<Utc>> {
    at("2026-07-10T00:00:00Z")
}

/// An instant.
pub fn at(text: &str) -> Outcome<DateTime<Utc>> {
    Ok(text.parse()?)
}

/// Whether a client is one of the thousand.
pub const fn is_due(client: usize) -> bool {
    client < DUE
}

/// When a client reported in.
pub fn reported_in_on(client: usize) -> Outcome<NaiveDate> {
    if is_due(client) {
        return Ok("2026-03-15".parse()?);
    }
    let first: NaiveDate = "2024-08-01".parse()?;
    let months = u32::try_from(client / 7 % 23)?;
    let days = u64::try_from(client % 7)?;
    first
        .checked_add_months(Months::new(months))
        .and_then(|month| month.checked_add_days(chrono::Days::new(days)))
        .ok_or_else(|| "a date out of range".into())
}

/// What a client is there for.
pub const fn measure(client: usize) -> Measure {
    if is_due(client) || client.is_multiple_of(2) {
        Measure::CommunityTreatment
    } else {
        Measure::CommunityRehabilitation
    }
}

/// A caseworker's username.
pub fn username(caseworker: usize) -> String {
    format!("caseworker-{caseworker}")
}
