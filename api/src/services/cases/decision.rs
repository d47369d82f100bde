//! The dates of a decision must be possible.

use chrono::{Months, NaiveDate};
use domain::{Refusal, RefusalCode};

use crate::views::cases::Decision;

/// No decision is older than the law it rests on (禁毒法 art. 71: in force since 1 June 2008).
const LAW_IN_FORCE_ON: Option<NaiveDate> = NaiveDate::from_ymd_opt(2008, 6, 1);
/// A printed end later than this after receipt is a slip of the pen.
const LATEST_END_MONTHS: Months = Months::new(60);

/// Checks issued ≤ received ≤ today, and that a printed term end lies after receipt. `today` is
/// local to the office.
///
/// # Errors
/// `date_in_future`, `date_before_decision`, `invalid_value` or `invalid_term` at the field.
pub(super) fn check_dates(decision: &Decision, today: NaiveDate) -> Result<(), Refusal> {
    let refuse = |code, field: &str, detail: String| {
        Err(Refusal::at(code, format!("/decision/{field}"), detail))
    };
    let (issued, received) = (decision.issued_on, decision.received_on);
    if LAW_IN_FORCE_ON.is_some_and(|first| issued < first) {
        let detail = "no decision was issued before the law came into force on 2008-06-01";
        return refuse(RefusalCode::InvalidValue, "issued_on", detail.to_owned());
    }
    for (date, field) in [(issued, "issued_on"), (received, "received_on")] {
        if date > today {
            let detail = format!("{date} lies in the future; today is {today}");
            return refuse(RefusalCode::DateInFuture, field, detail);
        }
    }
    if received < issued {
        let detail = format!("received on {received}, before it was issued on {issued}");
        return refuse(RefusalCode::DateBeforeDecision, "received_on", detail);
    }
    let Some(end) = decision.term_ends_on else {
        return Ok(());
    };
    if end <= received {
        let detail = format!("the term would end on {end}, before it begins");
        return refuse(RefusalCode::InvalidTerm, "term_ends_on", detail);
    }
    if received
        .checked_add_months(LATEST_END_MONTHS)
        .is_none_or(|latest| end > latest)
    {
        let detail = format!("{end} is more than 60 months after receipt");
        return refuse(RefusalCode::InvalidTerm, "term_ends_on", detail);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn check(issued: &str, received: &str, end: Option<&str>) -> Result<(), Refusal> {
        let decision = Decision {
            document_no: "1".to_owned(),
            issuing_authority: "a".to_owned(),
            issued_on: day(issued),
            received_on: day(received),
            term_ends_on: end.map(day),
        };
        check_dates(&decision, day("2025-09-02"))
    }

    #[test]
    fn possible_dates_pass() {
        assert_eq!(check("2025-09-02", "2025-09-02", None), Ok(()));
        assert_eq!(
            check("2025-08-28", "2025-09-01", Some("2028-08-31")),
            Ok(())
        );
    }

    #[test]
    fn impossible_dates_are_refused_at_their_field() {
        use RefusalCode as R;
        for (issued, received, end, code, field) in [
            (
                "2008-05-31",
                "2025-09-01",
                None,
                R::InvalidValue,
                "issued_on",
            ),
            (
                "2025-09-03",
                "2025-09-03",
                None,
                R::DateInFuture,
                "issued_on",
            ),
            (
                "2025-09-01",
                "2025-09-03",
                None,
                R::DateInFuture,
                "received_on",
            ),
            (
                "2025-09-01",
                "2025-08-31",
                None,
                R::DateBeforeDecision,
                "received_on",
            ),
            (
                "2025-09-01",
                "2025-09-01",
                Some("2025-09-01"),
                R::InvalidTerm,
                "term_ends_on",
            ),
            (
                "2025-09-01",
                "2025-09-01",
                Some("2030-09-02"),
                R::InvalidTerm,
                "term_ends_on",
            ),
        ] {
            let refusal = check(issued, received, end).unwrap_err();
            assert_eq!(refusal.code, code);
            assert_eq!(refusal.pointer, Some(format!("/decision/{field}")));
        }
    }
}
