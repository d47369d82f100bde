//! Files of ended cases: which are to be frozen, what holds them up, which are.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, exists, not},
    prelude::*,
};
use domain::{
    AgencyId, CaseId, ClientId, EscalationStatus, ExcuseStatus, TaskStatus, freezing::PendingWork,
};

use super::Case;
use crate::{
    error::StorageError,
    page::page,
    schema::{appointments, cases, clients, escalations, excuses, messages, tasks},
    scope::{Scope, within},
    store::Tx,
    types::bind,
    with_conn,
};

/// Files whose case ended before `$before` and that are not frozen, as a query.
macro_rules! over {
    ($agency:expr, $before:expr) => {
        cases::table
            .filter(cases::agency_id.eq(bind($agency)))
            .filter(cases::ended_at.is_not_null())
            .filter(cases::frozen_from.is_null())
            .filter(cases::ended_at.lt(bind(Some($before))))
    };
}

/// Whether a file has an open task, and its client one that is about no case.
macro_rules! has_tasks {
    ($agency:expr) => {
        exists(
            tasks::table
                .filter(tasks::agency_id.eq(bind($agency)))
                .filter(tasks::case_id.eq(cases::id.nullable()))
                .filter(tasks::status.eq(bind(TaskStatus::Open))),
        )
        .or(exists(
            tasks::table
                .filter(tasks::agency_id.eq(bind($agency)))
                .filter(tasks::client_id.eq(cases::client_id.nullable()))
                .filter(tasks::case_id.is_null())
                .filter(tasks::status.eq(bind(TaskStatus::Open))),
        ))
    };
}

/// Whether a file has an escalation under way.
macro_rules! has_escalations {
    ($agency:expr) => {
        exists(
            escalations::table
                .filter(escalations::agency_id.eq(bind($agency)))
                .filter(escalations::case_id.eq(cases::id))
                .filter(escalations::status.eq_any([
                    bind(EscalationStatus::Open),
                    bind(EscalationStatus::InReview),
                    bind(EscalationStatus::SignedOff),
                    bind(EscalationStatus::Referred),
                ])),
        )
    };
}

/// Whether a file has a message whose end is not known.
macro_rules! has_messages {
    ($agency:expr) => {
        exists(
            messages::table
                .filter(messages::agency_id.eq(bind($agency)))
                .filter(messages::case_id.eq(cases::id.nullable()))
                .filter(messages::final_at.is_null()),
        )
    };
}

/// Whether a file has an excuse that waits for a decision.
macro_rules! has_excuses {
    ($agency:expr) => {
        exists(
            excuses::table
                .filter(excuses::agency_id.eq(bind($agency)))
                .filter(excuses::case_id.eq(cases::id))
                .filter(excuses::status.eq_any([
                    bind(ExcuseStatus::Requested),
                    bind(ExcuseStatus::AwaitingEvidence),
                ])),
        )
    };
}

/// Narrows a query to files without pending work.
macro_rules! without_pending_work {
    ($query:expr, $agency:expr) => {
        $query
            .filter(not(has_tasks!($agency)))
            .filter(not(has_escalations!($agency)))
            .filter(not(has_messages!($agency)))
            .filter(not(has_excuses!($agency)))
    };
}

/// A file, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Its case.
    pub case: CaseId,
    /// The client.
    pub client: ClientId,
}

/// Files to be frozen: of cases that ended before `before` (UTC), without pending work; those that
/// ended first come first.
pub fn to_freeze(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<File>, StorageError> {
    let files: Vec<(CaseId, ClientId)> = with_conn!(tx, c => without_pending_work!(
            over!(agency, before), agency)
        .order((cases::ended_at, cases::id))
        .limit(limit)
        .select((cases::id, cases::client_id))
        .load(*c))?;
    let file = |(case, client)| File { case, client };
    Ok(files.into_iter().map(file).collect())
}

/// How many files [`to_freeze`] would answer without its limit.
pub fn count_to_freeze(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
) -> Result<i64, StorageError> {
    Ok(
        with_conn!(tx, c => without_pending_work!(over!(agency, before), agency)
        .select(count_star())
        .first(*c))?,
    )
}

/// How many files whose time has come are held up: by a kind of pending work, of which one may have
/// several, or by any (`None`).
pub fn count_held_up(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    before: DateTime<Utc>,
    by: Option<PendingWork>,
) -> Result<i64, StorageError> {
    let over = over!(agency, before).select(count_star());
    Ok(match by {
        Some(PendingWork::OpenTasks) => {
            with_conn!(tx, c => over.filter(has_tasks!(agency)).first(*c))
        }
        Some(PendingWork::OpenEscalations) => {
            with_conn!(tx, c => over.filter(has_escalations!(agency)).first(*c))
        }
        Some(PendingWork::UnfinishedMessages) => {
            with_conn!(tx, c => over.filter(has_messages!(agency)).first(*c))
        }
        Some(PendingWork::UndecidedExcuses) => {
            with_conn!(tx, c => over.filter(has_excuses!(agency)).first(*c))
        }
        None => with_conn!(tx, c => over
            .filter(has_tasks!(agency)
                .or(has_escalations!(agency))
                .or(has_messages!(agency))
                .or(has_excuses!(agency)))
            .first(*c)),
    }?)
}

/// How many files are not frozen.
pub fn count_not_frozen(tx: &mut Tx<'_>, agency: AgencyId) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::frozen_from.is_null())
        .select(count_star())
        .first(*c))?)
}

/// Freezes the rows of a table that a condition names and that are not frozen yet.
macro_rules! freeze_rows {
    ($tx:expr, $table:ident of $agency:expr, $now:expr, $condition:expr) => {
        with_conn!($tx, c => diesel::update($table::table
                .filter($table::agency_id.eq(bind($agency)))
                .filter($condition)
                .filter($table::frozen_from.is_null()))
            .set($table::frozen_from.eq(bind(Some($now))))
            .execute(*c))
    };
}

/// Freezes files at `now` (UTC), and the clients who have no other.
pub fn freeze(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    files: &[File],
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let of_files = || files.iter().map(|file| bind(file.case)).collect::<Vec<_>>();
    let maybe_of_files = files.iter().map(|file| bind(Some(file.case)));
    let maybe_of_files: Vec<_> = maybe_of_files.collect();
    with_conn!(tx, c => diesel::update(cases::table
            .filter(cases::agency_id.eq(bind(agency)))
            .filter(cases::id.eq_any(of_files()))
            .filter(cases::frozen_from.is_null()))
        .set((
            cases::frozen_from.eq(bind(Some(now))),
            cases::version.eq(cases::version + 1),
            cases::updated_at.eq(bind(now)),
        ))
        .execute(*c))?;
    let (items, raised) = (appointments::case_id, escalations::case_id);
    freeze_rows!(tx, appointments of agency, now, items.eq_any(of_files()))?;
    freeze_rows!(tx, escalations of agency, now, raised.eq_any(of_files()))?;
    // What was asked for a moment ago is not hidden from whoever is to do it.
    let closed = || tasks::status.ne(bind(TaskStatus::Open));
    let of_cases = tasks::case_id.eq_any(maybe_of_files);
    freeze_rows!(tx, tasks of agency, now, of_cases.and(closed()))?;

    let people = files.iter().map(|file| bind(file.client));
    let with_another: Vec<ClientId> = with_conn!(tx, c => cases::table
        .filter(cases::agency_id.eq(bind(agency)))
        .filter(cases::client_id.eq_any(people.collect::<Vec<_>>()))
        .filter(cases::frozen_from.is_null())
        .select(cases::client_id)
        .load(*c))?;
    let without = files.iter().map(|file| file.client);
    let without: Vec<_> = without.filter(|id| !with_another.contains(id)).collect();
    with_conn!(tx, c => diesel::update(clients::table
            .filter(clients::agency_id.eq(bind(agency)))
            .filter(clients::id.eq_any(without.iter().map(bind).collect::<Vec<_>>()))
            .filter(clients::frozen_from.is_null()))
        .set((
            clients::frozen_from.eq(bind(Some(now))),
            clients::version.eq(clients::version + 1),
            clients::updated_at.eq(bind(now)),
        ))
        .execute(*c))?;
    let about = without.iter().map(|id| bind(Some(*id))).collect::<Vec<_>>();
    let about = tasks::case_id.is_null().and(tasks::client_id.eq_any(about));
    freeze_rows!(tx, tasks of agency, now, about.and(closed()))?;
    Ok(())
}

/// Lets the frozen rows of a table that a condition names be read until an instant, unless they are
/// already until a later one.
macro_rules! open_rows {
    ($tx:expr, $table:ident of $agency:expr, $end:expr, $condition:expr) => {
        with_conn!($tx, c => diesel::update($table::table
                .filter($table::agency_id.eq(bind($agency)))
                .filter($condition)
                .filter($table::frozen_from.lt(bind(Some($end)))))
            .set($table::frozen_from.eq(bind(Some($end))))
            .execute(*c))
    };
}

/// Lets a frozen file be read until `end` (UTC), with what is known of its client. An opening that ends
/// later stays as it is.
pub fn open_until(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    file: File,
    end: DateTime<Utc>,
) -> Result<(), StorageError> {
    let File { case, client } = file;
    open_rows!(tx, cases of agency, end, cases::id.eq(bind(case)))?;
    open_rows!(tx, appointments of agency, end, appointments::case_id.eq(bind(case)))?;
    open_rows!(tx, escalations of agency, end, escalations::case_id.eq(bind(case)))?;
    open_rows!(tx, tasks of agency, end, tasks::case_id.eq(bind(Some(case))))?;
    open_rows!(tx, clients of agency, end, clients::id.eq(bind(client)))?;
    let about = tasks::client_id.eq(bind(Some(client)));
    open_rows!(tx, tasks of agency, end, tasks::case_id.is_null().and(about))?;
    Ok(())
}

/// A page of the frozen files of a scope, open or not, in the order their cases were registered;
/// `document_no` only that decision's.
pub fn list_frozen(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    scope: Scope,
    document_no: Option<&str>,
    after: Option<CaseId>,
    limit: i64,
) -> Result<Vec<Case>, StorageError> {
    let scope = Scope {
        unfrozen_at: None,
        ..scope
    };
    Ok(with_conn!(tx, c => {
        let mut query = within!(
            cases::table
                .filter(cases::agency_id.eq(bind(agency)))
                .filter(cases::frozen_from.is_not_null())
                .select(Case::as_select())
                .into_boxed(),
            cases, scope);
        if let Some(document_no) = document_no {
            query = query.filter(cases::document_no.eq(document_no.to_owned()));
        }
        page!(query, cases, after, limit).load(*c)
    })?)
}
