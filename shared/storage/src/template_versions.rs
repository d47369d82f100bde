//! Every version of the texts an agency wrote, from a draft into force.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, MessageKind, StaffId, template::TextStatus};

use crate::{
    error::StorageError,
    schema::template_versions,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// One version of the agency's text for one step of one kind of message.
    pub struct TemplateVersion, TemplateVersionValues in template_versions {
        agency_id: AgencyId,
        kind: MessageKind,
        step: String,
        /// What [`crate::templates::SavedTemplate::version`] became when it was written.
        version: i64,
        body: String,
        status: TextStatus,
        written_by: StaffId,
        written_at: DateTime<Utc>,
        /// Never the one who wrote it. `None`: nobody has, or it was in force before there were
        /// reviews.
        reviewed_by: Option<StaffId>,
        reviewed_at: Option<DateTime<Utc>>,
        /// What the reviewer had to say about the text.
        note: Option<String>,
    }
}

/// What a review made of a draft.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// The state it takes.
    pub status: TextStatus,
    /// Who reviewed it.
    pub by: StaffId,
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// What the reviewer had to say.
    pub note: Option<String>,
}

/// Stores a new version.
pub fn insert(tx: &mut Tx<'_>, version: &TemplateVersion) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(template_versions::table)
        .values(version.values())
        .execute(*c))?;
    Ok(())
}

/// The draft of a step that waits for its review.
pub fn draft(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    kind: MessageKind,
    step: &str,
) -> Result<Option<TemplateVersion>, StorageError> {
    Ok(with_conn!(tx, c => template_versions::table
        .filter(template_versions::agency_id.eq(bind(agency)))
        .filter(template_versions::kind.eq(bind(kind)))
        .filter(template_versions::step.eq(step))
        .filter(template_versions::status.eq(bind(TextStatus::Draft)))
        .select(TemplateVersion::as_select())
        .first(*c)
        .optional())?)
}

/// What people look at, by kind, step and version: texts in force, drafts, and drafts sent back.
/// Few per step: no pages.
pub fn shown(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<TemplateVersion>, StorageError> {
    use TextStatus as S;
    let statuses = [bind(S::Draft), bind(S::Rejected), bind(S::Active)];
    Ok(with_conn!(tx, c => template_versions::table
        .filter(template_versions::agency_id.eq(bind(agency)))
        .filter(template_versions::status.eq_any(statuses))
        .order((
            template_versions::kind,
            template_versions::step,
            template_versions::version,
        ))
        .select(TemplateVersion::as_select())
        .load(*c))?)
}

/// Every version of one step, oldest first.
pub fn of_step(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    kind: MessageKind,
    step: &str,
) -> Result<Vec<TemplateVersion>, StorageError> {
    Ok(with_conn!(tx, c => template_versions::table
        .filter(template_versions::agency_id.eq(bind(agency)))
        .filter(template_versions::kind.eq(bind(kind)))
        .filter(template_versions::step.eq(step))
        .order(template_versions::version)
        .select(TemplateVersion::as_select())
        .load(*c))?)
}

/// Moves the version of a step that is in one state into another: what is in force into retirement, a
/// draft out of the way. Answers whether there was one.
pub fn move_on(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    (kind, step): (MessageKind, &str),
    from: TextStatus,
    to: TextStatus,
) -> Result<bool, StorageError> {
    let moved = with_conn!(tx, c => diesel::update(template_versions::table)
        .filter(template_versions::agency_id.eq(bind(agency)))
        .filter(template_versions::kind.eq(bind(kind)))
        .filter(template_versions::step.eq(step))
        .filter(template_versions::status.eq(bind(from)))
        .set(template_versions::status.eq(bind(to)))
        .execute(*c))?;
    Ok(moved > 0)
}

/// Keeps what a review made of a draft, if it still is one. Answers whether it was.
pub fn review(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    (kind, step, version): (MessageKind, &str, i64),
    reviewed: &Reviewed,
) -> Result<bool, StorageError> {
    let changed = with_conn!(tx, c => diesel::update(template_versions::table)
        .filter(template_versions::agency_id.eq(bind(agency)))
        .filter(template_versions::kind.eq(bind(kind)))
        .filter(template_versions::step.eq(step))
        .filter(template_versions::version.eq(version))
        .filter(template_versions::status.eq(bind(TextStatus::Draft)))
        .set((
            template_versions::status.eq(bind(reviewed.status)),
            template_versions::reviewed_by.eq(bind(Some(reviewed.by))),
            template_versions::reviewed_at.eq(bind(Some(reviewed.at))),
            template_versions::note.eq(&reviewed.note),
        ))
        .execute(*c))?;
    Ok(changed == 1)
}
