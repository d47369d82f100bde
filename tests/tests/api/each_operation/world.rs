//! The objects the rows work on.

use domain::Role;
use serde_json::{Value, json};
use tests::{
    TestApp,
    steps::{Journey, id_of},
};

pub(super) struct World {
    /// A case with three misses and an open escalation over them.
    pub missed: Journey,
    pub missed_items: Vec<Value>,
    pub missed_escalation: String,
    /// A case with an item open now, and a positive test and its escalation behind it.
    pub kept: Journey,
    pub kept_items: Vec<Value>,
    pub positive_escalation: String,
    pub test_record: String,
    /// Requested excuses for `kept_items[5]` and `kept_items[6]`.
    pub excuses: [String; 2],
    /// A case at the end of its term, and one to be ended early.
    pub at_its_end: Journey,
    pub to_be_ended: Journey,
    /// A case still to be reported in.
    pub ordered: String,
    /// A client without a case.
    pub client: String,
    pub message: String,
    pub task: String,
    pub refresh_token: String,
}

impl World {
    pub(super) async fn build(app: &TestApp) -> Self {
        app.advance("2025-09-05T10:00").await;
        let missed = case(app, "王小明", "13900001111", "community_treatment", 36).await;
        let kept = case(app, "李小红", "13900002222", "community_treatment", 36).await;
        let at_its_end = case(app, "张小军", "13900003333", "community_rehabilitation", 1).await;
        let to_be_ended = case(app, "赵小刚", "13900004444", "community_treatment", 36).await;
        let missed_items = app.appointments(&missed).await;
        let kept_items = app.appointments(&kept).await;
        let mut test_record = String::new();
        for (index, item) in kept_items[..3].iter().enumerate() {
            app.go_to(item).await;
            let result = if index == 2 { "positive" } else { "negative" };
            let record = app
                .test_with(item, json!({ "result": result }))
                .await
                .expect(201);
            test_record = id_of(&record);
            app.let_pass(item).await;
        }
        app.advance("2025-12-10T10:00").await;

        let escalations = app.escalations().await;
        let of = |journey: &Journey, kind: &str| {
            let found = escalations
                .iter()
                .find(|one| one["case_id"] == journey.case.as_str() && one["kind"] == kind);
            id_of(found.unwrap())
        };
        let caseworker = app.login(Role::Caseworker).await;
        // The first is labelled by a row.
        for item in &missed_items[1..3] {
            let path = format!("/v1/appointments/{}/label", id_of(item));
            let body = json!({ "label": "evaded_or_refused", "reason": "本人表示不来" });
            app.post(&caseworker, &path, body).await.expect(200);
        }
        let mut excuses = Vec::new();
        for item in &kept_items[5..7] {
            let path = format!("/v1/appointments/{}/excuses", id_of(item));
            let body = json!({ "reason_code": "illness" });
            excuses.push(id_of(&app.post(&caseworker, &path, body).await.expect(201)));
        }
        let client = app.register_client("钱小美", "13900005555").await;
        let waiting = app.register_client("孙小刚", "13900006666").await;
        let ordered = app
            .register_case(&waiting, "community_treatment", 36, "2025-12-08")
            .await;
        let task = app
            .all_items(&caseworker, "/v1/tasks?status=open&limit=100")
            .await
            .into_iter()
            .find(|task| task["kind"] == "first_miss_talk")
            .unwrap();
        let body = json!({ "username": "caseworker", "password": tests::app::PASSWORD });
        let request = app
            .request(reqwest::Method::POST, "/v1/sessions")
            .json(&body);
        let session = app.send(request).await.expect(201);
        Self {
            missed_escalation: of(&missed, "missed_tests"),
            positive_escalation: of(&kept, "positive_test"),
            message: id_of(&app.messages(&missed).await[0]),
            missed,
            missed_items,
            kept,
            kept_items,
            test_record,
            excuses: excuses.try_into().unwrap(),
            at_its_end,
            to_be_ended,
            ordered: id_of(&ordered),
            client,
            task: id_of(&task),
            refresh_token: session["refresh_token"].as_str().unwrap().to_owned(),
        }
    }
}

async fn case(app: &TestApp, name: &str, phone: &str, measure: &str, months: u32) -> Journey {
    let client = app.register_client(name, phone).await;
    let case = id_of(
        &app.register_case(&client, measure, months, "2025-09-05")
            .await,
    );
    app.report_in(&case, "2025-09-05").await;
    Journey { client, case }
}
