//! Consent: what a client allowed beyond what the law demands, and for which purpose.
//!
//! The statutory duties (dates, the agreement, reports) and reminders of them by text message rest
//! on law and need no consent; everything below needs a separate one (PIPL art. 13, 23, 29), which
//! can be withdrawn as easily as it was given and never at a cost (PIPL art. 15, 16).

use chrono::NaiveDate;

use crate::{Channel, Refusal, RefusalCode, coded};

/// Longest name of a version of a text, in characters.
const LONGEST_VERSION: usize = 40;

coded! {
    /// What a consent is for. Each is given and withdrawn by itself.
    ConsentPurpose {
        /// What the app offers beyond dates and duties.
        AppExtras = "app_extras",
        /// Notices over WeChat.
        Wechat = "wechat",
        /// Telling a member of the family.
        FamilyContact = "family_contact",
        /// A single point with a check-in.
        Location = "location",
    }
}

coded! {
    /// What the client did.
    ConsentAct { Given = "given", Withdrawn = "withdrawn" }
}

coded! {
    /// How the client said so. Paper and telephone count as much as the app.
    ConsentChannel {
        Paper = "paper",
        InPerson = "in_person",
        Phone = "phone",
        App = "app",
        /// In answer to a message.
        Message = "message",
    }
}

/// The consent without which nothing is sent over a channel. Text messages about statutory dates,
/// and calls by a person, need none.
pub const fn needed_for(channel: Channel) -> Option<ConsentPurpose> {
    match channel {
        Channel::Wechat => Some(ConsentPurpose::Wechat),
        Channel::Recording
        | Channel::Webhook
        | Channel::Sms
        | Channel::Wecom
        | Channel::Email
        | Channel::CallTask => None,
    }
}

/// Checks the name of the version of a text: 1 to 40 of a–z, 0–9, `-`, `_` and `.`.
///
/// # Errors
/// `invalid_value` at `/text_version`.
pub fn check_version(text: &str) -> Result<(), Refusal> {
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    };
    if (1..=LONGEST_VERSION).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    let detail = "the version of the text: 1 to 40 of a-z, 0-9, '-', '_' and '.'";
    Err(Refusal::at(
        RefusalCode::InvalidValue,
        "/text_version",
        detail,
    ))
}

/// Checks the day on which the client said so; both local to the client's office.
///
/// # Errors
/// `date_in_future` at `/said_on`.
pub fn check_day(said_on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if said_on <= today {
        return Ok(());
    }
    let detail = "the day lies in the future";
    Err(Refusal::at(RefusalCode::DateInFuture, "/said_on", detail))
}

/// Checks that a consent is not older than what the client said last about the same purpose: paper
/// that turns up late does not undo a withdrawal.
///
/// # Errors
/// `invalid_value` at `/said_on`.
pub fn check_order(said_on: NaiveDate, last_said_on: NaiveDate) -> Result<(), Refusal> {
    if said_on >= last_said_on {
        return Ok(());
    }
    let detail = format!("the client said something else about this on {last_said_on}");
    Err(Refusal::at(RefusalCode::InvalidValue, "/said_on", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminders_of_duties_need_no_consent() {
        for channel in Channel::ALL {
            let needed = needed_for(*channel);
            assert_eq!(needed.is_some(), *channel == Channel::Wechat, "{channel}");
        }
    }

    #[test]
    fn a_version_is_a_short_plain_name() {
        for good in ["1", "2026-01", "wechat_v1.2", &"a".repeat(40)] {
            assert!(check_version(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "A", "第一版", "=1", "a\n", &"a".repeat(41)] {
            let refused = check_version(bad).unwrap_err();
            assert_eq!(refused.pointer.as_deref(), Some("/text_version"), "{bad}");
        }
    }

    #[test]
    fn nobody_consents_tomorrow() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(check_day(day("2026-01-05"), day("2026-01-05")).is_ok());
        let refused = check_day(day("2026-01-06"), day("2026-01-05")).unwrap_err();
        assert_eq!(refused.code, RefusalCode::DateInFuture);
    }
}
