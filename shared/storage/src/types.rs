//! SQL types that give each backend its best column, and how the domain's types map to them.
//!
//! | type | PostgreSQL | SQLite | Rust |
//! |---|---|---|---|
//! | [`Uid`] | `uuid` | 16-byte `BLOB` | [`Id`] |
//! | [`UtcInstant`] | `timestamptz` | `INTEGER`, microseconds since 1970 | `DateTime<Utc>` |
//! | [`JsonDoc`] | `jsonb` | `TEXT` | `serde_json::Value` |
//! | [`Word`] | `text` | `TEXT` | the domain's coded enums |

use std::io::Write;

use chrono::{DateTime, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, Queryable},
    expression::{AsExpression, TypedExpressionType},
    internal::derives::as_expression::Bound,
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::SqlType,
    sqlite::{Sqlite, SqliteValue},
};
use domain::ids::Id;
use uuid::Uuid;

/// A UUID.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Uid;

/// An instant in UTC, to the microsecond.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct UtcInstant;

/// A JSON document.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct JsonDoc;

/// One of an enum's stable words.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(postgres_type(oid = 25, array_oid = 1009))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Word;

// A type can be compared and ordered by the database when it is marked so.
impl diesel::sql_types::SqlOrd for Uid {}
impl diesel::sql_types::SqlOrd for UtcInstant {}

/// A value on its way into a statement: `column.eq(bind(value))`.
///
/// Needed because the domain's types are foreign to both this crate and diesel.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bind<T>(T);

/// Wraps a domain value for a statement.
pub(crate) fn bind<T>(value: T) -> Bind<T> {
    Bind(value)
}

impl<T, ST> AsExpression<ST> for Bind<T>
where
    ST: SqlType + TypedExpressionType,
{
    type Expression = Bound<ST, Self>;
    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl<T, ST> AsExpression<ST> for &Bind<T>
where
    ST: SqlType + TypedExpressionType,
{
    type Expression = Bound<ST, Self>;
    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl<T, ST, DB> ToSql<ST, DB> for Bind<T>
where
    DB: Backend,
    T: ToSql<ST, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// Lets a row hold a domain type: reads it as itself.
macro_rules! maps_to {
    ($sql:ty; $rust:ty $(, for $g:ident)?) => {
        impl<DB: Backend, $($g)?> Queryable<$sql, DB> for $rust
        where
            Self: FromSql<$sql, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

/// Declares a record: a struct whose fields are the columns of a table, and the borrowed form in
/// which it is inserted. `Values` treats an absent value as NULL, never as the column's default.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident, $values:ident in $table:ident {
        $($(#[$fmeta:meta])* $field:ident: $ty:ty),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, diesel::Queryable, diesel::Selectable)]
        #[diesel(table_name = crate::schema::$table)]
        $vis struct $name { $($(#[$fmeta])* pub $field: $ty),+ }

        #[derive(Debug, diesel::Insertable, diesel::AsChangeset)]
        #[diesel(table_name = crate::schema::$table)]
        #[diesel(primary_key(agency_id, id))]
        #[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
        pub(crate) struct $values<'r> { $(pub(crate) $field: $crate::types::Bind<&'r $ty>),+ }

        impl $name {
            pub(crate) fn values(&self) -> $values<'_> {
                $values { $($field: $crate::types::bind(&self.$field)),+ }
            }
        }
    };
}
pub(crate) use record;

maps_to!(Uid; Id<K>, for K);
// `DateTime` and `Value` read themselves: diesel lets any SQL type be read into them.
maps_to!(JsonDoc; serde_json::Value);

impl<K> ToSql<Uid, Pg> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.uuid().as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<K> ToSql<Uid, Sqlite> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.uuid().as_bytes().to_vec());
        Ok(IsNull::No)
    }
}
impl<K> FromSql<Uid, Pg> for Id<K> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_uuid(Uuid::from_slice(value.as_bytes())?))
    }
}
impl<K> FromSql<Uid, Sqlite> for Id<K> {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self::from_uuid(Uuid::from_slice(value.read_blob())?))
    }
}

impl ToSql<UtcInstant, Pg> for DateTime<Utc> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<diesel::sql_types::Timestamptz, Pg>::to_sql(self, out)
    }
}
impl ToSql<UtcInstant, Sqlite> for DateTime<Utc> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.timestamp_micros());
        Ok(IsNull::No)
    }
}
impl FromSql<UtcInstant, Pg> for DateTime<Utc> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<diesel::sql_types::Timestamptz, Pg>::from_sql(value)
    }
}
impl FromSql<UtcInstant, Sqlite> for DateTime<Utc> {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Self::from_timestamp_micros(value.read_long()).ok_or_else(|| "instant out of range".into())
    }
}

impl ToSql<JsonDoc, Pg> for serde_json::Value {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        // The binary form of `jsonb` starts with its version.
        out.write_all(&[1])?;
        serde_json::to_writer(out, self)?;
        Ok(IsNull::No)
    }
}
impl ToSql<JsonDoc, Sqlite> for serde_json::Value {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}
impl FromSql<JsonDoc, Pg> for serde_json::Value {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let (_version, json) = value.as_bytes().split_first().ok_or("empty jsonb")?;
        Ok(serde_json::from_slice(json)?)
    }
}
impl FromSql<JsonDoc, Sqlite> for serde_json::Value {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(value.read_text())?)
    }
}

/// Stores the domain's coded enums by their word.
macro_rules! words {
    ($($enum:ty),+ $(,)?) => {$(
        maps_to!(Word; $enum);
        impl ToSql<Word, Pg> for $enum {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(self.as_str().as_bytes())?;
                Ok(IsNull::No)
            }
        }
        impl ToSql<Word, Sqlite> for $enum {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.as_str());
                Ok(IsNull::No)
            }
        }
        impl FromSql<Word, Pg> for $enum {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok(std::str::from_utf8(value.as_bytes())?.parse::<Self>()?)
            }
        }
        impl FromSql<Word, Sqlite> for $enum {
            fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                Ok(value.read_text().parse::<Self>()?)
            }
        }
    )+};
}

words!(
    domain::Measure,
    domain::CaseStatus,
    domain::AppointmentKind,
    domain::AppointmentStatus,
    domain::MissLabel,
    domain::NoticeProof,
    domain::NoProof,
    domain::ReceiptCheck,
    domain::ExcuseStatus,
    domain::EscalationKind,
    domain::EscalationStatus,
    domain::MessageStatus,
    domain::Channel,
    domain::MessageKind,
    domain::StaffChannel,
    domain::TaskKind,
    domain::TaskStatus,
    domain::TaskOutcome,
    domain::Sex,
    domain::Sample,
    domain::TestMethod,
    domain::TestResult,
    domain::Role,
    domain::PhoneState,
    domain::HopCause,
    domain::AttemptOutcome,
    domain::ActorKind,
    domain::consent::ConsentPurpose,
    domain::consent::ConsentAct,
    domain::consent::ConsentChannel,
    domain::family_contact::Relation,
    domain::family_contact::ContactScope,
    domain::gateway_post::PostKind,
    domain::gateway_post::PostOutcome,
    domain::emergency::EmergencyRound,
    domain::freezing::OpeningReason,
    domain::retention::RetentionSubject,
    domain::retention::RetentionAction,
    domain::reply::ReplyMeaning,
    domain::reply::ReplyEffect,
    domain::reply::ReplyDoubt,
    domain::wechat::WechatApp,
    domain::subscription_credit::CreditChange,
    domain::template::TemplateGateway,
    domain::template::TextStatus,
);
