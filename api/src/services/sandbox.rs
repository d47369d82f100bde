//! What a sandbox can be asked.

use chrono::{DateTime, Utc};
use domain::{
    RefusalCode,
    page::{ListScope, SortKey},
};
use gateways::recording::Recorded;

use crate::{
    extract::{
        PageQuery,
        page::{self, Page},
    },
    problem::Problem,
    problem_code::ProblemCode,
    sandbox::{Cannot, Duration, Sandbox},
    state::AppState,
    views::sandbox::{MoveSandboxClock, SandboxMessageView},
};

const OUTBOX: ListScope<'_> = ListScope {
    list: "list_sandbox_outbox",
    filters: &[],
};

/// The sandbox, if this is one: elsewhere its operations do not exist.
pub fn of(state: &AppState) -> Result<&Sandbox, Problem> {
    state
        .sandbox
        .as_ref()
        .ok_or_else(|| Problem::not_found("operation: this is not a sandbox"))
}

/// Where the clock is to go (UTC).
pub fn target(now: DateTime<Utc>, asked: &MoveSandboxClock) -> Result<DateTime<Utc>, Problem> {
    match (&asked.advance, asked.to) {
        (None, Some(to)) => Ok(to),
        (Some(advance), None) => advance
            .parse::<Duration>()
            .map_err(|error| invalid("/advance", error.to_string()))?
            .after(now)
            .ok_or_else(|| invalid("/advance", Cannot::TooFar.to_string())),
        _ => Err(invalid("", "give either advance or to".to_owned())),
    }
}

/// Why the clock did not move, to the caller.
pub fn refused(why: &Cannot, asked: &MoveSandboxClock) -> Problem {
    match why {
        // The job has logged its failure.
        Cannot::Jobs(_) => Problem::internal(),
        Cannot::Backwards(_) | Cannot::TooFar => {
            let pointer = if asked.to.is_some() {
                "/to"
            } else {
                "/advance"
            };
            invalid(pointer, why.to_string())
        }
    }
}

/// A page of the messages kept, which come newest first.
pub fn outbox(kept: &[Recorded], asked: &PageQuery) -> Result<Page<SandboxMessageView>, Problem> {
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &OUTBOX)?.map(|cursor| cursor.id);
    // A message that is no longer kept has taken all older ones with it.
    let seen = after.map_or(0, |last| {
        let row = kept.iter().position(|row| row.attempt_id.uuid() == last);
        row.map_or(kept.len(), |row| row + 1)
    });
    let rows = kept
        .iter()
        .skip(seen)
        .take(limit.get() + 1)
        .cloned()
        .collect();
    let key = |row: &Recorded| (Vec::<SortKey>::new(), row.attempt_id.uuid());
    Ok(Page::cut(
        rows,
        limit,
        &OUTBOX,
        key,
        SandboxMessageView::from,
    ))
}

fn invalid(pointer: &str, detail: String) -> Problem {
    Problem::at(
        ProblemCode::Refused(RefusalCode::InvalidValue),
        pointer,
        detail,
    )
}
