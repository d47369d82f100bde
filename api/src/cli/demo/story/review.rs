//! The third miss again, reviewed and signed off by two people.

use serde_json::{Value, json};

use super::Story;
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::{date, list, number, text},
    tell::day,
};

impl Story<'_> {
    /// Review by the caseworker, sign-off by the supervisor; answers the escalation's id.
    pub(super) async fn review(&mut self) -> Result<String, DemoError> {
        self.until("2026-01-04T02:00:00Z").await?;
        self.chapter("A Sunday that is a working day");
        self.test(&self.wang.clone(), 4).await?;
        self.tell.people("赵强 does not come.");
        self.until("2026-01-08T02:00:00Z").await?;
        self.chapter("Three again, and two people decide");
        self.appointment_in(&self.zhao, 4, "missed").await?;
        let file = self.escalation_in(&self.zhao, "open").await?;
        ensure(number(&file, "/count")? == 3, "a count of 3", &file)?;
        self.tell
            .machine("A further miss makes three again. A new file is open:");
        self.show_basis(&file)?;
        let id = text(&file, "/id")?.to_owned();
        let step = |name: &str| format!("/v1/escalations/{id}/{name}");

        let refused = self
            .as_caseworker(&step("submit"), json!({ "reason": "核查完毕" }))
            .await;
        let blocked = matches!(&refused, Err(DemoError::Refused { body, .. })
            if body.contains("escalation_blocked"));
        ensure(
            blocked,
            "the unlabelled file to be refused",
            format!("{refused:?}"),
        )?;
        self.tell
            .machine("李老师 tries to submit it. Refused: each miss needs a person's label.");

        let counted = |item: &&Value| item.pointer("/removed_at").is_none_or(Value::is_null);
        for entry in list(&file, "/basis")?.iter().filter(counted) {
            let path = format!("/v1/appointments/{}/label", text(entry, "/appointment/id")?);
            let label = json!({
                "label": "evaded_or_refused",
                "reason": "已通知到本人，无正当理由未到站",
            });
            self.as_caseworker(&path, label).await?;
        }
        let statement = json!({ "statement": "本人称工作繁忙，愿意今后按时到站。" });
        self.as_caseworker(&step("statement"), statement).await?;
        self.as_caseworker(&step("submit"), json!({ "reason": "三次未到均已核查" }))
            .await?;
        self.tell.people(
            "李老师 labels the three misses, writes down what 赵强 has to say for himself, and \
             submits the file.",
        );
        let sign_off = json!({ "reason": "事实清楚，同意上报" });
        self.as_supervisor(&step("sign-off"), sign_off).await?;
        let file = self.look(&format!("/v1/escalations/{id}")).await?;
        let status = text(&file, "/status")?;
        ensure(status == "signed_off", "the file to be signed off", status)?;
        self.tell
            .people("陈主任, another person, reads it and signs it off.");
        let report = day(date(&file, "/clock/report_due_on")?);
        self.tell.machine(&format!(
            "The machine keeps the clock: to be handed over by {report}. Handing over, and every \
             decision after it, is done by people and typed in with its document."
        ));
        let case = self.look(&format!("/v1/cases/{}", self.zhao.case)).await?;
        let status = text(&case, "/status")?;
        ensure(status == "active", "the case to go on", status)?;
        Ok(id)
    }
}
