//! No time and no statement tells whether a name, a number or an object is there.
//!
//! Times are compared by rank: how often a sample of one kind took longer than one of the other. A
//! half is no difference, one is a difference that a single look shows, and neither the speed of the
//! machine nor its load is in the number, for samples of both kinds alternate. A difference that is
//! there shows in every experiment; three have to show one, so that a moment of load does not.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use tests::{Response, Setup, TestApp, on_both};

use crate::unseen::{self, statements};

/// Samples of each kind in an experiment. Where there is no difference their rank differs from a
/// half by 0.065 (the standard deviation of Mann and Whitney's U for 40 and 40).
const SAMPLES: usize = 40;
/// Farther from a half than this is a difference: nearly five standard deviations.
const APART: f64 = 0.3;
const EXPERIMENTS: usize = 3;

/// How often one of `left` is longer than one of `right`, from 0 to 1.
fn rank(left: &[Duration], right: &[Duration]) -> f64 {
    let pairs = left
        .iter()
        .flat_map(|one| right.iter().map(move |other| (one, other)));
    let (mut longer, mut all) = (0.0, 0.0);
    for (one, other) in pairs {
        all += 1.0;
        longer += match one.cmp(other) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
    }
    longer / all
}

/// The ranks of up to three experiments, until one of them shows no difference. `ask` sends a request
/// of the left kind or of the right one.
async fn ranks<F: Future<Output = ()>>(ask: impl Fn(bool) -> F) -> Vec<f64> {
    let mut found = Vec::new();
    for _ in 0..EXPERIMENTS {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for number in 0..SAMPLES {
            // Neither kind always goes first.
            for is_left in [number % 2 == 0, number % 2 != 0] {
                let began = Instant::now();
                ask(is_left).await;
                let took = began.elapsed();
                if is_left { &mut left } else { &mut right }.push(took);
            }
        }
        found.push(rank(&left, &right));
        if !is_apart(&found[found.len() - 1..]) {
            break;
        }
    }
    found
}

fn is_apart(ranks: &[f64]) -> bool {
    ranks.iter().all(|rank| (rank - 0.5).abs() > APART)
}

#[track_caller]
fn assert_alike(ranks: &[f64]) {
    assert!(!is_apart(ranks), "the time tells: {ranks:?}");
}

/// An app that believes what the test says about addresses, and whose passwords take some
/// milliseconds.
async fn start(setup: Setup) -> TestApp {
    unseen::watch();
    let setup = setup.with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.auth.argon2.memory_kib = 4 * 1024;
        config.auth.argon2.iterations = 3;
    });
    setup.start().await
}

/// Beyond every wait, and into another minute of the trail.
fn let_time_pass(app: &TestApp) {
    app.sign_in_clock().advance(TimeDelta::hours(25));
    let later = app.now() + TimeDelta::hours(8) + TimeDelta::minutes(2);
    app.outage_until(&later.format("%Y-%m-%dT%H:%M").to_string());
}

async fn sign_in(app: &TestApp, username: &str, address: &str) -> Response {
    let body = json!({ "username": username, "password": "not the password" });
    let request = app.request(Method::POST, "/v1/sessions").json(&body);
    app.send(request.header("x-forwarded-for", address)).await
}

async fn ask_code(app: &TestApp, phone: &str) -> Response {
    let request = app.request(Method::POST, "/v1/client-sessions/otp");
    app.send(request.json(&json!({ "phone": phone }))).await
}

async fn guess(app: &TestApp, phone: &str) -> Response {
    let body = json!({ "phone": phone, "code": "000000" });
    app.send(app.request(Method::POST, "/v1/client-sessions").json(&body))
        .await
}

/// The answer to a request and its statements, but those of the trail and whose it is.
async fn run(app: &TestApp, request: impl Future<Output = Response>) -> (String, Vec<String>) {
    statements(app);
    let answer = request.await;
    let mut run = statements(app);
    // What a connection is told of itself, which may be a new one.
    run.retain(|sql| !sql.starts_with("SET ") && !sql.starts_with("PRAGMA "));
    run.retain(|sql| !sql.contains("audit_log") && !sql.contains("audit_heads"));
    for sql in &mut run {
        // Whose rows they are is said together with the beginning.
        sql.truncate(sql.find("; SET LOCAL").unwrap_or(sql.len()));
    }
    assert!(!run.is_empty(), "nothing was watched");
    (format!("{} {}", answer.status, answer.body), run)
}

#[test]
fn ranks_say_how_often_one_is_longer() {
    let times = |millis: [u64; 3]| millis.map(Duration::from_millis);
    assert!(is_apart(&[rank(&times([7, 8, 9]), &times([1, 2, 3]))]));
    assert!(is_apart(&[rank(&times([1, 2, 3]), &times([7, 8, 9]))]));
    assert!(!is_apart(&[rank(&times([1, 2, 3]), &times([3, 2, 1]))]));
    assert!(!is_apart(&[1.0, 0.6, 1.0]));
}

on_both! {
    async fn a_failed_sign_in_takes_as_long_whoever_has_the_name(setup: Setup) {
        let app = start(setup).await;
        let known = run(&app, sign_in(&app, "caseworker", "192.0.2.1")).await;
        let unknown = run(&app, sign_in(&app, "nobody.at.all", "192.0.2.2")).await;
        assert_eq!(known, unknown);
        let found = ranks(|is_known| {
            let app = app.clone();
            async move {
                let_time_pass(&app);
                let (username, address) = if is_known {
                    ("caseworker", "192.0.2.1")
                } else {
                    ("nobody.at.all", "192.0.2.2")
                };
                sign_in(&app, username, address).await.problem(401, "invalid_credentials");
            }
        });
        assert_alike(&found.await);
    }

    async fn asking_for_a_code_takes_as_long_whoever_has_the_number(setup: Setup) {
        const KNOWN: &str = "13900001111";
        const UNKNOWN: &str = "13900002222";
        let app = start(setup).await;
        app.register_born("王小明", KNOWN).await;
        assert_eq!(run(&app, ask_code(&app, KNOWN)).await, run(&app, ask_code(&app, UNKNOWN)).await);
        assert_eq!(run(&app, guess(&app, KNOWN)).await, run(&app, guess(&app, UNKNOWN)).await);
        let asked = ranks(|is_known| {
            let app = app.clone();
            async move {
                let_time_pass(&app);
                ask_code(&app, if is_known { KNOWN } else { UNKNOWN }).await.expect(202);
            }
        });
        assert_alike(&asked.await);
        let guessed = ranks(|is_known| {
            let app = app.clone();
            async move {
                let_time_pass(&app);
                let answer = guess(&app, if is_known { KNOWN } else { UNKNOWN }).await;
                answer.problem(401, "invalid_code");
            }
        });
        assert_alike(&guessed.await);
    }

    async fn what_is_out_of_reach_takes_as_long_as_what_is_not_there(setup: Setup) {
        let app = start(setup).await;
        let client = app.register_client("王小明", "13900001111").await;
        let token = app.login_as("other.caseworker").await;
        let found = ranks(|is_foreign| {
            let (app, client, token) = (app.clone(), client.clone(), token.clone());
            async move {
                let absent = "0198ffff-ffff-7fff-8fff-ffffffffffff".to_owned();
                let path = format!("/v1/clients/{}", if is_foreign { client } else { absent });
                app.get(&token, &path).await.problem(404, "not_found");
            }
        });
        assert_alike(&found.await);
    }
}
