//! How often one caller, and one address that signs in, may come.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use domain::StaffId;
use platform::config::ServerConfig;

use crate::{problem::Problem, problem_code::ProblemCode};

/// Callers remembered before those of past minutes are forgotten.
const TIDY_AT: usize = 50_000;

/// The limits of a process. Another process counts by itself.
#[derive(Debug)]
pub struct Limits {
    requests: PerMinute,
    sign_ins: PerMinute,
}

impl Limits {
    /// The limits of `[server]`.
    pub fn new(config: &ServerConfig) -> Self {
        Self {
            requests: PerMinute::new(config.requests_per_minute),
            sign_ins: PerMinute::new(config.sign_ins_per_minute),
        }
    }

    /// Counts a request of a signed-in staff member.
    ///
    /// # Errors
    /// `too_many_requests` beyond the limit.
    pub fn request(&self, staff: StaffId, now: DateTime<Utc>) -> Result<(), Problem> {
        self.requests.count(staff.uuid().as_u128(), now)
    }

    /// Counts an attempt to sign in.
    ///
    /// # Errors
    /// `too_many_requests` beyond the limit.
    pub fn sign_in(&self, address: Option<&str>, now: DateTime<Utc>) -> Result<(), Problem> {
        let key = match address.and_then(|address| address.parse().ok()) {
            Some(IpAddr::V4(ip)) => u128::from(ip.to_bits()),
            // A host commands a whole /64.
            Some(IpAddr::V6(ip)) => ip.to_bits() >> 64 << 64,
            None => 0,
        };
        self.sign_ins.count(key, now)
    }
}

/// Counts by whole minutes of the clock.
#[derive(Debug)]
struct PerMinute {
    limit: u32,
    counts: Mutex<HashMap<u128, (i64, u32)>>,
}

impl PerMinute {
    fn new(limit: u32) -> Self {
        Self {
            limit,
            counts: Mutex::default(),
        }
    }

    fn count(&self, key: u128, now: DateTime<Utc>) -> Result<(), Problem> {
        if self.limit == u32::MAX {
            return Ok(());
        }
        let minute = now.timestamp().div_euclid(60);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= TIDY_AT {
            counts.retain(|_, (counted, _)| *counted == minute);
        }
        let (counted, count) = counts.entry(key).or_insert((minute, 0));
        if *counted != minute {
            (*counted, *count) = (minute, 0);
        }
        if *count >= self.limit {
            let left = u64::try_from(60 - now.timestamp().rem_euclid(60)).unwrap_or(60);
            let detail = format!("at most {} requests a minute", self.limit);
            return Err(Problem::new(ProblemCode::TooManyRequests, detail)
                .retry_after(left)
                .limit(self.limit));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_its_own_minute() {
        let limit = PerMinute::new(2);
        let at = |second: i64| DateTime::from_timestamp(1_750_000_020 + second, 0).unwrap();
        assert!(limit.count(1, at(0)).is_ok());
        assert!(limit.count(1, at(59)).is_ok());
        let refused = limit.count(1, at(59)).unwrap_err();
        assert_eq!(refused.code(), ProblemCode::TooManyRequests);
        assert!(limit.count(2, at(59)).is_ok());
        assert!(limit.count(1, at(60)).is_ok());
    }
}
