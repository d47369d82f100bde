//! Consents that staff write down for a client: the way over paper and telephone.

use casework::{
    Work,
    consents::{self as rule, Said},
    rules,
};
use chrono::NaiveDate;
use domain::{ClientId, ConsentId, consent::ConsentChannel, freezing::may_change, page::ListScope};
use storage::{
    Scope,
    clients::Client,
    consents::{self, Consent},
};

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    services::clients,
    views::consents::{ConsentView, RecordConsent, WithdrawConsent},
};

/// A page of the ledger of a client within the caller's reach, oldest first.
pub fn list(
    work: &mut Work<'_, '_>,
    scope: Scope,
    client: ClientId,
    asked: &PageQuery,
) -> Result<Page<ConsentView>, Failure> {
    let client = clients::get(work, scope, client)?;
    let of = client.id.to_string();
    let list = ListScope {
        list: "list_consents",
        filters: &[("client", &of)],
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let after = after.map(|cursor| ConsentId::from_uuid(cursor.id));
    let rows = consents::list(
        work.tx,
        work.agency,
        client.id,
        after,
        limit.rows_to_fetch(),
    )?;
    let key = |entry: &Consent| (Vec::new(), entry.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, ConsentView::from))
}

/// Writes down that a client consented.
///
/// # Errors
/// `case_frozen`, `invalid_value`, `date_in_future`.
pub fn record(
    work: &mut Work<'_, '_>,
    scope: Scope,
    client: ClientId,
    asked: &RecordConsent,
) -> Result<Consent, Failure> {
    let client = clients::get(work, scope, client)?;
    may_change(client.frozen_from)?;
    let said = said(work, &client, asked.channel, asked.said_on)?;
    let (purpose, version) = (asked.purpose, asked.text_version.as_str());
    Ok(rule::give(work, client.id, purpose, version, said)?)
}

/// Writes down that a client withdrew a consent. No reason is asked for.
///
/// # Errors
/// `consent_not_in_force`, `date_in_future`.
pub fn withdraw(
    work: &mut Work<'_, '_>,
    scope: Scope,
    client: ClientId,
    asked: &WithdrawConsent,
) -> Result<Consent, Failure> {
    let client = clients::get(work, scope, client)?;
    let said = said(work, &client, asked.channel, asked.said_on)?;
    Ok(rule::withdraw(work, client.id, asked.purpose, said)?)
}

fn said(
    work: &mut Work<'_, '_>,
    client: &Client,
    channel: ConsentChannel,
    on: Option<NaiveDate>,
) -> Result<Said, Failure> {
    let office = rules::office(work, client.office_id)?;
    let today = rules::today(work, &office)?;
    Ok(Said {
        channel,
        on: on.unwrap_or(today),
        today,
    })
}
