//! The requests of each operation.

use std::sync::{Arc, atomic::Ordering};

use serde_json::json;

use super::Load;
use crate::{
    people::{self, Caller},
    traffic::{self, Requests},
};

/// Requests that each go out as one of the callers, in turns.
fn by_turns(
    callers: &Arc<Vec<Caller>>,
    request: impl Fn(&Caller, usize) -> Vec<u8> + Send + Sync + 'static,
) -> Requests {
    let callers = Arc::clone(callers);
    Arc::new(move |number| {
        let caller = callers.get(number % callers.len().max(1))?;
        Some(request(caller, number))
    })
}

pub(super) fn one_office(load: &Load) -> Requests {
    by_turns(&load.caseworkers, |caller, _| {
        traffic::get(&format!("/v1/offices/{}", caller.office), &caller.token)
    })
}

pub(super) fn one_appointment(load: &Load) -> Requests {
    by_turns(&load.caseworkers, |caller, number| {
        let id = caller.open.get(number / 7 % caller.open.len().max(1));
        let id = id.map_or_else(String::new, ToString::to_string);
        traffic::get(&format!("/v1/appointments/{id}"), &caller.token)
    })
}

pub(super) fn page(load: &Load) -> Requests {
    by_turns(&load.caseworkers, |caller, _| {
        traffic::get(
            "/v1/appointments?limit=20&due_from=2026-07-01",
            &caller.token,
        )
    })
}

pub(super) fn today(load: &Load) -> Requests {
    by_turns(&load.caseworkers, |caller, _| {
        traffic::get("/v1/today", &caller.token)
    })
}

pub(super) fn record_test(load: &Load) -> Requests {
    let supervisors = Arc::clone(&load.supervisors);
    let recorded = Arc::clone(&load.recorded);
    Arc::new(move |_| {
        let number = recorded.fetch_add(1, Ordering::Relaxed);
        let caller = supervisors.get(number % supervisors.len().max(1))?;
        let appointment = caller.open.get(number / supervisors.len().max(1))?;
        let body = json!({
            "sample": "urine",
            "method": "on_site",
            "collected_at": "2026-07-09T23:00:00Z",
            "collector_ids": caller.collectors,
            "result": "negative",
            "kit_lot": "K2026-0417",
            "kit_expires_on": "2027-12-31",
            "client_signed": true,
            "told_at": "2026-07-09T23:10:00Z",
        });
        let path = format!("/v1/appointments/{appointment}/test-records");
        let key = format!("bench-{appointment}");
        Some(traffic::post(
            &path,
            Some(&caller.token),
            Some(&key),
            &body.to_string(),
        ))
    })
}

pub(super) fn register(load: &Load) -> Requests {
    let registered = Arc::clone(&load.registered);
    by_turns(&load.caseworkers, move |caller, _| {
        let number = registered.fetch_add(1, Ordering::Relaxed);
        let body = json!({
            "name": "王小明",
            "sex": if (number / 10).is_multiple_of(2) { "female" } else { "male" },
            "id_number": id_number(number),
            "phone": format!("139{number:08}"),
        });
        let key = format!("bench-{number}");
        traffic::post(
            "/v1/clients",
            Some(&caller.token),
            Some(&key),
            &body.to_string(),
        )
    })
}

/// A well-formed identity number (GB 11643) of nobody: the birth date counts up.
fn id_number(number: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (day, month, year) = (
        1 + number / 1000 % 28,
        1 + number / 28_000 % 12,
        1950 + number / 336_000,
    );
    // The 17th digit tells the sex: odd is male.
    let serial = number % 1000;
    let odd = number / 10 % 2;
    let serial = serial / 10 * 10 + (serial % 10) / 2 * 2 + odd;
    let area = 110_100 + number % 2;
    let body = format!("{area}{year:04}{month:02}{day:02}{serial:03}");
    let sum: usize = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| usize::from(digit.saturating_sub(b'0')) * weight)
        .sum();
    let check = "10X98765432".chars().nth(sum % 11).unwrap_or('0');
    format!("{body}{check}")
}

pub(super) fn sign_in(load: &Load) -> Requests {
    by_turns(&load.caseworkers, |caller, _| {
        people::sign_in_request(caller)
    })
}
