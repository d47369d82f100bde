//! Who is told of what, when, and by which channel.

use chrono::Timelike as _;
use domain::Role;
use gateways::{Failure, Found};
use serde_json::{Value, json};
use tests::{
    app::china,
    fakes::{smtp, wecom},
    on_both,
    steps::id_of,
};

use super::{ADDRESS, NAME, NOTE, Office, PHONE, USER, body_of, planned_for};
use crate::capture;

/// A text by WeCom without the mark of its message.
fn unmarked(text: &str) -> &str {
    let (text, mark) = text.split_once("\n编号").unwrap();
    assert_eq!(mark.len(), 6, "{mark}");
    text
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
        assert_eq!(unmarked(&told.text), "【城东服务站】李老师早上好,您今天有1项待办,请登录工作台查看。");
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
        assert_eq!(unmarked(&told.text), "【城东服务站】您有一项紧急待办(02:15),请立即登录工作台查看。");
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

        // A second one in the same minute is not dropped as a repetition of the first.
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

    /// Both get text messages; the answer to one is lost, and the account says that it took it.
    async fn a_text_whose_answer_was_lost_is_asked_about_before_it_goes_again(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.advance("2025-09-03T02:15").await;
        let client = it.client().await;
        it.sms.knows(Found::Taken { provider_message_id: Some("9006".to_owned()) });
        it.sms.fail_next_for_staff(Failure::Unknown, "timeout");
        it.help(&client, true).await;
        let sent = it.messages("").await;
        let unknown = sent.iter().filter(|one| one["status"] == "unknown");
        assert_eq!(unknown.count(), 1, "{sent:?}");
        it.advance("2025-09-03T02:18").await;
        assert_eq!(it.sms.asked(), 1);
        let sent = it.messages("").await;
        assert!(sent.iter().all(|one| one["status"] == "accepted"), "{sent:?}");
        assert_eq!(it.sms.taken_for_staff().len(), 1, "the other is known to be taken");
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
        assert!(texts.iter().any(|one| unmarked(&one.text) == "【城东服务站】您有一项新的重要待办(00:00),请尽快登录工作台查看。"), "{texts:?}");
    }

    /// While the cover is in force the colleague is told too, in the morning and at once; not after it
    /// was ended. Whose account is locked hears nothing.
    async fn a_cover_is_told_and_a_locked_account_is_not(setup: Setup) {
        // Colleagues are told of what nobody takes, whether they cover or not: here nobody is late.
        let setup = setup.with(|config| config.worker.emergency_minutes = 30 * 24 * 60);
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
}
