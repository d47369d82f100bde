//! What staff are told, by the channel each of them chose: over real sockets, to a fake WeCom and a
//! fake SMTP server.

mod emergencies;
mod not_told;
mod summary;
mod told;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Channel, Role};
use platform::{Config, Profile, Randomness};
use serde_json::{Value, json};
use tests::{
    Setup, TestApp,
    client::BORN,
    fakes::{
        smtp::{self, Email, FakeSmtp},
        wecom::{self, FakeWecom, Taken},
    },
};
use worker::{Provider, Providers, open};

use crate::scripted::Scripted;

const USER: &str = "li.na-4711";
const ADDRESS: &str = "head-of-office@example.gov.cn";
const NAME: &str = "欧阳若兰";
const PHONE: &str = "13955556666";
const NOTE: &str = "我现在在河边,很难受";

/// An office whose staff can be told by WeCom and e-mail, and by text message.
struct Office {
    app: TestApp,
    wecom: FakeWecom,
    smtp: FakeSmtp,
    sms: Arc<Scripted>,
}

/// The accounts of these settings, as both programs open them.
pub(crate) fn opened(accounts: Value) -> Vec<Provider> {
    let mut config = Config::defaults().unwrap();
    config.profile = Profile::Sandbox;
    config.providers = serde_json::from_value(accounts).unwrap();
    let opened = open::providers(&config, &Randomness::seeded(1)).unwrap();
    let names = config.providers.iter();
    names
        .map(|account| opened.providers.named(&account.name).unwrap().clone())
        .collect()
}

impl Office {
    /// At 08:00 on Monday 1 September 2025. Mail goes to `port`, or else to the fake.
    async fn open(setup: Setup, port: Option<u16>) -> Self {
        let wecom = FakeWecom::start(setup.clock()).await;
        let smtp = FakeSmtp::start().await;
        let sms = Scripted::new("sms", Channel::Sms);
        let mut accounts = opened(json!([
            {
                "name": "corp", "kind": "wecom", "url": wecom.url(), "corp_id": wecom::CORP_ID,
                "agent_id": wecom::AGENT_ID, "secret": wecom::SECRET, "allow_private_addresses": true,
            },
            {
                "name": "mail", "kind": "email", "host": "127.0.0.1",
                "port": port.unwrap_or(smtp.port()), "tls": "none", "user": smtp::USER,
                "secret": smtp::PASSWORD, "from": "notice@example.gov.cn",
            },
        ]));
        accounts.push(sms.provider(1));
        let app = setup
            .with_providers(Providers::new(accounts, []))
            .start()
            .await;
        wecom.employ(USER);
        Self {
            app,
            wecom,
            smtp,
            sms,
        }
    }

    /// The administration chooses for somebody.
    async fn tell_by(&self, username: &str, notices: Value) {
        let admin = self.app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/staff/{}", self.app.seed().staff(username));
        let changed = self
            .app
            .patch(&admin, &path, json!({ "notices": notices }))
            .await;
        let shown = changed.expect(200);
        assert_eq!(shown["notice_channel"], notices["channel"]);
        assert!(!shown.to_string().contains("li.na-"), "{shown}");
    }

    /// The caseworker by WeCom, the head of the office by e-mail.
    async fn usual(&self) {
        self.tell_by("caseworker", json!({ "channel": "wecom", "address": USER }))
            .await;
        let head = self.app.login(Role::Supervisor).await;
        let mine = json!({ "notices": { "channel": "email", "address": ADDRESS } });
        let path = "/v1/sessions/current/notices";
        self.app.put(&head, path, mine.clone()).await.expect(200);
        let shown = self
            .app
            .get(&head, "/v1/sessions/current")
            .await
            .expect(200);
        assert_eq!(shown["notices"], mine["notices"]);
    }

    async fn advance(&self, local: &str) {
        self.app.advance(local).await;
    }

    /// A client of the caseworker, signed in.
    async fn client(&self) -> String {
        self.app.register_born(NAME, PHONE).await;
        self.app.ask_code(PHONE).await.expect(202);
        self.app.run_until_idle().await;
        let code: String = {
            let codes = self.sms.codes();
            let digits = codes.last().unwrap().chars().filter(char::is_ascii_digit);
            digits.take(6).collect()
        };
        let session = self
            .app
            .try_code(PHONE, &code, Some(BORN))
            .await
            .expect(201);
        session["access_token"].as_str().unwrap().to_owned()
    }

    /// A client asks for help.
    async fn help(&self, client: &str, emergency: bool) -> Value {
        let body = json!({ "text": NOTE, "emergency": emergency });
        let asked = self
            .app
            .post(client, "/v1/me/help-requests", body)
            .await
            .expect(201);
        self.app.run_until_idle().await;
        asked
    }

    fn by_wecom(&self) -> Vec<Taken> {
        self.wecom.taken()
    }

    fn by_mail(&self) -> Vec<Email> {
        self.smtp.taken()
    }

    /// Messages to staff as a head of the office sees them.
    async fn messages(&self, query: &str) -> Vec<Value> {
        let head = self.app.login(Role::Supervisor).await;
        let path = format!("/v1/messages?recipient=staff&limit=100&{query}");
        self.app.all_items(&head, &path).await
    }

    /// The open tasks to tell a colleague.
    async fn colleagues_to_tell(&self) -> Vec<Value> {
        let head = self.app.login(Role::Supervisor).await;
        let all = self
            .app
            .all_items(&head, "/v1/tasks?status=open&limit=100")
            .await;
        all.into_iter()
            .filter(|task| task["kind"] == "tell_colleague")
            .collect()
    }

    async fn lock(&self, username: &str) {
        let admin = self.app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/staff/{}", self.app.seed().staff(username));
        self.app
            .patch(&admin, &path, json!({ "active": false }))
            .await
            .expect(200);
    }

    /// The colleague covers for the caseworker.
    async fn cover(&self, from: &str, until: &str) -> Value {
        let head = self.app.login(Role::Supervisor).await;
        let seed = self.app.seed();
        let body = json!({
            "absent_id": seed.staff("caseworker"), "covering_id": seed.staff("colleague"),
            "starts_on": from, "ends_on": until,
        });
        self.app.post(&head, "/v1/covers", body).await.expect(201)
    }
}

/// The body of an e-mail, however it is encoded.
fn body_of(email: &Email) -> String {
    let (head, body) = email.text.split_once("\r\n\r\n").unwrap();
    if !head.contains("base64") {
        return body.to_owned();
    }
    let bytes = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        body.replace("\r\n", ""),
    );
    String::from_utf8(bytes.unwrap()).unwrap()
}

fn planned_for(message: &Value) -> DateTime<Utc> {
    message["planned_for"].as_str().unwrap().parse().unwrap()
}
