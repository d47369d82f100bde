//! WeChat goes before text messages where the client bound it, and only while the consent to it is in
//! force.

use std::sync::Arc;

use domain::{
    Channel, MessageKind, Role, WechatBindingId, subscription_credit::CreditChange,
    template::TemplateGateway,
};
use gateways::Failure;
use serde_json::{Value, json};
use storage::{
    subscription_credits::{self, CreditEvent},
    wechat_bindings,
};
use tests::{
    Setup, TestApp,
    fakes::wechat::APP_ID,
    on_both,
    past_the_api::{self, Filed},
    steps::Journey,
};
use worker::{Provider, Providers};

use crate::{
    ladder::rungs,
    scripted::Scripted,
    story::{CLIENT, before_the_first_reminder, calls, message},
};

pub(crate) const TEMPLATE: &str = "priTmplId-1";
pub(crate) const OPEN_ID: &str = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M";

/// A client binds the service account.
pub(crate) fn bind(app: &TestApp, journey: &Journey) {
    let client = journey.client.parse().unwrap();
    app.write(|work| past_the_api::bind(work, client, OPEN_ID));
}

/// A client consents to WeChat.
pub(crate) fn consent(app: &TestApp, journey: &Journey) {
    let client = journey.client.parse().unwrap();
    app.write(|work| past_the_api::consent(work, client));
}

/// An office with a service account, an account for text messages, and a spare one.
pub(crate) struct Office {
    pub(crate) app: TestApp,
    pub(crate) journey: Journey,
    pub(crate) wechat: Arc<Scripted>,
    pub(crate) sms: Arc<Scripted>,
}

impl Office {
    /// Just before the first reminder.
    pub(crate) async fn open(setup: Setup) -> Self {
        let wechat = Scripted::new("service-account", Channel::Wechat);
        let sms = Scripted::new("sms", Channel::Sms);
        let spare = Scripted::new("spare", Channel::Sms);
        let service_account = Provider {
            app_id: Some(APP_ID.to_owned()),
            ..wechat.provider(1)
        };
        let accounts = vec![spare.provider(0), sms.provider(1), service_account];
        let providers = Providers::new(accounts, []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        Self {
            app,
            journey,
            wechat,
            sms,
        }
    }

    /// The same, with a mini program instead of the service account, which has the texts on file.
    pub(crate) async fn subscribing(setup: Setup) -> Self {
        let it = Self::with_mini_program(setup).await;
        it.bind();
        it.consent();
        it
    }

    /// The same, before the client has bound it.
    pub(crate) async fn with_mini_program(setup: Setup) -> Self {
        let wechat = Scripted::new("mini-program", Channel::Wechat);
        let sms = Scripted::new("sms", Channel::Sms);
        let subscribes = Provider {
            app_id: Some(APP_ID.to_owned()),
            files: Some(TemplateGateway::Wechat),
            needs_credit: true,
            ..wechat.provider(1)
        };
        let providers = Providers::new(vec![subscribes, sms.provider(1)], []);
        let app = setup.with_providers(providers).start().await;
        let journey = before_the_first_reminder(&app).await;
        let it = Self {
            app,
            journey,
            wechat,
            sms,
        };
        for step in ["wd-1", "d-7", "d-3"] {
            it.file("mini-program", step);
        }
        it
    }

    /// The client binds the service account.
    pub(crate) fn bind(&self) {
        bind(&self.app, &self.journey);
    }

    pub(crate) fn consent(&self) {
        consent(&self.app, &self.journey);
    }

    /// The text of a step is filed with an account at WeChat.
    fn file(&self, account: &str, step: &str) {
        let filed = Filed {
            account,
            gateway: TemplateGateway::Wechat,
            kind: MessageKind::AppointmentReminder,
            step,
            template: TEMPLATE,
            params: json!([{ "name": "date1", "variable": "day" }]),
            text: "您预约的服务请于{day}前到站办理。",
        };
        filed.file(&self.app);
    }

    fn binding(&self) -> WechatBindingId {
        let client = self.journey.client.parse().unwrap();
        self.app
            .write(|work| Ok(wechat_bindings::of_client(work.tx, work.agency, client)?[0].id))
    }

    /// The client accepts one message in the mini program.
    pub(crate) fn accepts_one(&self) {
        let binding_id = self.binding();
        self.app.write(|work| {
            let event = CreditEvent {
                agency_id: work.agency,
                id: work.ids.next(),
                binding_id,
                template_id: TEMPLATE.to_owned(),
                change: CreditChange::Granted,
                dedupe_key: format!("granted:{}", work.now),
                happened_at: work.now,
                recorded_at: work.now,
            };
            assert!(subscription_credits::note(work.tx, &event)?);
            Ok(())
        });
    }

    /// The messages that the client has accepted and not got.
    pub(crate) fn credits(&self) -> i32 {
        let binding = self.binding();
        let left = self.app.write(|work| {
            Ok(subscription_credits::left(
                work.tx,
                work.agency,
                &[binding],
            )?)
        });
        left.values().sum()
    }

    async fn withdraw(&self) {
        let token = self.app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}/consents/withdrawals", self.journey.client);
        let body = json!({ "purpose": "wechat", "channel": "phone" });
        self.app.post(&token, &path, body).await.expect(201);
    }

    pub(crate) async fn message(&self) -> Value {
        message(&self.app, &self.journey, "wd-1").await
    }

    /// Whom WeChat and the text messages went to.
    pub(crate) fn recipients(&self) -> (Vec<String>, Vec<String>) {
        let of = |account: &Scripted| {
            let taken = account.taken().into_iter();
            taken.map(|one| one.recipient).collect()
        };
        (of(&self.wechat), of(&self.sms))
    }
}

on_both! {
    async fn who_bound_nothing_gets_a_text_message_and_nothing_is_noted(setup: Setup) {
        let it = Office::open(setup).await;
        it.consent();
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(rungs(&it.message().await), [("sms", None)]);
        assert_eq!(it.recipients(), (vec![], vec![CLIENT.to_owned()]));
    }

    async fn with_a_consent_wechat_comes_first(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.app.advance("2025-09-30T09:01").await;
        let sent = it.message().await;
        assert_eq!((&sent["channel"], rungs(&sent)), (&"wechat".into(), vec![("service-account", None)]));
        assert_eq!(it.recipients(), (vec![OPEN_ID.to_owned()], vec![]));
    }

    async fn without_one_a_text_message_goes_and_says_why(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(rungs(&it.message().await), [("sms", Some("no_consent"))]);
        assert_eq!(it.wechat.tried(), 0);
        assert!(calls(&it.app, &it.journey).await.is_empty());
    }

    /// Planned over WeChat, withdrawn while the message waits for the morning: it holds for this
    /// message already, and the text messages about the same date go on.
    async fn a_withdrawal_holds_from_the_next_message_on_and_harms_nothing(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.app.outage_until("2025-09-30T21:30");
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "scheduled");
        it.withdraw().await;
        it.app.advance("2025-10-01T08:00").await;
        assert_eq!(it.message().await["channel"], "sms");
        assert_eq!(it.recipients(), (vec![], vec![CLIENT.to_owned()]));
    }

    /// 43101: the client refused, or has no acceptance left.
    async fn what_wechat_refuses_goes_by_text_message_at_once(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind();
        it.consent();
        it.wechat.fail_next(Failure::Permanent, "43101");
        it.app.advance("2025-09-30T09:00").await;
        let sent = it.message().await;
        assert_eq!(
            rungs(&sent),
            [("service-account", None), ("sms", Some("permanent_failure"))]
        );
        assert_eq!(sent["attempts"][1]["started_at"], "2025-09-30T01:00:00Z");
        assert_eq!(it.recipients(), (vec![], vec![CLIENT.to_owned()]));
    }

    async fn without_a_usable_number_wechat_still_leads_to_the_client(setup: Setup) {
        let it = Office::open(setup).await;
        it.wechat.deliver();
        it.bind();
        it.consent();
        let token = it.app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", it.journey.client);
        it.app.patch(&token, &path, json!({ "phone": null })).await.expect(200);
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.recipients(), (vec![OPEN_ID.to_owned()], vec![]));
        // Nothing is left after it: a refusal makes a person call.
        it.wechat.fail_next(Failure::Permanent, "43004");
        it.app.advance("2025-10-02T09:01").await;
        let refused = message(&it.app, &it.journey, "d-7").await;
        assert_eq!(refused["status"], "undelivered_permanent");
        assert_eq!(calls(&it.app, &it.journey).await.len(), 1);
    }

    /// A subscribe message takes one that the client accepted: without any it is not even tried.
    async fn a_message_that_needs_an_acceptance_is_sent_only_with_one(setup: Setup) {
        let it = Office::subscribing(setup).await;
        it.accepts_one();
        it.app.advance("2025-09-30T09:01").await;
        let first = it.message().await;
        assert_eq!(rungs(&first), [("mini-program", None)]);
        let template = it.wechat.taken()[0].template.clone().unwrap();
        assert_eq!(template.params, [("date1".to_owned(), "2025年10月9日".to_owned())]);

        it.app.advance("2025-10-02T09:01").await;
        let second = message(&it.app, &it.journey, "d-7").await;
        assert_eq!(rungs(&second), [("sms", Some("no_credit"))]);
        assert_eq!(it.wechat.tried(), 1);

        // What was counted turns out to be wrong: nothing is left, whatever was accepted.
        it.accepts_one();
        it.wechat.fail_next(Failure::Permanent, "errcode_43101");
        it.app.advance("2025-10-06T09:01").await;
        let third = message(&it.app, &it.journey, "d-3").await;
        assert_eq!(rungs(&third), [("mini-program", None), ("sms", Some("permanent_failure"))]);
        assert_eq!(it.credits(), 0);
    }
}
