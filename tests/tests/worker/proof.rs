//! What shows that a client was told of the date, and what does not though it arrived.

use std::sync::Arc;

use casework::{
    confirm,
    receipt::{self, Receipt},
};
use domain::{
    AppointmentId, AttemptId, Channel, MessageKind, Role,
    delivery::ReceiptOutcome,
    template::{self, NEUTRAL_STEP, TemplateGateway},
};
use serde_json::{Value, json};
use storage::{Scope, appointments};
use tests::{
    Setup, TestApp,
    app::china,
    on_both,
    past_the_api::Filed,
    steps::{Journey, id_of},
};
use worker::{Provider, Providers};

use crate::{
    receipts::{accepted, receipt as posted, report},
    replies::answer,
    scripted::Scripted,
    story::{before_the_first_reminder, calls, change_client, message, notice_proof, shown},
};

const DATED: &str = "请于{date}到站办理。";

/// An office with an account at either vendor of SMS: nearly all goes by Tencent Cloud, which has only
/// the text without variables on file.
struct Office {
    app: TestApp,
    journey: Journey,
    tencent: Arc<Scripted>,
    aliyun: Arc<Scripted>,
}

impl Office {
    async fn open(setup: Setup) -> Self {
        let tencent = Scripted::new("tencent", Channel::Sms);
        let aliyun = Scripted::new("aliyun", Channel::Sms);
        let at = |account: &Arc<Scripted>, weight, gateway| Provider {
            files: Some(gateway),
            ..account.provider(weight)
        };
        let accounts = vec![
            at(&tencent, 99, TemplateGateway::Tencent),
            at(&aliyun, 1, TemplateGateway::Aliyun),
        ];
        let setup = setup.with_providers(Providers::new(accounts, []));
        let app = setup.start().await;
        let journey = before_the_first_reminder(&app).await;
        let it = Self {
            app,
            journey,
            tencent,
            aliyun,
        };
        let neutral = template::neutral(MessageKind::AppointmentReminder).text();
        it.file("tencent", TemplateGateway::Tencent, NEUTRAL_STEP, neutral);
        it
    }

    /// Aliyun has the texts of the first two steps on file.
    fn file_dated(&self) {
        for step in ["wd-1", "d-7"] {
            self.file("aliyun", TemplateGateway::Aliyun, step, DATED);
        }
    }

    fn file(&self, account: &str, gateway: TemplateGateway, step: &str, text: &str) {
        let params = if text.contains("{date}") {
            json!([{ "name": "date", "variable": "date" }])
        } else {
            json!([])
        };
        let filed = Filed {
            account,
            gateway,
            kind: MessageKind::AppointmentReminder,
            step,
            template: "1110",
            params,
            text,
        };
        filed.file(&self.app);
    }

    async fn message(&self) -> Value {
        message(&self.app, &self.journey, "wd-1").await
    }

    async fn proof(&self) -> Value {
        notice_proof(&self.app, &self.journey).await
    }

    async fn calls(&self) -> Vec<Value> {
        calls(&self.app, &self.journey).await
    }
}

/// Aliyun says that an attempt arrived at a time.
fn arrived(app: &TestApp, attempt: AttemptId, at: &str) {
    let receipt = Receipt {
        gateway: "aliyun".to_owned(),
        outcome: Some(ReceiptOutcome::Delivered),
        message_id: None,
        attempt_id: Some(attempt),
        code: Some("DELIVRD".to_owned()),
        happened_at: Some(china(at)),
        to_confirm: false,
    };
    app.write(|work| receipt::apply(work, &receipt));
}

on_both! {
    async fn a_text_without_the_date_proves_nothing_though_it_arrived(setup: Setup) {
        let it = Office::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        let neutral = template::neutral(MessageKind::AppointmentReminder).text();
        assert!(it.tencent.taken()[0].text.ends_with(neutral));
        assert_eq!(it.proof().await, "not_due");
        it.tencent.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        let sent = it.message().await;
        assert_eq!(
            (&sent["status"], &sent["hop_cause"], &sent["status_reason"], &sent["remedy"]),
            (&json!("delivered"), &json!("notice_unproven"), &json!("date_not_stated"), &json!("phone_client"))
        );
        assert_eq!(sent["attempts"][0]["no_proof"], "date_not_stated");
        assert_eq!(it.proof().await, "unproven");
        let [call] = &it.calls().await[..] else {
            panic!("not one call")
        };
        assert_eq!((&call["message_id"], &call["due_on"]), (&sent["id"], &json!("2025-09-30")));
        let seen = shown(&it.app, &it.journey).await;
        assert_eq!(
            (&seen["notice"], &seen["unproven_because"]),
            (&Value::Null, &json!(["date_not_stated"]))
        );
        // Another one of the same makes no second call, and the basis of a file says why.
        it.app.advance("2025-10-02T09:01").await;
        it.tencent.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        assert_eq!(it.calls().await.len(), 1);
        for item in &it.app.appointments(&it.journey).await[..3] {
            it.app.let_pass(item).await;
        }
        let head = it.app.login(Role::Supervisor).await;
        let path = format!("/v1/escalations/{}", id_of(&it.app.escalations().await[0]));
        let file = it.app.get(&head, &path).await.expect(200);
        let untold = &file["basis"][0]["appointment"];
        assert_eq!(
            (&untold["notice_proof"], &untold["notice"], &untold["unproven_because"]),
            (&json!("unproven"), &Value::Null, &json!(["date_not_stated"]))
        );
    }

    async fn the_account_that_states_the_date_is_used_though_it_weighs_less(setup: Setup) {
        let it = Office::open(setup).await;
        it.file_dated();
        it.app.advance("2025-09-30T09:01").await;
        assert!(it.tencent.taken().is_empty());
        assert!(it.aliyun.taken()[0].text.contains("10月9日"));
        it.aliyun.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        let sent = it.message().await;
        assert_eq!((&sent["hop_cause"], &sent["remedy"]), (&Value::Null, &Value::Null));
        assert_eq!(sent["attempts"][0]["no_proof"], Value::Null);
        assert_eq!((it.proof().await, it.calls().await.len()), (json!("proven"), 0));
        let seen = shown(&it.app, &it.journey).await;
        assert_eq!((&seen["notice"]["by"], &seen["unproven_because"]), (&json!("receipt"), &json!([])));
    }

    async fn a_late_receipt_of_a_dated_text_proves_after_an_undated_one_arrived(setup: Setup) {
        let it = Office::open(setup).await;
        it.file_dated();
        // No receipt in the pack's time: the other account has its turn.
        it.app.advance("2025-10-01T09:01").await;
        assert_eq!(it.tencent.taken().len(), 1);
        it.tencent.reports(&it.app, ReceiptOutcome::Delivered, "DELIVRD");
        assert_eq!((it.proof().await, it.calls().await.len()), (json!("unproven"), 1));
        let dated = it.aliyun.taken()[0].attempt_id;
        arrived(&it.app, dated, "2025-09-30T09:02");
        assert_eq!(it.message().await["status"], "delivered");
        assert_eq!(it.proof().await, "proven");
        assert_eq!(it.calls().await[0]["status"], "cancelled");
        let seen = shown(&it.app, &it.journey).await;
        assert_eq!(seen["notice"]["attempt_id"], dated.to_string());
    }

    async fn what_arrives_after_the_grace_days_proves_nothing(setup: Setup) {
        let it = Office::open(setup).await;
        it.file_dated();
        it.app.advance("2025-09-30T09:01").await;
        let dated = it.aliyun.taken()[0].attempt_id;
        it.app.let_pass(&it.app.appointments(&it.journey).await[0]).await;
        arrived(&it.app, dated, "2025-10-14T00:00");
        assert_eq!(it.proof().await, "unproven");
        let seen = shown(&it.app, &it.journey).await;
        assert_eq!(seen["unproven_because"], json!(["too_late"]));
        // What arrived in time and was reported late does.
        arrived(&it.app, dated, "2025-10-13T23:59");
        assert_eq!(it.proof().await, "proven");
    }

    async fn a_number_in_doubt_takes_the_proof_of_what_was_texted_to_it(app: TestApp) {
        let journey = before_the_first_reminder(&app).await;
        app.advance("2025-09-30T09:01").await;
        assert_eq!(notice_proof(&app, &journey).await, "proven");
        assert_eq!(shown(&app, &journey).await["notice"]["by"], "answer");
        change_client(&app, &journey, json!({ "phone_confirmed": false })).await;
        let seen = shown(&app, &journey).await;
        assert_eq!(
            (&seen["notice_proof"], &seen["notice"], &seen["unproven_because"]),
            (&json!("unproven"), &Value::Null, &json!(["number_unverified"]))
        );
        let [call] = &calls(&app, &journey).await[..] else {
            panic!("not one call")
        };
        assert_eq!((&call["appointment_id"], &call["status"]), (&seen["id"], &json!("open")));
        let auditor = app.login(Role::Auditor).await;
        let path = "/v1/audit-entries?action=doubt_notice&limit=100";
        let entries = app.all_items(&auditor, path).await;
        assert_eq!((entries.len(), &entries[0]["object_id"]), (1, &seen["id"]));

        // The next step proves it again, once the number is certain.
        change_client(&app, &journey, json!({ "phone_confirmed": true })).await;
        assert_eq!(notice_proof(&app, &journey).await, "unproven");
        app.advance("2025-10-02T09:01").await;
        let seen = shown(&app, &journey).await;
        let second = message(&app, &journey, "d-7").await;
        assert_eq!((&seen["notice_proof"], &seen["notice"]["message_id"]), (&json!("proven"), &second["id"]));
        assert_eq!(calls(&app, &journey).await[0]["status"], "cancelled");
    }

    async fn a_number_in_doubt_takes_no_proof_that_rests_on_something_else(app: TestApp) {
        let journey = before_the_first_reminder(&app).await;
        app.advance("2025-09-30T09:01").await;
        let id: AppointmentId = id_of(&app.appointments(&journey).await[0]).parse().unwrap();
        app.write(|work| {
            let item = appointments::get(work.tx, work.agency, Scope::default(), id)?.unwrap();
            confirm::confirm(work, item.client_id, &item)
        });
        change_client(&app, &journey, json!({ "phone": "13900005555" })).await;
        let seen = shown(&app, &journey).await;
        assert_eq!(
            (&seen["notice_proof"], &seen["notice"]["by"]),
            (&json!("proven"), &json!("confirmation"))
        );
        assert!(calls(&app, &journey).await.is_empty());
    }

    async fn received_to_a_text_without_the_date_confirms_nothing(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let journey = before_the_first_reminder(&app).await;
        change_client(&app, &journey, json!({ "phone_confirmed": false })).await;
        app.advance("2025-09-30T09:05").await;
        change_client(&app, &journey, json!({ "phone_confirmed": true })).await;
        answer(&app, "r-1", "13900001111", "收到").await;
        let sent = message(&app, &journey, "wd-1").await;
        let reply = &sent["replies"][0];
        assert_eq!(
            (&reply["meaning"], &reply["effect"], &reply["doubt"]),
            (&json!("confirm"), &json!("task"), &json!("date_not_stated"))
        );
        assert_eq!(notice_proof(&app, &journey).await, "not_due");
    }

    async fn a_receipt_that_names_no_attempt_proves_where_every_try_would(setup: Setup) {
        let app = setup.with_webhook().start().await;
        let (journey, taken) = accepted(&app).await;
        let mut of_the_message = posted("message.delivered", &taken);
        of_the_message["data"].as_object_mut().unwrap().remove("attempt_id");
        report(&app, &of_the_message).await.expect(204);
        assert_eq!(notice_proof(&app, &journey).await, "proven");
    }
}
