//! One appointment, a page of a caseload, a day.

use actix_web::{HttpRequest, HttpResponse, error::ErrorInternalServerError, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    RunQueryDsl as _,
    sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, Text, Timestamptz},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Database, caller, on_database,
    sql::{Bind, Document, Json, Key, Row, Uid, row, sql},
};
use crate::data;

row!(OneAppointment {
    id: Key as Uid,
    case_id: Key as Uid,
    client_id: Key as Uid,
    office_id: Key as Uid,
    caseworker_id: Key as Uid,
    kind: String as Text,
    sequence: i32 as Integer,
    generation: i32 as Integer,
    replaces_id: Option<Key> as Nullable<Uid>,
    opens_on: NaiveDate as Date,
    nominal_on: NaiveDate as Date,
    due_on: NaiveDate as Date,
    grace_ends_on: NaiveDate as Date,
    opens_at: DateTime<Utc> as Timestamptz,
    closes_at: DateTime<Utc> as Timestamptz,
    grace_ends_at: DateTime<Utc> as Timestamptz,
    status: String as Text,
    late: bool as Bool,
    provisional: bool as Bool,
    why: Json as Document,
    notice_proof: String as Text,
    label: Option<String> as Nullable<Text>,
    labelled_by: Option<Key> as Nullable<Uid>,
    labelled_at: Option<DateTime<Utc>> as Nullable<Timestamptz>,
    missed_at: Option<DateTime<Utc>> as Nullable<Timestamptz>,
    version: i64 as BigInt,
});

const APPOINTMENT: &str = "SELECT id, case_id, client_id, office_id, caseworker_id, kind, sequence, \
    generation, replaces_id, opens_on, nominal_on, due_on, grace_ends_on, opens_at, closes_at, \
    grace_ends_at, status, late, provisional, why, notice_proof, label, labelled_by, labelled_at, \
    missed_at, version FROM appointments ";

row!(Near {
    id: Key as Uid,
    case_id: Key as Uid,
    client_id: Key as Uid,
    client_name: Vec<u8> as Binary,
    due_on: NaiveDate as Date,
    closes_at: DateTime<Utc> as Timestamptz,
    status: String as Text,
    notice_proof: String as Text,
    label: Option<String> as Nullable<Text>,
});

row!(Other {
    id: Key as Uid,
    case_id: Option<Key> as Nullable<Uid>,
    kind: String as Text,
    status: String as Text,
});

pub(super) async fn one(
    request: HttpRequest,
    id: web::Path<Uuid>,
    database: web::Data<Database>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let id = Key(*id);
    let found = on_database(&database, who.agency, move |conn| {
        sql::<<OneAppointment as Row>::Columns>(
            one_text(),
            vec![Bind::Key(who.agency), Bind::Key(id), Bind::Key(who.staff)],
        )
        .get_result::<OneAppointment>(conn)
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

/// One appointment within a caseworker's reach.
fn one_text() -> &'static str {
    static TEXT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    TEXT.get_or_init(|| {
        format!("{APPOINTMENT} WHERE agency_id = ? AND id = ? AND caseworker_id = ?")
    })
}

fn page_text() -> &'static str {
    static TEXT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    TEXT.get_or_init(|| {
        format!(
            "{APPOINTMENT} WHERE agency_id = ? AND caseworker_id = ? AND due_on >= ? \
             ORDER BY due_on, id LIMIT ?"
        )
    })
}

#[derive(Serialize)]
struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PageQuery {
    limit: i64,
    due_from: NaiveDate,
}

pub(super) async fn page(
    request: HttpRequest,
    query: web::Query<PageQuery>,
    database: web::Data<Database>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let query = query.into_inner();
    let items = on_database(&database, who.agency, move |conn| {
        let binds = vec![
            Bind::Key(who.agency),
            Bind::Key(who.staff),
            Bind::On(query.due_from),
            Bind::Number(query.limit + 1),
        ];
        let mut items = sql::<<OneAppointment as Row>::Columns>(page_text(), binds)
            .load::<OneAppointment>(conn)?;
        items.pop();
        Ok(items)
    })
    .await?;
    let next_cursor = items
        .last()
        .map(|item| format!("{}.{}", item.due_on, item.id.0));
    Ok(HttpResponse::Ok().json(Page { items, next_cursor }))
}

#[derive(Serialize)]
struct Today {
    due: Vec<Near>,
    waiting: Vec<Other>,
}

pub(super) async fn today(
    request: HttpRequest,
    database: web::Data<Database>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let now = data::begin().map_err(ErrorInternalServerError)?;
    let found = on_database(&database, who.agency, move |conn| {
        let near = now + chrono::TimeDelta::days(7);
        let due = sql::<<Near as Row>::Columns>(
            "SELECT a.id, a.case_id, a.client_id, c.name_sealed, a.due_on, a.closes_at, a.status, \
             a.notice_proof, a.label FROM appointments a \
             JOIN clients c ON c.agency_id = a.agency_id AND c.id = a.client_id \
             WHERE a.agency_id = ? AND a.caseworker_id = ? AND a.due_on >= ? AND a.due_on <= ? \
             AND a.closes_at < ? AND (a.status IN ('scheduled', 'open', 'overdue') \
             OR (a.status = 'missed' AND a.missed_at >= ?)) ORDER BY a.due_on, a.id LIMIT 101",
            vec![
                Bind::Key(who.agency),
                Bind::Key(who.staff),
                Bind::On((now - chrono::TimeDelta::days(60)).date_naive()),
                Bind::On(near.date_naive()),
                Bind::At(near),
                Bind::At(now - chrono::TimeDelta::days(7)),
            ],
        )
        .load::<Near>(conn)?;
        let mine = || [Bind::Key(who.agency), Bind::Key(who.staff)];
        let waiting = sql::<<Other as Row>::Columns>(
            "(SELECT e.id, e.case_id, e.reason_code, e.status FROM excuses e \
             JOIN cases c ON c.agency_id = e.agency_id AND c.id = e.case_id \
             WHERE e.agency_id = ? AND c.caseworker_id = ? \
             AND e.status IN ('requested', 'awaiting_evidence') LIMIT 101) UNION ALL \
             (SELECT id, case_id, kind, status FROM escalations WHERE agency_id = ? \
             AND caseworker_id = ? AND status IN ('open', 'in_review', 'signed_off', 'referred') \
             ORDER BY id LIMIT 101) UNION ALL \
             (SELECT id, case_id, kind, status FROM tasks WHERE agency_id = ? \
             AND assignee_id = ? AND status = 'open' ORDER BY due_on, id LIMIT 101)",
            [mine(), mine(), mine()].into_iter().flatten().collect(),
        )
        .load::<Other>(conn)?;
        Ok(Today { due, waiting })
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}
