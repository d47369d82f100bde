//! A member of the family who may be told something, with the client's consent and until a day.

use chrono::{Months, NaiveDate};

use crate::{Refusal, RefusalCode, coded};

/// The longest a contact can hold without being agreed on anew, in months. [ours]
const LONGEST_MONTHS: Months = Months::new(36);

coded! {
    /// How the contact is related to the client.
    Relation {
        Spouse = "spouse",
        Parent = "parent",
        Child = "child",
        Sibling = "sibling",
        Guardian = "guardian",
        OtherRelative = "other_relative",
    }
}

coded! {
    /// What the contact may be told. Never more than the client agreed to.
    ContactScope {
        /// To be phoned in an emergency of the client's health; nothing else.
        EmergencyOnly = "emergency_only",
        /// When the client has an appointment; not for what.
        AppointmentsOnly = "appointments_only",
    }
}

/// Checks the last day of a contact; both local to the client's office.
///
/// # Errors
/// `invalid_value` at `/ends_on` unless it lies between today and three years from now.
pub fn check_end(ends_on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    let latest = today.checked_add_months(LONGEST_MONTHS);
    if ends_on >= today && latest.is_some_and(|latest| ends_on <= latest) {
        return Ok(());
    }
    let detail = "the last day lies between today and three years from now";
    Err(Refusal::at(RefusalCode::InvalidValue, "/ends_on", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_ends() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-02-10");
        for (ends_on, good) in [
            ("2026-02-09", false),
            ("2026-02-10", true),
            ("2029-02-10", true),
            ("2029-02-11", false),
        ] {
            assert_eq!(check_end(day(ends_on), today).is_ok(), good, "{ends_on}");
        }
    }
}
