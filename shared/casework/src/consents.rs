//! Consents: given, withdrawn, and whether one is in force.

use chrono::NaiveDate;
use domain::{
    ClientId, Refusal, RefusalCode,
    consent::{self, ConsentAct, ConsentChannel, ConsentPurpose},
};
use storage::{
    AnyId, check_ins,
    consents::{self, Consent},
    family_contacts,
};

use crate::{
    wechat,
    work::{Work, WorkError},
};

/// How and when a client said so.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// By which way.
    pub channel: ConsentChannel,
    /// The day, local to the client's office.
    pub on: NaiveDate,
    /// Today, local to the client's office.
    pub today: NaiveDate,
}

/// Whether a consent of the client is in force. Read it at the moment of use: a withdrawal holds from
/// the next message on.
pub fn in_force(
    work: &mut Work<'_, '_>,
    client: ClientId,
    purpose: ConsentPurpose,
) -> Result<bool, WorkError> {
    let last = consents::latest(work.tx, work.agency, client, purpose)?;
    Ok(last.is_some_and(|last| last.act == ConsentAct::Given))
}

/// Notes that the client consented to the text of a version. Doing so again is a new entry: the text
/// may be another one.
///
/// # Errors
/// `invalid_value`, `date_in_future`.
pub fn give(
    work: &mut Work<'_, '_>,
    client: ClientId,
    purpose: ConsentPurpose,
    text_version: &str,
    said: Said,
) -> Result<Consent, WorkError> {
    consent::check_version(text_version)?;
    consent::check_day(said.on, said.today)?;
    let last = consents::latest(work.tx, work.agency, client, purpose)?;
    if let Some(last) = &last {
        consent::check_order(said.on, last.said_on)?;
    }
    let given = ConsentAct::Given;
    add(
        work,
        client,
        purpose,
        given,
        last.as_ref(),
        text_version,
        said,
    )
}

/// Notes that the client withdrew a consent. Whoever was to be told with it is told no more, and the
/// places that were taken with it are wiped (PIPL art. 47).
///
/// # Errors
/// `consent_not_in_force`, `date_in_future`.
pub fn withdraw(
    work: &mut Work<'_, '_>,
    client: ClientId,
    purpose: ConsentPurpose,
    said: Said,
) -> Result<Consent, WorkError> {
    consent::check_day(said.on, said.today)?;
    let last = consents::latest(work.tx, work.agency, client, purpose)?
        .filter(|last| last.act == ConsentAct::Given)
        .ok_or_else(|| not_in_force(purpose))?;
    let withdrawn = ConsentAct::Withdrawn;
    let version = last.text_version.clone();
    let entry = add(
        work,
        client,
        purpose,
        withdrawn,
        Some(&last),
        &version,
        said,
    )?;
    match purpose {
        ConsentPurpose::FamilyContact => {
            let reason = "consent_withdrawn";
            family_contacts::end_all_of(work.tx, work.agency, client, work.now, reason)?;
        }
        ConsentPurpose::Location => {
            check_ins::wipe_places(work.tx, work.agency, client)?;
        }
        ConsentPurpose::Wechat => {
            wechat::unbind(work, client, None, "consent_withdrawn")?;
        }
        ConsentPurpose::AppExtras => {}
    }
    Ok(entry)
}

/// The refusal of what needs a consent that is not in force.
pub fn not_in_force(purpose: ConsentPurpose) -> Refusal {
    let detail = format!("no consent for {purpose} is in force");
    Refusal::new(RefusalCode::ConsentNotInForce, detail)
}

fn add(
    work: &mut Work<'_, '_>,
    client: ClientId,
    purpose: ConsentPurpose,
    act: ConsentAct,
    last: Option<&Consent>,
    text_version: &str,
    said: Said,
) -> Result<Consent, WorkError> {
    let entry = Consent {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client,
        purpose,
        sequence: last.map_or(1, |last| last.sequence + 1),
        act,
        text_version: text_version.to_owned(),
        channel: said.channel,
        said_on: said.on,
        recorded_by_kind: work.actor.kind,
        recorded_by: work.actor.id.map(AnyId::from_uuid),
        recorded_at: work.now,
    };
    consents::insert(work.tx, &entry)?;
    Ok(entry)
}
