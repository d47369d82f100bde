//! One row per operation.

use domain::rule_pack;
use serde_json::{Value, json};
use tests::{TestApp, steps::id_of};

use super::world::World;

/// To whom the object of an operation is foreign.
pub(super) enum Reach {
    /// It has none, or one that everybody may see.
    Anything,
    /// To other agencies.
    Agency,
    /// To other agencies, offices and caseworkers.
    Case,
}

/// A call that succeeds, and who is kept from it follows from the permission and the reach.
pub(super) struct Row {
    pub operation: &'static str,
    pub reach: Reach,
    pub path: String,
    pub body: Option<Vec<u8>>,
    pub headers: Vec<(&'static str, String)>,
    /// Who makes the call; `None`: nobody signed in.
    pub by: Option<&'static str>,
    pub status: u16,
}

fn row(operation: &'static str, reach: Reach, by: &'static str, path: String, status: u16) -> Row {
    Row {
        operation,
        reach,
        path,
        body: None,
        headers: Vec::new(),
        by: Some(by),
        status,
    }
}

fn get(operation: &'static str, reach: Reach, by: &'static str, path: impl AsRef<str>) -> Row {
    row(operation, reach, by, path.as_ref().to_owned(), 200)
}

impl Row {
    fn with(mut self, body: Value) -> Self {
        self.body = Some(body.to_string().into_bytes());
        self
    }

    fn creates(self, body: Value) -> Self {
        Self {
            status: 201,
            ..self.with(body)
        }
    }

    fn answers(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

pub(super) fn all(app: &TestApp, world: &World) -> Vec<Row> {
    let mut rows = administration(app);
    rows.extend(casework(app, world));
    rows.extend(tests_and_excuses(app, world));
    rows.extend(escalations(app, world));
    rows.extend(delivery(app, world));
    rows.extend(sessions(world));
    rows
}

fn administration(app: &TestApp) -> Vec<Row> {
    use Reach::{Agency, Anything};
    let seed = app.seed();
    let admin = "agency_admin";
    let office = format!("/v1/offices/{}", seed.office);
    let colleague = format!("/v1/staff/{}", seed.staff("colleague"));
    let pack = rule_pack::shipped()
        .iter()
        .find(|(id, _)| *id == "cn-default")
        .unwrap()
        .1;
    let next_pack = pack.replacen("version = 1", "version = 2", 1);
    let text = "{name}您好,您预约的服务请于{date}{time}前到站办理,详询{phone}。";
    let template = || "/v1/templates/appointment_reminder/d-7".to_owned();
    let preview = json!({ "kind": "appointment_reminder", "step": "d-7", "text": text });
    let year = json!({
        "year": 2027, "notice": "2027年部分节假日安排的通知", "source": "https://www.gov.cn/",
        "holidays": { "2027-01-01": "元旦" }, "make_up_workdays": {},
    });
    vec![
        get("create_office", Anything, admin, "/v1/offices").creates(json!({
            "name": "城南街道服务站", "area_code": "330102", "phone": "0571-88880001",
            "message_signature": "城南服务站",
        })),
        get("list_offices", Anything, "caseworker", "/v1/offices"),
        get("get_office", Agency, admin, &office),
        get("update_office", Agency, admin, &office).with(json!({ "phone": "0571-88880002" })),
        get("create_staff", Anything, admin, "/v1/staff").creates(json!({
            "username": "new.person", "password": "a long first password",
            "display_name": "周老师", "role": "caseworker", "office_id": seed.office.to_string(),
        })),
        get("list_staff", Anything, admin, "/v1/staff"),
        get("get_staff", Agency, admin, &colleague),
        get("update_staff", Agency, admin, &colleague).with(json!({ "display_name": "吴老师" })),
        get(
            "list_audit_entries",
            Anything,
            "auditor",
            "/v1/audit-entries",
        ),
        get("check_rule_pack", Anything, admin, "/v1/rule-packs/checks")
            .with(json!({ "document": pack })),
        get("publish_rule_pack", Anything, admin, "/v1/rule-packs")
            .creates(json!({ "document": next_pack })),
        get("list_rule_packs", Anything, "caseworker", "/v1/rule-packs"),
        get(
            "get_rule_pack",
            Anything,
            "caseworker",
            "/v1/rule-packs/cn-default/1",
        ),
        get("list_calendars", Anything, "caseworker", "/v1/calendars"),
        get("put_calendar", Anything, admin, "/v1/calendars/2027").with(year),
        get("get_calendar", Anything, "caseworker", "/v1/calendars/2027"),
        get("list_templates", Anything, "caseworker", "/v1/templates"),
        get(
            "preview_template",
            Anything,
            "caseworker",
            "/v1/templates/previews",
        )
        .with(preview),
        get("put_template", Anything, admin, template()).with(json!({ "text": text })),
        get("reset_template", Anything, admin, template()).answers(204),
    ]
}

fn casework(app: &TestApp, world: &World) -> Vec<Row> {
    use Reach::{Anything, Case};
    let (worker, head) = ("caseworker", "supervisor");
    let client = format!("/v1/clients/{}", world.client);
    let decision = json!({
        "document_no": "东公(社)字〔2025〕99号", "issuing_authority": "东山县公安局",
        "issued_on": "2025-12-01", "received_on": "2025-12-05",
    });
    vec![
        get("register_client", Anything, worker, "/v1/clients")
            .creates(json!({ "name": "何小力", "sex": "male", "phone": "13900007777" })),
        get("list_clients", Anything, worker, "/v1/clients"),
        get("get_client", Case, head, &client),
        get("update_client", Case, head, &client).with(json!({ "phone": "13900008888" })),
        get("register_case", Case, head, format!("{client}/cases")).creates(json!({
            "measure": "community_treatment", "office_id": app.seed().office.to_string(),
            "caseworker_id": app.seed().staff("caseworker").to_string(), "term_months": 36,
            "decision": decision,
        })),
        get("list_cases", Anything, worker, "/v1/cases"),
        get("get_case", Case, worker, world.missed.path("")),
        get(
            "report_in_case",
            Case,
            worker,
            format!("/v1/cases/{}/report-in", world.ordered),
        )
        .with(json!({ "reported_in_on": "2025-12-10" })),
        get(
            "complete_case",
            Case,
            head,
            world.at_its_end.path("/completion"),
        )
        .with(json!({ "document_no": "东公(解)字〔2025〕1号" })),
        get(
            "terminate_case",
            Case,
            head,
            world.to_be_ended.path("/termination"),
        )
        .with(json!({ "kind": "imprisonment", "reason": "被判处有期徒刑" })),
        get(
            "list_case_transitions",
            Case,
            worker,
            world.missed.path("/transitions"),
        ),
        get(
            "replan_case",
            Case,
            worker,
            world.kept.path("/replans?dry_run=false"),
        )
        .with(json!({ "rule_pack": "cn-default", "rule_pack_version": 1, "reason": "核对" })),
        get(
            "preview_schedule",
            Anything,
            worker,
            "/v1/schedule-previews",
        )
        .with(json!({
            "measure": "community_treatment", "reported_in_on": "2025-12-10", "term_months": 36,
        })),
        get(
            "list_case_appointments",
            Case,
            worker,
            world.missed.path("/appointments"),
        ),
        get("list_appointments", Anything, worker, "/v1/appointments"),
        get(
            "get_appointment",
            Case,
            worker,
            appointment(&world.missed_items[0], ""),
        ),
        get(
            "label_appointment",
            Case,
            worker,
            appointment(&world.missed_items[0], "/label"),
        )
        .with(json!({ "label": "evaded_or_refused", "reason": "本人表示不来" })),
        get("get_today", Anything, worker, "/v1/today"),
    ]
}

fn tests_and_excuses(app: &TestApp, world: &World) -> Vec<Row> {
    use Reach::{Anything, Case};
    let (worker, head) = ("caseworker", "supervisor");
    let test = json!({
        "sample": "urine", "method": "on_site", "collected_at": app.now(),
        "collector_ids": [
            app.seed().staff("caseworker").to_string(), app.seed().staff("supervisor").to_string(),
        ],
        "result": "negative", "client_signed": true,
    });
    let [first, second] = &world.excuses;
    vec![
        get(
            "record_test",
            Case,
            worker,
            appointment(&world.kept_items[3], "/test-records"),
        )
        .creates(test.clone()),
        get(
            "record_additional_test",
            Case,
            worker,
            world.kept.path("/test-records"),
        )
        .creates(test),
        get(
            "list_case_tests",
            Case,
            worker,
            world.kept.path("/test-records"),
        ),
        get(
            "get_test_record",
            Case,
            worker,
            format!("/v1/test-records/{}", world.test_record),
        ),
        get(
            "request_excuse",
            Case,
            worker,
            appointment(&world.kept_items[7], "/excuses"),
        )
        .creates(json!({ "reason_code": "pregnancy" })),
        get("list_excuses", Anything, worker, "/v1/excuses"),
        get("get_excuse", Case, worker, format!("/v1/excuses/{first}")),
        get(
            "decide_excuse",
            Case,
            head,
            format!("/v1/excuses/{first}/decision"),
        )
        .with(json!({ "decision": "accept", "reason": "有证明" })),
        get(
            "withdraw_excuse",
            Case,
            worker,
            format!("/v1/excuses/{second}/withdrawal"),
        )
        .with(json!({ "reason": "本人撤回" })),
    ]
}

fn escalations(app: &TestApp, world: &World) -> Vec<Row> {
    use Reach::{Anything, Case};
    let (worker, head) = ("caseworker", "supervisor");
    let dismissed = format!("/v1/escalations/{}/dismiss", world.positive_escalation);
    let step = |rest: &str| format!("/v1/escalations/{}{rest}", world.missed_escalation);
    let reason = json!({ "reason": "已核查" });
    vec![
        get("list_escalations", Anything, worker, "/v1/escalations"),
        get("get_escalation", Case, worker, step("")),
        get("dismiss_escalation", Case, head, dismissed).with(reason.clone()),
        get("add_escalation_statement", Case, worker, step("/statement"))
            .with(json!({ "statement": "本人称因打工无法前来" })),
        get("submit_escalation", Case, worker, step("/submit")).with(reason.clone()),
        get("sign_off_escalation", Case, head, step("/sign-off")).with(reason),
        get("refer_escalation", Case, worker, step("/referral")).with(json!({
            "receipt_no": "收2026-3", "police_unit": "城东派出所", "officer": "陈警官",
            "handed_over_at": app.now(),
        })),
        get("close_escalation", Case, worker, step("/outcome")).with(json!({
            "decision": "continue", "document_no": "东公(决)字〔2025〕1号",
            "decided_on": "2025-12-10",
        })),
    ]
}

fn delivery(app: &TestApp, world: &World) -> Vec<Row> {
    use Reach::{Anything, Case};
    let worker = "caseworker";
    let taken = app.fake().taken();
    let taken = taken.last().unwrap();
    let body = json!({
        "type": "message.delivered",
        "timestamp": app.now(),
        "data": { "id": taken.message_id, "attempt_id": taken.attempt_id },
    });
    let body = body.to_string().into_bytes();
    let headers = app
        .fake()
        .sign("receipt-1", app.sign_in_clock().now(), &body);
    vec![
        get("list_messages", Anything, worker, "/v1/messages"),
        get(
            "get_message",
            Case,
            worker,
            format!("/v1/messages/{}", world.message),
        ),
        Row {
            operation: "receive_receipt",
            reach: Anything,
            path: format!("/v1/agencies/{}/receipts", app.seed().agency),
            body: Some(body),
            headers: headers.to_vec(),
            by: None,
            status: 204,
        },
        get("list_tasks", Anything, worker, "/v1/tasks"),
        get(
            "complete_task",
            Case,
            worker,
            format!("/v1/tasks/{}/done", world.task),
        )
        .with(json!({ "outcome": "done" })),
        // These are not there outside a sandbox.
        get("get_sandbox_clock", Anything, worker, "/v1/sandbox/clock").answers(404),
        get("move_sandbox_clock", Anything, worker, "/v1/sandbox/clock")
            .with(json!({ "advance": "P1D" }))
            .answers(404),
        get(
            "list_sandbox_outbox",
            Anything,
            worker,
            "/v1/sandbox/outbox",
        )
        .answers(404),
    ]
}

fn sessions(world: &World) -> Vec<Row> {
    use Reach::Anything;
    let open = |row: Row| Row { by: None, ..row };
    let password = json!({ "username": "caseworker", "password": tests::app::PASSWORD });
    let refresh = json!({ "refresh_token": world.refresh_token });
    vec![
        open(get("create_session", Anything, "", "/v1/sessions").creates(password)),
        open(get("refresh_session", Anything, "", "/v1/sessions/refresh").creates(refresh)),
        // Last: it ends the session that the rows above were called in.
        get(
            "delete_session",
            Anything,
            "colleague",
            "/v1/sessions/current",
        )
        .answers(204),
    ]
}

fn appointment(item: &Value, rest: &str) -> String {
    format!("/v1/appointments/{}{rest}", id_of(item))
}
