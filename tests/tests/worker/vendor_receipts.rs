//! Receipts that vendors of SMS post to their secret paths: kept, answered, and acted on afterwards.

mod asked;
mod likely;

use std::sync::Arc;

use domain::{Channel, Role, delivery::ReceiptOutcome};
use gateways::Found;
use reqwest::Method;
use serde_json::{Value, json};
use storage::gateway_posts;
use tests::{
    Response, Setup, TestApp, on_both,
    steps::Journey,
    vendors::{ALIYUN, PATH_SECRET, TENCENT, accounts, receipts_path, recorded},
};
use worker::{Provider, Providers};

use crate::{
    scripted::Scripted,
    story::{as_owner, before_the_first_reminder, calls, message, notice_proof, shown},
};

/// An office with an account at either vendor; all goes by Aliyun while it is well.
struct Office {
    app: TestApp,
    journey: Journey,
    aliyun: Arc<Scripted>,
    tencent: Arc<Scripted>,
}

impl Office {
    /// Just before the first reminder. What is posted is believed as it comes.
    async fn open(setup: Setup) -> Self {
        Self::with(setup, false).await
    }

    /// The same, with accounts that are asked about what is posted, as those in the settings are.
    async fn asking(setup: Setup) -> Self {
        Self::with(setup, true).await
    }

    async fn with(setup: Setup, confirms_receipts: bool) -> Self {
        let aliyun = Scripted::new(ALIYUN, Channel::Sms);
        let tencent = Scripted::new(TENCENT, Channel::Sms);
        let at = |account: &Arc<Scripted>, weight| Provider {
            confirms_receipts,
            ..account.provider(weight)
        };
        let accounts = vec![at(&aliyun, 1), at(&tencent, 0)];
        let setup = setup.with_providers(Providers::new(accounts, []));
        let app = setup.start().await;
        let journey = before_the_first_reminder(&app).await;
        Self {
            app,
            journey,
            aliyun,
            tencent,
        }
    }

    async fn message(&self) -> Value {
        message(&self.app, &self.journey, "wd-1").await
    }

    async fn posts(&self, account: &str, receipts: &[Value]) {
        let posted = self.app.vendor_posts(account, &json!(receipts)).await;
        let vendor = if account == ALIYUN {
            "aliyun_smsreport"
        } else {
            "tencent_status"
        };
        assert_eq!(posted.header("content-type"), Some("application/json"));
        assert_eq!(posted.expect(200), recorded()[vendor]["reply"]["body"]);
    }

    /// A receipt of Aliyun about what it took last, as it was recorded but for what it is about.
    fn of_aliyun(&self, success: bool, code: &str) -> Value {
        let mut receipt = recorded()["aliyun_smsreport"]["request"][0].clone();
        receipt["out_id"] = json!(self.aliyun.taken().last().unwrap().attempt_id);
        receipt["success"] = json!(success);
        receipt["err_code"] = json!(code);
        receipt
    }

    /// Somebody posts, at its path, that Aliyun's last text arrived.
    async fn is_said_to_have_arrived(&self) {
        self.posts(ALIYUN, &[self.of_aliyun(true, "DELIVERED")])
            .await;
        self.app.run_until_idle().await;
    }

    /// The message's state, what the vendor says of each receipt, whether notice is proven, and why not.
    async fn standing(&self) -> [Value; 4] {
        let sent = self.message().await;
        let receipts = sent["receipts"].as_array().unwrap().iter();
        let shown = shown(&self.app, &self.journey).await;
        [
            sent["status"].clone(),
            receipts.map(|receipt| receipt["check"].clone()).collect(),
            shown["notice_proof"].clone(),
            shown["unproven_because"].clone(),
        ]
    }

    async fn calls(&self) -> usize {
        calls(&self.app, &self.journey).await.len()
    }

    fn waiting(&self) -> usize {
        let due = self.app.store().read(gateway_posts::next_due).unwrap();
        usize::from(due.is_some())
    }
}

/// What a vendor says became of a message.
pub(crate) fn settled(outcome: ReceiptOutcome) -> Found {
    Found::Settled {
        outcome,
        code: None,
        provider_message_id: None,
        happened_at: None,
    }
}

/// A receipt of Tencent Cloud, as it was recorded but for its reference.
fn of_tencent(sid: &str) -> Value {
    let mut receipt = recorded()["tencent_status"]["request"][0].clone();
    receipt["sid"] = json!(sid);
    receipt
}

async fn post(app: &TestApp, account: &str, secret: &str) -> Response {
    let body = json!([{ "biz_id": "1", "success": true, "err_code": "DELIVERED" }]);
    let path = receipts_path(account, secret);
    app.send(app.request(Method::POST, &path).json(&body)).await
}

on_both! {
    async fn a_receipt_of_aliyun_proves_notice_once(setup: Setup) {
        let it = Office::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        let receipt = it.of_aliyun(true, "DELIVERED");
        it.posts(ALIYUN, std::slice::from_ref(&receipt)).await;
        assert_eq!(it.message().await["status"], "accepted", "it is acted on by the worker");
        let contents = it.app.contents();
        assert!(!contents.mentions("13800138000"), "the number stands there in the clear");
        // Again, before and after it was acted on, and by two workers at once.
        it.posts(ALIYUN, &[receipt.clone(), receipt.clone()]).await;
        let other = it.app.another_worker();
        let (one, two) = tokio::join!(it.app.worker().run_until_idle(), other.run_until_idle());
        one.unwrap();
        two.unwrap();
        it.posts(ALIYUN, &[receipt]).await;
        it.app.run_until_idle().await;
        let sent = it.message().await;
        assert_eq!(sent["status"], "delivered");
        assert_eq!(sent["receipts"].as_array().unwrap().len(), 1, "{:#}", sent["receipts"]);
        assert_eq!(sent["receipts"][0]["code"], "DELIVERED");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert_eq!((it.app.contents().rows("gateway_posts"), it.waiting()), (1, 0));
        assert!(it.tencent.taken().is_empty());
    }

    /// Carriers' words of a failure move the message on, and none takes back a delivery.
    async fn receipts_out_of_order_go_by_their_rank(setup: Setup) {
        let it = Office::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        it.posts(ALIYUN, &[it.of_aliyun(false, "MBBLACK")]).await;
        it.tencent.refers_to_next_by("5000:1");
        it.app.advance("2025-09-30T09:02").await;
        assert_eq!(it.tencent.taken().len(), 1, "the other account has its turn");
        // Of the account left behind: another failure changes nothing, a delivery proves notice.
        it.posts(ALIYUN, &[it.of_aliyun(false, "UNDELIV")]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "accepted");
        it.posts(TENCENT, &[of_tencent("5000:1")]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "delivered");
        let mut late = of_tencent("5000:1");
        late["report_status"] = json!("FAIL");
        late["errmsg"] = json!("MK:0001");
        it.posts(TENCENT, &[late]).await;
        it.app.run_until_idle().await;
        let sent = it.message().await;
        assert_eq!(sent["status"], "delivered");
        assert_eq!(sent["receipts"].as_array().unwrap().len(), 4);
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert_eq!(calls(&it.app, &it.journey).await.len(), 0);
    }

    /// Several messages have one reference where they were handed over together.
    async fn of_one_reference_each_receipt_is_about_the_message_to_its_number(setup: Setup) {
        let it = Office::open(setup).await;
        it.aliyun.refers_to_next_by("batch^0");
        it.app.advance("2025-09-30T09:01").await;
        let token = it.app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", it.journey.client);
        let number = json!({ "phone": "13900004444", "phone_confirmed": true });
        it.app.patch(&token, &path, number).await.expect(200);
        it.aliyun.refers_to_next_by("batch^0");
        it.app.advance("2025-10-02T09:01").await;
        let of = |number: &str, success: bool, code: &str| {
            let mut receipt = it.of_aliyun(success, code);
            receipt.as_object_mut().unwrap().remove("out_id");
            receipt["biz_id"] = json!("batch^0");
            receipt["phone_number"] = json!(number);
            receipt
        };
        it.posts(ALIYUN, &[of("13900001111", false, "MK:0001"), of("13900004444", true, "DELIVERED")]).await;
        it.app.run_until_idle().await;
        let next = message(&it.app, &it.journey, "d-7").await;
        assert_eq!(next["status"], "delivered");
        assert_eq!(it.message().await["receipts"][0]["code"], "MK:0001");
        let client = it.app.get(&token, &path).await.expect(200);
        assert_eq!(client["phone_state"], "verified");
    }

    /// It may come before we have stored what the vendor called the message.
    async fn a_receipt_that_is_early_waits_for_its_message(setup: Setup) {
        let it = Office::open(setup).await;
        it.aliyun.refers_to_next_by("early^0");
        let mut receipt = recorded()["aliyun_smsreport"]["request"][0].clone();
        receipt["biz_id"] = json!("early^0");
        it.posts(ALIYUN, &[receipt]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.waiting(), 1);
        it.app.advance("2025-09-30T09:00").await;
        it.app.advance("2025-09-30T09:15").await;
        assert_eq!(it.message().await["status"], "delivered");
        assert_eq!((it.app.contents().rows("gateway_posts"), it.waiting()), (1, 0));
    }

    async fn what_names_no_message_of_ours_is_given_up_after_a_day(setup: Setup) {
        let it = Office::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        let attempt = it.aliyun.taken()[0].attempt_id.to_string();
        // The attempt is Aliyun's: another account says nothing of it.
        it.posts(TENCENT, &[of_tencent(&attempt), of_tencent("5000:2")]).await;
        let stranger = json!({
            "out_id": "0190163d-8694-739b-aea5-966c26f8ad91", "success": true,
            "err_code": "DELIVERED", "phone_number": "13800138000",
        });
        it.posts(ALIYUN, std::slice::from_ref(&stranger)).await;
        it.app.advance("2025-10-01T08:59").await;
        assert_eq!(it.waiting(), 1);
        assert_eq!(it.message().await["status"], "accepted");
        it.app.advance("2025-10-01T09:05").await;
        assert_eq!(it.waiting(), 0);
        assert!(it.app.contents().mentions("unmatched"));
        assert_eq!(notice_proof(&it.app, &it.journey).await, "not_due");
        // Known, and not looked into again.
        it.posts(ALIYUN, &[stranger]).await;
        assert_eq!((it.app.contents().rows("gateway_posts"), it.waiting()), (3, 0));
        it.app.advance("2025-10-09T19:00").await;
        it.app.worker().run_job_once("purge").await.unwrap();
        assert_eq!(it.app.contents().rows("gateway_posts"), 0, "after a week");
    }

    async fn one_that_cannot_be_read_is_named_and_the_others_are_kept(setup: Setup) {
        let it = Office::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        let body = json!([{ "success": true }, it.of_aliyun(true, "DELIVERED"), 7]);
        let refused = it.app.vendor_posts(ALIYUN, &body).await.problem(400, "malformed_json");
        let places: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
        assert_eq!(places, ["/0", "/2"]);
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "delivered");
    }

    /// The vendor posts again what we did not answer well.
    async fn what_cannot_be_stored_is_not_acknowledged(setup: Setup) {
        let it = Office::open(setup).await;
        it.app.advance("2025-09-30T09:01").await;
        let body = json!([it.of_aliyun(true, "DELIVERED")]);
        as_owner(&it.app, "ALTER TABLE gateway_posts RENAME TO gateway_posts_gone");
        it.app.vendor_posts(ALIYUN, &body).await.problem(500, "internal");
        as_owner(&it.app, "ALTER TABLE gateway_posts_gone RENAME TO gateway_posts");
        it.posts(ALIYUN, body.as_array().unwrap()).await;
        it.app.run_until_idle().await;
        assert_eq!(it.message().await["status"], "delivered");
    }

    async fn another_secret_account_or_address_is_no_path(setup: Setup) {
        let mut bounded = accounts();
        bounded[1].callback_addresses = vec!["203.0.113.0/24".parse().unwrap()];
        let setup = setup.with_accounts(bounded);
        let setup = setup.with(|config| {
            config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
            config.server.sign_ins_per_minute = 9;
        });
        let app = setup.start().await;
        let nowhere = app.request(Method::POST, "/v1/nowhere").json(&json!([]));
        let nowhere = app.send(nowhere).await.problem(404, "not_found");
        let tail = &PATH_SECRET[1..];
        for (account, secret) in [
            (ALIYUN, tail),
            (ALIYUN, &*format!("{PATH_SECRET}x")),
            (ALIYUN, &*PATH_SECRET.to_lowercase()),
            (ALIYUN, "%00"),
            ("nobody", PATH_SECRET),
            ("webhook", PATH_SECRET),
            // From another address than the account posts from.
            (TENCENT, PATH_SECRET),
        ] {
            let refused = post(&app, account, secret).await;
            assert_eq!(refused.problem(404, "not_found"), nowhere, "{account}");
        }
        assert_eq!(app.contents().rows("gateway_posts"), 0);
        let from = |address: &str| {
            let path = receipts_path(TENCENT, PATH_SECRET);
            let request = app.request(Method::POST, &path).header("x-forwarded-for", address);
            app.send(request.json(&json!([of_tencent("1")])))
        };
        from("203.0.114.1").await.problem(404, "not_found");
        from("203.0.113.7").await.expect(200);
        // Guesses are as few as those at a password; who knows the secret is let in all the same.
        for _ in 0..2 {
            post(&app, ALIYUN, tail).await.problem(404, "not_found");
        }
        post(&app, ALIYUN, tail).await.problem(429, "too_many_requests");
        post(&app, ALIYUN, PATH_SECRET).await.expect(200);
        assert_eq!(app.contents().rows("gateway_posts"), 2);
    }
}
