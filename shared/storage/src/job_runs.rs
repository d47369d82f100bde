//! When each job of the worker ran last, in whatever process: for whoever watches it.
//!
//! No tenant's table: a run is about every agency.

use chrono::{DateTime, Utc};
use diesel::{prelude::*, upsert::excluded};

use crate::{
    error::StorageError,
    schema::job_runs,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// When a job ran.
    pub struct JobRun, JobRunValues in job_runs {
        /// Which.
        job: String,
        /// When it last came to its end (UTC).
        ran_at: Option<DateTime<Utc>>,
        /// When it last came to a bad one (UTC).
        failed_at: Option<DateTime<Utc>>,
    }
}

/// Notes when a job ran. What another process noted meanwhile gives way, and an earlier failure stays
/// until there is a later one.
pub fn note(tx: &mut Tx<'_>, run: &JobRun) -> Result<(), StorageError> {
    with_conn!(tx, c => {
        let noted = diesel::insert_into(job_runs::table)
            .values(run.values())
            .on_conflict(job_runs::job)
            .do_update();
        match run.failed_at {
            None => noted.set(job_runs::ran_at.eq(excluded(job_runs::ran_at))).execute(*c),
            Some(at) => noted
                .set((
                    job_runs::ran_at.eq(excluded(job_runs::ran_at)),
                    job_runs::failed_at.eq(bind(Some(at))),
                ))
                .execute(*c),
        }
    })?;
    Ok(())
}

/// Every job that ever ran, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<JobRun>, StorageError> {
    Ok(with_conn!(tx, c => job_runs::table
        .order(job_runs::job)
        .select(JobRun::as_select())
        .load(*c))?)
}
