//! What a message of the platform changes about the credits of the person it is about.

use domain::subscription_credit::CreditChange;

use super::{Event, Notice};
use crate::wechat::answer::is_no_credit;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedChange {
    /// The template whose credits change.
    pub template_id: String,
    /// How.
    pub change: CreditChange,
    /// The same in every repetition, and no other change of this person's has it.
    pub key: String,
}

/// The key of what a message takes: of our own by the id of the attempt, of others by the platform's.
pub fn spent_key(message: &str) -> String {
    format!("spent:{message}")
}

impl Notice {
    /// The changes in the order they stand in the message.
    pub fn credit_changes(&self) -> Vec<NotedChange> {
        let said = |change: CreditChange, template_id: &str| NotedChange {
            key: format!("{change}:{template_id}:{}", self.happened_at.timestamp()),
            template_id: template_id.to_owned(),
            change,
        };
        match &self.event {
            Event::SubscribeAsked(answers) => {
                let answers = answers.iter().map(|answer| {
                    let granted = if answer.accepted {
                        CreditChange::Granted
                    } else {
                        CreditChange::Declined
                    };
                    said(granted, &answer.template_id)
                });
                answers.collect()
            }
            // Turned on in the settings are long-term subscriptions, which are not counted.
            Event::SubscribeChanged(answers) => {
                let off = answers.iter().filter(|answer| !answer.accepted);
                off.map(|answer| said(CreditChange::Emptied, &answer.template_id))
                    .collect()
            }
            // Of one that nobody here sent: what we send is counted when it is handed over. Also one that
            // was not delivered in the end: a credit too few is made good by the next acceptance, one
            // too many is a message that does not go out. One refused for want of a credit, whoever sent it,
            // says that none is left: the answer to the call may have said that it was taken.
            Event::SubscribeSent(sent) => {
                let changes = sent.iter().flat_map(|(template_id, finished)| {
                    let id = finished.provider_message_id.as_deref();
                    let taken = id.map(|id| NotedChange {
                        template_id: template_id.clone(),
                        change: CreditChange::Spent,
                        key: spent_key(id),
                    });
                    let none_left = finished.code.as_deref().is_some_and(is_no_credit);
                    let emptied = none_left.then(|| said(CreditChange::Emptied, template_id));
                    taken.into_iter().chain(emptied)
                });
                changes.collect()
            }
            Event::TemplateSent(_)
            | Event::Follows { .. }
            | Event::Unfollowed
            | Event::Text { .. }
            | Event::NotText { .. }
            | Event::Other => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::delivery::ReceiptOutcome;

    use super::*;
    use crate::wechat::callback::{Answered, Finished};

    fn changes(event: Event) -> Vec<(CreditChange, String)> {
        let notice = Notice {
            open_id: "o-1".into(),
            happened_at: DateTime::from_timestamp(1_768_465_800, 0).unwrap(),
            event,
        };
        let changes = notice.credit_changes().into_iter();
        changes
            .inspect(|noted| assert_eq!(noted.template_id, "T1"))
            .map(|noted| (noted.change, noted.key))
            .collect()
    }

    fn answered(accepted: bool) -> Vec<Answered> {
        let template_id = "T1".to_owned();
        vec![Answered {
            template_id,
            accepted,
        }]
    }

    fn sent(id: Option<&str>, code: Option<&str>) -> Event {
        let finished = Finished {
            provider_message_id: id.map(str::to_owned),
            outcome: ReceiptOutcome::UndeliveredTemporary,
            code: code.map(str::to_owned),
        };
        Event::SubscribeSent(vec![("T1".to_owned(), finished)])
    }

    #[test]
    fn each_answer_and_each_message_sent_counts_once() {
        let one = |change: CreditChange| vec![(change, format!("{change}:T1:1768465800"))];
        assert_eq!(
            changes(Event::SubscribeAsked(answered(true))),
            one(CreditChange::Granted)
        );
        assert_eq!(
            changes(Event::SubscribeAsked(answered(false))),
            one(CreditChange::Declined)
        );
        assert_eq!(
            changes(Event::SubscribeChanged(answered(false))),
            one(CreditChange::Emptied)
        );
        let spent = vec![(CreditChange::Spent, spent_key("7"))];
        assert_eq!(changes(sent(Some("7"), None)), spent);
        // 43004: the recipient does not follow the account, which says nothing of what they accepted.
        for code in ["0", "43004", "431010"] {
            assert_eq!(changes(sent(Some("7"), Some(code))), spent, "{code}");
        }
        let emptied = one(CreditChange::Emptied);
        assert_eq!(changes(sent(None, Some("43101"))), emptied);
        let both = [spent, emptied].concat();
        assert_eq!(changes(sent(Some("7"), Some("43101"))), both);
        for nothing in [
            Event::SubscribeChanged(answered(true)),
            sent(None, None),
            Event::Other,
        ] {
            assert_eq!(changes(nothing), []);
        }
    }
}
