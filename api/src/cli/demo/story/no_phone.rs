//! A client whom no message can reach.

use serde_json::json;

use super::{Story, ask::kinds};
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::text,
};

impl Story<'_> {
    /// 林芳's miss: notice unproven, so a person is sent.
    pub(super) async fn no_phone(&mut self) -> Result<(), DemoError> {
        self.until("2025-11-10T02:00:00Z").await?;
        self.chapter("A miss that may be ours");
        let item = self.appointment_in(&self.lin, 1, "missed").await?;
        let proof = text(&item, "/notice_proof")?;
        ensure(proof == "unproven", "notice to be unproven", proof)?;
        self.tell.machine(
            "林芳's first test is missed, and its notice is unproven: nothing shows that she knew. \
             That is a task at once.",
        );
        let tasks = self.open_tasks(&self.lin.clone()).await?;
        let all = kinds(&tasks)?;
        ensure(
            all.contains("contact client"),
            "a task to contact 林芳",
            &all,
        )?;
        self.tell.machine(&format!("Tasks for 李老师: {all}."));
        for task in &tasks {
            let body = json!({ "outcome": "reached", "note": "上门见到本人，说明下次时间" });
            self.as_caseworker(&format!("/v1/tasks/{}/done", text(task, "/id")?), body)
                .await?;
        }
        let label = json!({
            "label": "service_fault",
            "reason": "未能通知到本人，属我站责任",
        });
        let path = format!("/v1/appointments/{}/label", text(&item, "/id")?);
        self.as_caseworker(&path, label).await?;
        self.appointment_in(&self.lin, 1, "service_fault").await?;
        self.tell.people(
            "李老师 visits her and labels the miss a fault of the service. It will never count.",
        );
        self.appointment_in(&self.zhao, 2, "missed").await?;
        self.tell.machine("赵强's second test is missed too.");
        for task in self.open_tasks(&self.zhao.clone()).await? {
            let body = json!({ "outcome": "reached", "note": "当面告知" });
            self.as_caseworker(&format!("/v1/tasks/{}/done", text(&task, "/id")?), body)
                .await?;
        }
        self.tell
            .people("李老师 gives him the second notice in person.");
        Ok(())
    }
}
