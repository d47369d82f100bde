//! Recording a test, once for each idempotency key, with an audit entry.

use actix_web::{
    HttpRequest, HttpResponse,
    error::{ErrorBadRequest, ErrorInternalServerError},
    web,
};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    PgConnection, RunQueryDsl as _,
    sql_types::{BigInt, Binary, Text},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Answered, Database, Who, caller, in_transaction,
    sql::{Bind, Json, Key, Row, Uid, row, sql},
};
use crate::data;

row!(Found { n: Key as Uid });

#[derive(Deserialize)]
pub(super) struct NewTest {
    sample: String,
    method: String,
    collected_at: DateTime<Utc>,
    collector_ids: Vec<Key>,
    result: String,
    kit_lot: String,
    kit_expires_on: NaiveDate,
    client_signed: bool,
    told_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Recorded {
    id: Key,
    case_id: Key,
    appointment_id: Key,
    sample: String,
    method: String,
    collected_at: DateTime<Utc>,
    collector_ids: Vec<Key>,
    result: String,
    counts: bool,
}

row!(Head { seq: i64 as BigInt, hash: Vec<u8> as Binary });

row!(Subject {
    case_id: Key as Uid,
    office_id: Key as Uid,
    status: String as Text,
    sex: String as Text,
});

pub(super) async fn record(
    request: HttpRequest,
    id: web::Path<Uuid>,
    body: web::Json<NewTest>,
    database: web::Data<Database>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let key = request
        .headers()
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    let key = key.ok_or_else(|| ErrorBadRequest("no key"))?.to_owned();
    let (id, body) = (Key(*id), body.into_inner());
    let now = data::begin().map_err(ErrorInternalServerError)?;
    let recorded = in_transaction(&database, who.agency, move |conn| {
        record_once(conn, &who, id, body, key, now)
    })
    .await?;
    Ok(HttpResponse::Created().json(recorded))
}

fn record_once(
    conn: &mut PgConnection,
    who: &Who,
    id: Key,
    body: NewTest,
    key: String,
    now: DateTime<Utc>,
) -> Answered<Recorded> {
    let agency = || Bind::Key(who.agency);
    // Of one appointment one test: its id serves for the record's.
    let test = id;
    let known = sql::<<Found as Row>::Columns>(
        "SELECT agency_id FROM idempotency_keys WHERE agency_id = ? AND principal_id = ? AND key = ? \
         AND expires_at > ?",
        vec![agency(), Bind::Key(who.staff), Bind::Text(key.clone()), Bind::At(now)],
    )
    .load::<Found>(conn)?;
    let subject = sql::<<Subject as Row>::Columns>(
        "SELECT a.case_id, a.office_id, a.status, c.sex FROM appointments a \
         JOIN clients c ON c.agency_id = a.agency_id AND c.id = a.client_id \
         WHERE a.agency_id = ? AND a.id = ? AND a.office_id = ?",
        vec![agency(), Bind::Key(id), Bind::Key(who.office)],
    )
    .get_result::<Subject>(conn)?;
    let mut collectors = body.collector_ids.iter().copied();
    let (Some(one), Some(other)) = (collectors.next(), collectors.next()) else {
        return Err(diesel::result::Error::NotFound);
    };
    let present = sql::<<Found as Row>::Columns>(
        "SELECT id FROM staff WHERE agency_id = ? AND id IN (?, ?) AND office_id = ?",
        vec![
            agency(),
            Bind::Key(one),
            Bind::Key(other),
            Bind::Key(subject.office_id),
        ],
    )
    .load::<Found>(conn)?;
    if !known.is_empty() || present.len() != 2 || subject.status != "open" || subject.sex.is_empty()
    {
        return Err(diesel::result::Error::NotFound);
    }
    let answer = Recorded {
        id: test,
        case_id: subject.case_id,
        appointment_id: id,
        sample: body.sample,
        method: body.method,
        collected_at: body.collected_at,
        collector_ids: body.collector_ids,
        result: body.result,
        counts: true,
    };
    sql::<()>(
        "INSERT INTO test_records (agency_id, id, case_id, appointment_id, office_id, sample, method, \
         collected_at, collectors, result, kit_lot, kit_expires_on, client_signed, refused_to_sign, \
         told_at, counts, counts_reason, created_by, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false, ?, ?, 'counts', ?, ?)",
        vec![
            agency(),
            Bind::Key(test),
            Bind::Key(subject.case_id),
            Bind::Key(id),
            Bind::Key(subject.office_id),
            Bind::Text(answer.sample.clone()),
            Bind::Text(answer.method.clone()),
            Bind::At(answer.collected_at),
            Bind::Json(Json(serde_json::json!(answer.collector_ids))),
            Bind::Text(answer.result.clone()),
            Bind::Text(body.kit_lot),
            Bind::On(body.kit_expires_on),
            Bind::Flag(body.client_signed),
            Bind::At(body.told_at),
            Bind::Flag(true),
            Bind::Key(who.staff),
            Bind::At(now),
        ],
    )
    .execute(conn)?;
    sql::<()>(
        "UPDATE appointments SET status = 'completed', next_change_at = NULL, next_remind_at = NULL, \
         version = version + 1, updated_at = ? WHERE agency_id = ? AND id = ?",
        vec![Bind::At(now), agency(), Bind::Key(id)],
    )
    .execute(conn)?;
    keep_and_audit(conn, who, &answer, key, now)?;
    Ok(answer)
}

/// What a repeated request is answered with, and the entry in the trail.
fn keep_and_audit(
    conn: &mut PgConnection,
    who: &Who,
    answer: &Recorded,
    key: String,
    now: DateTime<Utc>,
) -> Answered<()> {
    let agency = || Bind::Key(who.agency);
    let kept = serde_json::to_vec(answer)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    sql::<()>(
        "INSERT INTO idempotency_keys (agency_id, principal_id, key, operation, fingerprint, status, \
         body_sealed, created_at, expires_at) VALUES (?, ?, ?, 'record_test', ?, 201, ?, ?, ?)",
        vec![
            agency(),
            Bind::Key(who.staff),
            Bind::Text(key),
            Bind::Bytes(vec![0; 32]),
            Bind::Bytes(kept),
            Bind::At(now),
            Bind::At(now + chrono::TimeDelta::hours(24)),
        ],
    )
    .execute(conn)?;
    let head = sql::<<Head as Row>::Columns>(
        "UPDATE audit_heads SET seq = seq + 1 WHERE agency_id = ? RETURNING seq, hash",
        vec![agency()],
    )
    .get_result::<Head>(conn)?;
    sql::<()>(
        "INSERT INTO audit_log (agency_id, seq, at, actor_kind, actor_id, action, object_kind, \
         object_id, outcome, previous_hash, hash) \
         VALUES (?, ?, ?, 'staff', ?, 'record_test', 'test_record', ?, 'done', ?, ?)",
        vec![
            agency(),
            Bind::Number(head.seq),
            Bind::At(now),
            Bind::Key(who.staff),
            Bind::Text(answer.id.0.to_string()),
            Bind::Bytes(head.hash.clone()),
            Bind::Bytes(head.hash),
        ],
    )
    .execute(conn)?;
    Ok(())
}
