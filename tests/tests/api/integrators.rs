//! Other systems: how they get tokens, and what these are good for.

use std::collections::BTreeSet;

use api::operations::{self, Access, Operation};
use domain::{Role, role::Permission};
use reqwest::Method;
use serde_json::{Value, json};
use storage::audit_log::{self, Filter};
use tests::{Response, TestApp, on_both};

/// Every scope there is.
fn all_scopes() -> BTreeSet<&'static str> {
    let scopes = operations::ALL.iter().filter_map(|it| it.scope());
    scopes.map(Permission::as_str).collect()
}

/// A system with these scopes, as security administration sees it, with its secret.
async fn system(app: &TestApp, scopes: &BTreeSet<&str>) -> Value {
    let token = app.login(Role::SecurityAdmin).await;
    let body = json!({ "name": "统计平台", "scopes": scopes });
    app.post(&token, "/v1/integrators", body).await.expect(201)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

/// A token request with these parameters, and perhaps a proof in the header.
async fn ask(app: &TestApp, form: &str, basic: Option<(&str, &str)>) -> Response {
    let mut request = app
        .request(Method::POST, "/oauth/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    if let Some((id, secret)) = basic {
        request = request.basic_auth(id, Some(secret));
    }
    app.send(request).await
}

const GRANT: &str = "grant_type=client_credentials";

async fn token(app: &TestApp, system: &Value) -> String {
    let proof = (text(system, "client_id"), text(system, "client_secret"));
    let answer = ask(app, GRANT, Some(proof)).await.expect(200);
    text(&answer, "access_token").to_owned()
}

/// A body that an operation would take of somebody who may: the refusal comes after reading it.
fn body(app: &TestApp, operation: &Operation) -> Option<Value> {
    let reason = json!({ "reason": "同意" });
    Some(match operation.id {
        "register_client" => json!({ "name": "王小明", "sex": "male" }),
        "create_staff" => json!({
            "username": "chen.li", "password": "another long password", "display_name": "陈老师",
            "role": "caseworker", "office_id": app.seed().office,
        }),
        "create_integrator" => json!({ "name": "平台", "scopes": ["read_cases"] }),
        "decide_excuse" => json!({ "decision": "accept", "reason": "有证明" }),
        "add_escalation_statement" => json!({ "statement": "本人称因打工无法前来" }),
        "submit_escalation" | "sign_off_escalation" | "dismiss_escalation" => reason,
        "complete_task" => json!({ "outcome": "done" }),
        "rotate_integrator_secret" | "deactivate_integrator" => json!({}),
        "search_clients" => json!({ "q": "王小明" }),
        "check_rule_pack" => json!({ "document": "" }),
        "preview_template" => json!({
            "kind": "appointment_reminder", "step": "d-3", "text": "{name}您好,请您{date}到站",
        }),
        "preview_schedule" => json!({
            "measure": "community_treatment", "reported_in_on": "2025-09-05", "term_months": 36,
        }),
        _ => return None,
    })
}

/// Calls an operation on something that is not there.
async fn call(app: &TestApp, token: &str, operation: &Operation) -> Response {
    let path = operation
        .path
        .replace("{year}", "2027")
        .replace("{version}", "1")
        .replace("{kind}", "appointment_reminder")
        .replace("{step}", "d-3");
    let mut parts: Vec<&str> = path.split('/').collect();
    for part in &mut parts {
        if part.starts_with('{') {
            *part = "0199b0d2-0000-7000-8000-000000000000";
        }
    }
    let method = Method::from_bytes(operation.method.as_str().as_bytes()).unwrap();
    let request = app.request(method, &parts.join("/")).bearer_auth(token);
    app.send(match body(app, operation) {
        Some(body) if operation.has_body() => request.json(&body),
        _ => request,
    })
    .await
}

#[track_caller]
fn refused(answer: Response, status: u16, code: &str) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let challenge = answer.header("www-authenticate").map(str::to_owned);
    let basic = (status == 401).then(|| "Basic realm=\"tongxing\"".to_owned());
    assert_eq!(challenge, basic);
    let body = answer.expect(status);
    assert_eq!(body["error"], code, "{body:#}");
    assert!(body["error_description"].is_string() && body["access_token"].is_null());
}

on_both! {
    /// Operations with their scope, with every scope but their own, and those that have none.
    async fn a_system_does_what_its_scopes_say_and_nothing_else(app: TestApp) {
        let all = all_scopes();
        let wide = token(&app, &system(&app, &all).await).await;
        let (mut opened, mut closed) = (0, 0);
        for operation in operations::ALL {
            let unreadable = operation.has_body() && body(&app, operation).is_none();
            if operation.access == Access::Open || unreadable {
                continue;
            }
            let answer = call(&app, &wide, operation).await;
            let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
            let Some(scope) = operation.scope() else {
                let barred = match operation.access {
                    Access::Staff(_) => ["forbidden"].as_slice(),
                    _ => &["forbidden", "unauthenticated"],
                };
                assert!(barred.contains(&code.as_str()), "{}: {:#}", operation.id, answer.body);
                closed += 1;
                continue;
            };
            let barred = ["forbidden", "unauthenticated", "token_expired"];
            assert!(!barred.contains(&code.as_str()), "{}: {code}", operation.id);
            assert!(answer.status.as_u16() < 500, "{}", operation.id);
            opened += 1;
            let mut others = all.clone();
            others.remove(scope.as_str());
            let proof = system(&app, &others).await;
            let narrow = token(&app, &proof).await;
            call(&app, &narrow, operation).await.problem(403, "forbidden");
        }
        assert!(opened >= 25 && closed >= 20, "{opened} {closed}");
    }

    async fn a_system_reads_the_whole_agency_and_no_other(app: TestApp) {
        let client = app.register_client("王小明", "13900001111").await;
        let case = app.register_case(&client, "community_treatment", 36, "2025-09-01").await;
        let token = token(&app, &system(&app, &all_scopes()).await).await;
        let cases = app.get(&token, "/v1/cases").await.expect(200);
        assert_eq!(cases["items"][0]["id"], case["id"]);
        let path = format!("/v1/cases/{}", text(&case, "id"));
        app.get(&token, &path).await.expect(200);
        let agency = app.seed().agency;
        let entry = app
            .store()
            .read_in(agency, |tx| audit_log::list(tx, agency, &Filter::default(), None, 1))
            .unwrap()
            .remove(0);
        assert_eq!((entry.action.as_str(), entry.actor_kind), ("get_case", domain::ActorKind::Integrator));
        let foreign = app.login_as("foreign.supervisor").await;
        let theirs = app.post(&foreign, "/v1/clients", json!({ "name": "李小红", "sex": "female" })).await;
        let path = format!("/v1/clients/{}", text(&theirs.expect(201), "id"));
        app.get(&token, &path).await.problem(404, "not_found");
    }

    /// RFC 6749 §2.3, §3.3, §5.
    async fn a_token_is_got_by_either_proof_and_for_fewer_scopes(app: TestApp) {
        let scopes = BTreeSet::from(["list_offices", "read_cases"]);
        let system = system(&app, &scopes).await;
        let (id, secret) = (text(&system, "client_id"), text(&system, "client_secret"));
        let posted = format!("{GRANT}&client_id={id}&client_secret={secret}");
        let answer = ask(&app, &posted, None).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("pragma"), Some("no-cache"));
        let body = answer.expect(200);
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(body["expires_in"], 900);
        assert_eq!(body["scope"], "list_offices read_cases");
        assert!(body["refresh_token"].is_null());
        let fewer = format!("{GRANT}&scope=list_offices&unknown=ignored");
        let body = ask(&app, &fewer, Some((id, secret))).await.expect(200);
        assert_eq!(body["scope"], "list_offices");
        let token = text(&body, "access_token");
        app.get(token, "/v1/offices").await.expect(200);
        app.get(token, "/v1/cases").await.problem(403, "forbidden");
        let admin = app.login(Role::SecurityAdmin).await;
        let path = format!("/v1/integrators/{}", text(&system, "id"));
        let seen = app.get(&admin, &path).await.expect(200);
        assert!(seen["last_used_at"].is_string() && seen.get("client_secret").is_none());
    }

    async fn a_request_that_is_none_gets_no_token(app: TestApp) {
        let given = BTreeSet::from(["list_offices", "read_cases"]);
        let system = system(&app, &given).await;
        let (id, secret) = (text(&system, "client_id"), text(&system, "client_secret"));
        let proof = Some((id, secret));
        for (form, proof, status, code) in [
            ("", proof, 400, "invalid_request"),
            ("grant_type=", proof, 400, "invalid_request"),
            ("grant_type=password", proof, 400, "unsupported_grant_type"),
            ("grant_type=refresh_token", proof, 400, "unsupported_grant_type"),
            (&*format!("{GRANT}&{GRANT}"), proof, 400, "invalid_request"),
            (&*format!("{GRANT}&scope=a&scope=b"), proof, 400, "invalid_request"),
            (&*format!("{GRANT}&client_id={id}&client_secret={secret}"), proof, 400, "invalid_request"),
            (&*format!("{GRANT}&client_id={id}"), None, 401, "invalid_client"),
            (GRANT, None, 401, "invalid_client"),
            (GRANT, Some((id, "")), 401, "invalid_client"),
            (GRANT, Some((id, "txs_AAAA")), 401, "invalid_client"),
            (GRANT, Some((id, id)), 401, "invalid_client"),
            (GRANT, Some(("nobody", secret)), 401, "invalid_client"),
            (GRANT, Some(("", "")), 401, "invalid_client"),
            // What was not given, what cannot be given, what does not exist.
            (&*format!("{GRANT}&scope=read_clients"), proof, 400, "invalid_scope"),
            (&*format!("{GRANT}&scope=list_offices%20sign_off_escalations"), proof, 400, "invalid_scope"),
            (&*format!("{GRANT}&scope=manage_accounts"), proof, 400, "invalid_scope"),
            (&*format!("{GRANT}&scope=*"), proof, 400, "invalid_scope"),
            (&*format!("{GRANT}&scope=list_offices%0Aread_cases"), proof, 400, "invalid_scope"),
            (&*format!("{GRANT}&x={}", "a".repeat(9_000)), proof, 400, "invalid_request"),
        ] {
            refused(ask(&app, form, proof).await, status, code);
        }
        // RFC 6749 §3.2: what is not known is passed over.
        let strange = app.request(Method::POST, "/oauth/token?a_colour=red");
        let strange = strange.header("content-type", "application/x-www-form-urlencoded").body(GRANT);
        app.send(strange.basic_auth(id, Some(secret))).await.expect(200);
        let json = app.request(Method::POST, "/oauth/token").json(&json!({ "grant_type": "client_credentials" }));
        refused(app.send(json).await, 400, "invalid_request");
    }

    /// One that tries another system's secret, or one of another agency, is told what all are told.
    async fn a_secret_is_one_systems_own(app: TestApp) {
        let given = BTreeSet::from(["list_offices"]);
        let (one, other) = (system(&app, &given).await, system(&app, &given).await);
        let mixed = (text(&one, "client_id"), text(&other, "client_secret"));
        refused(ask(&app, GRANT, Some(mixed)).await, 401, "invalid_client");
        let agency = app.seed().agency;
        let refusals = app.store().read_in(agency, |tx| {
            audit_log::list(tx, agency, &Filter::default(), None, 1)
        });
        let entry = refusals.unwrap().remove(0);
        assert_eq!((entry.action.as_str(), entry.outcome.as_str()), ("issue_token", "refused"));
        assert_eq!(entry.object_id.as_deref(), Some(text(&one, "id")));
    }

    async fn a_new_secret_ends_the_old_one_and_its_tokens_at_once(app: TestApp) {
        let system = system(&app, &BTreeSet::from(["list_offices"])).await;
        let old = token(&app, &system).await;
        app.get(&old, "/v1/offices").await.expect(200);
        let admin = app.login(Role::SecurityAdmin).await;
        let path = format!("/v1/integrators/{}", text(&system, "id"));
        let renewed = app.post(&admin, &format!("{path}/secret"), json!({})).await.expect(200);
        assert_ne!(renewed["client_secret"], system["client_secret"]);
        app.get(&old, "/v1/offices").await.problem(401, "unauthenticated");
        let proof = (text(&system, "client_id"), text(&system, "client_secret"));
        refused(ask(&app, GRANT, Some(proof)).await, 401, "invalid_client");
        let new = token(&app, &renewed).await;
        app.get(&new, "/v1/offices").await.expect(200);

        let closed = app.post(&admin, &format!("{path}/deactivation"), json!({})).await.expect(200);
        assert_eq!((&closed["active"], &closed["secret_made_at"]), (&json!(false), &Value::Null));
        app.get(&new, "/v1/offices").await.problem(401, "unauthenticated");
        let proof = (text(&renewed, "client_id"), text(&renewed, "client_secret"));
        refused(ask(&app, GRANT, Some(proof)).await, 401, "invalid_client");
        app.post(&admin, &format!("{path}/secret"), json!({})).await.problem(409, "conflict");
    }

    async fn a_scope_that_cannot_be_given_is_refused(app: TestApp) {
        let admin = app.login(Role::SecurityAdmin).await;
        for (body, pointer) in [
            (json!({ "name": "平台", "scopes": [] }), "/scopes"),
            (json!({ "name": "平台", "scopes": ["sign_off_escalations"] }), "/scopes/0"),
            (json!({ "name": "平台", "scopes": ["read_cases", "decide_excuses"] }), "/scopes/1"),
            (json!({ "name": "平台", "scopes": ["read_cases", "everything"] }), "/scopes/1"),
            (json!({ "name": "", "scopes": ["read_cases"] }), "/name"),
            (json!({ "name": "平\n台", "scopes": ["read_cases"] }), "/name"),
        ] {
            let problem = app.post(&admin, "/v1/integrators", body).await.problem(422, "invalid_value");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
        }
        let sneaked = json!({ "name": "平台", "scopes": ["read_cases"], "agency_id": app.seed().foreign.agency });
        app.post(&admin, "/v1/integrators", sneaked).await.problem(422, "unknown_field");
    }

    /// The secret is in the answer and nowhere else: not in the database, and not to be had again.
    async fn a_secret_is_shown_once_and_stored_hashed(app: TestApp) {
        let admin = app.login(Role::SecurityAdmin).await;
        let make = async || {
            let body = json!({ "name": "平台", "scopes": ["read_cases"] });
            let request = app.request(Method::POST, "/v1/integrators").bearer_auth(&admin).json(&body);
            app.send(request.header("idempotency-key", "again")).await.expect(201)
        };
        let (first, second) = (make().await, make().await);
        assert_ne!(first["client_secret"], second["client_secret"], "no answer is kept");
        let listed = app.get(&admin, "/v1/integrators").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains("txs_"));
    }
}
