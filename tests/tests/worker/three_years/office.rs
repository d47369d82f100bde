//! The office of the story: accounts at three vendors, texts on file with each of them, and a client who
//! bound the mini program. All of it through the API.

use domain::{
    Role,
    channel_limits::{aliyun::VariableRule, tencent::Purpose},
};
use serde_json::{Value, json};
use tests::{
    Setup, TestApp,
    client::BORN,
    fakes::{
        aliyun::{self, FakeAliyun},
        tencent::{self, FakeTencent},
        wechat::{self, FakeWechat},
    },
    steps::{Journey, id_of},
    vendors::{ALIYUN, MINI_PROGRAM, TENCENT},
};
use worker::Providers;

use crate::{
    staff_notices::opened,
    wechat::{OPEN_ID, TEMPLATE},
    wechat_callbacks::{calls, event, popup},
};

/// The client's number, until a stranger has it.
pub(super) const OLD: &str = "13900001111";
/// The one they bring then.
pub(super) const NEW: &str = "13900004444";
/// The client, as WeChat knows them.
const PERSON: &str = "wang";
/// The words of the office's signature.
const SIGNATURE: &str = "城东服务站";
/// The steps of every appointment.
const STEPS: [&str; 4] = ["wd-1", "d-7", "d-3", "d0"];

/// The office.
pub(super) struct Office {
    pub app: TestApp,
    pub journey: Journey,
    pub aliyun: FakeAliyun,
    pub tencent: FakeTencent,
    pub wechat: FakeWechat,
}

impl Office {
    /// On 5 September 2025, when a case of three years begins. Text messages go by Aliyun, and by
    /// Tencent Cloud where Aliyun does not bring them.
    pub async fn open(setup: Setup) -> Self {
        let aliyun = FakeAliyun::start(setup.clock()).await;
        let tencent = FakeTencent::start(setup.clock()).await;
        let wechat = FakeWechat::start(setup.clock()).await;
        let setup = setup.with(|config| {
            config.wechat.mini_program.app_id = Some(wechat::APP_ID.to_owned());
            config.wechat.mini_program.secret = Some(wechat::SECRET.into());
        });
        let accounts = opened(json!([
            {
                "name": MINI_PROGRAM, "kind": "wechat_subscribe", "url": wechat.url(),
                "app_id": wechat::APP_ID, "secret": wechat::SECRET, "allow_private_addresses": true,
            },
            {
                "name": ALIYUN, "kind": "aliyun", "url": aliyun.url(), "key_id": aliyun::KEY_ID,
                "secret": aliyun::SECRET, "allow_private_addresses": true,
            },
            {
                "name": TENCENT, "kind": "tencent", "weight": 0, "url": tencent.url(),
                "key_id": tencent::SECRET_ID, "app_id": tencent::APP_ID, "secret": tencent::SECRET,
                "allow_private_addresses": true,
            },
        ]));
        let app = setup
            .with_providers(Providers::new(accounts, []))
            .start()
            .await;
        app.advance("2025-09-05T10:00").await;
        // What staff are told is none of this story.
        for role in [Role::Caseworker, Role::Supervisor] {
            let token = app.login(role).await;
            let nowhere = json!({ "notices": { "channel": "none" } });
            let path = "/v1/sessions/current/notices";
            app.put(&token, path, nowhere).await.expect(200);
        }
        let client = app.register_born("王小明", OLD).await;
        let case = app
            .register_case(&client, "community_treatment", 36, "2025-09-05")
            .await;
        let case = id_of(&case);
        app.report_in(&case, "2025-09-05").await;
        let it = Self {
            app,
            journey: Journey { client, case },
            aliyun,
            tencent,
            wechat,
        };
        it.file_texts().await;
        it.bind().await;
        it
    }

    /// Two persons bring each text into force, and it is filed with the accounts, which approve it. One
    /// states the year, which WeChat wants and carriers refuse.
    async fn file_texts(&self) {
        self.aliyun.approve_signature(SIGNATURE);
        self.tencent.approve_signature(SIGNATURE);
        let day = [("day", VariableRule::Time)];
        self.aliyun.approve_template("SMS_100001", &day);
        self.aliyun.approve_template("SMS_100002", &[]);
        let code = [("code", VariableRule::NumberCaptcha)];
        self.aliyun.approve_template("SMS_100003", &code);
        self.tencent.approve_template("1110", Purpose::Notice, 1);
        self.tencent.approve_template("1111", Purpose::Notice, 0);
        for step in STEPS {
            let (path, text) = (
                format!("/v1/templates/appointment_reminder/{step}"),
                "您预约的服务请于{day}前到站办理。",
            );
            self.app.put_in_force(&path, text).await;
            self.file(
                MINI_PROGRAM,
                step,
                "wechat",
                TEMPLATE,
                Some(("date1", "day")),
            )
            .await;
            let text = text.replace("day", "date");
            self.app.put_in_force(&path, &text).await;
            self.file(ALIYUN, step, "aliyun", "SMS_100001", Some(("day", "date")))
                .await;
            self.file(TENCENT, step, "tencent", "1110", Some(("1", "date")))
                .await;
        }
        for (account, vendor, id) in [
            (ALIYUN, "aliyun", "SMS_100002"),
            (TENCENT, "tencent", "1111"),
        ] {
            self.file(account, "neutral", vendor, id, None).await;
        }
        let admin = self.app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/provider-templates/{ALIYUN}/sign_in_code/code");
        let body = filing("aliyun", "SMS_100003", Some(("code", "code")));
        self.app.put(&admin, &path, body).await.expect(200);
    }

    async fn file(
        &self,
        account: &str,
        step: &str,
        vendor: &str,
        id: &str,
        variable: Option<(&str, &str)>,
    ) {
        let admin = self.app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/provider-templates/{account}/appointment_reminder/{step}");
        let body = filing(vendor, id, variable);
        self.app.put(&admin, &path, body).await.expect(200);
    }

    /// The client signs in with a code by Aliyun, consents to WeChat and binds it.
    async fn bind(&self) {
        self.app.ask_code(OLD).await.expect(202);
        self.app.run_until_idle().await;
        let code = self.aliyun.taken()[0].params["code"].clone();
        let session = self.app.try_code(OLD, &code, Some(BORN)).await.expect(201);
        self.app.consent_to_wechat(&self.journey.client).await;
        let token = session["access_token"].as_str().unwrap();
        self.app.bind_wechat(token, PERSON).await.expect(201);
    }

    /// WeChat calls back about the client, and the worker acts on it.
    pub async fn wechat_says(&self, parts: &str) {
        let about = event(&self.app, parts).replace(OPEN_ID, &self.wechat.open_id(PERSON));
        calls(&self.app, MINI_PROGRAM, &about).await;
        self.app.run_until_idle().await;
    }

    /// The client accepts one message of the mini program. Who switches it off in WeChat's own settings
    /// does so without our knowing.
    pub async fn accept_one(&self, switched_off: bool) {
        if !switched_off {
            self.wechat.accept(&self.wechat.open_id(PERSON), TEMPLATE);
        }
        self.wechat_says(&popup("accept")).await;
    }

    /// The client, as the caseworker sees them.
    pub async fn client(&self) -> Value {
        let token = self.app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", self.journey.client);
        self.app.get(&token, &path).await.expect(200)
    }

    /// The caseworker corrects what is known of the number.
    pub async fn correct(&self, number: Value) {
        let token = self.app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", self.journey.client);
        self.app.patch(&token, &path, number).await.expect(200);
    }
}

/// How a text is filed, with its only variable.
fn filing(vendor: &str, id: &str, variable: Option<(&str, &str)>) -> Value {
    let params = variable
        .into_iter()
        .map(|(name, variable)| json!({ "name": name, "variable": variable }));
    let params: Vec<Value> = params.collect();
    json!({ "gateway": vendor, "template_id": id, "params": params })
}
