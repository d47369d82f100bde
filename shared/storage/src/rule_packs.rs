//! Published rule packs. A published version never changes: there is no update here.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{AgencyId, StaffId};

use crate::{
    error::StorageError,
    schema::rule_packs,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One published version of a rule pack.
    pub struct PublishedPack, PublishedPackValues in rule_packs {
        agency_id: AgencyId,
        pack_id: String,
        pack_version: i32,
        title: String,
        /// Where its numbers come from.
        citation: String,
        /// The TOML text as it was published.
        document: String,
        /// First local day on which new cases get it.
        effective_from: NaiveDate,
        published_at: DateTime<Utc>,
        /// `None`: it ships with the product.
        published_by: Option<StaffId>,
    }
}

/// Publishes a version. [`StorageError::Duplicate`] when it was published before.
pub fn insert(tx: &mut Tx<'_>, pack: &PublishedPack) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(rule_packs::table)
        .values(pack.values())
        .execute(*c))?;
    Ok(())
}

/// One version.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    pack_id: &str,
    pack_version: i32,
) -> Result<Option<PublishedPack>, StorageError> {
    Ok(with_conn!(tx, c => rule_packs::table
        .filter(rule_packs::agency_id.eq(bind(agency)))
        .filter(rule_packs::pack_id.eq(pack_id))
        .filter(rule_packs::pack_version.eq(pack_version))
        .select(PublishedPack::as_select())
        .first(*c)
        .optional())?)
}

/// The highest version of a pack that is in effect on the local day `on`.
pub fn latest(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    pack_id: &str,
    on: NaiveDate,
) -> Result<Option<PublishedPack>, StorageError> {
    Ok(with_conn!(tx, c => rule_packs::table
        .filter(rule_packs::agency_id.eq(bind(agency)))
        .filter(rule_packs::pack_id.eq(pack_id))
        .filter(rule_packs::effective_from.le(on))
        .order(rule_packs::pack_version.desc())
        .select(PublishedPack::as_select())
        .first(*c)
        .optional())?)
}

/// The highest version of a pack, in effect or not yet; `None` for a pack that was never published.
pub fn last_version(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    pack_id: &str,
) -> Result<Option<i32>, StorageError> {
    Ok(with_conn!(tx, c => rule_packs::table
        .filter(rule_packs::agency_id.eq(bind(agency)))
        .filter(rule_packs::pack_id.eq(pack_id))
        .order(rule_packs::pack_version.desc())
        .select(rule_packs::pack_version)
        .first(*c)
        .optional())?)
}

/// A page of every version of every pack, by pack id and version, after `after`.
pub fn list(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    after: Option<(&str, i32)>,
    limit: i64,
) -> Result<Vec<PublishedPack>, StorageError> {
    Ok(with_conn!(tx, c => {
        let mut query = rule_packs::table
            .filter(rule_packs::agency_id.eq(bind(agency)))
            .order((rule_packs::pack_id, rule_packs::pack_version))
            .limit(limit)
            .select(PublishedPack::as_select())
            .into_boxed();
        if let Some((pack_id, pack_version)) = after {
            query = query.filter(rule_packs::pack_id.ge(pack_id)).filter(
                rule_packs::pack_id.gt(pack_id).or(rule_packs::pack_version.gt(pack_version)),
            );
        }
        query.load(*c)
    })?)
}
