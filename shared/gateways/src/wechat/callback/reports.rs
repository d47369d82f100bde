//! What a message of the platform says about messages of ours.

use super::{Event, Finished, Notice};
use crate::push::Report;

impl Notice {
    /// The receipts in it, by the platform's ids. One that names none is left out: with a
    /// `client_msg_id` the platform may report 0.
    pub fn reports(&self) -> Vec<Report> {
        let report = |finished: &Finished| {
            Some(Report {
                outcome: Some(finished.outcome),
                provider_message_id: Some(finished.provider_message_id.clone()?),
                attempt_id: None,
                recipient: None,
                code: finished.code.clone(),
                happened_at: Some(self.happened_at),
            })
        };
        match &self.event {
            Event::TemplateSent(finished) => report(finished).into_iter().collect(),
            Event::SubscribeSent(sent) => sent.iter().filter_map(|(_, it)| report(it)).collect(),
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
    fn one_without_a_reference_is_no_receipt() {
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
            let reports = notice.reports().into_iter();
            reports
                .map(|it| it.provider_message_id.unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(reports(Event::TemplateSent(finished(Some("7")))), ["7"]);
        assert!(reports(Event::TemplateSent(finished(None))).is_empty());
        let sent = |id| ("T1".to_owned(), finished(id));
        let both = Event::SubscribeSent(vec![sent(Some("1")), sent(None), sent(Some("2"))]);
        assert_eq!(reports(both), ["1", "2"]);
        assert!(reports(Event::Unfollowed).is_empty());
    }
}
