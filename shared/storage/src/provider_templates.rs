//! Texts as they are filed with providers' accounts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{AgencyId, MessageKind, StaffId, template::TemplateGateway};

use crate::{
    error::StorageError,
    schema::provider_templates,
    store::Tx,
    types::{bind, record},
    with_conn,
};

record! {
    /// What is filed with one account for one step of one kind of message.
    pub struct ProviderTemplate, ProviderTemplateValues in provider_templates {
        agency_id: AgencyId,
        /// The account, as the settings name it.
        provider: String,
        kind: MessageKind,
        /// A step, or [`domain::template::NEUTRAL_STEP`].
        step: String,
        /// Whose rules hold for the values.
        gateway: TemplateGateway,
        /// What the provider calls it.
        provider_template_id: String,
        /// [`domain::template::Param`]s in the provider's order.
        params: serde_json::Value,
        /// Characters that a variable may have in this account, where that is the account's affair.
        variable_chars: Option<i32>,
        /// The text as it was filed, whatever is in force by now.
        body: String,
        /// Counts changes, from 1; goes on rising after it was taken away.
        version: i64,
        updated_by: StaffId,
        updated_at: DateTime<Utc>,
        /// Taken away: the row only keeps count.
        removed_at: Option<DateTime<Utc>>,
    }
}

/// What is filed with one account for a step, if anything ever was: see `removed_at`.
pub fn get(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    provider: &str,
    kind: MessageKind,
    step: &str,
) -> Result<Option<ProviderTemplate>, StorageError> {
    Ok(with_conn!(tx, c => provider_templates::table
        .filter(provider_templates::agency_id.eq(bind(agency)))
        .filter(provider_templates::provider.eq(provider))
        .filter(provider_templates::kind.eq(bind(kind)))
        .filter(provider_templates::step.eq(step))
        .select(ProviderTemplate::as_select())
        .first(*c)
        .optional())?)
}

/// Everything the agency has filed, by account, kind and step. At most one per account and step: no
/// pages.
pub fn list(tx: &mut Tx<'_>, agency: AgencyId) -> Result<Vec<ProviderTemplate>, StorageError> {
    Ok(with_conn!(tx, c => provider_templates::table
        .filter(provider_templates::agency_id.eq(bind(agency)))
        .filter(provider_templates::removed_at.is_null())
        .order((
            provider_templates::provider,
            provider_templates::kind,
            provider_templates::step,
        ))
        .select(ProviderTemplate::as_select())
        .load(*c))?)
}

/// Keeps what is filed, as version `expected_version + 1`; `None`: as version 1, if nothing ever was.
/// Answers whether it still was at that version.
pub fn save(
    tx: &mut Tx<'_>,
    filed: &ProviderTemplate,
    expected_version: Option<i64>,
) -> Result<bool, StorageError> {
    let saved = match expected_version {
        None => {
            let first = ProviderTemplate {
                version: 1,
                ..filed.clone()
            };
            with_conn!(tx, c => diesel::insert_into(provider_templates::table)
                .values(first.values())
                .on_conflict_do_nothing()
                .execute(*c))?
        }
        Some(expected) => with_conn!(tx, c => diesel::update(provider_templates::table)
            .filter(provider_templates::agency_id.eq(bind(filed.agency_id)))
            .filter(provider_templates::provider.eq(&filed.provider))
            .filter(provider_templates::kind.eq(bind(filed.kind)))
            .filter(provider_templates::step.eq(&filed.step))
            .filter(provider_templates::version.eq(expected))
            .set((
                provider_templates::gateway.eq(bind(filed.gateway)),
                provider_templates::provider_template_id.eq(&filed.provider_template_id),
                provider_templates::params.eq(bind(&filed.params)),
                provider_templates::variable_chars.eq(filed.variable_chars),
                provider_templates::body.eq(&filed.body),
                provider_templates::version.eq(expected + 1),
                provider_templates::updated_by.eq(bind(filed.updated_by)),
                provider_templates::updated_at.eq(bind(filed.updated_at)),
                provider_templates::removed_at.eq(bind(filed.removed_at)),
            ))
            .execute(*c))?,
    };
    Ok(saved == 1)
}
