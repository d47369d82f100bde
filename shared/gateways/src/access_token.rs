//! The access token of an account: fetched once, shared by all who send, renewed when it is refused.

use std::{future::Future, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{sync::Mutex, time::Instant};

use crate::{Failure, SendError};

/// A token is not used any more this long before it ends: WeChat's `stable_token` gives out the same one
/// until then (vendor documentation of `cgi-bin/stable_token`).
const MARGIN: TimeDelta = TimeDelta::minutes(5);
/// The pause between two forced renewals (same page: no less than 30 s, and 20 a day).
const FORCED_PAUSE: TimeDelta = TimeDelta::minutes(75);
/// How long a failed fetch answers for those that waited for it, so that they do not try one after the
/// other.
const FAILURE_HOLDS: TimeDelta = TimeDelta::seconds(5);

/// A token as the platform gave it.
#[derive(Debug)]
pub(crate) struct Granted {
    pub token: SecretString,
    /// How long it is good, in seconds.
    pub expires_in: i64,
}

/// How a token is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fetch {
    /// The one that is good now.
    Current,
    /// Another one than before, which ends with this.
    Forced,
}

/// The token at hand. One fetch at a time.
#[derive(Debug, Default)]
pub(crate) struct AccessToken(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// With its end (UTC).
    token: Option<(SecretString, DateTime<Utc>)>,
    failed: Option<(SendError, DateTime<Utc>)>,
    forced_at: Option<DateTime<Utc>>,
}

impl AccessToken {
    /// The token to send with at `now` (UTC), fetched when there is none; waits for another's fetch
    /// until `deadline`.
    pub async fn get<F>(
        &self,
        now: DateTime<Utc>,
        deadline: Instant,
        fetch: impl FnOnce(Fetch) -> F,
    ) -> Result<SecretString, SendError>
    where
        F: Future<Output = Result<Granted, SendError>>,
    {
        let mut state = self.lock(deadline).await?;
        if let Some((token, ends_at)) = &state.token
            && now + MARGIN < *ends_at
        {
            return Ok(token.clone());
        }
        state.check_failure(now)?;
        let fetched = fetch(Fetch::Current).await;
        state.keep(now, fetched)
    }

    /// Another token than the one that the platform refused: the one somebody else has fetched
    /// meanwhile, or a new one. Only when the platform gives out the refused one again is it forced to
    /// make another.
    pub async fn renew<F>(
        &self,
        refused: &SecretString,
        now: DateTime<Utc>,
        deadline: Instant,
        fetch: impl Fn(Fetch) -> F,
    ) -> Result<SecretString, SendError>
    where
        F: Future<Output = Result<Granted, SendError>>,
    {
        let mut state = self.lock(deadline).await?;
        let is_refused = |token: &SecretString| token.expose_secret() == refused.expose_secret();
        if let Some((token, _)) = &state.token
            && !is_refused(token)
        {
            return Ok(token.clone());
        }
        state.check_failure(now)?;
        state.token = None;
        let fetched = fetch(Fetch::Current).await;
        let token = state.keep(now, fetched)?;
        if !is_refused(&token) {
            return Ok(token);
        }
        if state.forced_at.is_some_and(|at| now < at + FORCED_PAUSE) {
            let error = SendError::new(Failure::Configuration, "token_refused");
            return state.keep(now, Err(error));
        }
        state.forced_at = Some(now);
        let fetched = fetch(Fetch::Forced).await;
        state.keep(now, fetched)
    }

    async fn lock(
        &self,
        deadline: Instant,
    ) -> Result<tokio::sync::MutexGuard<'_, State>, SendError> {
        let waited = tokio::time::timeout_at(deadline, self.0.lock()).await;
        waited.or(Err(SendError::new(Failure::Transient, "token_timeout")))
    }
}

impl State {
    fn check_failure(&self, now: DateTime<Utc>) -> Result<(), SendError> {
        match &self.failed {
            Some((error, at)) if now < *at + FAILURE_HOLDS => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn keep(
        &mut self,
        now: DateTime<Utc>,
        fetched: Result<Granted, SendError>,
    ) -> Result<SecretString, SendError> {
        match fetched {
            Ok(granted) => {
                self.failed = None;
                let life = TimeDelta::try_seconds(granted.expires_in).unwrap_or(TimeDelta::zero());
                self.token = Some((granted.token.clone(), now + life));
                Ok(granted.token)
            }
            Err(error) => {
                // Nothing was sent: without an answer there is only no token.
                let class = match error.class {
                    Failure::Unknown => Failure::Transient,
                    other => other,
                };
                let code = format!("token_{}", error.code.trim_start_matches("token_"));
                let error = SendError {
                    class,
                    code,
                    ..error
                };
                self.token = None;
                self.failed = Some((error.clone(), now));
                Err(error)
            }
        }
    }
}

/// The end of a send that may take this long.
pub(crate) fn deadline(timeout: Duration) -> Instant {
    Instant::now() + timeout
}

/// What is left until then.
pub(crate) fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

#[cfg(test)]
mod tests;
