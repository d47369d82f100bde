use casework::Work;
use chrono::{Datelike, NaiveDate};
use domain::{
    AppointmentId, AppointmentStatus, CaseId,
    page::{Cursor, Limit, ListScope, SortKey},
};
use storage::{
    Scope,
    appointments::{self, Appointment, Filter, Position},
};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    services::cases,
    views::appointments::{AppointmentView, ListAppointmentsQuery},
};

/// A page of the appointments within the caller's reach, the earliest due first.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    asked: &ListAppointmentsQuery,
) -> Result<Page<AppointmentView>, Failure> {
    let office = asked.office_id.map(|id| id.to_string());
    let caseworker = asked.caseworker_id.map(|id| id.to_string());
    let from = asked.due_from.map(|date| date.to_string());
    let to = asked.due_to.map(|date| date.to_string());
    let filters: Vec<(&str, &str)> = [
        ("office_id", office.as_deref()),
        ("caseworker_id", caseworker.as_deref()),
        ("status", asked.status.map(AppointmentStatus::as_str)),
        ("due_from", from.as_deref()),
        ("due_to", to.as_deref()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    let list = ListScope {
        list: "list_appointments",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let filter = Filter {
        office: asked.office_id,
        caseworker: asked.caseworker_id,
        case: None,
        statuses: asked.status.into_iter().collect(),
        due_from: asked.due_from,
        due_to: asked.due_to,
    };
    fetch(work, scope, &filter, (limit, after), &list)
}

/// A page of the appointments of one case within the caller's reach, the earliest due first.
///
/// # Errors
/// `not_found` for the case.
pub fn of_case(
    work: &mut Work<'_, '_>,
    scope: Scope,
    case: CaseId,
    asked: &PageQuery,
) -> Result<Page<AppointmentView>, Failure> {
    let id = case.to_string();
    let filters = [("case_id", id.as_str())];
    let list = ListScope {
        list: "list_case_appointments",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let filter = Filter {
        case: Some(case),
        ..Filter::default()
    };
    let found = fetch(work, scope, &filter, (limit, after), &list)?;
    if found.items.is_empty() {
        // Nothing planned, or nothing the caller may see.
        cases::get(work, scope, case)?;
    }
    Ok(found)
}

fn fetch(
    work: &mut Work<'_, '_>,
    scope: Scope,
    filter: &Filter,
    (limit, after): (Limit, Option<Cursor>),
    list: &ListScope<'_>,
) -> Result<Page<AppointmentView>, Failure> {
    let after = after.as_ref().and_then(position);
    let rows = appointments::list(
        work.tx,
        work.agency,
        scope,
        filter,
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |item: &Appointment| {
        let day = i64::from(item.due_on.num_days_from_ce());
        (vec![SortKey::Int(day)], item.id.uuid())
    };
    Ok(Page::cut(rows, limit, list, key, AppointmentView::from))
}

fn position(cursor: &Cursor) -> Option<Position> {
    let [SortKey::Int(day)] = cursor.sort.as_slice() else {
        return None;
    };
    let due_on = NaiveDate::from_num_days_from_ce_opt(i32::try_from(*day).ok()?)?;
    Some(Position {
        due_on,
        id: AppointmentId::from_uuid(cursor.id),
    })
}
