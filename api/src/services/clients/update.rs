use casework::{Work, notice, rules};
use chrono::{DateTime, Utc};
use domain::{
    ClientId, PhoneState, Refusal,
    contact::{IdNumber, Phone, client_name},
    freezing::may_change,
};
use storage::{
    Scope, client_sessions,
    clients::{self, Client},
};

use super::{get, identity, register::no_number, taken};
use crate::{
    failure::Failure,
    services::{faults::Faults, version},
    views::clients::UpdateClient,
};

/// Changes the fields given of a client within the caller's reach. Where the number is not, or not
/// known to be, the client's any more, whoever signed in by it is signed out, at `sign_in_now` in the
/// time of sign-ins (UTC), and what was texted to it shows nothing of appointments still ahead.
///
/// # Errors
/// `not_found`, `case_frozen`, `stale_version`, and what registering refuses.
pub fn update(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: ClientId,
    expected: Option<i64>,
    asked: &UpdateClient,
    sign_in_now: DateTime<Utc>,
) -> Result<Client, Failure> {
    let mut client = get(work, scope, id)?;
    may_change(client.frozen_from)?;
    version::check(client.version, expected)?;
    let mut faults = Faults::default();
    let name = asked.name.not_null("/name");
    faults.change(&mut client.name, name, |name| client_name(name))?;
    change_identity(work, &mut client, asked, &mut faults)?;
    let before = (client.phone.clone(), client.phone_state);
    change_phone(&mut client, asked, &mut faults)?;
    faults.none()?;
    let read = client.version;
    client.version += 1;
    client.updated_at = work.now;
    version::saved(clients::save(work.tx, &client, read).map_err(taken)?)?;
    let is_lost = client.phone != before.0
        || (before.1 == PhoneState::Verified && client.phone_state != PhoneState::Verified);
    if is_lost {
        let reason = "number_changed";
        client_sessions::revoke_all_of(work.tx, work.agency, client.id, sign_in_now, reason)?;
        notice::doubt_number(work, client.id)?;
    }
    Ok(client)
}

fn change_identity(
    work: &mut Work<'_, '_>,
    client: &mut Client,
    asked: &UpdateClient,
    faults: &mut Faults,
) -> Result<(), Failure> {
    let sex = faults.note(asked.sex.not_null("/sex"))?;
    let birth_date = asked.birth_date.change();
    let number = asked.id_number.change();
    let number = number.map(|number| number.map(|text| IdNumber::parse(text)).transpose());
    let number = faults.note(number.transpose())?;
    // What is at fault itself contradicts nothing yet.
    let (Some(sex), Some(number)) = (sex, number) else {
        return Ok(());
    };
    if sex.is_none() && birth_date.is_none() && number.is_none() {
        return Ok(());
    }
    if let Some(number) = number {
        client.id_number = number.map(|number| number.as_str().to_owned());
    }
    client.sex = sex.copied().unwrap_or(client.sex);
    let birth_date = birth_date.map_or(client.birth_date, Option::<&_>::copied);
    let number = client
        .id_number
        .as_deref()
        .map(IdNumber::parse)
        .transpose()?;
    let office = rules::office(work, client.office_id)?;
    let today = rules::today(work, &office)?;
    let agreed = identity::agree(number.as_ref(), client.sex, birth_date, today);
    if let Some(birth_date) = faults.note(agreed)? {
        client.birth_date = birth_date;
    }
    Ok(())
}

fn change_phone(
    client: &mut Client,
    asked: &UpdateClient,
    faults: &mut Faults,
) -> Result<(), Failure> {
    let before = client.phone.clone();
    faults.change(&mut client.phone, Ok(asked.phone.change()), |phone| {
        let phone = phone.map(|text| Phone::parse(text)).transpose()?;
        Ok::<_, Refusal>(phone.map(|phone| phone.as_str().to_owned()))
    })?;
    if client.phone != before {
        client.phone_state = PhoneState::Unverified;
    }
    let sms_ok = asked.phone_sms_ok.not_null("/phone_sms_ok");
    faults.change(&mut client.phone_sms_ok, sms_ok, |sms_ok| {
        Ok::<_, Refusal>(*sms_ok)
    })?;
    let confirmed = asked.phone_confirmed.not_null("/phone_confirmed");
    if let Some(Some(confirmed)) = faults.note(confirmed)? {
        if *confirmed && client.phone.is_none() {
            faults.note(Err::<(), _>(no_number()))?;
        }
        client.phone_state = if *confirmed {
            PhoneState::Verified
        } else {
            PhoneState::Unverified
        };
    }
    Ok(())
}
