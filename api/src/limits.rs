//! How often one caller, one address, and one address that signs in, may come.

mod bounded;
mod counter;
mod standing;

use std::net::IpAddr;

use actix_web::{HttpMessage as _, HttpRequest};
use platform::{Clock, config::ServerConfig};
use uuid::Uuid;

use self::counter::Counter;
pub(crate) use self::standing::Standing;
use crate::{problem::Problem, problem_code::ProblemCode};

/// The limits of a process. Another process counts by itself.
#[derive(Debug)]
pub struct Limits {
    callers: Counter,
    addresses: Counter,
    sign_ins: Counter,
}

impl Limits {
    /// The limits of `[server]`, by `clock`.
    pub fn new(config: &ServerConfig, clock: &Clock) -> Self {
        let counter = |policy, per_minute| Counter::new(policy, per_minute, clock);
        Self {
            callers: counter("caller", config.requests_per_minute),
            addresses: counter("address", config.address_requests_per_minute),
            sign_ins: counter("sign-in", config.sign_ins_per_minute),
        }
    }

    /// Counts a request of somebody signed in, known by their id.
    ///
    /// # Errors
    /// `too_many_requests` beyond the limit.
    pub fn request(&self, http: &HttpRequest, caller: Uuid) -> Result<(), Problem> {
        told(http, self.callers.count(caller.as_u128()))
    }

    /// Counts a request from an address, whoever calls.
    ///
    /// # Errors
    /// `too_many_requests` beyond the limit.
    pub fn address(&self, http: &HttpRequest, address: Option<IpAddr>) -> Result<(), Problem> {
        told(http, self.addresses.count(key(address)))
    }

    /// Counts an attempt to sign in.
    ///
    /// # Errors
    /// `too_many_requests` beyond the limit.
    pub fn sign_in(&self, http: &HttpRequest, address: Option<&str>) -> Result<(), Problem> {
        let address = address.and_then(|address| address.parse().ok());
        told(http, self.sign_ins.count(key(address)))
    }
}

/// Whom an address stands for: an IPv6 host commands a whole /64.
pub(crate) fn key(address: Option<IpAddr>) -> u128 {
    match address {
        Some(IpAddr::V4(ip)) => u128::from(ip.to_bits()),
        Some(IpAddr::V6(ip)) => ip.to_bits() >> 64 << 64,
        None => 0,
    }
}

/// Leaves word for the answer's headers: the limit counted last is the closest one.
fn told(http: &HttpRequest, standing: Option<Standing>) -> Result<(), Problem> {
    let Some(standing) = standing else {
        return Ok(());
    };
    http.extensions_mut().insert(standing);
    standing.wait.map_or(Ok(()), |seconds| {
        let detail = format!("at most {} requests a minute", standing.limit);
        Err(Problem::new(ProblemCode::TooManyRequests, detail).retry_after(seconds))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_change_its_address_to_begin_anew() {
        let of = |text: &str| key(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:0:1::1"), of("2001:db8:0:1:ffff::2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8:0:2::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
