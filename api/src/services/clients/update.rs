use casework::{Work, rules};
use domain::{
    ClientId, PhoneState,
    contact::{IdNumber, Phone, client_name},
};
use storage::{
    Scope,
    clients::{self, Client},
};

use super::{get, identity, register::no_number, taken};
use crate::{failure::Failure, services::version, views::clients::UpdateClient};

/// Changes the fields given of a client within the caller's reach.
///
/// # Errors
/// `not_found`, `stale_version`, and what registering refuses.
pub fn update(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: ClientId,
    expected: Option<i64>,
    asked: &UpdateClient,
) -> Result<Client, Failure> {
    let mut client = get(work, scope, id)?;
    version::check(client.version, expected)?;
    if let Some(name) = asked.name.not_null("/name")? {
        client.name = client_name(name)?;
    }
    change_identity(work, &mut client, asked)?;
    change_phone(&mut client, asked)?;
    let read = client.version;
    client.version += 1;
    client.updated_at = work.now;
    version::saved(clients::save(work.tx, &client, read).map_err(taken)?)?;
    Ok(client)
}

fn change_identity(
    work: &mut Work<'_, '_>,
    client: &mut Client,
    asked: &UpdateClient,
) -> Result<(), Failure> {
    let sex = asked.sex.not_null("/sex")?;
    let birth_date = asked.birth_date.change();
    let id_number = asked.id_number.change();
    if sex.is_none() && birth_date.is_none() && id_number.is_none() {
        return Ok(());
    }
    let office = rules::office(work, client.office_id)?;
    let today = rules::today(work, &office)?;
    if let Some(number) = id_number {
        let number = number.map(|text| IdNumber::parse(text)).transpose()?;
        client.id_number = number.map(|number| number.as_str().to_owned());
    }
    client.sex = sex.copied().unwrap_or(client.sex);
    client.birth_date = birth_date.map_or(client.birth_date, Option::<&_>::copied);
    let number = client
        .id_number
        .as_deref()
        .map(IdNumber::parse)
        .transpose()?;
    client.birth_date = identity::agree(number.as_ref(), client.sex, client.birth_date, today)?;
    Ok(())
}

fn change_phone(client: &mut Client, asked: &UpdateClient) -> Result<(), Failure> {
    if let Some(phone) = asked.phone.change() {
        let phone = phone.map(|text| Phone::parse(text)).transpose()?;
        let phone = phone.map(|phone| phone.as_str().to_owned());
        if phone != client.phone {
            client.phone_state = PhoneState::Unverified;
        }
        client.phone = phone;
    }
    if let Some(sms_ok) = asked.phone_sms_ok.not_null("/phone_sms_ok")? {
        client.phone_sms_ok = *sms_ok;
    }
    if let Some(confirmed) = asked.phone_confirmed.not_null("/phone_confirmed")? {
        if *confirmed && client.phone.is_none() {
            return Err(no_number().into());
        }
        client.phone_state = if *confirmed {
            PhoneState::Verified
        } else {
            PhoneState::Unverified
        };
    }
    Ok(())
}
