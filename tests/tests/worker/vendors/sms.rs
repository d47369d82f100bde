//! Text messages, by Aliyun and by Tencent Cloud.

use domain::{Role, channel_limits::aliyun::VariableRule, template::neutral};
use serde_json::json;
use tests::{
    client::BORN,
    fakes::{aliyun, tencent::NoticeVariables, wire::Reaction},
    on_both,
    vendors::{ALIYUN, TENCENT},
};

use super::{FILLED, Office, TEXT};
use crate::{
    ladder::rungs,
    story::{as_owner, notice_proof, outcomes},
};

on_both! {
    async fn a_reviewed_text_goes_by_aliyun_and_its_receipt_proves_notice(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual("wd-1").await;
        it.app.advance("2025-09-30T09:01").await;
        let taken = it.aliyun.taken();
        assert_eq!(taken.iter().map(|one| &*one.text).collect::<Vec<_>>(), [FILLED]);
        assert_eq!(it.message("wd-1").await["status"], "accepted");
        // Late, twice, in the wrong order, and beside one about nothing of ours.
        let failed = it.aliyun.settle(&taken[0], false, "UNDELIV");
        let delivered = it.aliyun.settle(&taken[0], true, "DELIVERED");
        let mut strange = delivered.clone();
        strange["biz_id"] = json!("1^0");
        strange["out_id"] = json!("0190163d-8694-739b-aea5-966c26f8ad91");
        it.posts(ALIYUN, &[delivered.clone(), strange]).await;
        it.posts(ALIYUN, &[failed, delivered]).await;
        assert_eq!(it.message("wd-1").await["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
        assert!(it.tencent.taken().is_empty());
    }

    /// The answer is lost after Aliyun took the message: it is asked about, and not sent again.
    async fn what_was_taken_without_an_answer_is_found_at_the_vendor(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual("wd-1").await;
        it.aliyun.script([aliyun::Act::TakeThen(Reaction::Drop)]);
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.message("wd-1").await["status"], "unknown");
        it.app.advance("2025-09-30T09:05").await;
        let found = it.message("wd-1").await;
        assert_eq!((&found["status"], it.aliyun.taken().len()), (&json!("accepted"), 1));
        let receipt = it.aliyun.settle(&it.aliyun.taken()[0], true, "DELIVERED");
        it.posts(ALIYUN, &[receipt]).await;
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
    }

    async fn what_is_filed_with_the_other_account_only_goes_by_that_one(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.write("wd-1", TEXT).await;
        it.file_with_tencent("wd-1", "1110", &["name", "date", "time"]).await;
        it.app.advance("2025-09-30T09:01").await;
        assert!(it.aliyun.taken().is_empty());
        let taken = it.tencent.taken();
        assert_eq!(taken.iter().map(|one| &*one.text).collect::<Vec<_>>(), [FILLED]);
        let receipt = it.tencent.settle(&taken[0], true, "DELIVRD");
        it.posts(TENCENT, &[receipt.clone(), receipt]).await;
        let sent = it.message("wd-1").await;
        let receipts = sent["receipts"].as_array().unwrap().iter().map(|it| &it["check"]);
        assert_eq!(receipts.collect::<Vec<_>>(), [&json!("confirmed"), &json!(null)], "once, and what Tencent says");
        assert_eq!(sent["status"], "delivered");
        assert_eq!(notice_proof(&it.app, &it.journey).await, "proven");
    }

    /// Filed here, and the vendor has yet to approve it: its refusal is no fault of the message.
    async fn what_the_vendor_has_not_approved_goes_by_the_other_account(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.write("wd-1", TEXT).await;
        it.file_with_tencent("wd-1", "1110", &["name", "date", "time"]).await;
        let params = ["name", "date", "time"].map(|name| json!({ "name": name, "variable": name }));
        let body = json!({ "gateway": "aliyun", "template_id": "SMS_100002", "params": params });
        it.file(ALIYUN, "wd-1", body).await;
        it.app.advance("2025-09-30T09:01").await;
        let sent = it.message("wd-1").await;
        assert_eq!(rungs(&sent), [(ALIYUN, None), (TENCENT, Some("configuration"))]);
        let refused = ("configuration", Some("isv.SMS_TEMPLATE_ILLEGAL"));
        assert_eq!(outcomes(&sent), [refused, ("accepted", None)]);
        assert_eq!(it.tencent.taken().len(), 1);
    }

    /// It took the variables for others than we did.
    async fn what_the_vendor_refuses_to_fill_in_goes_by_the_other_account(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.usual("wd-1").await;
        it.file_with_tencent("wd-1", "1110", &["name", "date", "time"]).await;
        let rules = [
            ("v_name", VariableRule::Name),
            ("v_date", VariableRule::OtherNumber),
            ("v_time", VariableRule::Time),
        ];
        it.aliyun.approve_template("SMS_100001", &rules);
        it.app.advance("2025-09-30T09:01").await;
        let sent = it.message("wd-1").await;
        assert_eq!(rungs(&sent), [(ALIYUN, None), (TENCENT, Some("permanent_failure"))]);
        let refused = ("permanent", Some("isv.TEMPLATE_PARAMS_ILLEGAL"));
        assert_eq!(outcomes(&sent), [refused, ("accepted", None)]);
        assert_eq!(it.tencent.taken()[0].text, FILLED);
    }

    /// The account takes shorter values than when the text was filed: the one without a date goes out.
    async fn what_does_not_fit_gives_way_to_the_text_that_says_less(setup: Setup) {
        let it = Office::open(setup, None).await;
        it.write("wd-1", TEXT).await;
        it.file_with_tencent("wd-1", "1110", &["name", "date", "time"]).await;
        it.file_with_tencent("neutral", "1111", &[]).await;
        it.tencent.set_terms(NoticeVariables::UpTo(4));
        as_owner(&it.app, "UPDATE provider_templates SET variable_chars = 4 WHERE step = 'wd-1'");
        it.app.advance("2025-09-30T09:01").await;
        let taken = it.tencent.taken();
        let says = neutral(domain::MessageKind::AppointmentReminder).text();
        assert_eq!((taken.len(), taken[0].text.clone()), (1, format!("【城东服务站】{says}")));
        let receipt = it.tencent.settle(&taken[0], true, "DELIVRD");
        it.posts(TENCENT, &[receipt]).await;
        let sent = it.message("wd-1").await;
        assert_eq!((&sent["status"], rungs(&sent)), (&json!("delivered"), vec![(TENCENT, None)]));
    }

    async fn a_one_time_code_goes_by_its_filed_text_and_opens_the_door(setup: Setup) {
        let it = Office::open(setup, None).await;
        let admin = it.app.login(Role::AgencyAdmin).await;
        let body = json!({
            "gateway": "aliyun", "template_id": "SMS_100004",
            "params": [{ "name": "code", "variable": "code" }],
        });
        let path = format!("/v1/provider-templates/{ALIYUN}/sign_in_code/code");
        let filed = it.app.put(&admin, &path, body).await.expect(200);
        let text = filed["text"].as_str().unwrap().replace('{', "${");
        let rules = [("code", VariableRule::NumberCaptcha)];
        it.aliyun.approve_text("SMS_100004", &text, &rules);
        it.app.register_born("王小明", "13711113333").await;
        it.app.ask_code("13711113333").await.expect(202);
        it.app.run_until_idle().await;
        let code = it.aliyun.taken()[0].params["code"].clone();
        it.app.try_code("13711113333", &code, Some(BORN)).await.expect(201);
    }
}
