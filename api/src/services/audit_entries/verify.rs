//! Following the chain of an agency's trail.

use domain::{
    AgencyId,
    audit::{self, Broken, Head},
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
    let kept = store.read_in(agency, |tx| audit_log::head(tx, agency))?;
    let kept = kept.unwrap_or(Head::EMPTY);
    let mut walked = Head::EMPTY;
    loop {
        let mut page: Vec<AuditEntry> = store.read_in(agency, |tx| {
            audit_log::iter_from(tx, agency, walked.seq, PAGE)
        })?;
        // What was written since the walk began is for the next walk.
        page.retain(|entry| entry.seq <= kept.seq);
        if page.is_empty() {
            break;
        }
        let entries = page
            .iter()
            .map(AuditEntry::stored)
            .collect::<Result<Vec<_>, _>>()?;
        walked = audit::walk(walked, entries, &mut tell);
    }
    if let Err(broken) = audit::check_end(walked, kept) {
        tell(broken);
    }
    Ok(kept)
}
