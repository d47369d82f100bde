//! Texts as they are filed with providers: checked against the providers' rules, and kept as filed.

use std::sync::Arc;

use domain::{Role, template::TemplateGateway};
use gateways::RecordingGateway;
use reqwest::{Method, header::IF_MATCH};
use serde_json::{Value, json};
use tests::{Response, TestApp, on_both};
use worker::{Provider, Providers};

const STEP: &str = "/v1/templates/appointment_reminder/d-3";
const FILED: &str = "/v1/provider-templates/sms-a/appointment_reminder/d-3";
const NEUTRAL: &str = "/v1/provider-templates/sms-a/appointment_reminder/neutral";
const TEXT: &str = "{name}您好,请于{date}到站,{time}前有人。";

fn aliyun() -> Value {
    json!({
        "gateway": "aliyun", "template_id": "SMS_100001", "params": [
            { "name": "name", "variable": "name" },
            { "name": "day", "variable": "date" },
            { "name": "until", "variable": "time" },
        ],
    })
}

fn plain(gateway: &str, id: &str) -> Value {
    json!({ "gateway": gateway, "template_id": id, "params": [] })
}

async fn put(app: &TestApp, path: &str, body: Value) -> Response {
    let token = app.login(Role::AgencyAdmin).await;
    app.put(&token, path, body).await
}

/// How a text would leave by each way.
async fn channels(app: &TestApp, text: &str) -> Vec<Value> {
    let token = app.login(Role::Caseworker).await;
    let body = json!({ "kind": "appointment_reminder", "step": "d-3", "text": text });
    let preview = app
        .post(&token, "/v1/templates/previews", body)
        .await
        .expect(200);
    preview["channels"].as_array().unwrap().clone()
}

#[track_caller]
fn refused(answer: Response, pointer: &str) {
    let problem = answer.problem(422, "invalid_value");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
}

on_both! {
    async fn an_account_sends_what_was_filed_until_another_text_is(app: TestApp) {
        app.put_in_force(STEP, TEXT).await;
        let filed = put(&app, FILED, aliyun()).await;
        assert_eq!(filed.header("etag"), Some("\"1\""));
        let filed = filed.expect(200);
        assert_eq!((&filed["text"], &filed["outdated"]), (&json!(TEXT), &json!(false)));
        assert_eq!(filed["example"]["text"], "【城东服务站】欧阳先生您好,请于12月31日到站,17:00前有人。");
        assert_eq!(filed["example"]["params"][1], json!({ "name": "day", "value": "12月31日" }));

        let first = filed["text"].clone();
        let successor = "{name}您好,{date}见。";
        let view = app.put_in_force(STEP, successor).await;
        let token = app.login(Role::Supervisor).await;
        let list = app.get(&token, "/v1/provider-templates").await.expect(200);
        assert_eq!(list["items"][0]["text"], first);
        assert_eq!(list["items"][0]["outdated"], true);
        let ways = channels(&app, successor).await;
        assert_eq!(ways.len(), 2);
        assert_eq!(ways[0]["text"], "【城东服务站】欧阳先生您好,12月31日见。");
        assert_eq!(ways[1]["text"], filed["example"]["text"]);
        assert_eq!((&ways[1]["provider"], &ways[1]["outdated"]), (&json!("sms-a"), &json!(true)));

        // An older text that was in force can be named, a draft cannot.
        let mut older = aliyun();
        older["text_version"] = json!(1);
        put(&app, FILED, older.clone()).await.expect(200);
        older["text_version"] = json!(app.draft(STEP, TEXT).await);
        refused(put(&app, FILED, older).await, "/text_version");
        assert_ne!(view["text_version"], 1);
    }

    async fn what_a_provider_would_refuse_is_refused_here(app: TestApp) {
        app.put_in_force(STEP, TEXT).await;
        let before = app.contents();
        let change = |pointer: &str, value: Value| {
            let mut body = aliyun();
            *body.pointer_mut(pointer).unwrap() = value;
            body
        };
        for (body, pointer) in [
            (change("/template_id", json!("SMS 1")), "/template_id"),
            (change("/params/0/name", json!("${name}")), "/params/0/name"),
            (change("/params/1/name", json!("name")), "/params/1/name"),
            (change("/params/2/variable", json!("phone")), "/params"),
            (change("/gateway", json!("tencent")), "/params/0/name"),
            (change("/gateway", json!("wechat")), "/params/0/name"),
            (plain("aliyun", "SMS_1"), "/params"),
            // A rule that ordinary values break.
            (change("/params/1", json!({ "name": "day", "variable": "date", "rule": "name" })), "/params/1"),
        ] {
            refused(put(&app, FILED, body.clone()).await, pointer);
        }
        let mut wide = aliyun();
        wide["variable_chars"] = json!(12);
        refused(put(&app, FILED, wide).await, "/variable_chars");
        for path in [
            "/v1/provider-templates/SMS A/appointment_reminder/d-3",
            "/v1/provider-templates/sms-a/appointment_reminder/d-99",
            "/v1/provider-templates/sms-a/sign_in_code/neutral",
        ] {
            put(&app, path, plain("aliyun", "SMS_1")).await.problem(404, "not_found");
        }
        let changed = app.contents();
        assert!(changed.changed_since(&before).is_empty());
    }

    /// Six characters hold a date and no telephone: such a text cannot be filed with the account, and
    /// what can goes out instead.
    async fn an_account_with_short_or_no_variables_sends_the_text_without(app: TestApp) {
        let long = "{name}您好,请于{date}到站,电话{phone}。";
        app.put_in_force(STEP, long).await;
        let params = json!([
            { "name": "1", "variable": "name" }, { "name": "2", "variable": "date" },
            { "name": "3", "variable": "phone" },
        ]);
        let mut tencent = json!({ "gateway": "tencent", "template_id": "1110", "params": params });
        refused(put(&app, FILED, tencent.clone()).await, "/params/2");
        let neutral = put(&app, NEUTRAL, plain("tencent", "1111")).await.expect(200);
        assert_eq!(neutral["text"], domain::template::neutral(domain::MessageKind::AppointmentReminder).text());

        let ways = channels(&app, long).await;
        assert_eq!((&ways[0]["fallback_used"], &ways[0]["why"]), (&json!(false), &Value::Null));
        assert_eq!((&ways[1]["fallback_used"], &ways[1]["why"]), (&json!(true), &json!("not_filed")));
        assert_eq!(ways[1]["template_id"], "1111");
        let text = ways[1]["text"].as_str().unwrap();
        assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");

        // An account with other terms takes it.
        tencent["variable_chars"] = json!(20);
        put(&app, FILED, tencent).await.expect(200);
        assert_eq!(channels(&app, long).await[1]["fallback_used"], false);
    }

    async fn a_card_at_wechat_has_fields_of_its_kinds(app: TestApp) {
        let card = |field: &str, variable: &str| json!({
            "gateway": "wechat", "template_id": "Ab-9_x",
            "params": [{ "name": field, "variable": variable }, { "name": "thing1", "variable": "name" }],
        });
        let path = "/v1/provider-templates/wechat/appointment_reminder/d-3";
        refused(put(&app, path, card("date2", "date")).await, "/params/0");
        refused(put(&app, path, card("thing2", "contact")).await, "/params");
        refused(put(&app, path, card("first", "day")).await, "/params/0/name");
        let filed = put(&app, path, card("date2", "day")).await.expect(200);
        assert_eq!(filed["example"]["params"][0]["value"], "2026年12月31日");
    }

    async fn an_account_that_takes_no_variables_is_filed_nothing_else(app: TestApp) {
        app.put_in_force(STEP, "您的预约在{date}。").await;
        let dated = |chars: Value| json!({
            "gateway": "tencent", "template_id": "1113", "variable_chars": chars,
            "params": [{ "name": "1", "variable": "date" }],
        });
        refused(put(&app, FILED, dated(json!(0))).await, "/params");
        refused(put(&app, FILED, dated(json!(-1))).await, "/variable_chars");
        put(&app, FILED, dated(Value::Null)).await.expect(200);
        let mut neutral = plain("tencent", "1114");
        neutral["variable_chars"] = json!(0);
        let filed = put(&app, NEUTRAL, neutral).await.expect(200);
        assert_eq!(filed["variable_chars"], 0);
        // What was said of the account holds for its other texts too, until something else is.
        refused(put(&app, FILED, dated(Value::Null)).await, "/variable_chars");
        put(&app, FILED, dated(json!(6))).await.expect(200);
        let code = json!({
            "gateway": "tencent", "template_id": "1112", "params": [{ "name": "1", "variable": "code" }],
        });
        put(&app, "/v1/provider-templates/sms-a/sign_in_code/code", code).await.expect(200);
    }

    async fn a_card_at_wechat_holds_fixed_words(app: TestApp) {
        let path = |step: &str| format!("/v1/provider-templates/card/appointment_reminder/{step}");
        let card = |params: Value| json!({ "gateway": "wechat", "template_id": "Ab-9_x", "params": params });
        let (thing, phrase) = (json!({ "name": "thing1", "value": "预约服务" }), json!({ "name": "phrase3", "value": "待办理" }));
        let day = json!({ "name": "date2", "variable": "day" });
        let filed = put(&app, &path("d-3"), card(json!([thing, day, phrase]))).await.expect(200);
        assert_eq!(filed["params"][0], thing);
        let shown: Vec<&Value> = filed["example"]["params"].as_array().unwrap().iter().map(|it| &it["value"]).collect();
        assert_eq!(shown, ["预约服务", "2026年12月31日", "待办理"]);

        let neutral = path("neutral");
        put(&app, &neutral, card(json!([thing, phrase]))).await.expect(200);
        refused(put(&app, &neutral, card(json!([thing, { "name": "name2", "variable": "name" }]))).await, "/params/1/variable");
        refused(put(&app, &neutral, card(json!([]))).await, "/params");
        for (wrong, pointer) in [
            (json!({ "name": "phrase1", "value": "请尽快来办理" }), "/params/0/value"),
            (json!({ "name": "thing1", "value": "预约服务", "variable": "name" }), "/params/0"),
            (json!({ "name": "thing1" }), "/params/0"),
        ] {
            refused(put(&app, &neutral, card(json!([wrong]))).await, pointer);
        }
        // Nobody has seen these words but who files them.
        let unseen = json!({ "name": "thing1", "value": "上门服务" });
        refused(put(&app, &path("d-3"), card(json!([day, unseen]))).await, "/params/1/value");
        refused(put(&app, &neutral, card(json!([unseen]))).await, "/params/0/value");
        let loud = card(json!([{ "name": "thing1", "value": "康复服务" }]));
        let problem = put(&app, &neutral, loud).await.problem(422, "wording_refused");
        assert_eq!(problem["errors"][0]["pointer"], "/params/0/value");
        let sms = json!({
            "gateway": "aliyun", "template_id": "SMS_1", "params": [{ "name": "name", "value": "预约服务" }],
        });
        refused(put(&app, NEUTRAL, sms).await, "/params/0/value");
    }

    async fn the_short_text_with_the_date_goes_before_the_neutral_one(app: TestApp) {
        let path = |kind: &str, step: &str| format!("/v1/provider-templates/sms-a/{kind}/{step}");
        let dated = json!({
            "gateway": "tencent", "template_id": "1115", "params": [{ "name": "1", "variable": "date" }],
        });
        put(&app, NEUTRAL, plain("tencent", "1111")).await.expect(200);
        for kind in ["appointment_reminder", "report_in_reminder"] {
            let filed = put(&app, &path(kind, "dated"), dated.clone()).await.expect(200);
            assert!(filed["text"].as_str().unwrap().contains("{date}"), "{filed:#}");
        }
        // Kinds that are about no date have none.
        put(&app, &path("appointment_overdue", "dated"), dated).await.problem(404, "not_found");
        let ways = channels(&app, "{name}您好,请于{date}到站,电话{phone}。").await;
        let short = &ways[1];
        assert_eq!((&short["template_id"], &short["why"]), (&json!("1115"), &json!("not_filed")));
        assert_eq!(short["text"], "【城东服务站】您预约的服务请最晚于12月31日到站办理,如有疑问请与服务站联系。");
        assert_eq!((&short["parts"], &short["fallback_used"]), (&json!(1), &json!(true)));
        // Others may read it: nothing but the neutral text.
        let discreet = short["discreet_text"].as_str().unwrap();
        assert!(!discreet.contains("12月"), "{discreet}");
    }

    async fn a_preview_shows_the_office_and_every_account(setup: Setup) {
        let account = |name: &str| Provider {
            name: name.to_owned(),
            files: Some(TemplateGateway::Aliyun),
            ..Provider::of(Arc::new(RecordingGateway::new(9)))
        };
        let providers = Providers::new(vec![account("sms-a"), account("sms-b")], []);
        let app = setup.with_providers(providers).start().await;
        app.put_in_force(STEP, TEXT).await;
        put(&app, FILED, aliyun()).await.expect(200);
        let ways = channels(&app, TEXT).await;
        let shown: Vec<(&Value, &Value)> = ways.iter().map(|it| (&it["provider"], &it["why"])).collect();
        assert_eq!(shown, [
            (&Value::Null, &Value::Null),
            (&json!("sms-a"), &Value::Null),
            (&json!("sms-b"), &json!("not_filed")),
        ]);
        assert_eq!((&ways[2]["text"], &ways[2]["discreet_text"]), (&Value::Null, &Value::Null));

        let admin = app.login(Role::AgencyAdmin).await;
        let office = app.seed().office;
        let long = json!({ "message_signature": "城东区社区综合服务中心第二办公室" });
        app.patch(&admin, &format!("/v1/offices/{office}"), long).await.expect(200);
        let text = format!("{{name}}您好,请于{{date}}到站。{}", "请带上证件".repeat(8));
        let mut body = json!({ "kind": "appointment_reminder", "step": "d-3", "text": text });
        let path = "/v1/templates/previews";
        assert_eq!(app.post(&admin, path, body.clone()).await.expect(200)["parts"], 1);
        body["office_id"] = json!(office);
        let preview = app.post(&admin, path, body.clone()).await.expect(200);
        assert_eq!((&preview["parts"], &preview["channels"][0]["parts"]), (&json!(2), &json!(2)));
        assert!(preview["example"].as_str().unwrap().starts_with("【城东区社区综合服务中心第二办公室】"));
        body["office_id"] = json!(app.seed().foreign.office);
        refused(app.post(&admin, path, body).await, "/office_id");
    }

    async fn a_pack_is_checked_for_steps_without_a_text(app: TestApp) {
        let admin = app.login(Role::AgencyAdmin).await;
        let document = domain::rule_pack::shipped()[0].1;
        let check = async |document: &str| {
            let body = json!({ "document": document });
            app.post(&admin, "/v1/rule-packs/checks", body).await.expect(200)["warnings"].clone()
        };
        assert_eq!(check(document).await, json!([]));
        let other = document.replace("\"cn-default\"", "\"cn-other\"").replace("\"d-7\"", "\"d-10\"");
        let warning = "step d-10 of appointment_reminder has no text: the short one with the date goes out";
        assert_eq!(check(&other).await, json!([warning]));
        app.post(&admin, "/v1/rule-packs", json!({ "document": other })).await.expect(201);
        app.put_in_force("/v1/templates/appointment_reminder/d-10", TEXT).await;
        let next = other.replace("version = 1", "version = 2");
        assert_eq!(check(&next).await, json!([]));
    }

    async fn a_sign_in_code_is_filed_with_its_code(app: TestApp) {
        let path = "/v1/provider-templates/sms-a/sign_in_code/code";
        let body = json!({
            "gateway": "tencent", "template_id": "1112", "params": [{ "name": "1", "variable": "code" }],
        });
        let filed = put(&app, path, body).await.expect(200);
        assert!(filed["example"]["text"].as_str().unwrap().contains("012345"));
        refused(put(&app, path, plain("tencent", "1112")).await, "/params");
    }

    async fn a_version_rises_past_a_removal(app: TestApp) {
        let token = app.login(Role::AgencyAdmin).await;
        let put = async |tag: &str| {
            let request = app.request(Method::PUT, NEUTRAL).bearer_auth(&token).header(IF_MATCH, tag);
            app.send(request.json(&plain("aliyun", "SMS_1"))).await
        };
        put("\"1\"").await.problem(412, "stale_version");
        put("*").await.expect(200);
        assert_eq!(put("\"1\"").await.expect(200)["version"], 2);
        app.delete(&token, NEUTRAL).await.expect(204);
        app.delete(&token, NEUTRAL).await.problem(404, "not_found");
        put("\"2\"").await.problem(412, "stale_version");
        assert_eq!(put("*").await.expect(200)["version"], 4);
        let foreign = app.login_as("foreign.agency_admin").await;
        let theirs = app.get(&foreign, "/v1/provider-templates").await.expect(200);
        assert_eq!(theirs["items"], json!([]));
    }
}
