//! Three years of one case: WeChat is refused mid-way, a provider is down for a day, a receipt is lost, a
//! number changes hands. Each notice is proven by a receipt, or a person is asked to phone.
//!
//! Nothing is done past the API, and nothing is proven but by receipts that the vendors post.

mod carrier;
mod office;

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value, json};
use tests::{
    app::china,
    fakes::{aliyun::Act, wire::Reaction},
    on_both,
    vendors::{ALIYUN, MINI_PROGRAM, PATH_SECRET, TENCENT},
};

use self::{
    carrier::{Carrier, Fate},
    office::{NEW, OLD, Office},
};
use crate::{
    ladder::rungs,
    replies::read_by,
    story::{calls, instant},
    vendor_replies::{of_aliyun, post},
};

/// Days before its due day on which an appointment is looked after: its first reminder is one of them,
/// also where a long holiday lies before it.
const DAYS_BEFORE: i64 = 12;
/// The first reminder of most appointments.
const A_WEEK: i64 = 7;

/// By which ways the first reminder of an appointment went and why, and by which account's receipt the
/// notice is proven; none: a person phones.
type Told = (
    &'static [(&'static str, Option<&'static str>)],
    Option<&'static str>,
);

const BY_WECHAT: Told = (&[(MINI_PROGRAM, None)], Some(MINI_PROGRAM));
const WECHAT_REFUSED: Told = (
    &[(MINI_PROGRAM, None), (ALIYUN, Some("permanent_failure"))],
    Some(ALIYUN),
);
const BY_TEXT: Told = (&[(ALIYUN, Some("no_credit"))], Some(ALIYUN));
const ALIYUN_DOWN: Told = by_the_spare_one(&[
    (ALIYUN, Some("no_credit")),
    (TENCENT, Some("provider_failed")),
]);
const RECEIPT_LOST: Told =
    by_the_spare_one(&[(ALIYUN, Some("no_credit")), (TENCENT, Some("no_receipt"))]);
const OUT_OF_REACH: Told = by_the_spare_one(&[
    (ALIYUN, Some("no_credit")),
    (TENCENT, Some("temporary_failure")),
]);
const TO_A_STRANGER: Told = (&[(ALIYUN, Some("no_credit"))], None);
const NUMBER_GONE: Told = by_the_spare_one(&[
    (ALIYUN, Some("no_credit")),
    (TENCENT, Some("permanent_failure")),
]);

const fn by_the_spare_one(ways: &'static [(&'static str, Option<&'static str>)]) -> Told {
    (ways, Some(TENCENT))
}

/// What is expected of the n-th appointment.
const fn expected(number: usize) -> Told {
    match number {
        0..4 => BY_WECHAT,
        4 | 5 => WECHAT_REFUSED,
        7 => ALIYUN_DOWN,
        8 => RECEIPT_LOST,
        9 => OUT_OF_REACH,
        10..13 => TO_A_STRANGER,
        13 => NUMBER_GONE,
        _ => BY_TEXT,
    }
}

/// What happens before the reminders of the n-th appointment begin.
async fn before(it: &Office, carrier: &mut Carrier, number: usize) {
    if number < 6 {
        // The last time it is switched off at WeChat, and nobody tells us.
        it.accept_one(number == 5).await;
    }
    match number {
        // The client blocks the mini program.
        4 => carrier.next(Fate::Fails("43004")),
        7 => it.aliyun.leave_to(|| {
            let down = Reaction::Answer(503, Value::Null);
            Some(Act::Instead(down))
        }),
        8 => carrier.next(Fate::Lost),
        // The telephone is off.
        9 => carrier.next(Fate::Fails("UNDELIV")),
        // The carrier took the number back, and has yet to say so.
        13 => carrier.next(Fate::Fails("MK:0001")),
        _ => {}
    }
}

/// What happens on the day of the first reminder, while its receipt has not come.
async fn meanwhile(it: &Office, number: usize) {
    if number == 13 {
        it.correct(json!({ "phone": NEW, "phone_confirmed": true }))
            .await;
    }
}

/// What happens once that reminder is over.
async fn after(it: &Office, number: usize) {
    match number {
        13 => {
            assert_eq!(
                it.client().await["phone_state"],
                "verified",
                "of the old number"
            );
            assert_eq!(it.tencent.taken().last().unwrap().to, format!("+86{NEW}"));
        }
        // Somebody else has the number by now.
        10 => {
            let reply = json!([of_aliyun("8812", OLD, "打错了")]);
            post(&it.app, ALIYUN, PATH_SECRET, &reply).await.expect(200);
            it.app.run_until_idle().await;
            let left = read_by(&it.app, "caseworker", &["reply_received"]).await;
            let said: Vec<_> = left.iter().map(|task| &task["reply"]["text"]).collect();
            assert_eq!(said, ["打错了"]);
            it.correct(json!({ "phone_confirmed": false })).await;
        }
        _ => {}
    }
}

/// Whether something about an appointment was sent.
async fn was_sent(it: &Office, item: &Value) -> bool {
    let token = it.app.login(Role::Caseworker).await;
    let path = format!(
        "/v1/messages?appointment_id={}&limit=100",
        item["id"].as_str().unwrap()
    );
    let messages = it.app.all_items(&token, &path).await;
    messages
        .iter()
        .any(|message| message["attempts"] != json!([]))
}

/// The days until an appointment is due, and the test on the last of them.
async fn pass(it: &Office, carrier: &mut Carrier, number: usize, item: &Value) {
    let due = china(&format!("{}T09:30", item["due_on"].as_str().unwrap()));
    let mut begun = false;
    for days in (0..=DAYS_BEFORE).rev() {
        let at = due - TimeDelta::days(days);
        if at <= it.app.now() {
            continue;
        }
        it.app.advance_to(at).await;
        let begins = !begun && was_sent(it, item).await;
        if begins {
            meanwhile(it, number).await;
        }
        carrier.tell(it).await;
        if begins {
            begun = true;
            after(it, number).await;
        }
        if days < A_WEEK {
            // Up again.
            it.aliyun.leave_to(|| None);
        }
    }
    it.app.go_to(item).await;
    it.app.test(item).await;
}

/// The account whose receipt says that a message about an appointment arrived, and that it was of the
/// date.
fn proven_by<'a>(messages: &'a [Value], item: &Value) -> Option<&'a str> {
    let of_it = messages
        .iter()
        .filter(|it| it["appointment_id"] == item["id"]);
    let mut of_it = of_it.flat_map(|message| {
        let receipts = message["receipts"].as_array().unwrap().iter();
        receipts.map(move |receipt| (message, receipt))
    });
    let (message, receipt) =
        of_it.find(|(_, receipt)| receipt["state"] == "delivered" && receipt["applied"] == true)?;
    let mut attempts = message["attempts"].as_array().unwrap().iter();
    let attempt = attempts.find(|attempt| attempt["id"] == receipt["attempt_id"])?;
    attempt["gateway"].as_str()
}

on_both! {
    async fn each_notice_is_proven_or_a_person_phones(setup: Setup) {
        let it = Office::open(setup).await;
        let mut carrier = Carrier::after(&it);
        let items = it.app.appointments(&it.journey).await;
        for (number, item) in items.iter().enumerate() {
            before(&it, &mut carrier, number).await;
            pass(&it, &mut carrier, number, item).await;
        }
        let (messages, calls) = (it.app.messages(&it.journey).await, calls(&it.app, &it.journey).await);
        let standing = it.app.appointments(&it.journey).await;
        assert_eq!(standing.len(), 22);
        for (number, item) in standing.iter().enumerate() {
            let (ways, by) = expected(number);
            let first = messages
                .iter()
                .filter(|message| message["appointment_id"] == item["id"])
                .min_by_key(|message| instant(&message["planned_for"]))
                .unwrap();
            assert_eq!(rungs(first), ways, "appointment {number}: {first:#}");
            // What is proven after all needs no call any more.
            let counts = |call: &&Value| by.is_none() || call["status"] != "cancelled";
            let called = calls.iter().filter(counts).any(|call| call["appointment_id"] == item["id"]);
            let proven = item["notice_proof"] == "proven";
            assert_eq!((proven, called), (by.is_some(), by.is_none()), "appointment {number}");
            if by.is_some() {
                assert_eq!(proven_by(&messages, item), by, "appointment {number}");
            }
        }
        assert_eq!(it.client().await["phone_state"], "verified");
    }
}
