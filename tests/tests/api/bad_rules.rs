//! Refused changes to offices, staff, rules, calendars and texts, and queries that ask for nothing.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{TestApp, on_both};

use crate::bad_work::refuse;

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[field] = value;
    body
}

/// Sends the right body with one field wrong, by the agency's administration.
async fn refuse_each(
    app: &TestApp,
    method: Method,
    path: &str,
    right: &Value,
    wrong: &[(&str, Value, &str)],
) {
    for (pointer, value, code) in wrong {
        let body = with(right.clone(), pointer, value.clone());
        let call = ("agency_admin", method.clone(), path);
        refuse(app, call, &body, (*code, Some(*pointer))).await;
    }
}

fn an_office() -> Value {
    json!({
        "name": "城南服务站", "area_code": "330103", "phone": "0571-88880001",
        "message_signature": "城南服务站",
    })
}

fn a_person(app: &TestApp) -> Value {
    json!({
        "username": "new.person", "password": "another long password", "display_name": "陈老师",
        "role": "caseworker", "office_id": app.seed().office, "phone": "13900001111",
    })
}

fn a_year() -> Value {
    json!({
        "year": 2027, "notice": "关于2027年部分节假日安排的通知", "source": "https://www.gov.cn/",
        "holidays": { "2027-01-01": "元旦" }, "make_up_workdays": {},
    })
}

on_both! {
    async fn offices(app: TestApp) {
        let wrong = [
            ("/name", json!(" "), "invalid_value"),
            ("/area_code", json!("33"), "invalid_value"),
            ("/area_code", json!("33010a"), "invalid_value"),
            ("/phone", json!("88"), "invalid_phone"),
            ("/message_signature", json!("城"), "wording_refused"),
            ("/message_signature", json!("城南禁毒办"), "wording_refused"),
            ("/timezone", json!("Asia/Nowhere"), "invalid_value"),
            ("/agency_id", json!(app.seed().agency), "unknown_field"),
        ];
        refuse_each(&app, Method::POST, "/v1/offices", &an_office(), &wrong).await;
        let path = format!("/v1/offices/{}", app.seed().office);
        let wrong = [
            ("/name", Value::Null, "invalid_value"),
            ("/phone", json!("88"), "invalid_phone"),
            ("/message_signature", json!("尿检站"), "wording_refused"),
            ("/timezone", json!("Asia/Shanghai"), "unknown_field"),
        ];
        refuse_each(&app, Method::PATCH, &path, &json!({}), &wrong).await;
    }

    async fn staff(app: TestApp) {
        let wrong = [
            ("/username", json!("a"), "invalid_value"),
            ("/username", json!("王小明"), "invalid_value"),
            ("/username", json!("caseworker"), "username_taken"),
            ("/username", json!("foreign.caseworker"), "username_taken"),
            ("/password", json!("short"), "password_refused"),
            ("/display_name", json!(""), "invalid_value"),
            ("/role", json!("client"), "invalid_value"),
            ("/role", json!("god"), "invalid_value"),
            ("/office_id", Value::Null, "invalid_value"),
            ("/office_id", json!(app.seed().foreign.office), "invalid_value"),
            ("/phone", json!("12345"), "invalid_phone"),
            ("/active", json!(false), "unknown_field"),
        ];
        refuse_each(&app, Method::POST, "/v1/staff", &a_person(&app), &wrong).await;
        let path = format!("/v1/staff/{}", app.seed().staff("caseworker"));
        let wrong = [
            ("/display_name", Value::Null, "invalid_value"),
            ("/office_id", Value::Null, "invalid_value"),
            ("/office_id", json!(app.seed().foreign.office), "invalid_value"),
            ("/username", json!("somebody"), "unknown_field"),
            ("/password", json!("another long password"), "unknown_field"),
        ];
        refuse_each(&app, Method::PATCH, &path, &json!({}), &wrong).await;
    }

    async fn calendars(app: TestApp) {
        let wrong = [
            ("/year", json!(2028), "invalid_value"),
            ("/notice", json!(""), "calendar_invalid"),
            ("/source", json!(" "), "calendar_invalid"),
            ("/holidays", json!({}), "calendar_invalid"),
            ("/holidays/2026-06-01", json!("元旦"), "calendar_invalid"),
            ("/make_up_workdays/2027-01-01", json!("元旦"), "calendar_invalid"),
            ("/make_up_workdays/2027-01-04", json!("元旦"), "calendar_invalid"),
            ("/region", json!("东山"), "unknown_field"),
        ];
        refuse_each(&app, Method::PUT, "/v1/calendars/2027", &a_year(), &wrong).await;
        let call = ("agency_admin", Method::PUT, "/v1/calendars/2027");
        let impossible = with(a_year(), "/holidays/2027-02-30", json!("春节"));
        refuse(&app, call.clone(), &impossible, ("invalid_value", Some("/holidays/2027-02-30"))).await;
        let path = "/v1/calendars/2027?dry_run=perhaps";
        refuse(&app, ("agency_admin", Method::PUT, path), &a_year(), ("invalid_query", None)).await;
        for path in ["/v1/calendars/1999", "/v1/calendars/soon"] {
            refuse(&app, ("agency_admin", Method::GET, path), &Value::Null, ("not_found", None)).await;
        }
    }

    async fn rule_packs(app: TestApp) {
        let shipped = domain::rule_pack::shipped()[0].1;
        let call = ("agency_admin", Method::POST, "/v1/rule-packs");
        let again = json!({ "document": shipped });
        refuse(&app, call.clone(), &again, ("rule_pack_published", Some("/document"))).await;
        for (from, to) in [
            ("grace_working_days = 3", "grace_working_days = \"three\""),
            ("steps_months = [1, 2, 3]", "steps_months = [0, 2, 3]"),
            ("missed_tests = 3", "missed_tests = 0"),
            ("title = ", "titel = "),
            ("id = ", "id "),
        ] {
            let document = shipped.replace("\"cn-default\"", "\"cn-new\"").replacen(from, to, 1);
            let body = json!({ "document": document });
            refuse(&app, call.clone(), &body, ("rule_pack_invalid", Some("/document"))).await;
        }
    }

    async fn texts(app: TestApp) {
        let path = "/v1/templates/appointment_reminder/d-3";
        for (text, code) in [
            ("", "invalid_value"),
            ("{name}您好,{colour}", "invalid_value"),
            ("{name}您好,请于{time}前到站。", "invalid_value"),
            ("{name}您好,{date}的验证码{code}", "invalid_value"),
            ("{name您好", "invalid_value"),
            ("【城东】您好", "invalid_value"),
            ("第一行\n第二行", "invalid_value"),
            ("{name}您好,请按时尿 检", "wording_refused"),
            ("{name}您好,请到派出所", "wording_refused"),
            ("详见 https://example.cn", "wording_refused"),
        ] {
            let call = ("agency_admin", Method::PUT, path);
            refuse(&app, call, &json!({ "text": text }), (code, Some("/text"))).await;
        }
        let right = json!({ "text": "{name}您好,请{date}到站。" });
        for path in ["/v1/templates/appointment_reminder/d-99", "/v1/templates/greeting/d-3"] {
            refuse(&app, ("agency_admin", Method::PUT, path), &right, ("not_found", None)).await;
        }
        refuse(&app, ("agency_admin", Method::DELETE, path), &Value::Null, ("not_found", None)).await;
    }

    async fn queries(app: TestApp) {
        for path in [
            "/v1/appointments?due_from=2025-02-30",
            "/v1/appointments?status=lost",
            "/v1/cases?office_id=here",
            "/v1/tasks?due_to=soon",
            "/v1/escalations?kind=other",
            "/v1/messages?case_id=1",
            "/v1/excuses?limit=ten",
        ] {
            refuse(&app, ("caseworker", Method::GET, path), &Value::Null, ("invalid_query", None)).await;
        }
        let path = "/v1/audit-entries?from=yesterday";
        refuse(&app, ("auditor", Method::GET, path), &Value::Null, ("invalid_query", None)).await;
    }

    async fn previews(app: TestApp) {
        let right = json!({
            "measure": "community_treatment", "reported_in_on": "2025-09-05", "term_months": 36,
        });
        let wrong = [
            ("/term_months", json!(0), "invalid_term"),
            ("/term_months", json!(37), "invalid_term"),
            ("/term_months", json!(-1), "invalid_value"),
            ("/reported_in_on", json!("2025-09-31"), "invalid_value"),
            ("/rule_pack", json!("cn-nowhere"), "unknown_rule_pack"),
            ("/measure", json!("isolation"), "invalid_value"),
        ];
        refuse_each(&app, Method::POST, "/v1/schedule-previews", &right, &wrong).await;
    }
}
