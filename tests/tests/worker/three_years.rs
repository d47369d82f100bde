//! Three years of one case: WeChat is refused mid-way, a provider is down for a day, a number changes
//! hands. Each notice is proven, or a person is asked to phone.

use std::collections::BTreeMap;

use domain::Role;
use gateways::Failure;
use serde_json::{Value, json};
use tests::on_both;

use crate::{story::calls, wechat::Office};

/// What happens when the reminders of the n-th appointment begin.
async fn before(it: &Office, number: usize) {
    match number {
        // The client stops following the service account.
        4 => it.wechat.fail_always(Some((Failure::Permanent, "43004"))),
        // The provider is down for the days of one appointment.
        7 => it.sms.fail_always(Some((Failure::Transient, "http_503"))),
        8 => it.sms.fail_always(None),
        // The carrier took the number back.
        10 => it
            .sms
            .fail_always(Some((Failure::Permanent, "isv.MOBILE_NUMBER_ILLEGAL"))),
        // The client brings a new one.
        12 => {
            it.sms.fail_always(None);
            let token = it.app.login(Role::Caseworker).await;
            let path = format!("/v1/clients/{}", it.journey.client);
            let number = json!({ "phone": "13900004444", "phone_confirmed": true });
            it.app.patch(&token, &path, number).await.expect(200);
        }
        _ => {}
    }
}

/// The account that the first reminder of each appointment reached the client by.
fn reached_by(messages: &[Value], appointment: &Value) -> Option<String> {
    let of_it = messages
        .iter()
        .filter(|message| message["appointment_id"] == *appointment);
    let mut attempts = of_it.flat_map(|message| message["attempts"].as_array().unwrap());
    let reached = attempts.find(|attempt| attempt["outcome"] == "delivered")?;
    Some(reached["gateway"].as_str().unwrap().to_owned())
}

on_both! {
    async fn each_notice_is_proven_or_a_person_phones(setup: Setup) {
        let it = Office::open(setup).await;
        for account in [&it.wechat, &it.sms, &it.spare] {
            account.deliver();
        }
        it.bind();
        it.consent();
        let items = it.app.appointments(&it.journey).await;
        for (number, item) in items.iter().enumerate() {
            before(&it, number).await;
            it.app.go_to(item).await;
            let known = it.app.appointments(&it.journey).await;
            let standing = known.iter().find(|one| one["id"] == item["id"]).unwrap();
            let proven = standing["notice_proof"] == "proven";
            let called = calls(&it.app, &it.journey)
                .await
                .iter()
                .any(|call| call["appointment_id"] == item["id"]);
            assert!(proven || called, "appointment {number}: {standing:#}");
            assert_eq!(called, (10..12).contains(&number), "appointment {number}");
            it.app.test(item).await;
        }
        let messages = it.app.messages(&it.journey).await;
        let mut ways: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, item) in items.iter().enumerate() {
            let by = reached_by(&messages, &item["id"]).unwrap_or_else(|| "nobody".to_owned());
            ways.entry(by).or_default().push(number);
        }
        assert_eq!(ways["service-account"], [0, 1, 2, 3]);
        assert_eq!(ways["spare"], [7]);
        assert_eq!(ways["nobody"], [10, 11]);
        assert_eq!(ways["sms"].len(), items.len() - 7);
    }
}
