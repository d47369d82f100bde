//! The story: four months of three people at one office.

mod ask;
mod excuse;
mod first_miss;
mod holiday;
mod no_phone;
mod outage;
mod registration;
mod report_in;
mod review;
mod third_miss;
mod trail;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{error::DemoError, http::Api, people::People, site::Site, tell::Tell};

/// A client and their case. Made up.
#[derive(Debug, Clone)]
pub struct Person {
    /// Full name.
    pub name: &'static str,
    /// `female` or `male`.
    pub sex: &'static str,
    /// Mobile number, if there is one.
    pub phone: Option<&'static str>,
    /// Kind of case.
    pub measure: &'static str,
    /// Number of the decision.
    pub document_no: &'static str,
    /// The client's id.
    pub client: String,
    /// The case's id.
    pub case: String,
}

/// What all chapters share.
#[derive(Debug)]
pub struct Story<'a> {
    site: &'a Site,
    api: &'a Api,
    people: &'a People,
    /// Where it is told.
    pub tell: &'a mut Tell,
    /// Keeps every date.
    wang: Person,
    /// Does not come, three times.
    zhao: Person,
    /// Has no phone.
    lin: Person,
    /// Messages of the outbox that were told of or passed over.
    seen: usize,
}

impl<'a> Story<'a> {
    /// Nothing has happened yet.
    pub fn new(site: &'a Site, api: &'a Api, people: &'a People, tell: &'a mut Tell) -> Self {
        let person = |name, sex, phone, measure, document_no| Person {
            name,
            sex,
            phone,
            measure,
            document_no,
            client: String::new(),
            case: String::new(),
        };
        Self {
            site,
            api,
            people,
            tell,
            wang: person(
                "王小明",
                "male",
                Some("13800138000"),
                TREATMENT,
                "示例决字〔2025〕1号",
            ),
            zhao: person(
                "赵强",
                "male",
                Some("13800138001"),
                TREATMENT,
                "示例决字〔2025〕2号",
            ),
            lin: person(
                "林芳",
                "female",
                None,
                REHABILITATION,
                "示例决字〔2025〕3号",
            ),
            seen: 0,
        }
    }

    /// Plays every chapter; answers the ids that `--json` prints of it.
    ///
    /// # Errors
    /// The first thing that does not come out as told.
    pub async fn play(&mut self) -> Result<Map<String, Value>, DemoError> {
        self.tell.opening();
        self.registration().await?;
        self.report_in().await?;
        self.holiday().await?;
        self.first_miss().await?;
        self.outage().await?;
        self.no_phone().await?;
        let first = self.third_miss().await?;
        self.excuse(&first).await?;
        let second = self.review().await?;
        self.trail().await?;
        let by_surname = |id: fn(&Person) -> &str| json!({ "wang": id(&self.wang), "zhao": id(&self.zhao), "lin": id(&self.lin) });
        let ids = [
            ("clients", by_surname(|person| &person.client)),
            ("cases", by_surname(|person| &person.case)),
            ("escalation", json!(second)),
        ];
        Ok(ids
            .map(|(name, id)| (name.to_owned(), id))
            .into_iter()
            .collect())
    }

    fn now(&self) -> DateTime<Utc> {
        self.site.clock.now()
    }

    fn chapter(&mut self, title: &str) {
        let now = self.now();
        self.tell.chapter(title, now);
    }
}

const TREATMENT: &str = "community_treatment";
const REHABILITATION: &str = "community_rehabilitation";
