//! The server is off for ten days.

use super::{
    Story,
    ask::{e164, kinds},
};
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::{date, instant, text},
    tell::{day, local},
};

impl Story<'_> {
    /// Four reminders fall into an outage; one is sent after it.
    pub(super) async fn outage(&mut self) -> Result<(), DemoError> {
        self.until("2025-10-25T02:00:00Z").await?;
        self.new_texts().await?;
        let item = self.appointment(&self.wang, 2).await?;
        let due = day(date(&item, "/due_on")?);
        // Nobody runs the worker while the machine is off; its clock goes on.
        let back = "2025-11-04T02:00:00Z";
        self.site.clock.set(back.parse().map_err(DemoError::start)?);
        self.chapter("Ten days without a server");
        self.tell.note(&format!(
            "On 25 October the server broke; it is back now. 王小明's next test is due {due}."
        ));
        self.until(back).await?;
        let number = e164(&self.wang);
        let mut texts = self.new_texts().await?;
        texts.retain(|(to, _)| *to == number);
        ensure(
            texts.len() == 1,
            "one text to 王小明 after the outage",
            texts.len(),
        )?;
        self.tell
            .machine("It does not send the backlog. It sends what still makes sense, once:");
        for (_, sent) in &texts {
            self.tell.text(sent.at, &sent.text);
        }
        let path = format!("/v1/messages?appointment_id={}", text(&item, "/id")?);
        self.tell
            .machine("What became of each reminder is on file:");
        let mut messages = self.look_through(&path).await?;
        messages.sort_by_key(|message| instant(message, "/planned_for").ok());
        for message in &messages {
            let (step, status) = (text(message, "/step")?, text(message, "/status")?);
            let planned = local(instant(message, "/planned_for")?);
            self.tell.note(&format!("{step:<9}{planned:<24}{status}"));
        }
        let calls = kinds(&self.open_tasks(&self.lin.clone()).await?)?;
        ensure(
            calls.contains("call client"),
            "a call to 林芳 as a task",
            &calls,
        )?;
        self.tell.machine(
            "林芳's test is due today too. She has no phone, so her reminder becomes a task: 李老师 \
             is to reach her. Silence is never the outcome.",
        );
        self.test(&self.wang.clone(), 2).await?;
        self.tell
            .people("赵强 does not come, and nobody gets round to 林芳.");
        Ok(())
    }
}
