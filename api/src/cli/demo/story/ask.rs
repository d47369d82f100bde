//! What several chapters ask of the API.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Person, Story};
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::{date, instant, list, number, text},
    tell::day,
};

/// A text that went out.
#[derive(Debug, Clone)]
pub struct Sent {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// The whole text.
    pub text: String,
}

impl Story<'_> {
    /// Lets time pass until `to` (UTC), the worker working all the while.
    pub async fn until(&mut self, to: &str) -> Result<(), DemoError> {
        let walk = self
            .as_caseworker("/v1/sandbox/clock", json!({ "to": to }))
            .await?;
        let arrived = walk.pointer("/arrived").and_then(Value::as_bool);
        ensure(
            arrived == Some(true),
            format!("the clock to reach {to}"),
            walk,
        )
    }

    /// A POST by the caseworker.
    pub async fn as_caseworker(&self, path: &str, body: Value) -> Result<Value, DemoError> {
        self.api
            .post(&self.people.caseworker.token, path, body)
            .await
    }

    /// A POST by the supervisor.
    pub async fn as_supervisor(&self, path: &str, body: Value) -> Result<Value, DemoError> {
        self.api
            .post(&self.people.supervisor.token, path, body)
            .await
    }

    /// What the caseworker sees at a path.
    pub async fn look(&self, path: &str) -> Result<Value, DemoError> {
        self.api.get(&self.people.caseworker.token, path).await
    }

    /// A list as the caseworker sees it, all of it.
    pub async fn look_through(&self, path: &str) -> Result<Vec<Value>, DemoError> {
        self.api.all(&self.people.caseworker.token, path).await
    }

    /// The texts that went out since this was asked last, oldest first, by number.
    pub async fn new_texts(&mut self) -> Result<Vec<(String, Sent)>, DemoError> {
        let mut outbox = self.look_through("/v1/sandbox/outbox").await?;
        outbox.reverse();
        let fresh = outbox.iter().skip(self.seen).map(|message| {
            let sent = Sent {
                at: instant(message, "/at")?,
                text: text(message, "/text")?.to_owned(),
            };
            Ok((text(message, "/recipient")?.to_owned(), sent))
        });
        let fresh: Vec<_> = fresh.collect::<Result<_, DemoError>>()?;
        self.seen = outbox.len();
        Ok(fresh)
    }

    /// The `n`th appointment of a case, from 1.
    pub async fn appointment(&self, person: &Person, n: i64) -> Result<Value, DemoError> {
        let path = format!("/v1/cases/{}/appointments", person.case);
        let items = self.look_through(&path).await?;
        let found = items
            .into_iter()
            .find(|item| number(item, "/sequence").ok() == Some(n));
        found.ok_or_else(|| DemoError::Otherwise {
            expected: format!("appointment {n} of {}", person.name),
            found: "none".to_owned(),
        })
    }

    /// The `n`th appointment of a case, which must be in `status`.
    pub async fn appointment_in(
        &self,
        person: &Person,
        n: i64,
        status: &str,
    ) -> Result<Value, DemoError> {
        let item = self.appointment(person, n).await?;
        let found = text(&item, "/status")?.to_owned();
        let expected = format!("appointment {n} of {} to be {status}", person.name);
        ensure(found == status, expected, found)?;
        Ok(item)
    }

    /// Records a clean test of `person`, taken now by the caseworker and the nurse; it must complete
    /// the `n`th appointment.
    pub async fn test(&mut self, person: &Person, n: i64) -> Result<(), DemoError> {
        let item = self.appointment(person, n).await?;
        let now = self.now();
        let body = json!({
            "sample": "urine",
            "method": "on_site",
            "collected_at": now,
            "collector_ids": [self.people.caseworker.id, self.people.nurse.id],
            "result": "negative",
            "kit_lot": "SJ-2025-07",
            "client_signed": true,
            "told_at": now,
        });
        let path = format!("/v1/appointments/{}/test-records", text(&item, "/id")?);
        let record = self.as_caseworker(&path, body).await?;
        let counts = record.pointer("/counts").and_then(Value::as_bool);
        ensure(counts == Some(true), "the test to count", record)?;
        self.appointment_in(person, n, "completed").await?;
        let (name, due) = (person.name, day(date(&item, "/due_on")?));
        self.tell.people(&format!(
            "李老师 and 周护士 take the test of {name} together, {name} signs, they record it: test {n}, \
             due {due}, is completed.",
        ));
        Ok(())
    }

    /// The kinds of the open tasks about a client's case.
    pub async fn open_tasks(&self, person: &Person) -> Result<Vec<Value>, DemoError> {
        self.look_through(&format!("/v1/tasks?status=open&case_id={}", person.case))
            .await
    }

    /// The one escalation of a case in `status`, as its page shows it.
    pub async fn escalation_in(&self, person: &Person, status: &str) -> Result<Value, DemoError> {
        let path = format!("/v1/escalations?case_id={}&status={status}", person.case);
        let page = self.look(&path).await?;
        let items = list(&page, "/items")?;
        let expected = format!("one escalation of {} in {status}", person.name);
        ensure(items.len() == 1, expected, &page)?;
        self.look(&format!("/v1/escalations/{}", text(&page, "/items/0/id")?))
            .await
    }
}

/// The number of a client as messages carry it.
pub fn e164(person: &Person) -> String {
    person
        .phone
        .map(|phone| format!("+86{phone}"))
        .unwrap_or_default()
}

/// The kinds of tasks, in words.
pub fn kinds(tasks: &[Value]) -> Result<String, DemoError> {
    let mut kinds: Vec<String> = tasks
        .iter()
        .map(|task| Ok(text(task, "/kind")?.replace('_', " ")))
        .collect::<Result<_, DemoError>>()?;
    kinds.sort();
    kinds.dedup();
    Ok(if kinds.is_empty() {
        "none".to_owned()
    } else {
        kinds.join(", ")
    })
}
