//! The yardstick: the least that could answer the same requests. A bare actix handler, one hop to a
//! pooled connection, SQL written by hand and prepared once, rows straight into JSON. It checks no
//! token, permission or rule, seals nothing and chains no audit trail.

use std::net::SocketAddr;

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    error::{ErrorBadRequest, ErrorInternalServerError},
    web,
};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    Connection as _, PgConnection, RunQueryDsl,
    deserialize::{self, FromSql, Queryable},
    pg::{Pg, PgValue},
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    r2d2::{ConnectionManager, Pool, PooledConnection},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, SqlType, Text, Timestamptz},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Outcome, data,
    serve::{ServeArguments, listening},
};

type Connections = Pool<ConnectionManager<PgConnection>>;
type Answered<T> = Result<T, diesel::result::Error>;

/// A row of JSON fields, in the order of its columns.
macro_rules! row {
    ($name:ident { $($field:ident: $rust:ty as $sql:ty),+ $(,)? }) => {
        #[derive(Serialize, diesel::Queryable)]
        struct $name { $($field: $rust),+ }
        impl Row for $name { type Columns = ($($sql,)+); }
    };
}

trait Row {
    type Columns;
}

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

row!(Found { n: Key as Uid });

/// A UUID column.
#[derive(SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
struct Uid;

/// A UUID.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Key(Uuid);

impl FromSql<Uid, Pg> for Key {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}
impl Queryable<Uid, Pg> for Key {
    type Row = Self;
    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}
impl ToSql<Uid, Pg> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

/// A `jsonb` column.
#[derive(SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
struct Document;

/// A JSON document.
#[derive(Debug, Serialize)]
struct Json(Value);

impl FromSql<Document, Pg> for Json {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        // The binary form of `jsonb` starts with its version.
        let (_, json) = value.as_bytes().split_first().ok_or("empty jsonb")?;
        Ok(Self(serde_json::from_slice(json)?))
    }
}
impl Queryable<Document, Pg> for Json {
    type Row = Self;
    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}
impl ToSql<Document, Pg> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &[1])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

/// A value for a `?`.
enum Bind {
    Key(Key),
    Text(String),
    Bytes(Vec<u8>),
    Json(Json),
    At(DateTime<Utc>),
    On(NaiveDate),
    Number(i64),
    Flag(bool),
}

/// A statement written by hand, prepared once per connection.
struct Sql<Columns> {
    text: &'static str,
    binds: Vec<Bind>,
    columns: std::marker::PhantomData<Columns>,
}

fn sql<Columns>(text: &'static str, binds: Vec<Bind>) -> Sql<Columns> {
    Sql {
        text,
        binds,
        columns: std::marker::PhantomData,
    }
}

impl<Columns> QueryId for Sql<Columns> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<Columns> Query for Sql<Columns> {
    type SqlType = Columns;
}
impl<Columns> RunQueryDsl<PgConnection> for Sql<Columns> {}
impl<Columns> QueryFragment<Pg> for Sql<Columns> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> diesel::QueryResult<()> {
        let mut binds = self.binds.iter();
        let mut first = true;
        for part in self.text.split('?') {
            if !first {
                match binds.next() {
                    Some(Bind::Key(value)) => out.push_bind_param::<Uid, _>(value)?,
                    Some(Bind::Text(value)) => out.push_bind_param::<Text, _>(value)?,
                    Some(Bind::Bytes(value)) => out.push_bind_param::<Binary, _>(value)?,
                    Some(Bind::Json(value)) => out.push_bind_param::<Document, _>(value)?,
                    Some(Bind::At(value)) => out.push_bind_param::<Timestamptz, _>(value)?,
                    Some(Bind::On(value)) => out.push_bind_param::<Date, _>(value)?,
                    Some(Bind::Number(value)) => out.push_bind_param::<BigInt, _>(value)?,
                    Some(Bind::Flag(value)) => out.push_bind_param::<Bool, _>(value)?,
                    None => {
                        return Err(diesel::result::Error::QueryBuilderError(
                            "too few values".into(),
                        ));
                    }
                }
            }
            first = false;
            out.push_sql(part);
        }
        Ok(())
    }
}

/// What stands in the place of a token: agency, staff member, office.
struct Who {
    agency: Key,
    staff: Key,
    office: Key,
}

fn who(request: &HttpRequest) -> Option<Who> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let mut ids = header
        .strip_prefix("Bearer ")?
        .split('.')
        .map(|id| id.parse().ok().map(Key));
    Some(Who {
        agency: ids.next()??,
        staff: ids.next()??,
        office: ids.next()??,
    })
}

/// The server.
pub fn run(asked: &ServeArguments) -> Outcome<()> {
    let pool: Connections = Pool::builder()
        .max_size(asked.pool())
        .test_on_check_out(false)
        .build(ConnectionManager::new(asked.url()))?;
    let workers = match asked.workers() {
        0 => std::thread::available_parallelism()?.get(),
        given => given,
    };
    let threads = usize::try_from(asked.pool())?.div_ceil(workers).max(1);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(pool.clone()))
                .route("/v1/appointments/{id}", web::get().to(one))
                .route("/v1/appointments", web::get().to(page))
                .route("/v1/today", web::get().to(today))
                .route("/v1/appointments/{id}/test-records", web::post().to(record))
        })
        .workers(workers)
        .worker_max_blocking_threads(threads)
        .bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        listening(server.addrs().first().copied().ok_or("no address")?)?;
        server.run().await?;
        Ok(())
    })
}

async fn on_database<T: Send + 'static>(
    pool: &web::Data<Connections>,
    work: impl FnOnce(&mut PooledConnection<ConnectionManager<PgConnection>>) -> Answered<T>
    + Send
    + 'static,
) -> actix_web::Result<T> {
    let pool = web::Data::clone(pool);
    web::block(move || {
        let mut conn = pool.get().map_err(|error| error.to_string())?;
        work(&mut conn).map_err(|error| error.to_string())
    })
    .await?
    .map_err(ErrorInternalServerError)
}

fn caller(request: &HttpRequest) -> actix_web::Result<Who> {
    who(request).ok_or_else(|| ErrorBadRequest("who?"))
}

async fn one(
    request: HttpRequest,
    id: web::Path<Uuid>,
    pool: web::Data<Connections>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let id = Key(*id);
    let found = on_database(&pool, move |conn| {
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
struct PageQuery {
    limit: i64,
    due_from: NaiveDate,
}

async fn page(
    request: HttpRequest,
    query: web::Query<PageQuery>,
    pool: web::Data<Connections>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let query = query.into_inner();
    let items = on_database(&pool, move |conn| {
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
    excuses: Vec<Other>,
    escalations: Vec<Other>,
    tasks: Vec<Other>,
}

async fn today(
    request: HttpRequest,
    pool: web::Data<Connections>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let now = data::begin().map_err(ErrorInternalServerError)?;
    let found = on_database(&pool, move |conn| {
        let mine = || vec![Bind::Key(who.agency), Bind::Key(who.staff)];
        let others = |text, conn: &mut PgConnection| {
            sql::<<Other as Row>::Columns>(text, mine()).load::<Other>(conn)
        };
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
        Ok(Today {
            due,
            excuses: others(
                "SELECT e.id, e.case_id, e.reason_code, e.status FROM excuses e \
                 JOIN cases c ON c.agency_id = e.agency_id AND c.id = e.case_id \
                 WHERE e.agency_id = ? AND c.caseworker_id = ? \
                 AND e.status IN ('requested', 'awaiting_evidence') LIMIT 101",
                conn,
            )?,
            escalations: others(
                "SELECT id, case_id, kind, status FROM escalations WHERE agency_id = ? \
                 AND caseworker_id = ? AND status IN ('open', 'in_review', 'signed_off', 'referred') \
                 ORDER BY id LIMIT 101",
                conn,
            )?,
            tasks: others(
                "SELECT id, case_id, kind, status FROM tasks WHERE agency_id = ? \
                 AND assignee_id = ? AND status = 'open' ORDER BY due_on, id LIMIT 101",
                conn,
            )?,
        })
    })
    .await?;
    Ok(HttpResponse::Ok().json(found))
}

#[derive(Deserialize)]
struct NewTest {
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

async fn record(
    request: HttpRequest,
    id: web::Path<Uuid>,
    body: web::Json<NewTest>,
    pool: web::Data<Connections>,
) -> actix_web::Result<HttpResponse> {
    let who = caller(&request)?;
    let key = request
        .headers()
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok());
    let key = key.ok_or_else(|| ErrorBadRequest("no key"))?.to_owned();
    let (id, body) = (Key(*id), body.into_inner());
    let now = data::begin().map_err(ErrorInternalServerError)?;
    let recorded = on_database(&pool, move |conn| {
        conn.transaction(|conn| record_once(conn, &who, id, body, key, now))
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
