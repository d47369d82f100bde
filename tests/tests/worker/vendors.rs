//! The real worker and the real clients against vendors that check everything: texts are filed and
//! reviewed through the API, and receipts come to it.

mod cards;
mod sms;

use domain::{
    Role,
    channel_limits::{aliyun::VariableRule, tencent::Purpose},
};
use serde_json::{Value, json};
use tests::{
    Setup, TestApp,
    fakes::{
        aliyun::{self, FakeAliyun},
        tencent::{self, FakeTencent},
        wechat::{self, FakeWechat},
    },
    steps::Journey,
    vendors::{ALIYUN, TENCENT},
};
use worker::Providers;

use crate::{
    staff_notices::opened,
    story::{before_the_first_reminder, message},
    wechat::TEMPLATE,
    wechat_callbacks::{calls, event},
};

const TEXT: &str = "{name}您好,请于{date}到站,{time}前有人。";
const FILLED: &str = "【城东服务站】王先生您好,请于10月9日到站,17:00前有人。";

/// An office with an account at Aliyun, a spare one at Tencent Cloud, and perhaps one at WeChat.
struct Office {
    app: TestApp,
    journey: Journey,
    aliyun: FakeAliyun,
    tencent: FakeTencent,
    wechat: FakeWechat,
}

impl Office {
    /// Just before the first reminder; `at_wechat` are the name and the kind of the account there.
    async fn open(setup: Setup, at_wechat: Option<(&str, &str)>) -> Self {
        let (aliyun, tencent, wechat) = (
            FakeAliyun::start(setup.clock()).await,
            FakeTencent::start(setup.clock()).await,
            FakeWechat::start(setup.clock()).await,
        );
        aliyun.approve_signature("城东服务站");
        tencent.approve_signature("城东服务站");
        let mut accounts = vec![
            json!({
                "name": ALIYUN, "kind": "aliyun", "url": aliyun.url(), "key_id": aliyun::KEY_ID,
                "secret": aliyun::SECRET, "allow_private_addresses": true,
            }),
            json!({
                "name": TENCENT, "kind": "tencent", "weight": 0, "url": tencent.url(),
                "key_id": tencent::SECRET_ID, "app_id": tencent::APP_ID, "secret": tencent::SECRET,
                "allow_private_addresses": true,
            }),
        ];
        accounts.extend(at_wechat.map(|(name, kind)| {
            json!({
                "name": name, "kind": kind, "url": wechat.url(), "app_id": wechat::APP_ID,
                "secret": wechat::SECRET, "allow_private_addresses": true,
            })
        }));
        let providers = Providers::new(opened(json!(accounts)), []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        Self {
            app,
            journey,
            aliyun,
            tencent,
            wechat,
        }
    }

    /// A person writes the text of a step, and another one brings it into force.
    async fn write(&self, step: &str, text: &str) {
        let path = format!("/v1/templates/appointment_reminder/{step}");
        self.app.put_in_force(&path, text).await;
    }

    /// What is in force is filed with an account.
    async fn file(&self, account: &str, step: &str, body: Value) -> Value {
        let admin = self.app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/provider-templates/{account}/appointment_reminder/{step}");
        self.app.put(&admin, &path, body).await.expect(200)
    }

    /// It is filed with Aliyun, which approves it: what the API calls the variables stands in the text.
    async fn file_with_aliyun(&self, step: &str, id: &str, variables: &[(&str, VariableRule)]) {
        let params = variables.iter().map(|(name, rule)| {
            json!({ "name": format!("v_{name}"), "variable": name, "rule": rule.as_str() })
        });
        let params: Vec<Value> = params.collect();
        let body = json!({ "gateway": "aliyun", "template_id": id, "params": params });
        let filed = self.file(ALIYUN, step, body).await;
        let text = filed["text"].as_str().unwrap().replace('{', "${v_");
        let names: Vec<String> = variables
            .iter()
            .map(|(name, _)| format!("v_{name}"))
            .collect();
        let rules = names.iter().zip(variables);
        let rules: Vec<_> = rules
            .map(|(name, (_, rule))| (name.as_str(), *rule))
            .collect();
        self.aliyun.approve_text(id, &text, &rules);
    }

    /// It is filed with Tencent Cloud, which approves it.
    async fn file_with_tencent(&self, step: &str, id: &str, variables: &[&str]) {
        let params = (1..).zip(variables);
        let params = params.map(
            |(place, name): (usize, _)| json!({ "name": place.to_string(), "variable": name }),
        );
        let params: Vec<Value> = params.collect();
        let body = json!({ "gateway": "tencent", "template_id": id, "params": params });
        let filed = self.file(TENCENT, step, body).await;
        let mut text = filed["text"].as_str().unwrap().to_owned();
        for (place, name) in variables.iter().enumerate() {
            text = text.replace(&format!("{{{name}}}"), &format!("{{{}}}", place + 1));
        }
        self.tencent.approve_text(id, Purpose::Notice, &text);
    }

    /// The usual text, at Aliyun.
    async fn usual(&self, step: &str) {
        self.write(step, TEXT).await;
        let rules = [
            ("name", VariableRule::Name),
            ("date", VariableRule::Time),
            ("time", VariableRule::Time),
        ];
        self.file_with_aliyun(step, "SMS_100001", &rules).await;
    }

    /// A date only, at WeChat.
    async fn card(&self, account: &str, step: &str) {
        let body = json!({
            "gateway": "wechat", "template_id": TEMPLATE,
            "params": [{ "name": "date1", "variable": "day" }],
        });
        self.file(account, step, body).await;
    }

    async fn message(&self, step: &str) -> Value {
        message(&self.app, &self.journey, step).await
    }

    /// The vendors post receipts, and the worker acts on them.
    async fn posts(&self, account: &str, receipts: &[Value]) {
        let answer = self.app.vendor_posts(account, &json!(receipts)).await;
        answer.expect(200);
        self.app.run_until_idle().await;
    }

    /// WeChat calls back, and the worker acts on it.
    async fn calls_back(&self, account: &str, parts: &str) {
        calls(&self.app, account, &event(&self.app, parts)).await;
        self.app.run_until_idle().await;
    }
}
