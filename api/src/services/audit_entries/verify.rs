//! Following the chain of an agency's trail.

use domain::{
    AgencyId,
    audit::{self, Broken, GENESIS, Head},
};
use storage::{
    StorageError, Store,
    audit_log::{self, AuditEntry},
};

/// Entries read in one go.
const PAGE: i64 = 1_000;

/// Walks the whole trail of an agency in pages, each read by itself, up to where it ended at the
/// beginning of the walk; tells every place where it does not hold. Answers the head kept beside the
/// trail: whoever keeps it elsewhere can show later that nothing before it was rewritten.
///
/// # Errors
/// The database's.
pub fn verify(
    store: &Store,
    agency: AgencyId,
    mut tell: impl FnMut(Broken),
) -> Result<Head, StorageError> {
    let kept = head(store, agency)?;
    let mut walked = Head::EMPTY;
    while walked.seq < kept.seq {
        let mut page = match after(store, agency, walked.seq, PAGE) {
            // An entry of it was made unreadable: one by one up to there.
            Err(StorageError::Corrupt(_)) => match after(store, agency, walked.seq, 1) {
                Err(StorageError::Corrupt(_)) => Vec::new(),
                one => one?,
            },
            page => page?,
        };
        // What was written since the walk began is for the next walk.
        page.retain(|entry| entry.seq <= kept.seq);
        for entry in &page {
            walked = match entry.stored() {
                Ok(entry) => audit::walk(walked, [entry], &mut tell),
                Err(_not_ours) => unreadable(walked, (entry.seq, &entry.hash), &mut tell),
            };
        }
        if page.is_empty() {
            let next = store.read_in(agency, |tx| audit_log::next(tx, agency, walked.seq))?;
            match next.filter(|(seq, _)| *seq <= kept.seq) {
                Some((seq, hash)) => walked = unreadable(walked, (seq, &hash), &mut tell),
                None => break,
            }
        }
    }
    if let Err(broken) = audit::check_end(walked, kept) {
        tell(broken);
    }
    // Read in this order, a head that is kept as it should be knows of every entry.
    let beyond = store.read_in(agency, |tx| audit_log::next(tx, agency, kept.seq))?;
    let expected = head(store, agency)?.seq;
    if let Some((found, _)) = beyond.filter(|(found, _)| *found > expected) {
        tell(Broken::Beyond { expected, found });
    }
    Ok(kept)
}

fn head(store: &Store, agency: AgencyId) -> Result<Head, StorageError> {
    let kept = store.read_in(agency, |tx| audit_log::head(tx, agency))?;
    Ok(kept.unwrap_or(Head::EMPTY))
}

fn after(
    store: &Store,
    agency: AgencyId,
    seq: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, StorageError> {
    store.read_in(agency, |tx| audit_log::iter_from(tx, agency, seq, limit))
}

/// An entry that the product cannot have written. The walk goes on from its hash.
fn unreadable(head: Head, (seq, hash): (i64, &[u8]), tell: &mut impl FnMut(Broken)) -> Head {
    let expected = head.seq.saturating_add(1);
    if seq != expected {
        let found = seq;
        tell(Broken::Gap { expected, found });
    }
    tell(Broken::Changed { seq });
    Head {
        seq,
        hash: hash.try_into().unwrap_or(GENESIS),
    }
}
