//! Three decisions arrive.

use serde_json::json;

use super::{Person, Story};
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::{date, text},
    tell::day,
};

impl Story<'_> {
    /// Registers the clients and their cases.
    pub(super) async fn registration(&mut self) -> Result<(), DemoError> {
        self.chapter("Three decisions arrive at 城东服务站");
        self.wang = self.register(self.wang.clone()).await?;
        self.zhao = self.register(self.zhao.clone()).await?;
        self.lin = self.register(self.lin.clone()).await?;
        let case = self.look(&format!("/v1/cases/{}", self.wang.case)).await?;
        let due = date(&case, "/report_in_due_on")?;
        ensure(
            due.to_string() == "2025-09-16",
            "reporting in to be due on 2025-09-16",
            due,
        )?;
        self.tell.people(
            "李老师 types in what the papers say: 王小明 and 赵强, community treatment; 林芳, \
             community rehabilitation; 36 months each. 林芳 has no phone.",
        );
        self.tell
            .machine(&format!("They have to report in by {}.", day(due)));
        if let Ok(why) = text(&case, "/report_in_why/text") {
            self.tell.why(why);
        }
        Ok(())
    }

    async fn register(&self, mut person: Person) -> Result<Person, DemoError> {
        let client = json!({
            "name": person.name,
            "sex": person.sex,
            "phone": person.phone,
            "phone_sms_ok": person.phone.is_some(),
            "phone_confirmed": person.phone.is_some(),
        });
        let client = self.as_caseworker("/v1/clients", client).await?;
        text(&client, "/id")?.clone_into(&mut person.client);
        let case = json!({
            "measure": person.measure,
            "office_id": self.people.office,
            "caseworker_id": self.people.caseworker.id,
            "term_months": 36,
            "decision": {
                "document_no": person.document_no,
                "issuing_authority": "示例市公安局城东分局",
                "issued_on": "2025-08-28",
                "received_on": "2025-09-01",
            },
        });
        let path = format!("/v1/clients/{}/cases", person.client);
        let case = self.as_caseworker(&path, case).await?;
        text(&case, "/id")?.clone_into(&mut person.case);
        Ok(person)
    }
}
