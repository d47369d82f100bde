//! Who follows the service account is bound to it, if they bound the mini program: then, and only then,
//! messages go by it.

use domain::Role;
use serde_json::{Value, json};
use tests::{
    Setup, TestApp,
    client::BORN,
    fakes::{
        wechat::{self, APP_ID, SECRET, refused},
        wire::Reaction,
    },
    on_both,
    steps::Journey,
    vendors::SERVICE_ACCOUNT,
};

use crate::{
    capture,
    story::{CLIENT, before_the_first_reminder, message},
};

const PERSON: &str = "wangxiaoming";
const MENU: &str = "<Event>CLICK</Event><EventKey>k</EventKey>";
const FOLLOWS: &str = "<Event>subscribe</Event><EventKey></EventKey>";
const LEAVES: &str = "<Event>unsubscribe</Event>";

/// An office with a service account, linked to its mini program, and a client with a telephone.
struct Office {
    app: TestApp,
    journey: Journey,
    token: String,
}

impl Office {
    async fn open(setup: Setup) -> Self {
        let accounts = json!([
            {
                "name": SERVICE_ACCOUNT, "kind": "wechat_template", "app_id": APP_ID,
                "secret": SECRET,
            },
            { "name": "sandbox", "kind": "recording" },
        ]);
        let setup =
            setup.with(|config| config.providers = serde_json::from_value(accounts).unwrap());
        let app = setup.start().await;
        let journey = before_the_first_reminder(&app).await;
        let caseworker = app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}", journey.client);
        let born = json!({ "birth_date": BORN });
        app.patch(&caseworker, &path, born).await.expect(200);
        app.wechat().link(PERSON);
        let token = app.client_token(CLIENT.trim_start_matches("+86")).await;
        let it = Self {
            app,
            journey,
            token,
        };
        for step in ["wd-1", "d-7"] {
            it.file(step).await;
        }
        it
    }

    /// The client consents to WeChat and binds the mini program.
    async fn bind(&self) {
        self.app.consent_to_wechat(&self.journey.client).await;
        self.app.bind_wechat(&self.token, PERSON).await.expect(201);
    }

    /// The text of a step is filed with the service account.
    async fn file(&self, step: &str) {
        let path = format!("/v1/templates/appointment_reminder/{step}");
        self.app
            .put_in_force(&path, "您预约的服务请于{day}前到站办理。")
            .await;
        let token = self.app.login(Role::AgencyAdmin).await;
        let body = json!({
            "gateway": "wechat", "template_id": "day-reminder",
            "params": [{ "name": "date1", "variable": "day" }],
        });
        let path = format!("/v1/provider-templates/{SERVICE_ACCOUNT}/appointment_reminder/{step}");
        self.app.put(&token, &path, body).await.expect(200);
    }

    fn open_id(&self) -> String {
        self.app.wechat().follower(PERSON)
    }

    /// The platform tells what the client did with the service account.
    async fn does(&self, parts: &str) {
        let (open_id, now) = (self.open_id(), self.app.now().timestamp());
        match parts {
            FOLLOWS => self.app.wechat().follow(&open_id),
            LEAVES => self.app.wechat().unfollow(&open_id),
            _ => {}
        }
        let event = wechat::event(&open_id, now, parts);
        let answer = self.app.wechat_calls(SERVICE_ACCOUNT, &event).await;
        assert_eq!(answer.expect(200), "success");
        self.app.run_until_idle().await;
    }

    /// What the client has bound, as they see it.
    async fn bound(&self) -> Vec<Value> {
        let bound = self
            .app
            .get(&self.token, "/v1/me/wechat-bindings")
            .await
            .expect(200);
        bound["items"].as_array().unwrap().clone()
    }

    async fn apps(&self) -> Vec<String> {
        let bound = self.bound().await.into_iter();
        let mut apps: Vec<String> = bound
            .map(|one| one["app"].as_str().unwrap().to_owned())
            .collect();
        apps.sort();
        apps
    }

    async fn unbind(&self, app: &str) {
        let bound = self.bound().await;
        let id = bound.iter().find(|one| one["app"] == app).unwrap()["id"].clone();
        let path = format!("/v1/me/wechat-bindings/{}", id.as_str().unwrap());
        self.app.delete(&self.token, &path).await.expect(204);
    }

    /// How the reminder of a step left.
    async fn left(&self, step: &str) -> (String, String) {
        let sent = message(&self.app, &self.journey, step).await;
        let text = |name: &str| sent[name].as_str().unwrap().to_owned();
        (text("channel"), text("status"))
    }
}

const BOTH: [&str; 2] = ["mini_program", "service_account"];

on_both! {
    async fn who_follows_gets_the_next_reminder_by_the_service_account(setup: Setup) {
        capture::start();
        let it = Office::open(setup).await;
        it.bind().await;
        it.does(FOLLOWS).await;
        assert_eq!(it.apps().await, BOTH);
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.left("wd-1").await, ("wechat".to_owned(), "accepted".to_owned()));
        let taken = it.app.wechat().taken().remove(0);
        assert_eq!((taken.call, taken.to), ("template", it.open_id()));
        assert_eq!(taken.data["date1"], "2025年10月9日");
        // Told twice, and asked once.
        it.does(FOLLOWS).await;
        assert_eq!((it.apps().await.len(), it.app.wechat().asked_about_followers()), (2, 1));
        let auditor = it.app.login(Role::Auditor).await;
        let trail = it.app.all_items(&auditor, "/v1/audit-entries?limit=100").await;
        let bound = |entry: &&Value| entry["object_kind"] == "wechat_binding" && entry["action"] == "apply_posts";
        assert_eq!(trail.iter().filter(bound).count(), 1);
        let (contents, union) = (it.app.contents(), it.app.wechat().union_id(PERSON));
        for secret in [it.open_id(), union] {
            assert!(!contents.mentions(&secret), "an id stands in the clear");
            assert!(!capture::text().contains(&secret), "an id was logged");
        }
    }

    async fn who_leaves_and_comes_back_is_bound_again(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind().await;
        it.does(FOLLOWS).await;
        it.does(LEAVES).await;
        assert_eq!(it.apps().await, BOTH[..1]);
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.left("wd-1").await.0, "recording");
        it.does(FOLLOWS).await;
        assert_eq!(it.apps().await, BOTH);
        it.app.advance("2025-10-02T09:01").await;
        assert_eq!(it.left("d-7").await.0, "wechat");
    }

    /// Followed first and bound afterwards: the next use of the account's menu tells.
    async fn who_followed_before_is_found_when_they_use_the_account(setup: Setup) {
        let it = Office::open(setup).await;
        it.does(FOLLOWS).await;
        assert_eq!(it.app.contents().rows("wechat_bindings"), 0);
        assert!(it.app.contents().mentions("ignored"));
        it.bind().await;
        it.does(MENU).await;
        assert_eq!(it.apps().await, BOTH);
    }

    async fn strangers_are_asked_about_once_an_hour_and_forgotten(setup: Setup) {
        let it = Office::open(setup).await;
        it.app.wechat().follow(&it.open_id());
        for _ in 0..3 {
            it.does(MENU).await;
        }
        assert_eq!(it.app.wechat().asked_about_followers(), 1);
        it.app.advance("2025-09-30T10:05").await;
        it.does(MENU).await;
        assert_eq!(it.app.wechat().asked_about_followers(), 2);
        let contents = it.app.contents();
        assert_eq!((contents.rows("wechat_bindings"), contents.rows("gateway_posts")), (0, 2));
        assert!(!contents.mentions(&it.open_id()));
    }

    async fn nobody_is_bound_against_their_word(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind().await;
        it.does(FOLLOWS).await;
        // Unbound by the client: following anew is a word of theirs, a menu is not.
        it.unbind("service_account").await;
        it.does(MENU).await;
        assert_eq!(it.apps().await, BOTH[..1]);
        it.app.advance("2025-09-30T09:01").await;
        it.does(FOLLOWS).await;
        assert_eq!(it.apps().await, BOTH);
        // The one rests on the other.
        it.unbind("mini_program").await;
        assert!(it.apps().await.is_empty());
        it.app.advance("2025-09-30T10:01").await;
        it.does(FOLLOWS).await;
        assert!(it.apps().await.is_empty());
        // Bound again, and no consent is in force any more.
        it.app.bind_wechat(&it.token, PERSON).await.expect(201);
        let staff = it.app.login(Role::Caseworker).await;
        let path = format!("/v1/clients/{}/consents/withdrawals", it.journey.client);
        let body = json!({ "purpose": "wechat", "channel": "phone" });
        it.app.post(&staff, &path, body).await.expect(201);
        it.app.advance("2025-09-30T11:01").await;
        it.does(FOLLOWS).await;
        assert!(it.apps().await.is_empty());
    }

    /// The accounts were linked after the client bound the mini program: the next sign-in tells.
    async fn a_later_sign_in_tells_who_somebody_is(setup: Setup) {
        let it = Office::open(setup).await;
        let late = "lihua";
        it.app.consent_to_wechat(&it.journey.client).await;
        it.app.bind_wechat(&it.token, late).await.expect(201);
        let open_id = it.app.wechat().follower(late);
        let now = it.app.now().timestamp();
        let follows = |seconds: i64| wechat::event(&open_id, now + seconds, FOLLOWS);
        it.app.wechat().follow(&open_id);
        it.app.wechat_calls(SERVICE_ACCOUNT, &follows(0)).await.expect(200);
        it.app.run_until_idle().await;
        // The account names no unionid.
        assert!(it.app.contents().mentions("no_reference"));
        it.app.wechat().link(late);
        it.app.wechat_sign_in(late, None).await.expect(201);
        it.app.wechat_calls(SERVICE_ACCOUNT, &follows(1)).await.expect(200);
        it.app.run_until_idle().await;
        assert_eq!(it.apps().await, BOTH);
    }

    async fn what_cannot_be_asked_is_asked_again_and_who_left_meanwhile_is_not_bound(setup: Setup) {
        let it = Office::open(setup).await;
        it.bind().await;
        it.app.wechat().script_followers([refused(-1), Reaction::Drop]);
        it.does(FOLLOWS).await;
        assert_eq!(it.apps().await, BOTH[..1]);
        it.app.advance("2025-09-30T09:10").await;
        assert_eq!(it.apps().await, BOTH);
        assert_eq!(it.app.wechat().asked_about_followers(), 3);
        it.does(LEAVES).await;
        // An event of before, told late.
        it.does(MENU).await;
        assert_eq!(it.apps().await, BOTH[..1]);
    }
}
