//! What an escalation rests on, with everything that speaks for and against it.

use casework::{Work, notice::Evidence};
use domain::{AppointmentId, ClientId, TestRecordId};
use storage::{
    Scope, appointments,
    cases::Case,
    confirmations,
    escalations::{self, Escalation, Item},
    excuses::{self, Excuse},
    messages::{self, Message},
    tasks::{self, Task},
    test_records,
};

use crate::{
    failure::Failure,
    services::messages::trail,
    views::{
        escalations::{BasisAppointment, BasisReportIn, BasisView},
        excuses::ExcuseView,
        messages::{MessageView, Trail},
        notice::NoticeView,
        test_records::TestRecordView,
    },
};

/// Messages and tasks of a case that are looked through for its report-in.
const OF_A_CASE: i64 = 200;

/// The basis in the order it was joined, with what left it.
pub(super) fn of(
    work: &mut Work<'_, '_>,
    file: &Escalation,
    case: &Case,
) -> Result<Vec<BasisView>, Failure> {
    let items = escalations::items_of(work.tx, work.agency, file.id)?;
    let of_kind = |kind: &str| -> Vec<AppointmentId> {
        items
            .iter()
            .filter(|item| item.object_kind == kind)
            .map(|item| item.object_id)
            .collect()
    };
    let mut missed = missed(work, file.client_id, &of_kind("appointment"))?;
    let mut tests = tests(work, &of_kind("test_record"))?;
    let mut views = Vec::with_capacity(items.len());
    for item in items {
        let mut view = bare(&item);
        match item.object_kind.as_str() {
            "appointment" => view.appointment = take(&mut missed, |one| one.id == item.object_id),
            "test_record" => {
                view.test_record = take(&mut tests, |one| one.id.uuid() == item.object_id.uuid());
            }
            _ => view.report_in = Some(report_in(work, case)?),
        }
        views.push(view);
    }
    Ok(views)
}

fn bare(item: &Item) -> BasisView {
    BasisView {
        object_kind: item.object_kind.clone(),
        object_id: item.object_id.uuid(),
        joined_at: item.joined_at,
        removed_at: item.removed_at,
        appointment: None,
        test_record: None,
        report_in: None,
    }
}

fn missed(
    work: &mut Work<'_, '_>,
    client: ClientId,
    ids: &[AppointmentId],
) -> Result<Vec<BasisAppointment>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let items = appointments::get_many(work.tx, work.agency, ids)?;
    let mut reminders = messages::of_appointments(work.tx, work.agency, ids)?;
    let trail = trail(work, &reminders, true)?;
    let mut contacts = tasks::of_appointments(work.tx, work.agency, ids)?;
    let mut said = excuses::of_appointments(work.tx, work.agency, ids)?;
    let confirmed = confirmations::of_client(work.tx, work.agency, client)?;
    let evidence = Evidence::about(work, &reminders, contacts.clone(), confirmed.clone())?;
    Ok(items
        .into_iter()
        .map(|item| {
            let id = item.id;
            let own = drain(&mut reminders, |one: &Message| {
                one.appointment_id == Some(id)
            });
            let tasks = drain(&mut contacts, |one: &Task| one.appointment_id == Some(id));
            let excuses = drain(&mut said, |one: &Excuse| one.appointment_id == id);
            let confirmed = confirmed.iter().find(|one| one.is_of(&item));
            BasisAppointment::new(
                item,
                &evidence,
                confirmed.map(|one| one.confirmed_at),
                views(own, &trail),
                tasks.into_iter().map(Into::into).collect(),
                excuses.into_iter().map(ExcuseView::from).collect(),
            )
        })
        .collect())
}

fn tests(work: &mut Work<'_, '_>, ids: &[AppointmentId]) -> Result<Vec<TestRecordView>, Failure> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = ids
        .iter()
        .map(|id| TestRecordId::from_uuid(id.uuid()))
        .collect();
    let records = test_records::get_many(work.tx, work.agency, &ids)?;
    Ok(records
        .into_iter()
        .map(TestRecordView::try_from)
        .collect::<Result<_, _>>()?)
}

fn report_in(work: &mut Work<'_, '_>, case: &Case) -> Result<BasisReportIn, Failure> {
    let scope = Scope::default();
    let filter = messages::Filter {
        case: Some(case.id),
        ..messages::Filter::default()
    };
    let mut reminders = messages::list(work.tx, work.agency, scope, &filter, None, OF_A_CASE)?;
    reminders.retain(|message| message.appointment_id.is_none());
    let trail = trail(work, &reminders, true)?;
    let filter = tasks::Filter {
        case: Some(case.id),
        ..tasks::Filter::default()
    };
    let mut contacts = tasks::list(work.tx, work.agency, scope, &filter, None, OF_A_CASE)?;
    contacts.retain(|task| task.appointment_id.is_none() && task.escalation_id.is_none());
    let evidence = Evidence::about(work, &reminders, contacts.clone(), Vec::new())?;
    let notice = evidence.first_of_report_in(case).map(NoticeView::from);
    let unproven_because = match notice {
        Some(_) => Vec::new(),
        None => evidence.gaps_of_report_in(case),
    };
    Ok(BasisReportIn {
        received_on: case.received_on,
        due_on: case.report_in_due_on,
        why: case.report_in_why.clone(),
        reported_in_on: case.reported_in_on,
        notice,
        unproven_because,
        reminders: views(reminders, &trail),
        contacts: contacts.into_iter().map(Into::into).collect(),
    })
}

fn views(messages: Vec<Message>, trail: &Trail) -> Vec<MessageView> {
    messages
        .into_iter()
        .map(|message| MessageView::new(message, trail))
        .collect()
}

fn take<T>(all: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
    let place = all.iter().position(is_it)?;
    Some(all.remove(place))
}

fn drain<T>(all: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Vec<T> {
    all.extract_if(.., |one| is_it(one)).collect()
}
