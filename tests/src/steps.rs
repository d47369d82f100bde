//! What people do, through the API: the steps that stories are made of.

use domain::Role;
use serde_json::{Value, json};

use crate::{TestApp, app::china};

/// A client of the office's caseworker with an active case, and what the API answered.
#[derive(Debug, Clone)]
pub struct Journey {
    /// The client's id.
    pub client: String,
    /// The case's id.
    pub case: String,
}

impl Journey {
    /// `/v1/cases/{id}` and what follows it.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/cases/{}{rest}", self.case)
    }
}

impl TestApp {
    /// The caseworker registers a client with a name of their own and this mobile number.
    pub async fn register_client(&self, name: &str, phone: &str) -> String {
        let token = self.login(Role::Caseworker).await;
        let body = json!({
            "name": name, "sex": "male", "phone": phone, "phone_confirmed": true,
        });
        id_of(&self.post(&token, "/v1/clients", body).await.expect(201))
    }

    /// The caseworker registers a case whose decision was received on a day.
    pub async fn register_case(
        &self,
        client: &str,
        measure: &str,
        term_months: u32,
        received_on: &str,
    ) -> Value {
        let token = self.login(Role::Caseworker).await;
        let body = json!({
            "measure": measure,
            "office_id": self.seed().office.to_string(),
            "caseworker_id": self.seed().staff("caseworker").to_string(),
            "term_months": term_months,
            "decision": {
                "document_no": "东公(社)字〔2025〕12号",
                "issuing_authority": "东山县公安局",
                "issued_on": received_on,
                "received_on": received_on,
            },
        });
        self.post(&token, &format!("/v1/clients/{client}/cases"), body)
            .await
            .expect(201)
    }

    /// The caseworker notes that the client reported in on a day.
    pub async fn report_in(&self, case: &str, on: &str) -> Value {
        let token = self.login(Role::Caseworker).await;
        let body = json!({ "reported_in_on": on, "agreement_signed_on": on });
        self.post(&token, &format!("/v1/cases/{case}/report-in"), body)
            .await
            .expect(200)
    }

    /// A client whose case runs since `on`: today, as the clock stands.
    pub async fn active_case(&self, measure: &str, term_months: u32, on: &str) -> Journey {
        let client = self.register_client("王小明", "13900001111").await;
        let case = id_of(&self.register_case(&client, measure, term_months, on).await);
        self.report_in(&case, on).await;
        Journey { client, case }
    }

    /// Every appointment of a case, in order.
    pub async fn appointments(&self, journey: &Journey) -> Vec<Value> {
        let token = self.login(Role::Caseworker).await;
        self.all_items(&token, &journey.path("/appointments?limit=100"))
            .await
    }

    /// Every message about a case, in the order planned.
    pub async fn messages(&self, journey: &Journey) -> Vec<Value> {
        let token = self.login(Role::Caseworker).await;
        self.all_items(
            &token,
            &format!("/v1/messages?case_id={}&limit=100", journey.case),
        )
        .await
    }

    /// Every escalation the supervisor sees.
    pub async fn escalations(&self) -> Vec<Value> {
        let token = self.login(Role::Supervisor).await;
        self.all_items(&token, "/v1/escalations?limit=100").await
    }

    /// Every item of a list: walks its pages. `path` has a query.
    pub async fn all_items(&self, token: &str, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = path.to_owned();
        loop {
            let page = self.get(token, &next).await.expect(200);
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("{path}&cursor={cursor}"),
                None => return items,
            }
        }
    }

    /// A negative urine test for an appointment, taken now by two collectors; answers the record.
    pub async fn test(&self, appointment: &Value) -> Value {
        self.test_with(appointment, json!({})).await.expect(201)
    }

    /// [`TestApp::test`] with other fields.
    pub async fn test_with(&self, appointment: &Value, other: Value) -> crate::Response {
        let token = self.login(Role::Caseworker).await;
        let path = format!(
            "/v1/appointments/{}/test-records",
            appointment["id"].as_str().unwrap()
        );
        let mut body = json!({
            "sample": "urine",
            "method": "on_site",
            "collected_at": self.now(),
            "collector_ids": [
                self.seed().staff("caseworker").to_string(),
                self.seed().staff("supervisor").to_string(),
            ],
            "result": "negative",
            "kit_lot": "K2026-0417",
            "client_signed": true,
        });
        for (field, value) in other.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.post(&token, &path, body).await
    }

    /// Lets the windows of an appointment pass without a test, until it is missed.
    pub async fn let_pass(&self, appointment: &Value) {
        let over = appointment["grace_ends_at"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        self.advance_to(over).await;
    }

    /// Moves to 10:00 on an appointment's due day.
    pub async fn go_to(&self, appointment: &Value) {
        let day = appointment["due_on"].as_str().unwrap();
        self.advance_to(china(&format!("{day}T10:00"))).await;
    }
}

/// The `id` of an object.
pub fn id_of(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}
