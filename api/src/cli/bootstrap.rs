//! What every agency has from the start.

use casework::{
    Actor, PackCache, Request, Work, WorkError,
    record::{self, AuditOutcome},
    rules,
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, IdMint};
use platform::Randomness;
use storage::{Store, Tx, agencies};

/// Publishes the rule packs that ship with the product to every agency that lacks them; answers how
/// many. Doing so twice, or in two processes, changes nothing.
pub fn publish_shipped(
    store: &Store,
    now: DateTime<Utc>,
    randomness: &Randomness,
) -> Result<usize, WorkError> {
    let agencies = store.read(agencies::list_ids)?;
    let mut published = 0;
    for agency in agencies {
        published += store.write_in(agency, |tx| publish_to(tx, agency, now, randomness))?;
    }
    Ok(published)
}

/// The same for one agency, inside a unit of work.
pub fn publish_to(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    now: DateTime<Utc>,
    randomness: &Randomness,
) -> Result<usize, WorkError> {
    let packs = PackCache::default();
    let mut work = Work {
        tx,
        packs: &packs,
        agency,
        now,
        actor: Actor::system(),
        ids: IdMint::new(now, randomness.seed()),
        request: Request::none(),
    };
    let published = rules::publish_shipped(&mut work)?;
    if published > 0 {
        let done = AuditOutcome::Done;
        record::audit(
            &mut work,
            "publish_shipped_rule_packs",
            "rule_pack",
            None,
            done,
            None,
        )?;
    }
    Ok(published)
}
