//! What answers to messages do, and what they never do.

mod kept;

use domain::{AgencyId, MessageId, MessageStatus, Role};
use reqwest::Method;
use serde_json::{Value, json};
use storage::messages::{self, Message};
use tests::{
    Response, TestApp, on_both,
    steps::{Journey, id_of},
};

use crate::{
    receipts::accepted,
    story::{calls, message, notice_proof},
};

/// The client's number, as the office's platform writes it.
const NUMBER: &str = "13900001111";

/// Posts a body to an agency's replies, signed as it should be.
async fn hand_in(app: &TestApp, agency: AgencyId, body: &Value) -> Response {
    let body = body.to_string().into_bytes();
    let now = app.sign_in_clock().now();
    let mut request = app
        .request(Method::POST, &format!("/v1/agencies/{agency}/replies"))
        .header("content-type", "application/json");
    for (name, value) in app.fake().sign("call-1", now, &body) {
        request = request.header(name, value);
    }
    app.send(request.body(body)).await
}

fn said(id: &str, from: &str, text: &str) -> Value {
    json!({
        "type": "reply.received", "timestamp": "2025-09-30T09:10:00+08:00",
        "data": { "id": id, "from": from, "text": text },
    })
}

/// Somebody answers, and the platform hands it in.
pub(crate) async fn answer(app: &TestApp, id: &str, from: &str, text: &str) {
    let taken = hand_in(app, app.seed().agency, &said(id, from, text)).await;
    // Whatever it says and whoever says it.
    assert_eq!(taken.expect(204), Value::Null);
}

/// A copy of the case's first message that belongs to another client.
async fn anothers_message(app: &TestApp, journey: &Journey) -> String {
    let client = app.register_client("赵小军", "13900002222").await;
    let like: MessageId = id_of(&message(app, journey, "wd-1").await).parse().unwrap();
    let id = app.write(|work| {
        let like = messages::get(work.tx, work.agency, like)?.unwrap();
        let other = Message {
            id: work.ids.next(),
            client_id: client.parse().ok(),
            dedupe_key: "another's".to_owned(),
            status: MessageStatus::Cancelled,
            next_action_at: None,
            ..like
        };
        messages::insert_once(work.tx, std::slice::from_ref(&other))?;
        Ok(other.id)
    });
    id.to_string()
}

/// The open tasks of these kinds that a person sees, with what is written in them.
pub(crate) async fn read_by(app: &TestApp, person: &str, kinds: &[&str]) -> Vec<Value> {
    let token = app.login_as(person).await;
    let mut files = Vec::new();
    for task in app
        .all_items(&token, "/v1/tasks?status=open&limit=100")
        .await
    {
        if kinds.contains(&task["kind"].as_str().unwrap()) {
            assert!(
                task.get("reply").is_none(),
                "a list shows what was answered"
            );
            let path = format!("/v1/tasks/{}", id_of(&task));
            files.push(app.get(&token, &path).await.expect(200));
        }
    }
    files
}

/// The kinds of tasks that answers make.
pub(crate) const ALL: [&str; 4] = [
    "reply_received",
    "reschedule_requested",
    "messages_stopped",
    "emergency_help",
];

async fn client(app: &TestApp, journey: &Journey) -> Value {
    let token = app.login(Role::Caseworker).await;
    let path = format!("/v1/clients/{}", journey.client);
    app.get(&token, &path).await.expect(200)
}

/// What the trail says of replies: who acted, on what, with which code.
async fn trail(app: &TestApp) -> Vec<(String, String, String)> {
    let token = app.login(Role::Auditor).await;
    let path = "/v1/audit-entries?limit=100&action=receive_reply";
    let entries = app.all_items(&token, path).await;
    let word = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let shown = |entry: &Value| {
        let (actor, object) = (word(entry, "actor_kind"), word(entry, "object_kind"));
        (actor, object, word(entry, "reason"))
    };
    let mut all: Vec<_> = entries.iter().map(shown).collect();
    all.sort();
    all
}

fn entry(actor: &str, object: &str, reason: &str) -> (String, String, String) {
    (actor.to_owned(), object.to_owned(), reason.to_owned())
}

on_both! {
    async fn a_word_confirms_the_date_that_was_reminded_of(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
        answer(&app, "r-1", "+86 139-0000-1111", " １。").await;
        assert_eq!(notice_proof(&app, &journey).await, "proven");
        assert!(read_by(&app, "caseworker", &ALL).await.is_empty());

        let listed = message(&app, &journey, "wd-1").await;
        let reply = &listed["replies"][0];
        assert_eq!((&reply["meaning"], &reply["effect"]), (&json!("confirm"), &json!("confirmed")));
        assert_eq!((&reply["doubt"], reply.get("text")), (&Value::Null, None));
        let token = app.login(Role::Caseworker).await;
        let shown = app.get(&token, &format!("/v1/messages/{}", taken.message_id)).await.expect(200);
        assert_eq!(shown["replies"][0]["text"], "１。");
        assert_eq!(shown["replies"][0]["sent_at"], "2025-09-30T01:10:00Z");
        assert_eq!(trail(&app).await, [
            entry("client", "appointment", "confirmed"),
            entry("gateway", "reply", "confirmed"),
        ]);

        // The same again, and other words for it, change nothing.
        for (id, word) in [("r-1", "1"), ("r-2", "确认"), ("r-3", "收到！")] {
            answer(&app, id, NUMBER, word).await;
        }
        assert_eq!(app.contents().rows("appointment_confirmations"), 1);
        assert_eq!(app.contents().rows("replies"), 3);
        assert!(read_by(&app, "caseworker", &ALL).await.is_empty());
    }

    async fn a_wish_for_another_date_moves_nothing_and_is_read_by_the_caseworker(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        let before = app.appointments(&journey).await;
        answer(&app, "r-1", NUMBER, "李老师，那天我上班，想改期").await;
        assert_eq!(app.appointments(&journey).await, before);
        let tasks = read_by(&app, "caseworker", &ALL).await;
        assert_eq!(tasks.len(), 1, "{tasks:#?}");
        let task = &tasks[0];
        assert_eq!(task["kind"], "reschedule_requested");
        assert_eq!(task["client_id"], journey.client);
        assert_eq!(task["case_id"], journey.case);
        assert_eq!(task["appointment_id"], before[0]["id"]);
        assert_eq!(task["message_id"], taken.message_id);
        assert_eq!(task["due_on"], "2025-09-30");
        assert_eq!(task["reply"]["text"], "李老师，那天我上班，想改期");
        assert_eq!(task["reply"]["meaning"], "reschedule");
        assert_eq!(task["reply"]["effect"], "task");
        // A read of the file, like any.
        let token = app.login(Role::Auditor).await;
        let reads = app.all_items(&token, "/v1/audit-entries?limit=100&action=get_task").await;
        assert_eq!(reads.last().unwrap()["object_id"], task["id"]);
        // Others see none of it.
        for person in ["colleague", "other.supervisor", "foreign.supervisor"] {
            let token = app.login_as(person).await;
            let path = format!("/v1/tasks/{}", id_of(task));
            app.get(&token, &path).await.problem(404, "not_found");
        }
    }

    /// The wish is over with the appointment; what else was said has to be read whatever becomes of it.
    async fn what_was_said_outlives_the_appointment(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        answer(&app, "r-1", NUMBER, "想改期").await;
        answer(&app, "r-2", NUMBER, "我母亲住院了").await;
        assert_eq!(read_by(&app, "caseworker", &ALL).await.len(), 2);
        let items = app.appointments(&journey).await;
        app.go_to(&items[0]).await;
        app.test(&items[0]).await;
        let left = read_by(&app, "caseworker", &ALL).await;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0]["kind"], "reply_received");
        assert_eq!(left[0]["reply"]["text"], "我母亲住院了");
        let done = json!({ "outcome": "reached", "note": "已电话联系" });
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/tasks/{}/done", id_of(&left[0]));
        app.post(&token, &path, done).await.expect(200);
    }

    async fn a_stop_word_ends_texts_and_no_duty(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        let before = app.appointments(&journey).await;
        answer(&app, "r-1", NUMBER, "ＴＤ").await;
        assert_eq!(client(&app, &journey).await["phone_sms_ok"], false);
        let tasks = read_by(&app, "caseworker", &ALL).await;
        assert_eq!(tasks.len(), 1);
        assert_eq!((&tasks[0]["kind"], &tasks[0]["reply"]["text"]), (&json!("messages_stopped"), &json!("ＴＤ")));
        assert_eq!((&tasks[0]["client_id"], &tasks[0]["appointment_id"]), (&json!(journey.client), &Value::Null));
        assert_eq!(trail(&app).await, [
            entry("client", "client", "stopped"),
            entry("gateway", "reply", "stopped"),
        ]);
        // A second one finds nothing to stop, and is read.
        answer(&app, "r-2", NUMBER, "退订").await;
        let again = read_by(&app, "caseworker", &["reply_received"]).await;
        assert_eq!(again[0]["reply"]["doubt"], "not_by_reply");

        // The next reminder does not go out: a person phones.
        app.advance("2025-10-02T09:05").await;
        let next = message(&app, &journey, "d-7").await;
        assert_eq!((&next["status"], &next["hop_cause"]), (&json!("cancelled"), &json!("no_usable_number")));
        assert_eq!(next["attempts"], json!([]));
        let phoned = calls(&app, &journey).await;
        assert!(phoned.iter().any(|call| call["message_id"] == next["id"]), "{phoned:#?}");

        // The date stays, and to let it pass is a miss like any.
        let due = |items: &[Value]| items.iter().map(|item| item["due_on"].clone()).collect::<Vec<_>>();
        let after = app.appointments(&journey).await;
        assert_eq!(due(&after), due(&before));
        app.let_pass(&after[0]).await;
        assert_eq!(app.appointments(&journey).await[0]["status"], "missed");
    }

    async fn a_word_brings_back_what_a_word_stopped(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, _) = accepted(&app).await;
        let texts = async || client(&app, &journey).await["phone_sms_ok"].clone();
        answer(&app, "r-1", NUMBER, "N").await;
        assert_eq!(texts().await, false);
        answer(&app, "r-2", NUMBER, "恢复").await;
        assert_eq!(texts().await, true);
        app.advance("2025-10-02T09:05").await;
        assert_eq!(message(&app, &journey, "d-7").await["status"], "accepted");

        // What a person switched off, a person switches on.
        answer(&app, "r-3", NUMBER, "T").await;
        let token = app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", journey.client);
        for on in [true, false] {
            app.advance(if on { "2025-10-02T10:00" } else { "2025-10-02T10:30" }).await;
            app.patch(&token, &path, json!({ "phone_sms_ok": on })).await.expect(200);
        }
        answer(&app, "r-4", NUMBER, "恢复").await;
        assert_eq!(texts().await, false);
        let left = read_by(&app, "caseworker", &["reply_received"]).await;
        assert_eq!(left[0]["reply"]["doubt"], "not_by_reply");
    }
}
