//! What follows when a notice does not arrive, or is not to leave.

use domain::{Channel, MessageKind, Role};
use serde_json::{Value, json};
use tests::{
    fakes::{smtp::SmtpReply, wecom},
    on_both,
    steps::id_of,
};
use worker::Providers;

use super::{Office, USER};
use crate::scripted::Scripted;

on_both! {
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
