//! One test is missed.

use serde_json::json;

use super::{
    Story,
    ask::{e164, kinds},
};
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::text,
};

impl Story<'_> {
    /// 赵强's first miss: proven notice, no label, a talk.
    pub(super) async fn first_miss(&mut self) -> Result<(), DemoError> {
        self.until("2025-10-15T02:00:00Z").await?;
        self.chapter("A test is missed");
        let texts = self.new_texts().await?;
        let number = e164(&self.zhao);
        let after: Vec<_> = texts.iter().filter(|(to, _)| *to == number).collect();
        ensure(
            after.len() == 1,
            "one text to 赵强 after the due day",
            after.len(),
        )?;
        for (_, sent) in after {
            self.tell.text(sent.at, &sent.text);
        }
        let item = self.appointment_in(&self.zhao, 1, "missed").await?;
        ensure(
            item.pointer("/label")
                .is_none_or(serde_json::Value::is_null),
            "no label",
            &item,
        )?;
        let proof = text(&item, "/notice_proof")?;
        ensure(proof == "proven", "notice to be proven", proof)?;
        self.tell.machine(
            "Three working days of grace have passed. The machine notes the fact: missed, notice \
             proven by delivered reminders. It gives no label; whether he stayed away or could \
             not come is for people to say.",
        );
        let tasks = self.open_tasks(&self.zhao.clone()).await?;
        self.tell
            .machine(&format!("Tasks for 李老师: {}.", kinds(&tasks)?));
        for task in &tasks {
            let body = json!({ "outcome": "reached", "note": "电话联系，已谈话" });
            self.as_caseworker(&format!("/v1/tasks/{}/done", text(task, "/id")?), body)
                .await?;
        }
        self.tell
            .people("李老师 phones him, talks with him, and ticks the tasks off.");
        Ok(())
    }
}
