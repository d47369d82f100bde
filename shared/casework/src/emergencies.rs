//! Calls for help that cannot wait: told at once, and to others while nobody takes them.

use chrono::TimeDelta;
use domain::{
    Role, TaskId,
    audit::AuditOutcome,
    emergency::{self, EmergencyReason, EmergencyRound, EmergencyStep},
};
use storage::{
    Scope,
    offices::Office,
    staff::{self, Staff},
    tasks::{self, Task},
};

use crate::{
    heads, record, rules,
    staff_notices::{self, Alert},
    work::{Work, WorkError},
};

/// Stores the task of a call for help, and tells the caseworker and the heads of the office; where none
/// of them can be told, whoever is next.
///
/// # Errors
/// When the database fails.
pub fn raise(work: &mut Work<'_, '_>, mut task: Task) -> Result<Task, WorkError> {
    let told = tell_from(work, &task, EmergencyRound::Responsible)?;
    task.told_round = Some(told.unwrap_or(EmergencyRound::Area));
    task.told_at = told.map(|_| work.now);
    tasks::insert_once(work.tx, &task)?;
    if told.is_none() {
        tracing::error!(task = %task.id, office = %task.office_id, "nobody can be told of a call for help");
        count("nobody_to_tell");
    }
    Ok(task)
}

/// Tells the next of a call that nobody took within `waits`.
///
/// # Errors
/// When the task cannot be read, or the database fails.
pub fn tell_next(work: &mut Work<'_, '_>, id: TaskId, waits: TimeDelta) -> Result<(), WorkError> {
    let Some(task) = tasks::get(work.tx, work.agency, Scope::default(), id)? else {
        return Ok(());
    };
    let (Some(round), Some(told_at)) = (task.told_round, task.told_at) else {
        return Ok(());
    };
    match emergency::step(task.status, (round, told_at), waits, work.now) {
        EmergencyStep::Wait(_) => Ok(()),
        EmergencyStep::Tell(next, why) => match tell_from(work, &task, next)? {
            Some(told) => {
                tasks::note_told(work.tx, work.agency, task.id, told, Some(work.now))?;
                audit(work, &task, told.as_str())?;
                tracing::warn!(task = %task.id, round = %told, reason = %why, "a call for help is told to others");
                count("told_to_others");
                Ok(())
            }
            None => end(work, &task, EmergencyReason::NobodyLeft),
        },
        EmergencyStep::End(why) => end(work, &task, why),
    }
}

fn end(work: &mut Work<'_, '_>, task: &Task, why: EmergencyReason) -> Result<(), WorkError> {
    let round = task.told_round.unwrap_or(EmergencyRound::Area);
    tasks::note_told(work.tx, work.agency, task.id, round, None)?;
    if why == EmergencyReason::NobodyLeft {
        audit(work, task, why.as_str())?;
        tracing::error!(task = %task.id, office = %task.office_id, "nobody took a call for help");
        count("nobody_left");
    }
    Ok(())
}

fn audit(work: &mut Work<'_, '_>, task: &Task, reason: &str) -> Result<(), WorkError> {
    let (id, done) = (Some(task.id.to_string()), AuditOutcome::Done);
    record::audit(work, "alert_emergency", "task", id, done, Some(reason))
}

fn count(outcome: &'static str) {
    metrics::counter!("casework_emergencies_total", "outcome" => outcome).increment(1);
}

/// Tells these, or the first after them of whom there is somebody that can be told and was not yet;
/// answers who was.
fn tell_from(
    work: &mut Work<'_, '_>,
    task: &Task,
    first: EmergencyRound,
) -> Result<Option<EmergencyRound>, WorkError> {
    let office = rules::office(work, task.office_id)?;
    let alert = Alert::emergency(task.id.uuid());
    let mut round = Some(first);
    while let Some(who) = round {
        let people = people(work, task, &office, who)?;
        if who == EmergencyRound::Responsible {
            tell_of_whom_nothing_reaches(work, task, &office, &people, &alert)?;
        }
        if alert.tell(work, &office, &people)? > 0 {
            return Ok(Some(who));
        }
        round = who.next();
    }
    Ok(None)
}

/// The one person responsible is written to even where nothing leads there: it comes to nothing, and
/// a head of the office tells them.
fn tell_of_whom_nothing_reaches(
    work: &mut Work<'_, '_>,
    task: &Task,
    office: &Office,
    people: &[Staff],
    alert: &Alert,
) -> Result<(), WorkError> {
    let Some(id) = task.assignee_id else {
        return Ok(());
    };
    if people.iter().all(|person| person.id != id)
        && let Some(person) = staff::get(work.tx, work.agency, id)?
    {
        alert.tell(work, office, std::slice::from_ref(&person))?;
    }
    Ok(())
}

/// Who can be told of these.
fn people(
    work: &mut Work<'_, '_>,
    task: &Task,
    office: &Office,
    round: EmergencyRound,
) -> Result<Vec<Staff>, WorkError> {
    let mut people = match round {
        EmergencyRound::Responsible => {
            return staff_notices::recipients(work, office, task.assignee_id);
        }
        EmergencyRound::Colleagues => {
            let mut all = staff::with_role(work.tx, work.agency, &[Role::Caseworker])?;
            all.retain(|person| person.office_id == Some(office.id));
            all
        }
        EmergencyRound::Area => {
            let all = heads::all(work)?;
            heads::of_area(&all, office).into_iter().cloned().collect()
        }
    };
    people.retain(staff_notices::is_told);
    Ok(people)
}
