//! Rule packs and calendars, which administrators upload.

use api::extract::json;
use domain::{
    Measure,
    calendar::{Calendar, HolidayYear},
    rule_pack::RulePack,
};

use super::text;

/// A pack that is taken answers every question that planning asks; a refused one says why.
pub fn rule_pack(bytes: &[u8]) {
    match RulePack::parse(&text(bytes)) {
        Err(errors) => assert!(!errors.is_empty(), "refused without a reason"),
        Ok(pack) => {
            for &measure in Measure::ALL {
                assert!(pack.report_in_days_for(measure) > 0);
                for months in [0, 1, 6, 36, 37, u32::MAX] {
                    // Planning asks this of every pack, of any term.
                    let _cadence_or_refusal = pack.cadence_for(measure, months);
                }
            }
        }
    }
}

/// More days off than these in one year end the search for the next working day without one.
const MANY_DAYS_OFF: usize = 30;

/// A year that is taken decides each of its days; every fault has its place.
pub fn calendar_year(bytes: &[u8]) {
    let Ok(year) = json::parse::<HolidayYear>(bytes) else {
        return;
    };
    if let Err(faults) = year.validate() {
        assert!(!faults.is_empty(), "refused without a reason");
        assert!(faults.iter().all(|fault| fault.pointer.is_some()));
        return;
    }
    // Alone: the next year's notice would have the last word on late December.
    let calendar = Calendar::default().with_year(year.clone());
    for &date in year.holidays.keys() {
        assert!(!calendar.is_working_day(date), "{date}");
        let next = calendar.working_day_on_or_after(date).date;
        assert!(year.holidays.len() > MANY_DAYS_OFF || calendar.is_working_day(next));
    }
    for &date in year.make_up_workdays.keys() {
        assert!(calendar.is_working_day(date), "{date}");
    }
}
