//! One story in which every operation is done once, in the order of [`crate::matrix::rows`].

mod inputs;

use std::collections::BTreeMap;

use domain::{MessageId, MessageStatus};
use gateways::standard_webhooks::{ID, SIGNATURE, Secret, TIMESTAMP};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use storage::{
    Scope, cases,
    messages::{self, Message},
};
use tests::{
    Response, TestApp,
    app::PASSWORD,
    fakes::webhook::SECRET,
    steps::{Journey, id_of},
};

use crate::documented::Operation;

/// The step whose text is changed.
const STEP: &str = "/v1/templates/appointment_reminder/d-3";
/// What an account has filed for its kind.
const FILED: &str = "/v1/provider-templates/sms-a/appointment_reminder/neutral";
/// The agency's own text for it.
const OWN_TEXT: &str = "{name}您好,请您在{date}{time}前到站,电话{phone}。";

/// The people and objects of the story.
pub struct World {
    pub app: TestApp,
    ids: BTreeMap<&'static str, String>,
    items: Vec<Value>,
}

/// What is asked of an operation.
pub struct Input {
    /// Path with the ids of the story's objects.
    pub path: String,
    /// Null: no body.
    pub body: Value,
    /// What the answer shows to those who see the object, and to nobody else.
    pub shows: Option<String>,
}

impl World {
    pub fn new(app: TestApp) -> Self {
        Self {
            app,
            ids: BTreeMap::new(),
            items: Vec::new(),
        }
    }

    /// The id of an object of the story.
    pub fn id(&self, name: &str) -> &str {
        &self.ids[name]
    }

    /// A request by a caller with everything that makes it succeed, if the caller may.
    pub async fn request(&self, operation: &Operation, caller: &str) -> RequestBuilder {
        let input = self.input(&operation.id, caller);
        self.request_to(operation, caller, &input.path, &input.body)
            .await
    }

    /// [`Self::request`] with another path or body.
    pub async fn request_to(
        &self,
        operation: &Operation,
        caller: &str,
        path: &str,
        body: &Value,
    ) -> RequestBuilder {
        let bare = path.split('?').next().unwrap();
        assert!(operation.is_at(bare), "{path} is not {}", operation.path);
        let mut request = self.app.request(operation.method.clone(), path);
        if operation.id == "delete_session" && caller != "nobody" {
            // A session of its own: the others go on.
            let session = sign_in(&self.app, caller).await;
            request = request.bearer_auth(session["access_token"].as_str().unwrap());
        } else if caller != "nobody" {
            request = request.bearer_auth(self.app.login_as(caller).await);
        }
        if ["receive_receipt", "receive_reply"].contains(&operation.id.as_str()) {
            return self.signed(request, body);
        }
        match body {
            Value::Null => request,
            // XML.
            Value::String(text) => request.body(text.clone()),
            body => request.json(body),
        }
    }

    fn signed(&self, request: RequestBuilder, body: &Value) -> RequestBuilder {
        let (bytes, now) = (body.to_string(), self.app.sign_in_clock().now());
        let secret = Secret::parse(&SECRET.into()).unwrap();
        request
            .header("content-type", "application/json")
            .header(ID, "receipt-1")
            .header(TIMESTAMP, now.timestamp())
            .header(SIGNATURE, secret.sign("receipt-1", now, bytes.as_bytes()))
            .body(bytes)
    }

    /// Brings the story to where the operation can be done.
    pub async fn prepare(&mut self, operation: &str) {
        let app = self.app.clone();
        match operation {
            "refresh_session" => {
                let session = sign_in(&app, "caseworker").await;
                self.set("refresh", session["refresh_token"].as_str().unwrap());
            }
            "create_client_session" => {
                app.register_born("赵小军", "13900005555").await;
                let code = app.get_code("13900005555").await;
                self.set("code", &code);
            }
            "create_wechat_session" => {
                app.bound_client("13900003333", "sun").await;
                self.set("wechat code", &app.wechat().code("sun"));
            }
            "refresh_client_session" => {
                app.register_born("钱小军", "13900004444").await;
                let session = app.client_session("13900004444").await;
                self.set("client refresh", session["refresh_token"].as_str().unwrap());
            }
            "review_template" => {
                let version = app.draft(STEP, OWN_TEXT).await;
                self.set("draft", &version.to_string());
            }
            "end_session" => {
                let session = sign_in(&app, "caseworker").await;
                let token = session["access_token"].as_str().unwrap();
                let open = app.get(token, "/v1/sessions").await.expect(200);
                let mut items = open["items"].as_array().unwrap().iter();
                let this = items.find(|item| item["current"] == true).unwrap();
                self.set("session", &id_of(this));
            }
            "report_in_case" => {
                app.advance("2025-09-05T10:00").await;
                let client = app.register_client("李小红", "13900002222").await;
                let measure = "community_rehabilitation";
                let case = app.register_case(&client, measure, 6, "2025-09-05").await;
                self.set("short case", &id_of(&case));
                app.report_in(&id_of(&case), "2025-09-05").await;
            }
            "replan_case" => {
                app.run_until_idle().await;
                self.items = app.appointments(&self.journey()).await;
            }
            "decide_excuse" => {
                let body = json!({ "reason_code": "illness", "note": "住院" });
                let excuse = self.as_caseworker(&self.of_item(1, "excuses"), body).await;
                self.set("excuse", &id_of(&excuse.expect(201)));
            }
            "label_appointment" => app.let_pass(&self.items[1]).await,
            "list_escalations" => {
                for item in [2, 3] {
                    app.let_pass(&self.items[item]).await;
                    let body = json!({ "label": "evaded_or_refused", "reason": "本人表示不来" });
                    self.as_caseworker(&self.of_item(item, "label"), body)
                        .await
                        .expect(200);
                }
                self.find_open_escalation().await;
            }
            "dismiss_escalation" => {
                app.let_pass(&self.items[4]).await;
                self.find_open_escalation().await;
            }
            "list_messages" => {
                let messages = app.messages(&self.journey()).await;
                self.set("message", &id_of(&messages[0]));
            }
            "resend_message" => {
                let given_up = self.give_up_a_message().await;
                self.set("given up", &given_up);
            }
            "list_tasks" => {
                let token = app.login_as("caseworker").await;
                let path = format!("/v1/tasks?status=open&case_id={}", self.id("case"));
                let tasks = app.all_items(&token, &path).await;
                self.set("task", &id_of(&tasks[0]));
            }
            "complete_case" => {
                app.advance("2026-03-05T10:00").await;
            }
            "list_frozen_cases" => self.freeze(&["short case"]),
            _ => {}
        }
    }

    /// Keeps what later operations are about.
    pub fn keep(&mut self, operation: &str, answer: &Response) {
        let name = match operation {
            "begin_second_factor" => {
                self.set("secret", answer.body["secret"].as_str().unwrap());
                return;
            }
            "create_office" => "office",
            "create_staff" => "staff",
            "create_cover" => "cover",
            "create_integrator" => "integrator",
            "create_sending_pause" => "sending pause",
            "register_client" => "client",
            "add_family_contact" => "family contact",
            "register_case" => "case",
            "record_test" => "test record",
            "request_excuse" => "excuse",
            _ => return,
        };
        self.set(name, &id_of(&answer.body));
    }

    /// Freezes files of the story now, however long ago their cases ended.
    pub fn freeze(&self, names: &[&str]) {
        self.app.write(|work| {
            let mut files = Vec::new();
            for name in names {
                let case = self.id(name).parse().unwrap();
                let stored = cases::get(work.tx, work.agency, Scope::default(), case)?;
                let client = stored.unwrap().client_id;
                files.push(cases::File { case, client });
            }
            Ok(cases::freeze(work.tx, work.agency, &files, work.now)?)
        });
    }

    /// Takes a message from elsewhere into the story.
    pub fn know_message(&mut self, message: &Value) {
        self.set("message", &id_of(message));
    }

    fn set(&mut self, name: &'static str, id: &str) {
        self.ids.insert(name, id.to_owned());
    }

    fn journey(&self) -> Journey {
        Journey {
            client: self.id("client").to_owned(),
            case: self.id("case").to_owned(),
        }
    }

    /// A copy of the story's message about an appointment that is still awaited, which was given up.
    async fn give_up_a_message(&self) -> String {
        let items = self.app.appointments(&self.journey()).await;
        let awaited = |item: &&Value| item["status"] == "scheduled" || item["status"] == "open";
        let item = id_of(items.iter().find(awaited).unwrap()).parse().unwrap();
        let like: MessageId = self.id("message").parse().unwrap();
        let now = self.app.now();
        let id = self.app.write(|work| {
            let like = messages::get(work.tx, work.agency, like)?.unwrap();
            let given_up = Message {
                id: work.ids.next(),
                appointment_id: Some(item),
                dedupe_key: "story:given-up".to_owned(),
                status: MessageStatus::TechnicalFailure,
                attempt_count: 0,
                final_at: Some(now),
                ..like
            };
            messages::insert_once(work.tx, std::slice::from_ref(&given_up))?;
            Ok(given_up.id)
        });
        id.to_string()
    }

    fn of_item(&self, index: usize, rest: &str) -> String {
        format!("/v1/appointments/{}/{rest}", id_of(&self.items[index]))
    }

    async fn as_caseworker(&self, path: &str, body: Value) -> Response {
        let token = self.app.login_as("caseworker").await;
        self.app.post(&token, path, body).await
    }

    async fn find_open_escalation(&mut self) {
        let open = self.app.escalations().await.into_iter();
        let open = open.filter(|it| it["status"] == "open" && it["case_id"] == self.id("case"));
        let open: Vec<Value> = open.collect();
        assert_eq!(open.len(), 1, "{open:#?}");
        self.set("escalation", &id_of(&open[0]));
    }

    /// What to ask of an operation so that its main caller gets it done. Callers of the other
    /// agency make objects of their own under names of their own.
    pub fn input(&self, operation: &str, caller: &str) -> Input {
        let foreign = caller.starts_with("foreign.");
        let (path, body) = self
            .of_the_agency(operation, foreign)
            .or_else(|| self.of_the_family(operation))
            .or_else(|| self.of_the_case(operation))
            .or_else(|| self.of_clients(operation))
            .or_else(|| self.of_appointments(operation))
            .or_else(|| self.of_the_escalation(operation))
            .unwrap_or_else(|| panic!("{operation} has no place in the story"));
        let case_id = || self.id("case").to_owned();
        let shows = match operation {
            "list_offices" => Some(self.id("office").to_owned()),
            "list_frozen_cases" => Some(self.id("short case").to_owned()),
            "list_staff" => Some(self.id("staff").to_owned()),
            "list_covers" => Some(self.id("cover").to_owned()),
            "list_sending_pauses" => Some(self.id("sending pause").to_owned()),
            "list_integrators" => Some(self.id("integrator").to_owned()),
            "list_rule_packs" => Some("cn-slower".to_owned()),
            "list_calendars" => Some("2027-01-01".to_owned()),
            "list_templates" => Some(OWN_TEXT.to_owned()),
            "list_provider_templates" => Some("SMS_100001".to_owned()),
            "list_clients" | "search_clients" => Some(self.id("client").to_owned()),
            "list_cases" | "list_appointments" | "list_excuses" | "list_escalations"
            | "list_messages" | "list_tasks" | "get_today" => Some(case_id()),
            "list_audit_entries" => Some("list_audit_entries".to_owned()),
            _ => None,
        };
        Input { path, body, shows }
    }
}

async fn sign_in(app: &TestApp, username: &str) -> Value {
    let body = json!({ "username": username, "password": PASSWORD });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    app.send(request).await.expect(201)
}
