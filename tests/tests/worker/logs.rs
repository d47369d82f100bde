//! Logs carry no personal data, however much is logged and whatever goes wrong.

use diesel::{Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection};
use domain::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    Backend, Reply, TestApp,
    client::{BORN, other_than},
    fakes::{
        wechat::{MINI_PROGRAM_SECRET, SESSION_KEY, TOKEN, refused},
        wire::Reaction,
    },
    on_both,
    steps::{Journey, id_of},
    vendors::{ALIYUN, PATH_SECRET, SERVICE_ACCOUNT, receipts_path},
};

use crate::{capture, replies::answer, story::message};

const NAME: &str = "司马承祯";
const PHONE: &str = "13711112222";
const CLIENTS_PHONE: &str = "13733334444";
const ID_NUMBER: &str = "11010519900307283X";
const STRANGERS_PHONE: &str = "13755556666";
const REPLY: &str = "我是司马，家里出了事";
const NOTE: &str = "母亲在县医院住院";
/// A password in the wrong field.
const NOBODYS_NAME: &str = "hunter2-in-the-name";
/// Of a receipt of a vendor.
const VENDORS_NUMBER: &str = "13755556666";
/// Of an event of WeChat.
const SOMEBODYS_OPEN_ID: &str = "oia2TjuEGTNoeX76QEjQNrcURxG8";
/// Somebody guesses.
const WRONG_PATH: &str = "guessed-0123456789abcdefghijklmnop";
const WRONG_PASSWORD: &str = "not the battery";

/// Gives a table another name under the running product, so that its statements fail.
fn rename(app: &TestApp, table: &str, name: &str) {
    let query = diesel::sql_query(format!("ALTER TABLE {table} RENAME TO {name}"));
    match app.backend() {
        Backend::Sqlite => {
            let path = app.database_url().trim_start_matches("sqlite://");
            let mut connection = SqliteConnection::establish(path).unwrap();
            query.execute(&mut connection).unwrap();
        }
        Backend::Postgres => {
            let mut connection = PgConnection::establish(app.database_url()).unwrap();
            query.execute(&mut connection).unwrap();
        }
    }
}

async fn sign_in(app: &TestApp, username: &str, password: &str) -> tests::Response {
    let body = json!({ "username": username, "password": password });
    app.send(app.request(Method::POST, "/v1/sessions").json(&body))
        .await
}

/// Signs in well and badly; answers the tokens that were given out.
async fn sessions(app: &TestApp) -> [String; 3] {
    for username in ["caseworker", NOBODYS_NAME] {
        let refused = sign_in(app, username, WRONG_PASSWORD).await;
        refused.problem(401, "invalid_credentials");
    }
    let session = sign_in(app, "caseworker", tests::app::PASSWORD)
        .await
        .expect(201);
    let text = |session: &Value, name: &str| session[name].as_str().unwrap().to_owned();
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    let request = || {
        app.request(Method::POST, "/v1/sessions/refresh")
            .json(&refresh)
    };
    let second = app.send(request()).await.expect(201);
    [
        text(&session, "refresh_token"),
        text(&second, "access_token"),
        text(&second, "refresh_token"),
    ]
}

/// A text as it stands in a URL.
fn in_a_query(text: &str) -> String {
    let written = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(written).collect()
}

/// Registers the client, with what is refused on the way, and looks for him by all he has.
async fn register(app: &TestApp, token: &str) -> Journey {
    let good = json!({
        "name": NAME,
        "sex": "male",
        "id_number": ID_NUMBER,
        "phone": PHONE,
        "phone_confirmed": true,
    });
    for (field, value) in [
        ("id_number", "110105199003072831"),
        ("phone", "1371111222"),
        ("sex", NAME),
        ("nickname", NAME),
    ] {
        let mut bad = good.clone();
        bad[field] = value.into();
        let refused = app.post(token, "/v1/clients", bad).await;
        assert!(refused.status.is_client_error(), "{field}: {refused:?}");
    }
    let client = id_of(
        &app.post(token, "/v1/clients", good.clone())
            .await
            .expect(201),
    );
    let again = app.post(token, "/v1/clients", good).await;
    assert!(again.status.is_client_error(), "{again:?}");
    for q in [NAME, PHONE, ID_NUMBER] {
        let path = format!("/v1/clients?q={}", in_a_query(q));
        let found = app.get(token, &path).await;
        assert_eq!(
            found.expect(200)["items"].as_array().unwrap().len(),
            1,
            "{q}"
        );
    }
    let case = app
        .register_case(&client, "community_treatment", 36, "2025-09-05")
        .await;
    app.report_in(&id_of(&case), "2025-09-05").await;
    Journey {
        client,
        case: id_of(&case),
    }
}

/// A receipt that says more than it should, signed and not.
async fn report(app: &TestApp, id: &str) {
    let body = json!({
        "type": "message.failed",
        "to": PHONE,
        "data": { "id": id, "code": format!("{NAME} {PHONE}") },
    });
    let body = body.to_string();
    let signed = app
        .fake()
        .sign("call-1", app.sign_in_clock().now(), body.as_bytes());
    let path = format!("/v1/agencies/{}/receipts", app.seed().agency);
    let request = || {
        app.request(Method::POST, &path)
            .header("content-type", "application/json")
            .body(body.clone())
    };
    app.send(request()).await.problem(401, "invalid_signature");
    let request = signed
        .into_iter()
        .fold(request(), |request, (name, value)| {
            request.header(name, value)
        });
    let answer = app.send(request).await;
    assert!(answer.status.is_success(), "{answer:?}");
}

/// A vendor posts a receipt that nobody knows, one that cannot be read, and by a path that is none.
async fn vendor_reports(app: &TestApp) {
    let stranger = json!([{
        "phone_number": VENDORS_NUMBER, "biz_id": "1", "success": true, "err_code": "DELIVERED",
        "err_msg": NOTE,
    }]);
    app.vendor_posts(ALIYUN, &stranger).await.expect(200);
    let unreadable = json!([{ "phone_number": VENDORS_NUMBER }]);
    let refused = app.vendor_posts(ALIYUN, &unreadable).await;
    refused.problem(400, "malformed_json");
    let path = receipts_path(ALIYUN, WRONG_PATH);
    let request = app.request(Method::POST, &path).json(&stranger);
    app.send(request).await.problem(404, "not_found");
    let text = |openid: &str| {
        format!(
            "<xml><FromUserName>{openid}</FromUserName><CreateTime>1</CreateTime>\
             <MsgType>event</MsgType><Event>unsubscribe</Event></xml>"
        )
    };
    let posted = app
        .wechat_calls(SERVICE_ACCOUNT, &text(SOMEBODYS_OPEN_ID))
        .await;
    posted.expect(200);
    let refused = app.wechat_calls(SERVICE_ACCOUNT, &text(NAME)).await;
    refused.problem(400, "malformed_json");
}

/// Nothing of `secrets` stands in the log.
#[track_caller]
fn assert_absent(log: &str, secrets: impl Iterator<Item = String>) {
    for secret in secrets {
        if let Some(at) = log.find(&secret) {
            let line = log[..at].rfind('\n').map_or(0, |end| end + 1);
            let line = log[line..].lines().next().unwrap();
            panic!("the log has {secret:?}: {line}");
        }
    }
}

on_both! {
    async fn nothing_of_a_client_is_in_a_log(setup: Setup) {
        capture::start();
        let app = setup.with_webhook().start().await;
        app.advance("2025-09-05T10:00").await;
        let tokens = sessions(&app).await;
        let token = app.login(Role::Caseworker).await;
        let journey = register(&app, &token).await;

        // Reminders: refused, lost, stalled, wrong key, and at last taken.
        app.advance("2025-09-30T08:59").await;
        app.fake().script([
            Reply::Refuse(503),
            Reply::TooMany(60),
            Reply::Refuse(401),
            Reply::Reset,
        ]);
        app.advance("2025-09-30T12:00").await;
        let sent = message(&app, &journey, "wd-1").await;
        assert_eq!(sent["status"], "accepted");
        report(&app, sent["id"].as_str().unwrap()).await;
        report(&app, &journey.client).await;
        answer(&app, "r-1", PHONE, REPLY).await;
        answer(&app, "r-2", STRANGERS_PHONE, REPLY).await;

        vendor_reports(&app).await;

        // A miss, an excuse with a note, and the file read.
        let items = app.appointments(&journey).await;
        app.let_pass(&items[0]).await;
        let excuse = json!({ "reason_code": "family_event", "note": NOTE });
        app.post(
            &token,
            &format!("/v1/appointments/{}/excuses", id_of(&items[0])),
            excuse,
        )
        .await
        .expect(201);
        let file = app
            .get(&token, &format!("/v1/clients/{}", journey.client))
            .await
            .expect(200);
        assert_eq!(file["name"], NAME);
        app.get(&token, &format!("/v1/messages/{}", id_of(&sent)))
            .await
            .expect(200);

        // The database fails, in a request and in a job.
        rename(&app, "clients", "clients_gone");
        let body = json!({ "name": NAME, "sex": "male", "phone": PHONE });
        app.post(&token, "/v1/clients", body)
            .await
            .problem(500, "internal");
        app.outage_until("2025-11-03T10:00");
        let failed = app.worker().run_until_idle().await;
        assert!(failed.is_err(), "{failed:?}");
        rename(&app, "clients_gone", "clients");
        app.run_until_idle().await;

        let log = capture::text();
        for expected in [
            "job ran",
            "job failed",
            "a request failed",
            "somebody tried to sign in under a name that nobody has",
            "a receipt names no message of the agency",
            "a vendor posted what cannot be read",
            "a post was given up",
            "\"TRACE\"",
        ] {
            assert!(log.contains(expected), "{expected:?} is not in the log");
        }
        let taken = app.fake().taken();
        let texts = taken.iter().map(|taken| taken.text.clone());
        let seeded = [
            NAME,
            "司马先生",
            &in_a_query(NAME),
            PHONE,
            ID_NUMBER,
            "110105199003072831",
            NOTE,
            VENDORS_NUMBER,
            WRONG_PATH,
            PATH_SECRET,
            SOMEBODYS_OPEN_ID,
            TOKEN,
            STRANGERS_PHONE,
            REPLY,
            "whsec_",
        ];
        let seeded = seeded
            .into_iter()
            .chain([NOBODYS_NAME, WRONG_PASSWORD, tests::app::PASSWORD, &token])
            .map(str::to_owned);
        assert_absent(&log, seeded.chain(tokens).chain(texts));
    }

    /// Codes, tokens, keys of second factors, secrets of other systems, and what clients write.
    async fn nothing_of_a_sign_in_is_in_a_log(app: TestApp) {
        const HELP: &str = "想了解就业培训的事";
        const CORRECTION: &str = "门牌号写错了一位";
        const PLACE: [f64; 2] = [30.274_123, 120.155_123];
        capture::start();
        app.advance("2025-09-05T10:00").await;
        let journey = app.born_with_case(CLIENTS_PHONE, "2025-09-05").await;
        let (client, staff) = (&journey.client, app.login(Role::Caseworker).await);
        let code = app.get_code(CLIENTS_PHONE).await;
        let wrong = app.try_code(CLIENTS_PHONE, &other_than(&code), None).await;
        wrong.problem(401, "invalid_code");
        app.try_code(CLIENTS_PHONE, &code, None).await.problem(401, "second_fact_required");
        let session = app.try_code(CLIENTS_PHONE, &code, Some(BORN)).await.expect(201);
        let token = session["access_token"].as_str().unwrap();
        let consent = json!({ "purpose": "location", "text_version": "1", "channel": "paper" });
        app.post(&staff, &format!("/v1/clients/{client}/consents"), consent).await.expect(201);
        app.consent_to_wechat(client).await;
        app.bind_wechat(token, "wang").await.expect(201);
        let wechat_code = app.wechat().code("wang");
        app.wechat().script_sign_ins([refused(40_125), refused(-1), Reaction::Drop]);
        for _ in 0..3 {
            app.try_wechat_code(&wechat_code, None).await.problem(503, "unavailable");
        }
        app.try_wechat_code(&wechat_code, None).await.expect(201);
        app.try_wechat_code(&wechat_code, None).await.problem(401, "invalid_code");
        let at = json!({ "location": { "latitude": PLACE[0], "longitude": PLACE[1] } });
        app.post(token, "/v1/me/check-ins", at).await.expect(201);
        let help = json!({ "text": HELP });
        let help = app.post(token, "/v1/me/help-requests", help).await.expect(201);
        let wrong = json!({ "topic": "other", "text": CORRECTION });
        app.post(token, "/v1/me/corrections", wrong).await.expect(201);
        app.get(token, "/v1/me/export").await.expect(200);

        let asked = json!({ "fields": ["phone"], "reason": "contact" });
        let shown = app.post(&staff, &format!("/v1/clients/{client}/reveal"), asked).await;
        assert_eq!(shown.expect(200)["phone"], CLIENTS_PHONE);
        let own = json!({ "password": tests::app::PASSWORD });
        let begun = app.put(&staff, "/v1/sessions/current/second-factor", own).await.expect(200);
        let security = app.login(Role::SecurityAdmin).await;
        let system = json!({ "name": "统计平台", "scopes": ["read_cases"] });
        let system = app.post(&security, "/v1/integrators", system).await.expect(201);

        let log = capture::text();
        let given = [
            &session["refresh_token"], &begun["secret"], &system["client_secret"], &help["receipt"],
        ];
        let given = given.map(|secret| secret.as_str().unwrap());
        let secrets = [
            CLIENTS_PHONE, &format!("\"{code}\""), token, HELP, CORRECTION, BORN, "王小明", "王先生", "120.1551", &staff,
            &wechat_code, &app.wechat().open_id("wang"), MINI_PROGRAM_SECRET, SESSION_KEY,
        ];
        assert!(log.contains("WeChat could not be asked who signs in"));
        let texts = app.sent().into_iter().map(|sent| sent.text);
        assert_absent(&log, secrets.into_iter().chain(given).map(str::to_owned).chain(texts));
    }
}
