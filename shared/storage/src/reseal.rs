//! Sealing again what an older key sealed, in small batches, while the product goes on serving.
//!
//! A batch is looked for and sealed outside of a transaction, so that a walk over many rows with nothing
//! to do keeps no writer waiting, and stored in one short one. A row that somebody else changed
//! meanwhile is left to them: they sealed it with the newest key. Stopped at any point, a new run goes
//! on where rows are left.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Binary, Text},
};
use domain::AgencyId;

use crate::{
    agencies,
    any_id::AnyId,
    error::StorageError,
    sealed::{Place, Sealer},
    sealing_keys,
    store::{Store, Tx},
    types::Uid,
    with_conn,
};

/// A column of sealed fields.
#[derive(Debug, Clone, Copy)]
pub struct SealedColumn {
    /// The table; its keys begin with `agency_id`, but for what is no tenant's.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What its fields are bound to.
    place: &'static str,
    /// The column that tells the row they are bound to.
    row: &'static str,
    /// The rest of the row's key, where it has one.
    rest: Option<&'static str>,
    /// Whether the table is a tenant's. Of one that is not, every agency's turn does what is left.
    is_tenants: bool,
}

macro_rules! sealed {
    ($table:literal . $field:literal by $row:literal $(, $rest:literal)?) => {
        SealedColumn {
            table: $table,
            column: concat!($field, "_sealed"),
            place: concat!($table, ".", $field),
            row: $row,
            rest: [$(Some($rest),)? None][0],
            is_tenants: true,
        }
    };
    (nobodys $table:literal . $field:literal by $row:literal) => {
        SealedColumn {
            is_tenants: false,
            ..sealed!($table.$field by $row)
        }
    };
}

/// Every column whose fields outlive the hour. A test finds one that is forgotten.
pub const SEALED: &[SealedColumn] = &[
    sealed!("attempts"."text" by "id"),
    sealed!("check_ins"."location" by "id"),
    sealed!("check_ins"."note" by "id"),
    sealed!("clients"."birth_date" by "id"),
    sealed!("clients"."id_number" by "id"),
    sealed!("clients"."name" by "id"),
    sealed!("clients"."phone" by "id"),
    sealed!("escalations"."closed_reason" by "id"),
    sealed!("escalations"."outcome" by "id"),
    sealed!("escalations"."referral" by "id"),
    sealed!("escalations"."statement" by "id"),
    sealed!("excuses"."decision" by "id"),
    sealed!("excuses"."note" by "id"),
    sealed!("family_contacts"."name" by "id"),
    sealed!("family_contacts"."phone" by "id"),
    sealed!(nobodys "gateway_posts"."body" by "id"),
    sealed!("idempotency_keys"."body" by "principal_id", "key"),
    sealed!("message_resends"."reason" by "id"),
    sealed!("replies"."text" by "id"),
    sealed!("second_factors"."pending" by "staff_id"),
    sealed!("second_factors"."secret" by "staff_id"),
    sealed!("sending_pauses"."reason" by "id"),
    sealed!("staff"."notice_address" by "id"),
    sealed!("staff"."phone" by "id"),
    sealed!("tasks"."note" by "id"),
    sealed!("test_records"."note" by "id"),
    sealed!("transitions"."reason" by "id"),
    sealed!("wechat_bindings"."openid" by "id"),
    sealed!("wechat_bindings"."unionid" by "id"),
];

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Where it is.
    pub table: &'static str,
    /// Which column.
    pub column: &'static str,
    /// Fields sealed again so far, over all tables and agencies.
    pub resealed: usize,
}

/// Seals again every field that is not under the newest key, `limit` rows at a time, and then forgets
/// the older keys; answers their ids: they may leave the key file.
///
/// Every process must have the newest key by now. Run by the owner of the tables: no other role may
/// change what is only ever added.
///
/// # Errors
/// [`StorageError::Unsealable`] at a field that none of the keys opens.
pub fn run(
    store: &Store,
    limit: i64,
    mut progress: impl FnMut(Progress),
) -> Result<Vec<String>, StorageError> {
    let agencies = store.read(agencies::list_ids)?;
    let mut resealed = 0;
    loop {
        let before = resealed;
        for agency in &agencies {
            for column in SEALED {
                let mut after = (AnyId::from_uuid(uuid::Uuid::nil()), String::new());
                loop {
                    let fields =
                        store.read_in(*agency, |tx| find(tx, *agency, column, &after, limit))?;
                    let Some(last) = fields.last() else { break };
                    after = (last.of_row, last.rest.clone());
                    let again = fields
                        .iter()
                        .map(|field| column.sealed_again(store.sealer(), field))
                        .collect::<Result<Vec<_>, _>>()?;
                    resealed += store.write_in(*agency, |tx| {
                        let mut changed = 0;
                        for (field, again) in fields.iter().zip(&again) {
                            changed += replace(tx, *agency, column, field, again)?;
                        }
                        Ok::<_, StorageError>(changed)
                    })?;
                    progress(Progress {
                        table: column.table,
                        column: column.column,
                        resealed,
                    });
                }
            }
        }
        // Only a walk that finds nothing shows that nothing is left.
        if resealed == before {
            return sealing_keys::forget_older(store);
        }
    }
}

#[derive(QueryableByName)]
struct Field {
    #[diesel(sql_type = Uid)]
    of_row: AnyId,
    #[diesel(sql_type = Text)]
    rest: String,
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

/// The key of a row within its agency.
type RowKey = (AnyId, String);

/// The next fields after a row that are not under the newest key.
fn find(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    column: &SealedColumn,
    (row, rest): &RowKey,
    limit: i64,
) -> Result<Vec<Field>, StorageError> {
    let newest = vec![tx.sealer().newest()?];
    let select = column.select();
    Ok(with_conn!(tx, c => sql_query(&select)
        .bind::<Uid, _>(agency)
        .bind::<Uid, _>(*row)
        .bind::<Text, _>(rest)
        .bind::<Binary, _>(&newest)
        .bind::<BigInt, _>(limit)
        .load(*c))?)
}

/// Stores a field sealed again, unless somebody changed it since it was found; answers how many rows changed.
fn replace(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    column: &SealedColumn,
    field: &Field,
    again: &[u8],
) -> Result<usize, StorageError> {
    let update = column.update();
    Ok(with_conn!(tx, c => sql_query(&update)
        .bind::<Binary, _>(again)
        .bind::<Uid, _>(agency)
        .bind::<Uid, _>(field.of_row)
        .bind::<Text, _>(&field.rest)
        .bind::<Binary, _>(&field.sealed)
        .execute(*c))?)
}

impl SealedColumn {
    fn sealed_again(&self, sealer: &Sealer, field: &Field) -> Result<Vec<u8>, StorageError> {
        let place = Place::new(self.place, field.of_row);
        sealer.seal(place, &sealer.open(place, &field.sealed)?)
    }

    /// The condition on the agency, which is the value with this place. Both texts have a use for it,
    /// so that their places are the same for every table.
    fn of_agency(&self, place: &str) -> String {
        let column = if self.is_tenants { "agency_id" } else { place };
        format!("{column} = {place}")
    }

    /// The second byte of a sealed field is the id of its key.
    fn select(&self) -> String {
        let Self {
            table, column, row, ..
        } = self;
        // One place for each value in either text: both databases number them as they come.
        let (rest, after) = match self.rest {
            None => ("''".to_owned(), format!("{row} > $2 AND '' = $3")),
            Some(rest) => (
                format!("\"{rest}\""),
                format!("({row}, \"{rest}\") > ($2, $3)"),
            ),
        };
        let of_agency = self.of_agency("$1");
        format!(
            "SELECT {row} AS of_row, {rest} AS rest, {column} AS sealed FROM {table} \
             WHERE {of_agency} AND {after} AND {column} IS NOT NULL AND substr({column}, 2, 1) <> $4 \
             ORDER BY {row}, 2 LIMIT $5"
        )
    }

    fn update(&self) -> String {
        let Self {
            table, column, row, ..
        } = self;
        let rest = match self.rest {
            None => "'' = $4".to_owned(),
            Some(rest) => format!("\"{rest}\" = $4"),
        };
        let of_agency = self.of_agency("$2");
        format!(
            "UPDATE {table} SET {column} = $1 \
             WHERE {of_agency} AND {row} = $3 AND {rest} AND {column} = $5"
        )
    }
}
