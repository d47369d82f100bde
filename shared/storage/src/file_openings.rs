//! Openings of frozen files: who lets it be read for a while, and on which ground. Only ever added to.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, CaseId, ClientId, FileOpeningId, StaffId, freezing::OpeningReason};

use crate::{error::StorageError, schema::file_openings, store::Tx, types::record, with_conn};

record! {
    /// A frozen file may be read for a while.
    pub struct FileOpening, FileOpeningValues in file_openings {
        agency_id: AgencyId,
        id: FileOpeningId,
        case_id: CaseId,
        client_id: ClientId,
        /// The ground.
        reason_code: OpeningReason,
        /// Number of the paper that asks for it.
        document_no: String,
        opened_by: StaffId,
        opened_at: DateTime<Utc>,
        /// From when it cannot be read again (UTC).
        closes_at: DateTime<Utc>,
    }
}

/// Stores an opening.
pub fn insert(tx: &mut Tx<'_>, opening: &FileOpening) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(file_openings::table)
        .values(opening.values())
        .execute(*c))?;
    Ok(())
}
