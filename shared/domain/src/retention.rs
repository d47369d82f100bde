//! How long what is kept: rules as data, each with the law it rests on.
//!
//! What must be provable is never deleted by a rule: such a rule is refused before it does anything.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::coded;

/// How long logs of the network are kept at least, in days (网络安全法 art. 21: six months).
pub const LOG_DAYS: u32 = 180;

coded! {
    /// What a rule is about.
    RetentionSubject {
        /// Answers kept for requests that may be repeated.
        KeptAnswers = "kept_answers",
        RefreshTokens = "refresh_tokens",
        /// Sign-ins of staff.
        Sessions = "sessions",
        /// Sign-ins of clients.
        ClientSessions = "client_sessions",
        FamilyContacts = "family_contacts",
        /// What providers posted, once it was acted on. It is no agency's: whichever is first deletes it.
        GatewayPosts = "gateway_posts",
        /// What people answered to messages.
        Replies = "replies",
        AuditTrail = "audit_trail",
        /// The ledger of consents.
        Consents = "consents",
        /// Attempts to deliver, and what came of them.
        DeliveryProof = "delivery_proof",
        /// Clients with their cases.
        CaseFiles = "case_files",
    }
}

coded! {
    /// What a rule does when the time is over.
    RetentionAction {
        Delete = "delete",
        /// Nothing changes any more, and it is read only while it was opened for a reason.
        Freeze = "freeze",
        Keep = "keep",
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// What it is about.
    pub subject: RetentionSubject,
    /// What it does.
    pub action: RetentionAction,
    /// Days after the event; none when nothing is ever done.
    #[serde(default)]
    pub keep_days: Option<u32>,
    /// What the days count from.
    pub event: String,
    /// The law or the practice it rests on.
    pub reason: String,
}

impl RetentionRule {
    /// Whatever had its event before this instant (UTC) is to be deleted or frozen at `now`; none when
    /// nothing is.
    pub fn before(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.action {
            RetentionAction::Keep => None,
            // Longer ago than there are dates: nothing is.
            RetentionAction::Delete | RetentionAction::Freeze => {
                now.checked_sub_signed(TimeDelta::days(i64::from(self.keep_days?)))
            }
        }
    }
}

/// The rules of a place: one for each subject.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRules {
    /// Stable id, such as `cn-default`.
    pub id: String,
    /// Version, from 1.
    pub version: u32,
    /// In the order they are applied.
    pub rules: Vec<RetentionRule>,
}

/// Why rules are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetentionError {
    /// The text is not TOML of this form.
    #[error("not rules of retention: {0}")]
    Malformed(String),
    /// A subject has no rule, or two.
    #[error("{0} needs exactly one rule")]
    NotOne(RetentionSubject),
    /// What must be provable would be deleted.
    #[error("{0} is never deleted")]
    MustBeKept(RetentionSubject),
    /// A log would be deleted too early.
    #[error("{0} is kept {LOG_DAYS} days at least")]
    TooShort(RetentionSubject),
    /// What is no file would be frozen.
    #[error("{0} is never frozen: only files are")]
    NotFrozen(RetentionSubject),
    /// The number of days does not fit the action.
    #[error("{0}: delete and freeze need keep_days, keep has none")]
    Days(RetentionSubject),
    /// Nobody could say why.
    #[error("{0}: event and reason must say something")]
    NoReason(RetentionSubject),
}

impl RetentionRules {
    /// The rules that ship with the product.
    ///
    /// # Errors
    /// Never for the text that ships; a test reads it.
    pub fn shipped() -> Result<Self, RetentionError> {
        Self::parse(include_str!("../retention/cn-default.toml"))
    }

    /// Reads rules and checks them.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str) -> Result<Self, RetentionError> {
        let rules: Self = toml::from_str(text)
            .map_err(|error| RetentionError::Malformed(error.message().to_owned()))?;
        for &subject in RetentionSubject::ALL {
            let of_it = rules.rules.iter().filter(|rule| rule.subject == subject);
            if of_it.count() != 1 {
                return Err(RetentionError::NotOne(subject));
            }
        }
        rules.rules.iter().try_for_each(check)?;
        Ok(rules)
    }
}

fn check(rule: &RetentionRule) -> Result<(), RetentionError> {
    use RetentionSubject as S;
    let subject = rule.subject;
    let deletes = rule.action == RetentionAction::Delete;
    let keeps = rule.action == RetentionAction::Keep;
    if keeps == rule.keep_days.is_some() {
        return Err(RetentionError::Days(subject));
    }
    if rule.event.trim().is_empty() || rule.reason.trim().is_empty() {
        return Err(RetentionError::NoReason(subject));
    }
    match subject {
        S::AuditTrail | S::Consents | S::DeliveryProof | S::CaseFiles if deletes => {
            Err(RetentionError::MustBeKept(subject))
        }
        _ if rule.action == RetentionAction::Freeze && subject != S::CaseFiles => {
            Err(RetentionError::NotFrozen(subject))
        }
        S::Sessions | S::ClientSessions if rule.keep_days.is_some_and(|days| days < LOG_DAYS) => {
            Err(RetentionError::TooShort(subject))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../retention/cn-default.toml");

    fn changed(subject: &str, from: &str, to: &str) -> Result<RetentionRules, RetentionError> {
        let begin = SHIPPED.find(&format!("subject = \"{subject}\"")).unwrap();
        let (head, tail) = SHIPPED.split_at(begin);
        assert!(tail.contains(from), "{from}");
        RetentionRules::parse(&format!("{head}{}", tail.replacen(from, to, 1)))
    }

    #[test]
    fn the_rules_that_ship_are_sound_and_cite_their_source() {
        let rules = RetentionRules::shipped().unwrap();
        assert_eq!(rules.rules.len(), RetentionSubject::ALL.len());
        for rule in &rules.rules {
            assert!(rule.reason.contains("art. "), "{}", rule.subject);
        }
    }

    #[test]
    fn what_must_be_provable_is_never_deleted() {
        for subject in ["audit_trail", "consents", "delivery_proof"] {
            let with = |action: &str| {
                let action = format!("action = \"{action}\"\nkeep_days = 9999");
                changed(subject, "action = \"keep\"", &action)
            };
            let what = subject.parse().unwrap();
            assert_eq!(with("delete"), Err(RetentionError::MustBeKept(what)));
            assert_eq!(with("freeze"), Err(RetentionError::NotFrozen(what)));
        }
        let refused = changed("case_files", "action = \"freeze\"", "action = \"delete\"");
        let files = RetentionSubject::CaseFiles;
        assert_eq!(refused, Err(RetentionError::MustBeKept(files)));
        let kept = changed(
            "case_files",
            "action = \"freeze\"\nkeep_days = 180",
            "action = \"keep\"",
        );
        assert!(kept.is_ok());
    }

    #[test]
    fn a_log_is_kept_for_six_months() {
        for subject in ["sessions", "client_sessions"] {
            let with = |days: u32| {
                let days = format!("keep_days = {days}");
                changed(subject, "keep_days = 180", &days)
            };
            let log = subject.parse().unwrap();
            assert_eq!(with(179), Err(RetentionError::TooShort(log)));
            assert!(with(181).is_ok());
        }
    }

    #[test]
    fn a_rule_that_says_too_little_or_too_much_is_refused() {
        use RetentionSubject as S;
        let days = changed("sessions", "keep_days = 180\n", "");
        assert_eq!(days, Err(RetentionError::Days(S::Sessions)));
        let twice = changed("sessions", "\"sessions\"", "\"consents\"");
        assert_eq!(twice, Err(RetentionError::NotOne(S::Sessions)));
        let silent = changed("sessions", "event = \"the session ended\"", "event = \" \"");
        assert_eq!(silent, Err(RetentionError::NoReason(S::Sessions)));
        let unknown = changed("sessions", "keep_days", "keep_weeks");
        assert!(matches!(unknown, Err(RetentionError::Malformed(_))));
    }

    #[test]
    fn days_count_from_the_event() {
        let rules = RetentionRules::shipped().unwrap();
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let before = |subject| {
            let rule = rules.rules.iter().find(|rule| rule.subject == subject);
            rule.unwrap().before(now)
        };
        assert_eq!(
            before(RetentionSubject::FamilyContacts),
            Some(now - TimeDelta::days(30))
        );
        assert_eq!(before(RetentionSubject::AuditTrail), None);
        let long = format!("keep_days = {}", u32::MAX);
        let rules = changed("sessions", "keep_days = 180", &long).unwrap();
        let sessions = &rules.rules[2];
        assert_eq!(
            (sessions.subject, sessions.before(now)),
            (RetentionSubject::Sessions, None)
        );
    }
}
