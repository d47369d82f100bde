//! What holds for every staff member.

use casework::Work;
use domain::{OfficeId, Refusal, RefusalCode, Role, area::AreaCode, contact::Phone};
use storage::offices;

use crate::failure::Failure;

/// A username as it is stored: small letters.
///
/// # Errors
/// `invalid_value` at `/username`.
pub fn username(text: &str) -> Result<String, Refusal> {
    let name = text.trim().to_ascii_lowercase();
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'.' | b'_' | b'-' | b'@')
    };
    if (3..=64).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(name);
    }
    Err(invalid(
        "/username",
        "a username has 3 to 64 of a-z, 0-9, and . _ - @",
    ))
}

/// A name as colleagues and clients know it.
pub(super) fn display_name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if (1..=50).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "/display_name",
        "a name has 1 to 50 characters and no line breaks",
    ))
}

/// A mobile number.
pub(super) fn phone(text: &str) -> Result<String, Refusal> {
    Ok(Phone::parse(text)?.as_str().to_owned())
}

/// Who looks after cases works in an office, and the office is the agency's. A supervisor may answer
/// for the offices of an area instead.
pub(super) fn place(
    work: &mut Work<'_, '_>,
    role: Role,
    office: Option<OfficeId>,
    area: Option<AreaCode>,
) -> Result<(), Failure> {
    let refuse = |detail: &str| Failure::from(invalid("/office_id", detail));
    match (office, area) {
        (_, Some(_)) if role != Role::Supervisor => {
            Err(invalid("/area_code", "only supervisors answer for an area").into())
        }
        (Some(_), Some(_)) => {
            let detail = "a supervisor answers for an office or for an area, not for both";
            Err(invalid("/area_code", detail).into())
        }
        (None, None) if role == Role::Supervisor => {
            Err(refuse("a supervisor has an office, or an area_code"))
        }
        (None, None) if role == Role::Caseworker => Err(refuse("caseworkers work in an office")),
        (Some(id), None) if offices::get(work.tx, work.agency, id)?.is_none() => {
            Err(refuse("there is no such office"))
        }
        _ => Ok(()),
    }
}

pub(super) fn invalid(pointer: &str, detail: &str) -> Refusal {
    Refusal::at(RefusalCode::InvalidValue, pointer, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_have_one_spelling() {
        assert_eq!(username(" Li.Na@East ").unwrap(), "li.na@east");
        for text in ["", "li", "li na", "李娜", &"a".repeat(65)] {
            assert_eq!(
                username(text).unwrap_err().pointer.as_deref(),
                Some("/username")
            );
        }
    }
}
