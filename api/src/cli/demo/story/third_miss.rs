//! The third miss.

use serde_json::{Value, json};

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
        self.chapter("One person is not enough");
        self.alone().await?;
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

    /// A test taken by one person, which is kept and does not count.
    async fn alone(&mut self) -> Result<(), DemoError> {
        let item = self.appointment(&self.wang, 3).await?;
        let now = self.now();
        let body = json!({
            "sample": "urine",
            "method": "on_site",
            "collected_at": now,
            "collector_ids": [self.people.caseworker.id],
            "result": "negative",
            "kit_lot": "SJ-2025-07",
            "client_signed": true,
            "told_at": now,
        });
        let path = format!("/v1/appointments/{}/test-records", text(&item, "/id")?);
        let record = self.as_caseworker(&path, body).await?;
        let counts = record.pointer("/counts").and_then(Value::as_bool);
        ensure(
            counts == Some(false),
            "a test by one person not to count",
            &record,
        )?;
        let reason = text(&record, "/counts_reason")?.replace('_', " ");
        self.appointment_in(&self.wang, 3, "open").await?;
        self.tell
            .people("王小明 comes while 李老师 is by herself; she takes the test alone.");
        self.tell.machine(&format!(
            "It is kept, and does not count: {reason}. Test 3 stays open."
        ));
        Ok(())
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
            let contacts = list(entry, "/appointment/contacts")?
                .iter()
                .filter(|contact| text(contact, "/outcome").ok() == Some("reached"))
                .count();
            let contacts = if contacts == 1 {
                "1 contact".to_owned()
            } else {
                format!("{contacts} contacts")
            };
            self.tell.note(&format!("test {n}, due {due}"));
            self.tell.note(&format!(
                "- notice {proof}; {arrived} messages delivered, {contacts}"
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
