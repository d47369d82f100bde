//! The rules a unit of work is judged by: rule packs, working days, time zones.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::NaiveDate;
use domain::{
    AgencyId, OfficeId, Refusal, RefusalCode,
    calendar::{Calendar, HolidayYear},
    local_time::{Tz, local_date},
    rule_pack::{self, RuleError, RulePack},
};
use storage::{
    calendars,
    offices::{self, Office},
    rule_packs::{self, PublishedPack},
};

use crate::work::{Work, WorkError};

type Key = (AgencyId, String, i32);

/// Parsed rule packs. A published pack never changes, so what was parsed once stays valid. Cheap to
/// clone; one per process.
#[derive(Debug, Clone, Default)]
pub struct PackCache(Arc<RwLock<HashMap<Key, Arc<RulePack>>>>);

impl PackCache {
    fn get(&self, key: &Key) -> Option<Arc<RulePack>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    fn put(&self, key: Key, pack: Arc<RulePack>) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, pack);
    }
}

/// The pack a case was given.
pub fn pack(work: &mut Work<'_, '_>, id: &str, version: i32) -> Result<Arc<RulePack>, WorkError> {
    let key = (work.agency, id.to_owned(), version);
    if let Some(pack) = work.packs.get(&key) {
        return Ok(pack);
    }
    let stored = rule_packs::get(work.tx, work.agency, id, version)?.ok_or_else(|| {
        WorkError::corrupt(format!("rule pack {id} version {version} is missing"))
    })?;
    let pack = Arc::new(parse(&stored)?);
    work.packs.put(key, Arc::clone(&pack));
    Ok(pack)
}

/// The version of a pack that is in force on a local date.
///
/// # Errors
/// `unknown_rule_pack` when there is none.
pub fn pack_in_force(
    work: &mut Work<'_, '_>,
    id: &str,
    on: NaiveDate,
) -> Result<Arc<RulePack>, WorkError> {
    let unknown = || {
        let detail = format!("there is no rule pack {id} in force on {on}");
        Refusal::at(RefusalCode::UnknownRulePack, "/rule_pack", detail)
    };
    let stored = rule_packs::latest(work.tx, work.agency, id, on)?.ok_or_else(unknown)?;
    let pack = pack(work, &stored.pack_id, stored.pack_version)?;
    if pack.is_effective_on(on) {
        Ok(pack)
    } else {
        Err(unknown().into())
    }
}

fn parse(stored: &PublishedPack) -> Result<RulePack, WorkError> {
    RulePack::parse(&stored.document).map_err(|errors| {
        let (id, version) = (&stored.pack_id, stored.pack_version);
        WorkError::corrupt(format!(
            "rule pack {id} version {version}: {}",
            RuleError::list(&errors)
        ))
    })
}

/// Publishes the packs that ship with the product to the agency, unless it has them.
pub fn publish_shipped(work: &mut Work<'_, '_>) -> Result<usize, WorkError> {
    let mut published = 0;
    for (id, document) in rule_pack::shipped() {
        let pack = RulePack::parse(document).map_err(|errors| {
            WorkError::corrupt(format!(
                "shipped rule pack {id}: {}",
                RuleError::list(&errors)
            ))
        })?;
        let version = signed(pack.version)?;
        if rule_packs::get(work.tx, work.agency, id, version)?.is_none() {
            let row = published_pack(work, &pack, document)?;
            rule_packs::insert(work.tx, &row)?;
            published += 1;
        }
    }
    Ok(published)
}

/// The row under which a parsed pack is published now by the actor.
pub fn published_pack(
    work: &Work<'_, '_>,
    pack: &RulePack,
    document: &str,
) -> Result<PublishedPack, WorkError> {
    Ok(PublishedPack {
        agency_id: work.agency,
        pack_id: pack.id.clone(),
        pack_version: signed(pack.version)?,
        title: pack.title.clone(),
        citation: pack.citation.clone(),
        document: document.to_owned(),
        effective_from: pack.effective_from,
        published_at: work.now,
        published_by: work.actor.staff_id(),
    })
}

/// The agency's working days: the shipped years, and over them what the agency loaded.
pub fn calendar(work: &mut Work<'_, '_>) -> Result<Calendar, WorkError> {
    let mut calendar = Calendar::shipped();
    for row in calendars::list(work.tx, work.agency)? {
        let year: HolidayYear = serde_json::from_value(row.document)
            .map_err(|error| WorkError::corrupt(format!("calendar {}: {error}", row.year)))?;
        calendar = calendar.with_year(year);
    }
    Ok(calendar)
}

/// An office that a stored row points at.
pub fn office(work: &mut Work<'_, '_>, id: OfficeId) -> Result<Office, WorkError> {
    offices::get(work.tx, work.agency, id)?
        .ok_or_else(|| WorkError::corrupt(format!("office {id} is missing")))
}

/// The office's time zone.
pub fn zone(office: &Office) -> Result<Tz, WorkError> {
    office
        .timezone
        .parse()
        .map_err(|_unknown| WorkError::corrupt(format!("time zone of office {}", office.id)))
}

/// Today in the office's time zone.
pub fn today(work: &Work<'_, '_>, office: &Office) -> Result<NaiveDate, WorkError> {
    Ok(local_date(work.now, zone(office)?))
}

pub(crate) fn signed(number: u32) -> Result<i32, WorkError> {
    i32::try_from(number).map_err(|_range| WorkError::corrupt("number out of range"))
}

pub(crate) fn unsigned(number: i32) -> Result<u32, WorkError> {
    u32::try_from(number).map_err(|_range| WorkError::corrupt("number out of range"))
}
