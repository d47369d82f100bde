//! Texts an agency has in force in place of those that ship with the product. How they came there:
//! [`crate::template_versions`].

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, MessageKind, StaffId};

use crate::{
    error::StorageError,
    schema::templates,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// The agency's own text for one step of one kind of message.
    pub struct SavedTemplate, SavedTemplateValues in templates {
        agency_id: AgencyId,
        kind: MessageKind,
        step: String,
        body: String,
        /// Counts what happens to the step's text, from 1: drafts, reviews, its being taken away.
        version: i64,
        /// Who wrote the text in force.
        updated_by: StaffId,
        /// When it came into force (UTC).
        updated_at: DateTime<Utc>,
        /// None of its own is in force, by now or yet: the row only keeps count.
        removed_at: Option<DateTime<Utc>>,
    }
}

/// The agency's text for a step, if it ever saved one: see `removed_at`.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    kind: MessageKind,
    step: &str,
) -> Result<Option<SavedTemplate>, StorageError> {
    Ok(with_conn!(tx, c => templates::table
        .filter(templates::agency_id.eq(bind(agency)))
        .filter(templates::kind.eq(bind(kind)))
        .filter(templates::step.eq(step))
        .select(SavedTemplate::as_select())
        .first(*c)
        .optional())?)
}

/// Every text the agency has, by kind and step. At most one per step: no pages.
pub fn list(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<SavedTemplate>, StorageError> {
    Ok(with_conn!(tx, c => templates::table
        .filter(templates::agency_id.eq(bind(agency)))
        .filter(templates::removed_at.is_null())
        .order((templates::kind, templates::step))
        .select(SavedTemplate::as_select())
        .load(*c))?)
}

/// Every step that ever had a draft or a text, by kind and step: for `removed_at` only their counts.
pub fn all(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<SavedTemplate>, StorageError> {
    Ok(with_conn!(tx, c => templates::table
        .filter(templates::agency_id.eq(bind(agency)))
        .order((templates::kind, templates::step))
        .select(SavedTemplate::as_select())
        .load(*c))?)
}

/// Counts something that happened to a step, and changes nothing of its text. `expected_version`
/// `None`: the first there is. `Some(v)`: from version `v` to `v + 1`, if it still is at `v`. Answers
/// whether that was so.
pub fn advance(
    tx: &mut Tx<'_>,
    template: &SavedTemplate,
    expected_version: Option<i64>,
) -> Result<bool, StorageError> {
    let counted = match expected_version {
        None => {
            let first = SavedTemplate {
                body: String::new(),
                version: 1,
                removed_at: Some(template.updated_at),
                ..template.clone()
            };
            with_conn!(tx, c => diesel::insert_into(templates::table)
                .values(first.values())
                .on_conflict_do_nothing()
                .execute(*c))?
        }
        Some(expected) => with_conn!(tx, c => diesel::update(templates::table)
            .filter(templates::agency_id.eq(bind(template.agency_id)))
            .filter(templates::kind.eq(bind(template.kind)))
            .filter(templates::step.eq(&template.step))
            .filter(templates::version.eq(expected))
            .set(templates::version.eq(expected + 1))
            .execute(*c))?,
    };
    Ok(counted == 1)
}

/// Puts a text into force as version `expected_version + 1`, if the step still is at
/// `expected_version`, taken away or not. Answers whether that was so.
pub fn save(
    tx: &mut Tx<'_>,
    template: &SavedTemplate,
    expected_version: i64,
) -> Result<bool, StorageError> {
    let saved = with_conn!(tx, c => diesel::update(templates::table)
        .filter(templates::agency_id.eq(bind(template.agency_id)))
        .filter(templates::kind.eq(bind(template.kind)))
        .filter(templates::step.eq(&template.step))
        .filter(templates::version.eq(expected_version))
        .set((
            templates::body.eq(&template.body),
            templates::version.eq(expected_version + 1),
            templates::updated_by.eq(bind(template.updated_by)),
            templates::updated_at.eq(bind(template.updated_at)),
            templates::removed_at.eq(bind(None::<DateTime<Utc>>)),
        ))
        .execute(*c))?;
    Ok(saved == 1)
}

/// Takes the agency's text for a step away at `at` (UTC), if it still is at `version`. Answers whether
/// that was so. The next text is a later version: no old one ever matches again.
pub fn remove(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    kind: MessageKind,
    step: &str,
    version: i64,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let removed = with_conn!(tx, c => diesel::update(templates::table)
        .filter(templates::agency_id.eq(bind(agency)))
        .filter(templates::kind.eq(bind(kind)))
        .filter(templates::step.eq(step))
        .filter(templates::version.eq(version))
        .filter(templates::removed_at.is_null())
        .set((
            templates::version.eq(version + 1),
            templates::removed_at.eq(bind(Some(at))),
        ))
        .execute(*c))?;
    Ok(removed == 1)
}
