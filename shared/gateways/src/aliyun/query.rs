//! QuerySendDetails: what became of an attempt.

use chrono::{NaiveDate, TimeDelta};
use domain::delivery::ReceiptOutcome;
use serde::Deserialize;

use super::{AliyunGateway, send::number};
use crate::{Found, SendError, Sought, china_time, push, push::Loose, wire_text};

/// Details on one page; the most there can be.
const PAGE: usize = 50;
/// Pages that are read of a day. A number gets at most 40 one-time codes and 50 notices of a kind a
/// day, so this is far more than there can be.
const PAGES: usize = 20;
/// For so long after an attempt was over its message may be taken and not be found: the vendor may need a
/// minute, and its clock may be another.
const LAG: TimeDelta = TimeDelta::minutes(2);
/// How long the vendor keeps details, in days.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How far its clock and the way to it may put a message beside our own time.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// A page without its list or its count is unreadable, and never an empty one.
#[derive(Deserialize)]
struct Page {
    #[serde(rename = "TotalCount")]
    total: Loose,
    #[serde(rename = "SmsSendDetailDTOs")]
    details: Details,
}

#[derive(Deserialize)]
struct Details {
    #[serde(rename = "SmsSendDetailDTO")]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    #[serde(default)]
    out_id: Option<String>,
    #[serde(default)]
    send_status: Option<Loose>,
    #[serde(default)]
    err_code: Option<String>,
    #[serde(default)]
    receive_date: Option<String>,
}

impl AliyunGateway {
    /// Looks an attempt up by its `OutId` among the number's messages of that day; of two days, if it
    /// was near midnight. Only a whole search that came late enough proves that it is not there.
    pub(super) async fn find(&self, sought: &Sought) -> Result<Found, SendError> {
        let number = number(&sought.recipient)?;
        let wanted = sought.attempt_id.to_string();
        let mut dates = vec![
            china_time::date(sought.sent_at - SKEW),
            china_time::date(sought.sent_at + SKEW),
        ];
        dates.dedup();
        let mut whole = true;
        for date in dates {
            match self.search(&number, date, &wanted, sought).await? {
                Search::Found(detail) => return Ok(found(&detail, sought)),
                Search::Nothing => {}
                Search::CutOff => whole = false,
            }
        }
        let (age, settled_for) = (sought.now - sought.sent_at, sought.now - sought.ended_at);
        Ok(if whole && settled_for >= LAG && age < KEPT {
            Found::Absent
        } else {
            Found::CannotTell
        })
    }

    async fn search(
        &self,
        number: &str,
        date: NaiveDate,
        wanted: &str,
        sought: &Sought,
    ) -> Result<Search, SendError> {
        let date = date.format("%Y%m%d").to_string();
        let size = PAGE.to_string();
        let mut seen = 0;
        for page in 1..=PAGES {
            let page = page.to_string();
            let query = [
                ("PhoneNumber", number),
                ("SendDate", &date),
                ("PageSize", &size),
                ("CurrentPage", &page),
            ];
            let page: Page = self
                .call("QuerySendDetails", &query, &[], sought.now)
                .await?;
            let details = page.details.details;
            let ended = details.is_empty();
            seen += details.len();
            let hit = details
                .into_iter()
                .find(|detail| detail.out_id.as_deref() == Some(wanted));
            if let Some(detail) = hit {
                return Ok(Search::Found(detail));
            }
            let total = page.total.to_number();
            if total.is_some_and(|total| i64::try_from(seen).is_ok_and(|seen| seen >= total)) {
                return Ok(Search::Nothing);
            }
            if ended {
                break;
            }
        }
        Ok(Search::CutOff)
    }
}

enum Search {
    Found(Detail),
    Nothing,
    CutOff,
}

/// `SendStatus` is 1 while the receipt is awaited, 2 undelivered, 3 delivered. (The international
/// service numbers them differently.)
fn found(detail: &Detail, sought: &Sought) -> Found {
    let status = detail.send_status.as_ref().map(Loose::to_number);
    let delivered = match status.flatten() {
        Some(3) => Some(true),
        Some(2) => Some(false),
        _ => None,
    };
    let code = detail.err_code.as_deref().and_then(wire_text::code);
    let outcome: Option<ReceiptOutcome> = push::outcome(delivered, code.as_deref());
    let provider_message_id = sought.provider_message_id.clone();
    match outcome {
        None => Found::Taken {
            provider_message_id,
        },
        Some(outcome) => Found::Settled {
            outcome,
            code,
            provider_message_id,
            happened_at: detail.receive_date.as_deref().and_then(china_time::parse),
        },
    }
}
