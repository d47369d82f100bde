use casework::{
    Work, judge, rules, schedule,
    status::{Grounds, keep_step, save_appointment, settle_appointment},
};
use chrono::NaiveDate;
use domain::{
    AppointmentId, AppointmentStatus, MissLabel, Refusal, RefusalCode, freezing::may_change, miss,
};
use storage::{
    AnyId, Scope,
    appointments::{self, Appointment},
    cases::Case,
};

use super::get;
use crate::{
    failure::Failure,
    services::{cases, text, version},
    views::appointments::{LabelAppointment, LabelWord},
};

/// What a label led to.
#[derive(Debug)]
pub struct Labelled {
    /// The appointment as it is now.
    pub item: Appointment,
    /// What makes up for it.
    pub make_up: Option<Appointment>,
    /// Misses of the case that count by now.
    pub counted: u32,
}

/// A person says what a miss was. The case is counted anew at once, and its escalation follows.
///
/// # Errors
/// `not_found`, `stale_version`, `case_frozen`, `appointment_not_missed`, `make_up_date_required`,
/// `invalid_value` at the field; `appointment_closed` when its make-up was kept or missed already.
pub fn label(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: AppointmentId,
    expected: Option<i64>,
    asked: &LabelAppointment,
) -> Result<Labelled, Failure> {
    let reason = text::reason(&asked.reason)?;
    let mut item = get(work, scope, id)?;
    version::check(item.version, expected)?;
    let case = cases::get(work, Scope::default(), item.case_id)?;
    may_change(case.frozen_from)?;
    let label = MissLabel::from(asked.label);
    let next = miss::label(item.status, item.label, label)?;
    let make_up_due_on = make_up_day(asked)?;

    let before = item.status;
    if before == AppointmentStatus::Deferred {
        call_off_make_up(work, &case, &item)?;
    }
    item.label = Some(label);
    item.labelled_by = work.actor.staff_id();
    item.labelled_at = Some(work.now);
    if next == before {
        save_appointment(work, &mut item)?;
    } else {
        settle_appointment(work, &mut item, next)?;
    }
    let object = AnyId::from_uuid(item.id.uuid());
    let grounds = Grounds {
        document: None,
        reason: Some(&reason),
    };
    keep_step(
        work,
        "appointment",
        object,
        (before.as_str(), next.as_str()),
        grounds,
    )?;
    let make_up = match make_up_due_on {
        Some(due_on) => Some(plan_make_up(work, &case, &item, due_on)?),
        None => None,
    };
    let counted = judge::misses(work, &case)?;
    Ok(Labelled {
        item,
        make_up,
        counted,
    })
}

/// A deferral needs its new day; no other label has one.
fn make_up_day(asked: &LabelAppointment) -> Result<Option<NaiveDate>, Refusal> {
    let pointer = "/make_up_due_on";
    match (asked.label, asked.make_up_due_on) {
        (LabelWord::Deferred, None) => Err(Refusal::at(
            RefusalCode::MakeUpDateRequired,
            pointer,
            "an appointment is deferred to a new day",
        )),
        (LabelWord::EvadedOrRefused | LabelWord::ServiceFault, Some(_)) => Err(Refusal::at(
            RefusalCode::InvalidValue,
            pointer,
            "only a deferral has a new day",
        )),
        (_, day) => Ok(day),
    }
}

fn plan_make_up(
    work: &mut Work<'_, '_>,
    case: &Case,
    item: &Appointment,
    due_on: NaiveDate,
) -> Result<Appointment, Failure> {
    let office = rules::office(work, case.office_id)?;
    let pack = rules::pack(work, &case.rule_pack, case.rule_pack_version)?;
    let (calendar, tz) = (rules::calendar(work)?, rules::zone(&office)?);
    Ok(schedule::make_up(
        work, case, item, due_on, &pack, &calendar, tz,
    )?)
}

/// The label that deferred the appointment is taken back: its make-up goes, unless it was lived
/// through already.
fn call_off_make_up(
    work: &mut Work<'_, '_>,
    case: &Case,
    item: &Appointment,
) -> Result<(), Failure> {
    use AppointmentStatus as S;
    for mut other in appointments::of_case(work.tx, work.agency, case.id)? {
        if other.replaces_id != Some(item.id) || other.status == S::Cancelled {
            continue;
        }
        if !matches!(other.status, S::Scheduled | S::Open) {
            let detail = format!("its make-up is {} already; label that one", other.status);
            return Err(Refusal::new(RefusalCode::AppointmentClosed, detail).into());
        }
        settle_appointment(work, &mut other, S::Cancelled)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(label: LabelWord, day: Option<&str>) -> LabelAppointment {
        LabelAppointment {
            label,
            reason: "r".to_owned(),
            make_up_due_on: day.map(|day| day.parse().unwrap()),
        }
    }

    #[test]
    fn a_deferral_has_a_new_day_and_nothing_else_has() {
        let code = |label, day| make_up_day(&asked(label, day)).map_err(|refusal| refusal.code);
        let day = Some("2025-10-20");
        assert!(code(LabelWord::Deferred, day).unwrap().is_some());
        assert_eq!(
            code(LabelWord::Deferred, None),
            Err(RefusalCode::MakeUpDateRequired)
        );
        assert_eq!(
            code(LabelWord::ServiceFault, day),
            Err(RefusalCode::InvalidValue)
        );
        assert_eq!(code(LabelWord::EvadedOrRefused, None), Ok(None));
    }
}
