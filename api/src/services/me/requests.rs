//! What clients ask of people: help, and corrections. Each is a task, none is part of the case.

use casework::{Work, emergencies, notify, rules};
use chrono::{Days, NaiveDate};
use domain::{ClientId, TaskId, TaskKind};
use storage::{
    clients::Client,
    tasks::{self, Task},
};

use super::client;
use crate::{
    failure::Failure,
    services::text,
    views::me::{RequestMyCorrection, RequestMyHelp},
};

/// Days in which a correction is looked into (ours; PIPL art. 50 wants it in time).
const CORRECTION_DAYS: u64 = 7;

/// Takes in a call for help, for today. One that cannot wait is told the caseworker and the heads of
/// the office at once, and others while nobody takes it.
///
/// # Errors
/// `invalid_value`.
pub fn help(work: &mut Work<'_, '_>, id: ClientId, asked: &RequestMyHelp) -> Result<Task, Failure> {
    let note = text::note(&asked.text, "/text", 2_000)?;
    let me = client(work, id)?;
    let today = today(work, &me)?;
    if asked.emergency {
        let task = task_of(work, &me, TaskKind::EmergencyHelp, note, today);
        return Ok(emergencies::raise(work, task)?);
    }
    let task = task_of(work, &me, TaskKind::HelpRequest, note, today);
    tasks::insert_once(work.tx, &task)?;
    Ok(task)
}

/// Takes in a request to correct what is stored of the client (PIPL art. 46).
///
/// # Errors
/// `invalid_value`.
pub fn correction(
    work: &mut Work<'_, '_>,
    id: ClientId,
    asked: &RequestMyCorrection,
) -> Result<Task, Failure> {
    let note = text::note(&asked.text, "/text", 1_900)?;
    let me = client(work, id)?;
    let by = today(work, &me)?
        .checked_add_days(Days::new(CORRECTION_DAYS))
        .unwrap_or(NaiveDate::MAX);
    let due_on = rules::calendar(work)?.working_day_on_or_after(by).date;
    let note = format!("【{}】{note}", asked.topic.label());
    let task = task_of(work, &me, TaskKind::CorrectionRequest, note, due_on);
    tasks::insert_once(work.tx, &task)?;
    Ok(task)
}

fn today(work: &mut Work<'_, '_>, me: &Client) -> Result<NaiveDate, Failure> {
    let office = rules::office(work, me.office_id)?;
    Ok(rules::today(work, &office)?)
}

fn task_of(
    work: &mut Work<'_, '_>,
    me: &Client,
    kind: TaskKind,
    note: String,
    due_on: NaiveDate,
) -> Task {
    let id: TaskId = work.ids.next();
    let blank = notify::blank(work, me.office_id, kind, due_on, format!("{kind}:{id}"));
    Task {
        id,
        assignee_id: me.caseworker_id,
        client_id: Some(me.id),
        note: Some(note),
        ..blank
    }
}
