//! Receipts of Tencent Cloud by a reference we never learned, for the answer was lost.

use gateways::Failure;
use serde_json::{Value, json};
use tests::{client::BORN, on_both, steps::id_of, vendors::TENCENT};

use super::{Office, of_tencent};
use crate::story::{as_owner, change_client};

const NUMBER: &str = "13900001111";

impl Office {
    /// So many texts by Aliyun are refused, and of those by Tencent Cloud the answers are lost.
    fn lose_answers(&self, texts: usize) {
        for _ in 0..texts {
            self.aliyun
                .fail_next(Failure::Permanent, "isv.BUSINESS_LIMIT_CONTROL");
            self.tencent.fail_next(Failure::Unknown, "timeout");
        }
    }
}

/// A text arrived, by a reference that nobody knows.
fn arrived(sid: &str, at: &str) -> Value {
    let mut receipt = of_tencent(sid);
    receipt["mobile"] = json!(NUMBER);
    receipt["user_receive_time"] = json!(at);
    receipt
}

on_both! {
    /// The answer was lost, and with it the reference by which Tencent Cloud's receipts name a message: of
    /// the only one that can be meant it is said that it was taken, and nothing is proved by that.
    async fn a_receipt_by_a_reference_we_never_learned_is_joined_by_its_number(setup: Setup) {
        let it = Office::asking(setup).await;
        it.lose_answers(1);
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.standing().await[0], "unknown");
        let said = |sid: &str, number: &str, at: &str| {
            let mut receipt = of_tencent(sid);
            receipt["mobile"] = json!(number);
            receipt["user_receive_time"] = json!(at);
            receipt
        };
        for (sid, number, at) in [("5000:1", "13900009999", "2025-09-30 09:00:40"), ("5000:2", "13900001111", "2025-09-30 08:40:00")] {
            it.posts(TENCENT, &[said(sid, number, at)]).await;
            it.app.run_until_idle().await;
            assert_eq!(it.standing().await[..2], [json!("unknown"), json!([])], "{sid}");
        }
        let mut failed = said("5000:4", "13900001111", "2025-09-30 09:00:39");
        failed["report_status"] = json!("FAIL");
        it.posts(TENCENT, &[failed]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.standing().await[..2], [json!("unknown"), json!([])], "a failure is no reason to wait");
        it.posts(TENCENT, &[said("5000:3", "13900001111", "2025-09-30 09:00:41")]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.standing().await[..2], [json!("accepted"), json!(["asking"])]);
        it.app.advance("2025-09-30T15:20").await;
        let unproven = [json!("delivered"), json!(["unanswered"]), json!("unproven"), json!(["not_confirmed"])];
        assert_eq!(it.standing().await, unproven);
        assert_eq!((it.aliyun.tried(), it.tencent.tried(), it.calls().await), (1, 1, 1));
    }

    /// Not even where what is posted is believed; and not what went to a number that is not the client's
    /// any more.
    async fn what_is_joined_by_its_number_is_believed_nowhere(setup: Setup) {
        let it = Office::open(setup).await;
        it.lose_answers(1);
        it.app.advance("2025-09-30T09:01").await;
        let number = json!({ "phone": "13900004444", "phone_confirmed": true });
        change_client(&it.app, &it.journey, number).await;
        let mut receipt = of_tencent("5000:6");
        receipt["user_receive_time"] = json!("2025-09-30 09:00:42");
        receipt["mobile"] = json!("13900004444");
        it.posts(TENCENT, &[receipt.clone()]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.standing().await[..2], [json!("unknown"), json!([])], "it went to the other number");
        let number = json!({ "phone": "13900001111", "phone_confirmed": true });
        change_client(&it.app, &it.journey, number).await;
        receipt["sid"] = json!("5000:7");
        receipt["mobile"] = json!("13900001111");
        it.posts(TENCENT, &[receipt]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.standing().await[..2], [json!("accepted"), json!(["asking"])]);
        it.app.advance("2025-09-30T15:20").await;
        // The number was another one in between, which outweighs that nobody confirmed it.
        let unproven = [json!("delivered"), json!(["unanswered"]), json!("unproven"), json!(["number_unverified"])];
        assert_eq!(it.standing().await, unproven);
        assert_eq!(it.calls().await, 1);
    }

    /// The receipt may be of a code that the client asked for: the message goes again.
    async fn what_may_be_of_a_sign_in_code_is_not_joined_by_its_number(setup: Setup) {
        let it = Office::asking(setup).await;
        it.lose_answers(1);
        it.app.advance("2025-09-30T09:01").await;
        change_client(&it.app, &it.journey, json!({ "birth_date": BORN })).await;
        it.app.ask_code("13900001111").await.expect(202);
        it.app.run_until_idle().await;
        let mut receipt = of_tencent("5000:5");
        receipt["mobile"] = json!("13900001111");
        receipt["user_receive_time"] = json!("2025-09-30 09:01:05");
        it.posts(TENCENT, &[receipt]).await;
        it.app.advance("2025-09-30T09:30").await;
        assert_eq!(it.standing().await[..2], [json!("unknown"), json!([])]);
        it.app.advance("2025-09-30T10:10").await;
        assert_eq!((it.aliyun.tried(), it.tencent.tried()), (2, 2), "the code, and the message once more");
    }

    /// Somebody with the same number is reminded to report in, and one of the two texts arrived.
    async fn what_may_be_of_another_text_to_the_number_is_not_joined(setup: Setup) {
        let it = Office::asking(setup).await;
        let other = it.app.register_client("李小红", NUMBER).await;
        it.app.register_case(&other, "community_treatment", 36, "2025-09-15").await;
        it.lose_answers(2);
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.tencent.tried(), 2);
        it.posts(TENCENT, &[arrived("5000:8", "2025-09-30 09:00:40")]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.standing().await[..2], [json!("unknown"), json!([])]);
        assert_eq!(it.waiting(), 0, "nobody will ever know");
        it.app.advance("2025-09-30T10:10").await;
        assert_eq!(it.aliyun.tried() + it.tencent.tried(), 6, "both go again");
    }

    /// The number is somebody's in another agency too, and the vendor's account is one.
    async fn what_may_be_of_another_agencys_text_is_not_joined(setup: Setup) {
        let it = Office::asking(setup).await;
        let token = it.app.login_as("foreign.caseworker").await;
        let body = json!({ "name": "赵小军", "sex": "male", "phone": NUMBER, "phone_confirmed": true });
        let other = id_of(&it.app.post(&token, "/v1/clients", body).await.expect(201));
        let body = json!({
            "measure": "community_treatment",
            "office_id": it.app.seed().foreign.office.to_string(),
            "caseworker_id": it.app.seed().staff("foreign.caseworker").to_string(),
            "term_months": 36,
            "decision": {
                "document_no": "西公(社)字〔2025〕3号",
                "issuing_authority": "西山县公安局",
                "issued_on": "2025-09-15",
                "received_on": "2025-09-15",
            },
        });
        it.app.post(&token, &format!("/v1/clients/{other}/cases"), body).await.expect(201);
        it.lose_answers(2);
        it.app.advance("2025-09-30T09:01").await;
        assert_eq!(it.tencent.tried(), 2);
        it.posts(TENCENT, &[arrived("5000:9", "2025-09-30 09:00:40")]).await;
        it.app.run_until_idle().await;
        assert_eq!(it.standing().await[..2], [json!("unknown"), json!([])]);
        assert_eq!(it.waiting(), 0, "nobody will ever know");
    }

    /// What is stored of another case of the number cannot be read: it may be about that one. The replies
    /// and receipts of others are acted on all the same.
    async fn what_may_be_of_a_text_that_cannot_be_read_waits(setup: Setup) {
        let it = Office::asking(setup).await;
        it.lose_answers(1);
        it.app.advance("2025-09-30T09:01").await;
        as_owner(&it.app, "UPDATE cases SET measure = '?'");
        it.posts(TENCENT, &[arrived("5000:10", "2025-09-30 09:00:40")]).await;
        it.app.worker().run_job_once("apply_posts").await.unwrap();
        as_owner(&it.app, "UPDATE cases SET measure = 'community_treatment'");
        assert_eq!(it.standing().await[..2], [json!("unknown"), json!([])]);
        assert_eq!(it.waiting(), 1);
        it.app.advance("2025-09-30T09:03").await;
        assert_eq!(it.standing().await[..2], [json!("accepted"), json!(["asking"])]);
    }
}
