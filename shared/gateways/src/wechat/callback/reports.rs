//! What a message of the platform says about messages of ours.

use super::{Event, Finished, Notice};
use crate::push::Report;

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The receipt. It may name no message: with a `client_msg_id` the platform may report 0.
    pub report: Report,
    /// The template of the message, where the platform tells.
    pub template_id: Option<String>,
}

impl Notice {
    /// The receipts in it.
    pub fn reports(&self) -> Vec<Told> {
        let told = |finished: &Finished, template_id: Option<&String>| Told {
            report: Report {
                outcome: Some(finished.outcome),
                provider_message_id: finished.provider_message_id.clone(),
                attempt_id: None,
                recipient: None,
                code: finished.code.clone(),
                happened_at: Some(self.happened_at),
            },
            template_id: template_id.cloned(),
        };
        match &self.event {
            Event::TemplateSent(finished) => vec![told(finished, None)],
            Event::SubscribeSent(sent) => {
                let sent = sent.iter();
                sent.map(|(id, finished)| told(finished, Some(id)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::delivery::ReceiptOutcome;

    use super::*;

    #[test]
    fn each_receipt_says_what_it_is_about_as_far_as_the_platform_does() {
        let finished = |id: Option<&str>| Finished {
            provider_message_id: id.map(str::to_owned),
            outcome: ReceiptOutcome::Delivered,
            code: Some("success".to_owned()),
        };
        let reports = |event: Event| {
            let notice = Notice {
                open_id: "o-1".into(),
                happened_at: DateTime::from_timestamp(1, 0).unwrap(),
                event,
            };
            let told = notice.reports().into_iter();
            told.map(|it| (it.report.provider_message_id, it.template_id))
                .collect::<Vec<_>>()
        };
        let id = |text: &str| Some(text.to_owned());
        assert_eq!(
            reports(Event::TemplateSent(finished(Some("7")))),
            [(id("7"), None)]
        );
        assert_eq!(reports(Event::TemplateSent(finished(None))), [(None, None)]);
        let sent = |id| ("T1".to_owned(), finished(id));
        let both = Event::SubscribeSent(vec![sent(Some("1")), sent(None)]);
        assert_eq!(reports(both), [(id("1"), id("T1")), (None, id("T1"))]);
        assert!(reports(Event::Unfollowed).is_empty());
    }
}
