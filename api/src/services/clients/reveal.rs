use casework::Work;
use domain::{ClientId, Refusal, RefusalCode};
use storage::Scope;

use super::get;
use crate::{
    failure::Failure,
    views::clients::{MaskedField, RevealClient, RevealedClient},
};

/// The fields asked for of a client within the caller's reach, and the reason as it goes into the
/// audit trail: `<reason>: <fields>`.
///
/// # Errors
/// `not_found`; `invalid_value` at `/fields` if none is named.
pub fn reveal(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: ClientId,
    asked: &RevealClient,
) -> Result<(RevealedClient, String), Failure> {
    let client = get(work, scope, id)?;
    let fields = MaskedField::ALL.map(|field| asked.fields.contains(&field).then_some(field));
    let named: Vec<&str> = fields
        .into_iter()
        .flatten()
        .map(MaskedField::as_str)
        .collect();
    if named.is_empty() {
        let detail = "name at least one field";
        return Err(Refusal::at(RefusalCode::InvalidValue, "/fields", detail).into());
    }
    let reason = format!("{}: {}", asked.reason.as_str(), named.join(" "));
    let wants = |field| fields.contains(&Some(field));
    let revealed = RevealedClient {
        id: client.id,
        id_number: client.id_number.filter(|_| wants(MaskedField::IdNumber)),
        phone: client.phone.filter(|_| wants(MaskedField::Phone)),
    };
    Ok((revealed, reason))
}
