//! Waiting after failed sign-ins, and who does not have to.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use tests::{Response, Setup, TestApp, app::PASSWORD, on_both};

const HOME: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";

/// An app that believes what the test says about addresses.
async fn behind_a_proxy(setup: Setup) -> TestApp {
    let setup = setup.with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    });
    setup.start().await
}

async fn attempt(app: &TestApp, address: &str, username: &str, password: &str) -> Response {
    let body = json!({ "username": username, "password": password });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    app.send(request.header("x-forwarded-for", address)).await
}

async fn fail(app: &TestApp, address: &str, username: &str, times: u32) {
    for _ in 0..times {
        let answer = attempt(app, address, username, "wrong").await;
        answer.problem(401, "invalid_credentials");
    }
}

/// The seconds to wait.
#[track_caller]
fn waits(answer: Response) -> String {
    let seconds = answer.header("retry-after").unwrap().to_owned();
    answer.problem(429, "too_many_requests");
    seconds
}

on_both! {
    async fn after_five_failures_a_wait_begins_that_doubles(setup: Setup) {
        let app = behind_a_proxy(setup).await;
        fail(&app, HOME, "caseworker", 5).await;
        for (wait, seconds) in [("30", 30), ("60", 60), ("120", 120)] {
            // Even the right password is not looked at.
            assert_eq!(waits(attempt(&app, HOME, "caseworker", PASSWORD).await), wait);
            app.sign_in_clock().advance(TimeDelta::seconds(seconds - 1));
            assert_eq!(waits(attempt(&app, HOME, "Caseworker ", PASSWORD).await), "1");
            app.sign_in_clock().advance(TimeDelta::seconds(1));
            fail(&app, HOME, "caseworker", 1).await;
        }
        app.sign_in_clock().advance(TimeDelta::seconds(240));
        attempt(&app, HOME, "caseworker", PASSWORD).await.expect(201);
        fail(&app, HOME, "caseworker", 4).await;
        attempt(&app, HOME, "caseworker", PASSWORD).await.expect(201);
    }

    async fn failures_elsewhere_do_not_lock_out_who_is_known_where_they_are(setup: Setup) {
        let app = behind_a_proxy(setup).await;
        attempt(&app, HOME, "caseworker", PASSWORD).await.expect(201);
        fail(&app, ELSEWHERE, "caseworker", 5).await;
        waits(attempt(&app, ELSEWHERE, "caseworker", PASSWORD).await);
        waits(attempt(&app, "203.0.113.9", "caseworker", PASSWORD).await);
        attempt(&app, HOME, "caseworker", PASSWORD).await.expect(201);
        // Nor does a flood from their own address at other accounts.
        for number in 0..20 {
            fail(&app, HOME, &format!("person.{number}"), 1).await;
        }
        waits(attempt(&app, HOME, "person.20", "wrong").await);
        attempt(&app, HOME, "caseworker", PASSWORD).await.expect(201);
        // Their own failures at home make them wait there, and nobody else.
        fail(&app, HOME, "caseworker", 5).await;
        waits(attempt(&app, HOME, "caseworker", PASSWORD).await);
        attempt(&app, ELSEWHERE, "colleague", PASSWORD).await.expect(201);
    }

    async fn an_address_that_tries_many_accounts_has_to_wait(setup: Setup) {
        let app = behind_a_proxy(setup).await;
        for number in 0..20 {
            fail(&app, ELSEWHERE, &format!("person.{number}"), 1).await;
        }
        assert_eq!(waits(attempt(&app, ELSEWHERE, "colleague", PASSWORD).await), "30");
        attempt(&app, HOME, "colleague", PASSWORD).await.expect(201);
    }

    /// Nor does the database mind a text that PostgreSQL takes for none.
    async fn what_can_be_no_username_is_nobodys(setup: Setup) {
        let app = behind_a_proxy(setup).await;
        let long = "x".repeat(100_000);
        for username in ["", "case\0worker", "caseworker\0", "case\u{212A}worker", "李娜", &long] {
            fail(&app, ELSEWHERE, username, 1).await;
        }
        fail(&app, ELSEWHERE, "\0", 5).await;
        waits(attempt(&app, ELSEWHERE, "\0", PASSWORD).await);
    }

    /// Whether a name is somebody's shows in no answer.
    async fn a_name_that_nobody_has_is_answered_as_one_that_somebody_has(setup: Setup) {
        let app = behind_a_proxy(setup).await;
        let mut answers = Vec::new();
        for (username, address) in [("caseworker", HOME), ("nobody.at.all", ELSEWHERE)] {
            let mut seen = Vec::new();
            for _ in 0..8 {
                let answer = attempt(&app, address, username, "wrong").await;
                let mut names: Vec<&str> = answer.headers.keys().map(reqwest::header::HeaderName::as_str).collect();
                names.sort_unstable();
                let wait = answer.header("retry-after").map(str::to_owned);
                seen.push(format!("{} {names:?} {wait:?} {}", answer.status, answer.body));
            }
            answers.push(seen);
        }
        assert!(answers[0][4].starts_with("401") && answers[0][5].starts_with("429"));
        assert_eq!(answers[0], answers[1]);
    }

    /// Guesses sent all at once are worth no more than guesses sent one by one.
    async fn guesses_at_the_same_time_are_counted_one_by_one(setup: Setup) {
        let app = behind_a_proxy(setup).await;
        let guesses = (0..16).map(|number| {
            let app = app.clone();
            let guess = format!("guess {number}");
            tokio::spawn(async move {
                attempt(&app, ELSEWHERE, "caseworker", &guess).await.status.as_u16()
            })
        });
        let guesses: Vec<_> = guesses.collect();
        let mut looked_at = 0;
        for guess in guesses {
            match guess.await.unwrap() {
                401 => looked_at += 1,
                other => assert_eq!(other, 429),
            }
        }
        assert_eq!(looked_at, 5);
    }

    async fn what_was_counted_goes_when_it_means_nothing_any_more(setup: Setup) {
        let app = behind_a_proxy(setup).await;
        attempt(&app, HOME, "caseworker", PASSWORD).await.expect(201);
        fail(&app, ELSEWHERE, "nobody.at.all", 1).await;
        // The place that is known now; the account and the address that were tried.
        for (days, left) in [(0, 3), (1, 1), (88, 1), (1, 0)] {
            app.sign_in_clock().advance(TimeDelta::days(days));
            app.worker().run_job_once("purge").await.unwrap();
            assert_eq!(app.contents().rows("sign_in_counters"), left, "{days}");
        }
    }
}
