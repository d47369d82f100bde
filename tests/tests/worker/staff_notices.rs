//! What staff are told, by the channel each of them chose: over real sockets, to a fake WeCom and a
//! fake SMTP server.

use std::sync::Arc;

use chrono::{DateTime, Timelike as _, Utc};
use domain::{Channel, MessageKind, Role};
use platform::{Clock, Config, ManualClock, Profile, Randomness};
use serde_json::{Value, json};
use tests::{
    Setup, TestApp,
    app::china,
    client::BORN,
    fakes::{
        smtp::{self, Email, FakeSmtp, SmtpReply},
        wecom::{self, FakeWecom, Taken},
    },
    on_both,
    steps::id_of,
};
use worker::{Provider, Providers, open};

use crate::{capture, scripted::Scripted};

const USER: &str = "li.na-4711";
const ADDRESS: &str = "head-of-office@example.gov.cn";
const NAME: &str = "欧阳若兰";
const PHONE: &str = "13955556666";
const NOTE: &str = "我现在在河边,很难受";

/// An office whose staff can be told by WeCom and e-mail, and by text message.
struct Office {
    app: TestApp,
    wecom: FakeWecom,
    wecoms_clock: Arc<ManualClock>,
    smtp: FakeSmtp,
    sms: Arc<Scripted>,
}

/// The accounts of these settings, as both programs open them.
fn opened(accounts: Value) -> Vec<Provider> {
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
        let (clock, wecoms_clock) = Clock::manual(china("2025-09-01T08:00"));
        let (wecom, smtp) = (FakeWecom::start(clock).await, FakeSmtp::start().await);
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
            wecoms_clock,
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

    /// Time goes on, at WeCom too.
    async fn advance(&self, local: &str) {
        self.app.advance(local).await;
        self.wecoms_clock.set(china(local));
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

on_both! {
    /// Monday by WeCom, away from the half hour; Tuesday by e-mail; Wednesday not at all; Thursday by
    /// text message; and nothing from Friday evening to Monday morning.
    async fn the_mornings_summary_goes_by_the_channel_of_choice(setup: Setup) {
        let it = Office::open(setup, None).await;
        let client = it.client().await;
        it.help(&client, false).await;
        assert!(it.messages("").await.is_empty(), "it can wait for the morning");
        it.tell_by("caseworker", json!({ "channel": "wecom", "address": USER })).await;
        it.advance("2025-09-01T10:00").await;
        let [told] = &it.by_wecom()[..] else { panic!("{:?}", it.by_wecom()) };
        assert_eq!(told.to, USER);
        assert_eq!(told.text, "【城东服务站】李老师早上好,您今天有1项待办,请登录工作台查看。");
        let [sent] = &it.messages("").await[..] else { panic!("not one message") };
        let minute = planned_for(sent).minute();
        assert!((31..=40).contains(&minute), "{minute}");
        assert_eq!((sent["status"].as_str(), sent["status_reason"].as_str()), (Some("no_receipt"), Some("no_receipts_come")));
        assert_eq!(sent["attempts"][0]["gateway"], "corp");
        assert!(sent["remedy"].is_null());

        it.tell_by("caseworker", json!({ "channel": "email", "address": ADDRESS })).await;
        it.advance("2025-09-02T10:00").await;
        let [mail] = &it.by_mail()[..] else { panic!("{:?}", it.by_mail()) };
        assert_eq!(mail.to, ADDRESS);
        assert!(body_of(mail).contains("您今天有1项待办"), "{}", body_of(mail));
        it.tell_by("caseworker", json!({ "channel": "none" })).await;
        it.advance("2025-09-03T10:00").await;
        it.tell_by("caseworker", json!({ "channel": "text" })).await;
        it.advance("2025-09-04T10:00").await;
        let texts = it.sms.taken_for_staff();
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[0].recipient, "+8613800138000");
        assert_eq!((it.by_wecom().len(), it.by_mail().len()), (1, 1));

        it.tell_by("caseworker", json!({ "channel": "wecom", "address": USER })).await;
        it.advance("2025-09-05T10:00").await;
        assert_eq!(it.by_wecom().len(), 2);
        it.advance("2025-09-08T08:00").await;
        assert_eq!(it.by_wecom().len(), 2, "not on Saturday and Sunday");
        it.advance("2025-10-01T08:00").await;
        let before = it.by_wecom().len();
        it.advance("2025-10-09T08:00").await;
        assert_eq!(it.by_wecom().len(), before, "not on the holidays");
    }

    /// At a quarter past two in the night: at once, to the caseworker and the head of the office. The
    /// wire and the logs say nothing of the client.
    async fn help_that_cannot_wait_is_told_at_any_hour(setup: Setup) {
        capture::start();
        let it = Office::open(setup, None).await;
        it.usual().await;
        it.tell_by("colleague", json!({ "channel": "email", "address": "colleague@example.gov.cn" })).await;
        it.advance("2025-09-03T02:15").await;
        let client = it.client().await;
        it.help(&client, true).await;
        let [told] = &it.by_wecom()[..] else { panic!("{:?}", it.by_wecom()) };
        assert_eq!(told.text, "【城东服务站】您有一项紧急待办(02:15),请立即登录工作台查看。");
        let [mail] = &it.by_mail()[..] else { panic!("{:?}", it.by_mail()) };
        assert_eq!((mail.to.as_str(), body_of(mail).contains("紧急待办")), (ADDRESS, true));
        let sent = it.messages("").await;
        assert_eq!(sent.len(), 2);
        for message in &sent {
            assert_eq!(planned_for(message), it.app.now());
            assert_eq!((&message["kind"], &message["client_id"], &message["case_id"]), (&json!("staff_alert"), &Value::Null, &Value::Null));
        }
        let caseworker = it.app.login(Role::Caseworker).await;
        let tasks = it.app.all_items(&caseworker, "/v1/tasks?limit=100").await;
        assert!(tasks.iter().any(|task| task["kind"] == "emergency_help"), "{tasks:?}");

        // A second one a minute later is not dropped as a repetition of the first.
        it.advance("2025-09-03T02:16").await;
        it.help(&client, true).await;
        assert_eq!((it.by_wecom().len(), it.by_mail().len()), (2, 2));

        let wire: String = it.by_wecom().iter().map(|one| one.text.clone()).collect();
        let mails: String = it.by_mail().iter().flat_map(|one| [one.text.clone(), body_of(one)]).collect();
        let logs = capture::text();
        for secret in [NAME, "欧阳", PHONE, NOTE, "求助", "戒", "毒"] {
            assert!(!wire.contains(secret) && !mails.contains(secret), "{secret}");
        }
        for secret in [NAME, PHONE, NOTE, USER, ADDRESS, wecom::SECRET, smtp::PASSWORD] {
            assert!(!logs.contains(secret), "{secret}");
        }
    }

    /// The third miss is found at midnight: WeCom is spared the full hour, e-mail goes at once.
    async fn an_escalation_is_told_when_it_is_opened(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual().await;
        let journey = it.app.active_case("community_treatment", 36, "2025-09-01").await;
        let items = it.app.appointments(&journey).await;
        for item in &items[..3] {
            it.app.let_pass(item).await;
        }
        it.app.advance("2025-12-05T08:00").await;
        let alerts: Vec<Value> = it.messages("").await.into_iter().filter(|one| one["kind"] == "staff_alert").collect();
        let [first, second] = &alerts[..] else { panic!("{alerts:?}") };
        let midnight = china("2025-12-05");
        let of = |channel: &str| alerts.iter().find(|one| one["channel"] == channel).unwrap();
        assert_eq!(planned_for(of("email")), midnight);
        let minutes = (planned_for(of("wecom")) - midnight).num_minutes();
        assert!((1..=10).contains(&minutes), "{minutes}");
        assert_eq!((&first["step"], &second["step"]), (&json!("escalation"), &json!("escalation")));
        let texts = it.by_wecom();
        assert!(texts.iter().any(|one| one.text == "【城东服务站】您有一项新的重要待办(00:00),请尽快登录工作台查看。"), "{texts:?}");
    }

    /// While the cover is in force the colleague is told too, in the morning and at once; not after it
    /// was ended. Whose account is locked hears nothing.
    async fn a_cover_is_told_and_a_locked_account_is_not(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual().await;
        it.tell_by("colleague", json!({ "channel": "email", "address": "colleague@example.gov.cn" })).await;
        let to_colleague = || it.by_mail().iter().filter(|mail| mail.to.starts_with("colleague@")).count();
        let client = it.client().await;
        it.help(&client, true).await;
        assert_eq!(to_colleague(), 0);
        let cover = it.cover("2025-09-01", "2025-09-05").await;
        it.help(&client, true).await;
        assert_eq!(to_colleague(), 1);
        it.advance("2025-09-02T10:00").await;
        assert!(to_colleague() >= 2, "the summary counts the absent caseworker's tasks");
        let before = to_colleague();

        it.lock("colleague").await;
        it.help(&client, true).await;
        it.advance("2025-09-03T10:00").await;
        assert_eq!(to_colleague(), before);
        let admin = it.app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/staff/{}", it.app.seed().staff("colleague"));
        it.app.patch(&admin, &path, json!({ "active": true })).await.expect(200);
        let head = it.app.login(Role::Supervisor).await;
        it.app.delete(&head, &format!("/v1/covers/{}", id_of(&cover))).await.expect(204);
        it.help(&client, true).await;
        it.advance("2025-09-04T10:00").await;
        assert_eq!(to_colleague(), before);
        assert!(it.by_wecom().len() >= 4);
    }

    /// `errcode` 0 and the person among those who are invalid. A head of the office tells the colleague;
    /// once the user id is right, it is sent again; the next morning it is tried anyway.
    async fn who_is_unknown_at_wecom_is_told_by_a_person(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual().await;
        it.tell_by("caseworker", json!({ "channel": "wecom", "address": "nobody" })).await;
        let client = it.client().await;
        it.help(&client, true).await;
        let [dead] = &it.messages("dead_letters=true").await[..] else { panic!("not one dead letter") };
        assert_eq!((dead["status"].as_str(), dead["remedy"].as_str()), (Some("undelivered_permanent"), Some("correct_address")));
        let [task] = &it.colleagues_to_tell().await[..] else { panic!("not one task") };
        assert_eq!((&task["message_id"], &task["due_on"], &task["assignee_id"]), (&dead["id"], &json!("2025-09-01"), &Value::Null));
        // To the head nothing failed.
        assert_eq!(it.by_mail().len(), 1);

        it.tell_by("caseworker", json!({ "channel": "wecom", "address": USER })).await;
        let head = it.app.login(Role::Supervisor).await;
        let path = format!("/v1/messages/{}", id_of(dead));
        let resend = json!({ "reason": "账号已更正" });
        let foreign = it.app.login_as("other.supervisor").await;
        it.app.post(&foreign, &format!("{path}/resend"), resend.clone()).await.problem(404, "not_found");
        let again = it.app.post(&head, &format!("{path}/resend"), resend.clone()).await.expect(201);
        it.app.run_until_idle().await;
        assert_eq!(it.by_wecom().len(), 1);
        let shown = it.app.get(&head, &format!("/v1/messages/{}", id_of(&again))).await.expect(200);
        assert_eq!(shown["attempts"][0]["text"], "【城东服务站】您有一项紧急待办(08:00),请立即登录工作台查看。");
        assert_eq!(shown["staff_id"], json!(it.app.seed().staff("caseworker")));

        it.tell_by("caseworker", json!({ "channel": "wecom", "address": "nobody" })).await;
        it.advance("2025-09-02T10:00").await;
        it.advance("2025-09-03T10:00").await;
        let digests: Vec<Value> = it.messages("status=undelivered_permanent").await.into_iter().filter(|one| one["kind"] == "staff_digest").collect();
        assert_eq!(digests.len(), 3, "every working day is tried: {digests:?}");
        assert_eq!(it.colleagues_to_tell().await.len(), 1, "a summary makes nobody work");
        it.app.post(&head, &format!("{path}/resend"), resend).await.problem(409, "conflict");
    }

    /// Nobody listens: tried again by the schedule, then a person tells the colleague. A mailbox that
    /// is refused is not tried again.
    async fn an_smtp_server_that_refuses_makes_a_person_act(setup: Setup) {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let it = Office::open(setup, Some(port)).await;
        it.usual().await;
        let client = it.client().await;
        it.help(&client, true).await;
        let waiting = it.messages("status=scheduled").await;
        assert_eq!(waiting[0]["attempts"][0]["outcome"], "transient");
        assert!(it.colleagues_to_tell().await.is_empty());
        it.advance("2025-09-01T15:00").await;
        it.advance("2025-09-02T09:00").await;
        assert_eq!(it.colleagues_to_tell().await.len(), 1);
        let dead: Vec<Value> = it.messages("dead_letters=true").await.into_iter().filter(|one| one["kind"] == "staff_alert").collect();
        assert_eq!(dead.len(), 1);
        assert_eq!(dead[0]["remedy"], "tell_colleague");
        assert_eq!(it.by_wecom().len(), 3, "the caseworker was told, then, and each morning");
    }

    async fn a_mailbox_that_is_refused_is_not_tried_again(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual().await;
        let client = it.client().await;
        it.smtp.script([SmtpReply::Recipient(550)]);
        it.help(&client, true).await;
        let [dead] = &it.messages("dead_letters=true").await[..] else { panic!("not one dead letter") };
        assert_eq!((&dead["attempts"][0]["code"], &dead["remedy"]), (&json!("smtp_550"), &json!("correct_address")));
        assert_eq!(it.colleagues_to_tell().await.len(), 1);
        it.advance("2025-09-01T08:20").await;
        assert!(it.by_mail().is_empty());
    }

    /// A pause of the office or of the account holds notices back; what still makes sense goes out
    /// afterwards.
    async fn a_pause_holds_notices_back(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual().await;
        let client = it.client().await;
        let head = it.app.login(Role::Supervisor).await;
        let admin = it.app.login(Role::AgencyAdmin).await;
        let office = json!({ "office_id": it.app.seed().office, "reason": "平台割接" });
        let paused = it.app.post(&head, "/v1/sending-pauses", office).await.expect(201);
        it.help(&client, true).await;
        assert_eq!((it.by_wecom().len(), it.by_mail().len()), (0, 0));
        let gateway = json!({ "gateway": "corp", "reason": "平台割接" });
        let corp = it.app.post(&admin, "/v1/sending-pauses", gateway).await.expect(201);
        it.app.delete(&head, &format!("/v1/sending-pauses/{}", id_of(&paused))).await.expect(204);
        it.app.run_until_idle().await;
        assert_eq!((it.by_wecom().len(), it.by_mail().len()), (0, 1));
        it.app.delete(&admin, &format!("/v1/sending-pauses/{}", id_of(&corp))).await.expect(204);
        it.advance("2025-09-01T08:10").await;
        assert_eq!((it.by_wecom().len(), it.by_mail().len()), (1, 1));
    }

    /// What an operator sees while an account for staff is down.
    async fn the_status_shows_what_waits_for_staff(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual().await;
        let client = it.client().await;
        it.wecom.script([wecom::refused(-1)]);
        it.help(&client, true).await;
        let waiting = it.messages("status=scheduled").await;
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0]["attempts"][0]["outcome"], "transient");
        let agency = it.app.seed().agency;
        let under_way = it.app.store().read(|tx| storage::messages::figures::under_way(tx, agency)).unwrap();
        assert_eq!(under_way.iter().map(|one| one.count).sum::<i64>(), 1, "{under_way:?}");
        let awaited = it.app.store().read(|tx| storage::messages::figures::awaited(tx, agency)).unwrap();
        assert!(awaited.is_empty(), "no receipt is waited for where none comes: {awaited:?}");
        it.advance("2025-09-01T08:10").await;
        assert_eq!(it.by_wecom().len(), 1);
    }

    /// Nobody is told by a channel that the settings do not list: the list says whose affair that is.
    async fn without_an_account_an_operator_has_to_act(setup: Setup) {
        let sms = Scripted::new("sms", Channel::Sms);
        let app = setup.with_providers(Providers::new(vec![sms.provider(1)], [])).start().await;
        let admin = app.login(Role::AgencyAdmin).await;
        let path = format!("/v1/staff/{}", app.seed().staff("caseworker"));
        let notices = json!({ "notices": { "channel": "wecom", "address": USER } });
        app.patch(&admin, &path, notices).await.expect(200);
        let journey = app.active_case("community_treatment", 36, "2025-09-01").await;
        let first = app.appointments(&journey).await.remove(0);
        app.let_pass(&first).await;
        app.advance_to(app.now() + chrono::TimeDelta::days(4)).await;
        let caseworker = app.login(Role::Caseworker).await;
        let path = "/v1/messages?recipient=staff&dead_letters=true&limit=100";
        let dead = app.all_items(&caseworker, path).await;
        assert!(!dead.is_empty());
        assert!(dead.iter().all(|one| one["remedy"] == "mend_gateway" && one["kind"] == "staff_digest"), "{dead:?}");
        assert!(sms.taken_for_staff().iter().all(|one| one.kind != MessageKind::StaffAlert));
    }

    async fn a_channel_without_its_address_is_refused(app: TestApp) {
        let admin = app.login(Role::AgencyAdmin).await;
        let head = app.login(Role::Supervisor).await;
        let path = format!("/v1/staff/{}", app.seed().staff("caseworker"));
        for notices in [
            json!({ "channel": "wecom" }),
            json!({ "channel": "wecom", "address": "@all" }),
            json!({ "channel": "email", "address": "nobody" }),
            json!({ "channel": "email", "address": "a@b.cn\r\nBcc: c@d.cn" }),
            json!({ "channel": "none", "address": USER }),
        ] {
            let body = json!({ "notices": notices });
            for answer in [
                app.patch(&admin, &path, body.clone()).await,
                app.put(&head, "/v1/sessions/current/notices", body).await,
            ] {
                let problem = answer.problem(422, "invalid_value");
                assert_eq!(problem["errors"][0]["pointer"], "/notices/address");
            }
        }
        app.patch(&admin, &path, json!({ "notices": null })).await.problem(422, "invalid_value");
        let about = "/v1/messages?recipient=staff&case_id=0190163d-8694-739b-aea5-966c26f8ad90";
        app.get(&head, about).await.problem(400, "invalid_query");
        let auditor = app.login(Role::Auditor).await;
        let none = json!({ "notices": { "channel": "none" } });
        app.put(&auditor, "/v1/sessions/current/notices", none).await.problem(403, "forbidden");
    }
}
