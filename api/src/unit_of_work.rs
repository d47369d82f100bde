//! One request, one unit of work: replay or run, audit, keep the answer, commit.
//!
//! Everything here runs on the blocking pool, in one hop per request.

use std::time::{Duration, Instant};

use actix_web::web;
use casework::{Actor, Request, Work, record};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AgencyId, IdMint, RefusalCode, StaffId, audit::AuditOutcome};
use serde::Serialize;
use storage::{StorageError, Tx, idempotency};

use crate::{
    answer::{Answer, Written},
    failure::Failure,
    operations::{Effect, Operation},
    problem::Problem,
    problem_code::ProblemCode,
    refusals::{Refused, left_out_reason},
    state::AppState,
};

/// How long an answer is kept for a repeated request.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// The circumstances of a unit of work.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub operation: &'static Operation,
    pub agency: AgencyId,
    pub actor: Actor,
    pub now: DateTime<Utc>,
    pub request: Request,
}

/// A request that may be repeated.
#[derive(Debug, Clone)]
pub(crate) struct Repeatable {
    pub principal: StaffId,
    pub key: String,
    /// Keyed: a body may hold a password.
    pub fingerprint: Vec<u8>,
}

impl Setting {
    fn work<'t, 'c>(&self, state: &'t AppState, tx: &'t mut Tx<'c>) -> Work<'t, 'c> {
        Work {
            tx,
            packs: &state.packs,
            agency: self.agency,
            now: self.now,
            actor: self.actor,
            ids: IdMint::new(self.now, state.randomness.seed()),
            request: self.request.clone(),
        }
    }

    pub(crate) fn finish<T>(&self, result: Result<T, Failure>) -> Result<T, Problem> {
        result
            .map_err(|failure| failure.into_problem(self.operation.id, self.request.id.as_deref()))
    }
}

/// Runs `run` on the blocking pool, as long as a request may take, and measures it under `name`:
/// the operation's id. Answers `unavailable` at once where too much is waiting already.
pub(crate) async fn hop<T: Send + 'static>(
    state: &AppState,
    name: &'static str,
    run: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let Some(place) = state.pending.enter() else {
        metrics::counter!("http_requests_shed_total", "operation" => name).increment(1);
        return Err(Problem::unavailable());
    };
    hop_always(state, name, move || {
        let _until_done = place;
        run()
    })
    .await
}

/// The same, however much is waiting: for what must be answered when it matters.
pub(crate) async fn hop_always<T: Send + 'static>(
    state: &AppState,
    name: &'static str,
    run: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let began = Instant::now();
    let limit = Duration::from_secs(state.server.request_timeout_seconds);
    let result = match tokio::time::timeout(limit, web::block(run)).await {
        Ok(Ok(done)) => done,
        Ok(Err(_stopping)) => Err(Problem::unavailable()),
        Err(_elapsed) => Err(Problem::unavailable()),
    };
    let outcome = match &result {
        Ok(_) => "done",
        Err(problem) => problem.code().as_str(),
    };
    metrics::counter!("http_requests_total", "operation" => name, "outcome" => outcome)
        .increment(1);
    metrics::histogram!("http_request_seconds", "operation" => name).record(began.elapsed());
    result
}

/// Reads; where it shows a client's file, one audit entry is written before it is shown.
pub(crate) fn read<T: Serialize>(
    state: &AppState,
    setting: Setting,
    mut run: impl FnMut(&mut Work<'_, '_>) -> Result<Answer<T>, Failure>,
) -> Result<Written, Problem> {
    let result = state
        .store
        .read_in(setting.agency, |tx| run(&mut setting.work(state, tx)))
        .and_then(|answer| {
            if setting.operation.effect == Effect::ReadFile {
                audit(
                    state,
                    &setting,
                    answer.object_id(),
                    AuditOutcome::Done,
                    None,
                )?;
            }
            written(answer)
        });
    if let Err(Failure::Problem(problem)) = &result {
        reached_too_far(state, &setting, problem)?;
    }
    setting.finish(result)
}

/// Reads what is answered in pieces afterwards; one audit entry is written before, about the object
/// that `run` names.
pub(crate) fn announce<T>(
    state: &AppState,
    setting: Setting,
    mut run: impl FnMut(&mut Work<'_, '_>) -> Result<(T, String), Failure>,
) -> Result<T, Problem> {
    let result = state
        .store
        .read_in(setting.agency, |tx| run(&mut setting.work(state, tx)))
        .and_then(|(value, object_id)| {
            audit(state, &setting, Some(object_id), AuditOutcome::Done, None)?;
            Ok(value)
        });
    setting.finish(result)
}

/// Reads one piece of what was announced.
pub(crate) fn piece<T>(
    state: &AppState,
    setting: &Setting,
    mut run: impl FnMut(&mut Work<'_, '_>) -> Result<T, Failure>,
) -> Result<T, Problem> {
    let result = state
        .store
        .read_in(setting.agency, |tx| run(&mut setting.work(state, tx)));
    setting.clone().finish(result)
}

/// Changes something: all of it, with its audit entry and its kept answer, or nothing. `admit` says
/// whether the caller still may; it comes first, for an answer that was kept is not for everybody who
/// holds the token it was given to.
pub(crate) fn write<T: Serialize>(
    state: &AppState,
    setting: Setting,
    repeatable: Option<&Repeatable>,
    mut admit: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure>,
    mut run: impl FnMut(&mut Work<'_, '_>) -> Result<Answer<T>, Failure>,
) -> Result<Written, Problem> {
    let result = state.store.write_in(setting.agency, |tx| {
        let mut work = setting.work(state, tx);
        admit(&mut work)?;
        if let Some(repeatable) = repeatable
            && let Some(answer) = replay(&mut work, setting.operation, repeatable)?
        {
            return Ok(answer);
        }
        let answer = run(&mut work)?;
        let (object_id, reason) = (answer.object_id(), answer.reason());
        let answer = written(answer)?;
        if let Some(repeatable) = repeatable {
            keep(&mut work, setting.operation, repeatable, &answer)?;
        }
        // Last: it locks the end of the agency's trail until the commit.
        let (action, kind) = (setting.operation.id, setting.operation.object);
        let done = AuditOutcome::Done;
        record::audit(&mut work, action, kind, object_id, done, reason.as_deref())?;
        Ok(answer)
    });
    if let Err(Failure::Problem(problem)) = &result {
        reached_too_far(state, &setting, problem)?;
    }
    setting.finish(result)
}

/// Looks whether a change may be made, before something slow is done for it outside of any transaction:
/// [`write()`] looks again. Answers what was kept of a request that was done before.
pub(crate) fn ready(
    state: &AppState,
    setting: &Setting,
    repeatable: Option<&Repeatable>,
    mut admit: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure>,
    mut check: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure>,
) -> Result<Option<Written>, Problem> {
    let result = state.store.read_in(setting.agency, |tx| {
        let mut work = setting.work(state, tx);
        admit(&mut work)?;
        if let Some(repeatable) = repeatable
            && let Some(answer) = replay(&mut work, setting.operation, repeatable)?
        {
            return Ok(Some(answer));
        }
        check(&mut work)?;
        Ok(None)
    });
    setting.finish(result)
}

/// Puts it into the trail that somebody reached for what is not theirs, or is not there.
fn reached_too_far(state: &AppState, setting: &Setting, problem: &Problem) -> Result<(), Problem> {
    let named = setting.operation.is_audited() || setting.operation.path.contains('{');
    let too_far = matches!(
        problem.code(),
        ProblemCode::Forbidden | ProblemCode::Refused(RefusalCode::NotFound)
    );
    if !(named && too_far) {
        return Ok(());
    }
    let kept = audit_refused(state, setting, None, problem.code().as_str());
    setting.clone().finish(kept)
}

/// Puts a refusal into the trail, as far as refusals are listed one by one ([`crate::refusals`]).
pub(crate) fn audit_refused(
    state: &AppState,
    setting: &Setting,
    object_id: Option<String>,
    reason: &str,
) -> Result<(), Failure> {
    if is_listed(state, setting, object_id.clone())? {
        audit(
            state,
            setting,
            object_id,
            AuditOutcome::Refused,
            Some(reason),
        )?;
    }
    Ok(())
}

/// Whether a refusal has an entry of its own. Writes the entry of those of the last minute that had
/// none.
fn is_listed(
    state: &AppState,
    setting: &Setting,
    object_id: Option<String>,
) -> Result<bool, Failure> {
    let refused = Refused {
        agency: setting.agency,
        operation: setting.operation,
        actor: setting.actor,
        object_id,
    };
    let (listed, left_out) = state.refusals.count(&refused, setting.now);
    for (refused, count) in left_out {
        let setting = Setting {
            operation: refused.operation,
            agency: refused.agency,
            actor: refused.actor,
            now: setting.now,
            request: Request::none(),
        };
        let reason = left_out_reason(count);
        audit(
            state,
            &setting,
            refused.object_id,
            AuditOutcome::Refused,
            Some(&reason),
        )?;
    }
    if !listed {
        metrics::counter!("refusals_left_out_total").increment(1);
    }
    Ok(listed)
}

/// Does what is to be done about a refused call, with its audit entry.
pub(crate) fn refused(
    state: &AppState,
    setting: Setting,
    object_id: &str,
    reason: &str,
    mut run: impl FnMut(&mut Work<'_, '_>) -> Result<(), Failure>,
) -> Result<(), Problem> {
    let Operation { id, object, .. } = setting.operation;
    let listed = match is_listed(state, &setting, Some(object_id.to_owned())) {
        Ok(listed) => listed,
        Err(failure) => return setting.finish(Err(failure)),
    };
    let result = state.store.write_in(setting.agency, |tx| {
        let mut work = setting.work(state, tx);
        run(&mut work)?;
        if !listed {
            return Ok(());
        }
        let object_id = Some(object_id.to_owned());
        record::audit(
            &mut work,
            id,
            object,
            object_id,
            AuditOutcome::Refused,
            Some(reason),
        )?;
        Ok(())
    });
    setting.finish(result)
}

/// Writes one audit entry in a unit of work of its own.
pub(crate) fn audit(
    state: &AppState,
    setting: &Setting,
    object_id: Option<String>,
    outcome: AuditOutcome,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let Operation { id, object, .. } = setting.operation;
    state.store.write_in(setting.agency, |tx| {
        let mut work = setting.work(state, tx);
        record::audit(&mut work, id, object, object_id.clone(), outcome, reason)?;
        Ok(())
    })
}

fn written<T: Serialize>(answer: Answer<T>) -> Result<Written, Failure> {
    answer
        .written()
        .map_err(|error| StorageError::Corrupt(error.to_string()).into())
}

fn replay(
    work: &mut Work<'_, '_>,
    operation: &Operation,
    asked: &Repeatable,
) -> Result<Option<Written>, Failure> {
    let stored = idempotency::find(work.tx, work.agency, asked.principal, &asked.key, work.now)?;
    let Some(stored) = stored else {
        return Ok(None);
    };
    if stored.operation != operation.id || stored.fingerprint != asked.fingerprint {
        return Err(Problem::new(
            ProblemCode::IdempotencyKeyReused,
            "this Idempotency-Key was used for another request; take a new one",
        )
        .into());
    }
    serde_json::from_str(&stored.body)
        .map(Some)
        .map_err(|error| StorageError::Corrupt(error.to_string()).into())
}

fn keep(
    work: &mut Work<'_, '_>,
    operation: &Operation,
    asked: &Repeatable,
    answer: &Written,
) -> Result<(), Failure> {
    let stored = idempotency::Stored {
        operation: operation.id.to_owned(),
        fingerprint: asked.fingerprint.clone(),
        status: i32::from(answer.status),
        body: serde_json::to_string(answer)
            .map_err(|error| StorageError::Corrupt(error.to_string()))?,
    };
    let (now, until) = (work.now, work.now + KEPT);
    match idempotency::insert(
        work.tx,
        work.agency,
        asked.principal,
        &asked.key,
        &stored,
        now,
        until,
    ) {
        // Another request under the same key got there first: run again and replay its answer.
        Err(StorageError::Duplicate(_)) => Err(StorageError::Collision.into()),
        other => Ok(other?),
    }
}
