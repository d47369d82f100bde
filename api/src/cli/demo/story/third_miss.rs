//! The third miss.

use serde_json::Value;

use super::{Story, ask::e164};
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::{date, list, number, text},
    tell::day,
};

impl Story<'_> {
    /// Opens the escalation and shows what it rests on; answers its id.
    pub(super) async fn third_miss(&mut self) -> Result<String, DemoError> {
        self.until("2025-12-04T03:00:00Z").await?;
        self.chapter("王小明 keeps his third date");
        self.test(&self.wang.clone(), 3).await?;
        self.new_texts().await?;
        self.until("2025-12-10T02:00:00Z").await?;
        self.chapter("The third miss goes to people");
        self.appointment_in(&self.zhao, 3, "missed").await?;
        let file = self.escalation_in(&self.zhao, "open").await?;
        ensure(number(&file, "/count")? == 3, "a count of 3", &file)?;
        self.tell.machine(
            "赵强 has missed three tests. The machine opens one file, and stops there: it labels \
             nobody, tells him nothing and reports nothing. The file rests on:",
        );
        self.show_basis(&file)?;
        self.show_blockers(&file)?;
        let blocked = list(&file, "/blockers")?;
        let unlabelled = blocked
            .iter()
            .any(|it| text(it, "/code").ok() == Some("unlabelled_miss"));
        ensure(unlabelled, "unlabelled misses to block the file", &file)?;
        let number = e164(&self.zhao);
        let mut texts = self.new_texts().await?;
        texts.retain(|(to, _)| *to == number);
        ensure(
            texts.len() == 1,
            "only the text after the due day since",
            texts.len(),
        )?;
        Ok(text(&file, "/id")?.to_owned())
    }

    /// Each miss with its reminders.
    pub(super) fn show_basis(&mut self, file: &Value) -> Result<(), DemoError> {
        let counted = |item: &&Value| item.pointer("/removed_at").is_none_or(Value::is_null);
        for entry in list(file, "/basis")?.iter().filter(counted) {
            let n = number(entry, "/appointment/sequence")?;
            let due = day(date(entry, "/appointment/due_on")?);
            let proof = text(entry, "/appointment/notice_proof")?;
            let reminders = list(entry, "/appointment/reminders")?;
            let arrived = reminders
                .iter()
                .filter(|message| text(message, "/status").ok() == Some("delivered"))
                .count();
            let contacts = list(entry, "/appointment/contacts")?.len();
            self.tell
                .note(&format!("test {n}, due {due}: notice {proof}"));
            self.tell.note(&format!(
                "  {arrived} messages delivered, {contacts} contacts on file"
            ));
        }
        Ok(())
    }

    /// What stands in the way of submitting it.
    pub(super) fn show_blockers(&mut self, file: &Value) -> Result<(), DemoError> {
        let codes: Vec<String> = list(file, "/blockers")?
            .iter()
            .map(|blocker| Ok(text(blocker, "/code")?.replace('_', " ")))
            .collect::<Result<_, DemoError>>()?;
        let codes = if codes.is_empty() {
            "nothing".to_owned()
        } else {
            codes.join(", ")
        };
        self.tell.machine(&format!("Stands in its way: {codes}."));
        Ok(())
    }
}
