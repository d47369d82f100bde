//! The clients report in, and three years are planned.

use serde_json::json;

use super::{Person, Story};
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::{date, number, text},
    tell::day,
};

impl Story<'_> {
    /// Reports everybody in and shows the plan.
    pub(super) async fn report_in(&mut self) -> Result<(), DemoError> {
        self.until("2025-09-05T02:00:00Z").await?;
        self.chapter("They report in, and three years are planned");
        let planned = self.come(self.wang.clone()).await?;
        self.come(self.zhao.clone()).await?;
        let fewer = self.come(self.lin.clone()).await?;
        ensure(
            (planned, fewer) == (22, 12),
            "22 tests and 12",
            format!("{planned} and {fewer}"),
        )?;
        self.tell
            .people("All three report in and sign their agreements.");
        self.tell.machine(
            "22 tests are planned for 王小明 and 赵强 (monthly, then every two, then every three \
             months), 12 for 林芳. The first ones of 王小明:",
        );
        for n in 1..=4 {
            let item = self.appointment(&self.wang, n).await?;
            let (opens, due) = (day(date(&item, "/opens_on")?), day(date(&item, "/due_on")?));
            self.tell.note(&format!("{n}. from {opens} to {due}"));
        }
        let first = self.appointment(&self.wang, 1).await?;
        let due = date(&first, "/due_on")?;
        ensure(
            due.to_string() == "2025-10-09",
            "test 1 to be due on 2025-10-09",
            due,
        )?;
        let cause = text(&first, "/why/roll_cause")?.to_owned();
        ensure(
            cause.contains("国庆"),
            "National Day as the cause of the move",
            cause,
        )?;
        self.tell
            .why(&format!("(test 1) {}", text(&first, "/why/text")?));
        let fourth = self.appointment(&self.wang, 4).await?;
        let due = date(&fourth, "/due_on")?;
        ensure(
            due.to_string() == "2026-01-04",
            "test 4 to be due on 2026-01-04",
            due,
        )?;
        self.tell.note(
            "Test 4 ends on a Sunday and stays there: the State Council made 4 January 2026 a \
             working day in exchange for the New Year holiday.",
        );
        Ok(())
    }

    /// Reports one client in; answers how many tests were planned.
    async fn come(&self, person: Person) -> Result<i64, DemoError> {
        let body = json!({
            "reported_in_on": "2025-09-05",
            "agreement_signed_on": "2025-09-05",
        });
        let path = format!("/v1/cases/{}/report-in", person.case);
        let case = self.as_caseworker(&path, body).await?;
        let status = text(&case, "/status")?;
        ensure(
            status == "active",
            format!("the case of {} to be active", person.name),
            status,
        )?;
        let items = self
            .look_through(&format!("/v1/cases/{}/appointments", person.case))
            .await?;
        let last = items
            .iter()
            .filter_map(|item| number(item, "/sequence").ok())
            .max();
        Ok(last.unwrap_or_default())
    }
}
