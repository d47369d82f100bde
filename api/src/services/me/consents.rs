//! What the client allows, said in the app: withdrawn as easily as given (PIPL art. 15).

use casework::{
    Work,
    consents::{self as rule, Said},
    rules,
};
use domain::{
    ClientId,
    consent::{ConsentChannel, ConsentPurpose},
};
use storage::consents::{self, Consent};

use crate::{
    failure::Failure,
    views::me::{GiveMyConsent, MyConsent, MyConsents, WithdrawMyConsent},
};

/// What was said last, by purpose.
pub fn consents(work: &mut Work<'_, '_>, client: ClientId) -> Result<MyConsents, Failure> {
    let mut items = Vec::new();
    for purpose in ConsentPurpose::ALL {
        let last = consents::latest(work.tx, work.agency, client, *purpose)?;
        items.extend(last.map(MyConsent::from));
    }
    Ok(MyConsents { items })
}

/// Notes that the client consents, today and in the app.
///
/// # Errors
/// `invalid_value` at `/text_version`.
pub fn give_consent(
    work: &mut Work<'_, '_>,
    client: ClientId,
    asked: &GiveMyConsent,
) -> Result<Consent, Failure> {
    let said = said(work, client)?;
    let version = asked.text_version.as_str();
    Ok(rule::give(work, client, asked.purpose, version, said)?)
}

/// Notes that the client withdraws a consent, today and in the app.
///
/// # Errors
/// `consent_not_in_force`.
pub fn withdraw_consent(
    work: &mut Work<'_, '_>,
    client: ClientId,
    asked: &WithdrawMyConsent,
) -> Result<Consent, Failure> {
    let said = said(work, client)?;
    Ok(rule::withdraw(work, client, asked.purpose, said)?)
}

fn said(work: &mut Work<'_, '_>, client: ClientId) -> Result<Said, Failure> {
    let client = super::client(work, client)?;
    let office = rules::office(work, client.office_id)?;
    let today = rules::today(work, &office)?;
    Ok(Said {
        channel: ConsentChannel::App,
        on: today,
        today,
    })
}
