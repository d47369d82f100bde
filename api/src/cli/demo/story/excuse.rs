//! An excuse that comes late and is accepted.

use serde_json::json;

use super::Story;
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::{number, text},
};

impl Story<'_> {
    /// 赵强 was in hospital in November: the miss no longer counts and the file is withdrawn.
    pub(super) async fn excuse(&mut self, escalation: &str) -> Result<(), DemoError> {
        self.until("2025-12-11T02:00:00Z").await?;
        self.chapter("An excuse, five weeks late");
        let item = self.appointment(&self.zhao, 2).await?;
        let excuse = json!({
            "reason_code": "illness",
            "note": "11月3日至10日住院，出院小结已提交",
        });
        let path = format!("/v1/appointments/{}/excuses", text(&item, "/id")?);
        let excuse = self.as_caseworker(&path, excuse).await?;
        self.tell.people(
            "李老师 reaches him. In November he lay in hospital and brings the papers; she enters \
             the excuse for test 2.",
        );
        let path = format!("/v1/escalations/{escalation}");
        let file = self.look(&path).await?;
        self.show_blockers(&file)?;
        let decision = json!({ "decision": "accept", "reason": "出院小结属实" });
        let decide = format!("/v1/excuses/{}/decision", text(&excuse, "/id")?);
        self.as_supervisor(&decide, decision).await?;
        self.appointment_in(&self.zhao, 2, "excused").await?;
        self.tell.people("陈主任 reads them and accepts.");
        let file = self.look(&path).await?;
        let status = text(&file, "/status")?;
        ensure(status == "withdrawn", "the file to be withdrawn", status)?;
        ensure(number(&file, "/count")? == 2, "a count of 2", &file)?;
        self.tell.machine(
            "Two misses are left. The file is withdrawn at once, with the reason on it; it stays \
             readable.",
        );
        Ok(())
    }
}
