//! SQL written by hand: its values, its rows, and how each statement is prepared once.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    PgConnection, RunQueryDsl,
    deserialize::{self, FromSql, Queryable},
    pg::{Pg, PgValue},
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, Binary, Bool, Date, SqlType, Text, Timestamptz},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// A row of JSON fields, in the order of its columns.
macro_rules! row {
    ($name:ident { $($field:ident: $rust:ty as $sql:ty),+ $(,)? }) => {
        #[derive(Serialize, diesel::Queryable)]
        struct $name { $($field: $rust),+ }
        impl Row for $name { type Columns = ($($sql,)+); }
    };
}

pub(super) use row;

pub(super) trait Row {
    type Columns;
}

/// A UUID column.
#[derive(SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
pub(super) struct Uid;

/// A UUID.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Key(pub Uuid);

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
pub(super) struct Document;

/// A JSON document.
#[derive(Debug, Serialize)]
pub(super) struct Json(pub Value);

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
pub(super) enum Bind {
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
pub(super) struct Sql<Columns> {
    text: &'static str,
    binds: Vec<Bind>,
    columns: std::marker::PhantomData<Columns>,
}

pub(super) fn sql<Columns>(text: &'static str, binds: Vec<Bind>) -> Sql<Columns> {
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
