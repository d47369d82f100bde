use casework::{Work, rules};
use domain::{
    OfficeId, PhoneState, Refusal, RefusalCode, Role,
    contact::{IdNumber, Phone, client_name},
};
use storage::clients::{self, Client};

use super::{identity, taken};
use crate::{
    auth::Caller,
    failure::Failure,
    problem::Problem,
    services::{faults::Faults, offices},
    views::clients::RegisterClient,
};

/// Registers a client at the caller's office, or one of the caller's area. Who registers as a
/// caseworker looks after the client until a case says otherwise.
///
/// # Errors
/// `invalid_value`, `invalid_id_number`, `invalid_phone` or `date_in_future` at the field;
/// `client_exists` when the agency has a client with this identity number.
pub fn register(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    asked: &RegisterClient,
) -> Result<Client, Failure> {
    let mut faults = Faults::default();
    let office_id = faults.note(own_office(work, caller, asked.office_id))?;
    let name = faults.note(client_name(&asked.name))?;
    let id_number = asked.id_number.as_deref().map(IdNumber::parse);
    let id_number = faults.note(id_number.transpose())?;
    let birth_date = match (office_id, &id_number) {
        (Some(office), Some(number)) => {
            let office = rules::office(work, office)?;
            let today = rules::today(work, &office)?;
            let agreed = identity::agree(number.as_ref(), asked.sex, asked.birth_date, today);
            faults.note(agreed)?
        }
        _ => None,
    };
    let phone = asked.phone.as_deref().map(Phone::parse);
    let phone = faults.note(phone.transpose())?;
    let confirmed = asked.phone_confirmed.unwrap_or(false);
    if confirmed && asked.phone.is_none() {
        faults.note(Err::<(), _>(no_number()))?;
    }
    faults.none()?;
    let (Some(office_id), Some(name), Some(id_number), Some(birth_date), Some(phone)) =
        (office_id, name, id_number, birth_date, phone)
    else {
        // What was not read was noted.
        return Err(Problem::internal().into());
    };
    let client = Client {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id,
        caseworker_id: (caller.role == Role::Caseworker).then_some(caller.staff),
        name,
        sex: asked.sex,
        birth_date,
        id_number: id_number.map(|number| number.as_str().to_owned()),
        phone: phone.map(|phone| phone.as_str().to_owned()),
        phone_sms_ok: asked.phone_sms_ok.unwrap_or(true),
        phone_state: if confirmed {
            PhoneState::Verified
        } else {
            PhoneState::Unverified
        },
        version: 1,
        created_by: caller.staff,
        created_at: work.now,
        updated_at: work.now,
        frozen_from: None,
    };
    clients::insert(work.tx, &client).map_err(taken)?;
    Ok(client)
}

/// The office that the caller works at, or the one of the caller's area that is asked for. Whether
/// another one exists is not told.
///
/// # Errors
/// `invalid_value` at `/office_id` for any other.
pub(in crate::services) fn own_office(
    work: &mut Work<'_, '_>,
    caller: &Caller,
    asked: Option<OfficeId>,
) -> Result<OfficeId, Failure> {
    let reached = match (caller.office, caller.area, asked) {
        (Some(own), _, asked) => asked.is_none_or(|asked| own == asked).then_some(own),
        (None, Some(area), Some(asked)) => offices::is_in(work, asked, area)?.then_some(asked),
        (None, ..) => None,
    };
    reached.ok_or_else(|| {
        let detail = "not an office that you work at";
        Refusal::at(RefusalCode::InvalidValue, "/office_id", detail).into()
    })
}

pub(super) fn no_number() -> Refusal {
    Refusal::at(
        RefusalCode::InvalidValue,
        "/phone_confirmed",
        "there is no number to confirm",
    )
}
