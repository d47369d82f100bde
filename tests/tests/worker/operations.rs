//! What people do about sending: have a message sent again, stop sending and resume it, find what was
//! given up.

use domain::Role;
use serde_json::{Value, json};
use tests::{
    Reply, Response, TestApp, on_both,
    steps::{Journey, id_of},
};

use crate::story::{before_the_first_reminder, change_client, message, notice_proof, taken};

async fn resend(app: &TestApp, message: &Value) -> Response {
    let token = app.login(Role::Caseworker).await;
    let path = format!("/v1/messages/{}/resend", id_of(message));
    app.post(&token, &path, json!({ "reason": "号码已更正" }))
        .await
}

/// One message with its texts.
async fn shown(app: &TestApp, id: &str) -> Value {
    let token = app.login(Role::Caseworker).await;
    app.get(&token, &format!("/v1/messages/{id}"))
        .await
        .expect(200)
}

/// The steps of the messages a list shows, in the order planned.
async fn steps(app: &TestApp, query: &str) -> Vec<String> {
    let token = app.login(Role::Caseworker).await;
    let items = app
        .all_items(&token, &format!("/v1/messages?limit=100&{query}"))
        .await;
    items
        .iter()
        .map(|item| item["step"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) async fn pause(app: &TestApp, who: &str, what: Value) -> Response {
    let token = app.login_as(who).await;
    let mut body = json!({ "reason": "平台割接" });
    for (field, value) in what.as_object().unwrap() {
        body[field] = value.clone();
    }
    app.post(&token, "/v1/sending-pauses", body).await
}

pub(crate) async fn resume(app: &TestApp, who: &str, pause: &Value) -> Response {
    let token = app.login_as(who).await;
    app.delete(&token, &format!("/v1/sending-pauses/{}", id_of(pause)))
        .await
}

/// A reminder that the platform refused for good.
async fn refused(app: &TestApp) -> (Journey, Value) {
    let journey = before_the_first_reminder(app).await;
    app.fake().script([Reply::Refuse(400)]);
    app.advance("2025-09-30T09:05").await;
    let message = message(app, &journey, "wd-1").await;
    assert_eq!(message["status"], "undelivered_permanent");
    (journey, message)
}

on_both! {
    async fn a_message_that_failed_is_sent_again_once_by_a_person(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (_, failed) = refused(&app).await;
        assert_eq!(failed["remedy"], "phone_client");
        let repeated = resend(&app, &failed).await.expect(201);
        assert_eq!(repeated["status"], "scheduled");
        assert_eq!(repeated["step"], "wd-1");
        assert_eq!(repeated["resend_of"]["message_id"], failed["id"]);
        assert_eq!(repeated["resend_of"]["reason"], "号码已更正");
        let caseworker = app.seed().staff("caseworker").to_string();
        assert_eq!(repeated["resend_of"]["requested_by"], caseworker);

        app.run_until_idle().await;
        let sent = shown(&app, &id_of(&repeated)).await;
        assert_eq!(sent["status"], "accepted");
        assert_eq!(taken(&app).len(), 1);
        assert_eq!(taken(&app)[0].message_id, id_of(&repeated));
        let original = shown(&app, &id_of(&failed)).await;
        assert_eq!(original["status"], "undelivered_permanent");
        assert_eq!(original["resent_as"], repeated["id"]);

        // The first was repeated, and the repetition is on its way.
        resend(&app, &failed).await.problem(409, "conflict");
        resend(&app, &sent).await.problem(409, "message_may_arrive");
        assert_eq!(taken(&app).len(), 1);
    }

    /// The platform took it and never said what became of it: a telephone that is off gets it for days.
    async fn what_may_still_arrive_is_not_sent_again(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        resend(&app, &message(&app, &journey, "wd-1").await).await.problem(409, "message_may_arrive");
        app.advance("2025-09-30T09:05").await;
        resend(&app, &message(&app, &journey, "wd-1").await).await.problem(409, "message_may_arrive");
        app.advance("2025-10-03T08:59").await;
        let silent = message(&app, &journey, "wd-1").await;
        assert_eq!(silent["status"], "no_receipt");
        resend(&app, &silent).await.problem(409, "message_may_arrive");
        app.advance("2025-10-03T09:00").await;
        resend(&app, &silent).await.expect(201);
        app.run_until_idle().await;
    }

    async fn what_arrived_without_the_date_may_go_again_once_the_number_is_certain(app: TestApp) {
        let journey = before_the_first_reminder(&app).await;
        change_client(&app, &journey, json!({ "phone_confirmed": false })).await;
        app.advance("2025-09-30T09:01").await;
        let neutral = message(&app, &journey, "wd-1").await;
        assert_eq!((&neutral["status"], &neutral["remedy"]), (&json!("delivered"), &json!("verify_number")));
        resend(&app, &neutral).await.problem(409, "message_may_arrive");
        change_client(&app, &journey, json!({ "phone_confirmed": true })).await;
        let again = resend(&app, &neutral).await.expect(201);
        app.run_until_idle().await;
        let again = shown(&app, &id_of(&again)).await;
        assert_eq!((&again["status"], &again["attempts"][0]["no_proof"]), (&json!("delivered"), &Value::Null));
        assert_eq!(notice_proof(&app, &journey).await, "proven");
        resend(&app, &again).await.problem(409, "message_may_arrive");
    }

    async fn nothing_is_sent_again_about_what_is_over(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, failed) = refused(&app).await;
        let item = app.appointments(&journey).await.remove(0);
        app.test(&item).await;
        resend(&app, &failed).await.problem(409, "appointment_closed");
        assert_eq!(shown(&app, &id_of(&failed)).await["resent_as"], Value::Null);
    }

    async fn a_reason_is_needed_and_others_find_no_message(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (_, failed) = refused(&app).await;
        let path = format!("/v1/messages/{}/resend", id_of(&failed));
        let token = app.login(Role::Caseworker).await;
        app.post(&token, &path, json!({ "reason": " " })).await.problem(422, "invalid_value");
        let token = app.login_as("colleague").await;
        let body = json!({ "reason": "号码已更正" });
        app.post(&token, &path, body).await.problem(404, "not_found");
        assert_eq!(taken(&app).len(), 0);
    }

    /// Nothing goes out meanwhile; of what waited only what still makes sense goes out after it.
    async fn an_office_that_is_paused_sends_nothing_until_it_is_resumed(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        let paused = pause(&app, "supervisor", json!({ "office_id": app.seed().office })).await.expect(201);
        assert_eq!(paused["standing"], true);
        app.advance("2025-09-30T09:05").await;
        let held = message(&app, &journey, "wd-1").await;
        assert_eq!((&held["status"], &held["attempts"]), (&json!("scheduled"), &json!([])));
        app.advance("2025-10-07T10:00").await;
        assert_eq!(taken(&app).len(), 0);
        for over in ["wd-1", "d-7"] {
            let over = message(&app, &journey, over).await;
            assert_eq!((&over["status"], &over["status_reason"]), (&json!("expired"), &json!("passed")));
            assert_eq!(over["remedy"], "await_next_step");
        }
        assert_eq!(message(&app, &journey, "d-3").await["status"], "scheduled");

        // The head of another office finds no such pause.
        pause(&app, "supervisor", json!({ "office_id": app.seed().office })).await.problem(409, "conflict");
        resume(&app, "other.supervisor", &paused).await.problem(404, "not_found");
        resume(&app, "supervisor", &paused).await.expect(204);
        app.run_until_idle().await;
        assert_eq!(message(&app, &journey, "d-3").await["status"], "accepted");
        assert_eq!(taken(&app).len(), 1);
        let token = app.login_as("caseworker").await;
        assert_eq!(app.all_items(&token, "/v1/sending-pauses?standing=true").await, Vec::<Value>::new());
        let all = app.all_items(&token, "/v1/sending-pauses?limit=9").await;
        assert_eq!(all[0]["ended_by"], app.seed().staff("supervisor").to_string());
        // The next pause is another one.
        let again = pause(&app, "agency_admin", json!({ "office_id": app.seed().office })).await.expect(201);
        resume(&app, "supervisor", &again).await.expect(204);
    }

    async fn the_other_office_goes_on_sending(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        pause(&app, "other.supervisor", json!({ "office_id": app.seed().office })).await.problem(422, "invalid_value");
        pause(&app, "other.supervisor", json!({ "office_id": app.seed().other_office })).await.expect(201);
        app.advance("2025-09-30T09:05").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
    }

    async fn nothing_leaves_by_a_gateway_that_is_paused(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        let what = json!({ "gateway": "webhook" });
        pause(&app, "supervisor", what.clone()).await.problem(422, "invalid_value");
        for wrong in [json!({}), json!({ "gateway": "webhook", "office_id": app.seed().office }), json!({ "gateway": "a\nb" }), json!({ "gateway": "webhok" })] {
            pause(&app, "agency_admin", wrong).await.problem(422, "invalid_value");
        }
        let paused = pause(&app, "agency_admin", what).await.expect(201);
        app.advance("2025-09-30T09:30").await;
        let held = message(&app, &journey, "wd-1").await;
        assert_eq!((&held["status"], &held["attempts"]), (&json!("scheduled"), &json!([])));
        assert_eq!(taken(&app).len(), 0);
        resume(&app, "supervisor", &paused).await.problem(422, "invalid_value");
        resume(&app, "agency_admin", &paused).await.expect(204);
        app.advance("2025-09-30T09:40").await;
        assert_eq!(message(&app, &journey, "wd-1").await["status"], "accepted");
        assert_eq!(taken(&app).len(), 1);
    }

    async fn messages_are_found_by_office_gateway_time_and_what_was_given_up(setup: Setup) {
        let app = setup.with_webhook().start().await;
        before_the_first_reminder(&app).await;
        let office = app.seed().office;
        let paused = pause(&app, "supervisor", json!({ "office_id": office })).await.expect(201);
        app.advance("2025-10-02T10:00").await;
        resume(&app, "supervisor", &paused).await.expect(204);
        app.advance("2025-10-06T10:00").await;
        // The first passed its time while nothing was sent; the others went out.
        assert_eq!(steps(&app, "").await, ["wd-1", "d-7", "d-3"]);
        assert_eq!(steps(&app, "dead_letters=true").await, ["wd-1"]);
        assert_eq!(steps(&app, "gateway=webhook").await, ["d-7", "d-3"]);
        assert_eq!(steps(&app, "gateway=aliyun").await, Vec::<String>::new());
        assert_eq!(steps(&app, &format!("office_id={office}&status=expired")).await, ["wd-1"]);
        let other = app.seed().other_office;
        assert_eq!(steps(&app, &format!("office_id={other}")).await, Vec::<String>::new());
        let within = "planned_from=2025-10-02T01:00:00Z&planned_before=2025-10-06T01:00:00Z";
        assert_eq!(steps(&app, within).await, ["d-7"]);
        let token = app.login(Role::Caseworker).await;
        let both = app.get(&token, "/v1/messages?dead_letters=true&status=expired").await;
        both.problem(400, "invalid_query");
    }

    /// In the middle of the national holiday: the next summary is three days away.
    async fn a_budget_that_nears_its_end_is_told_when_it_does(setup: Setup) {
        let app = setup.with_webhook().start().await;
        app.advance("2025-09-05T10:00").await;
        for phone in ["13900001111", "13900002222", "13900003333", "13900004444"] {
            let client = app.register_client("王小明", phone).await;
            let case = app.register_case(&client, "community_treatment", 36, "2025-09-05").await;
            app.report_in(&id_of(&case), "2025-09-05").await;
        }
        let admin = app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/offices/{}/message-budget", app.seed().office);
        app.put(&admin, &path, json!({ "monthly": 10 })).await.expect(200);
        let supervisor = app.login(Role::Supervisor).await;
        let told = async || {
            let all = app.all_items(&supervisor, "/v1/messages?recipient=staff&limit=100").await;
            all.into_iter().filter(|one| one["step"] == "message_budget").collect::<Vec<_>>()
        };
        app.advance("2025-10-06T08:59").await;
        assert_eq!(app.get(&admin, &path).await.expect(200)["alarm"], Value::Null);
        assert!(told().await.is_empty());
        app.advance("2025-10-06T09:05").await;
        let near = app.get(&admin, &path).await.expect(200);
        // Four of the second, four of the sixth, and the one that tells of it.
        assert_eq!((&near["used"], &near["alarm"]), (&json!(9), &json!("near")));
        let [alert] = &told().await[..] else { panic!("not one alert") };
        assert_eq!(alert["staff_id"], json!(app.seed().staff("supervisor")));
        assert_eq!((&alert["planned_for"], &alert["status"]), (&json!("2025-10-06T01:00:00Z"), &json!("accepted")));
        let tasks = app.all_items(&supervisor, "/v1/tasks?status=open&limit=100").await;
        let [task] = &tasks.iter().filter(|task| task["kind"] == "message_budget").collect::<Vec<_>>()[..] else {
            panic!("not one task")
        };
        assert_eq!((&task["due_on"], &task["assignee_id"]), (&json!("2025-10-06"), &Value::Null));
    }

    /// Somebody is told, and every reminder goes out all the same.
    async fn a_budget_that_is_spent_makes_a_task_and_stops_nothing(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let admin = app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/offices/{}/message-budget", app.seed().office);
        let unset = app.get(&admin, &path).await.expect(200);
        assert_eq!((&unset["monthly"], &unset["used"], &unset["alarm"]), (&Value::Null, &json!(0), &Value::Null));
        app.put(&admin, &path, json!({ "monthly": 0 })).await.problem(422, "invalid_value");
        app.put(&admin, &path, json!({ "monthly": 2 })).await.expect(200);
        let journey = before_the_first_reminder(&app).await;
        app.advance("2025-10-02T09:05").await;
        let near = app.get(&admin, &path).await.expect(200);
        // The one of September is not counted in October.
        assert_eq!((&near["month"], &near["used"], &near["alarm"]), (&json!("2025-10-01"), &json!(1), &Value::Null));
        // The first working day after the holidays.
        app.advance("2025-10-09T09:05").await;
        let supervisor = app.login(Role::Supervisor).await;
        let tasks = app.all_items(&supervisor, "/v1/tasks?status=open&limit=100").await;
        let told: Vec<&Value> = tasks.iter().filter(|task| task["kind"] == "message_budget").collect();
        assert_eq!(told.len(), 1, "{tasks:#?}");
        assert_eq!(told[0]["office_id"], app.seed().office.to_string());
        assert_eq!(told[0]["client_id"], Value::Null);
        assert_eq!(message(&app, &journey, "d0").await["status"], "accepted");
        let spent = app.get(&admin, &path).await.expect(200);
        assert_eq!(spent["alarm"], "spent");
        // A larger one is not told of again in the same month until it runs out as well.
        app.put(&admin, &path, json!({ "monthly": 100 })).await.expect(200);
        assert_eq!(app.get(&admin, &path).await.expect(200)["alarm"], Value::Null);
    }
}
