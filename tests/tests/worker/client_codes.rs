//! Clients' one-time codes on their way out.

use gateways::Failure;
use reqwest::Method;
use serde_json::json;
use tests::{
    client::{BORN, other_than},
    on_both,
};

use crate::capture;

const PHONE: &str = "13711113333";
const WORDS: &str = "家里有急事想请人来一趟";

on_both! {
    async fn nothing_of_a_clients_sign_in_is_in_a_log(app: TestApp) {
        capture::start();
        app.register_born("慕容雪村", PHONE).await;
        let code = app.get_code(PHONE).await;
        let wrong = app.try_code(PHONE, &other_than(&code), Some(BORN)).await;
        wrong.problem(401, "invalid_code");
        app.try_code(PHONE, &code, None).await.problem(401, "second_fact_required");
        let session = app.try_code(PHONE, &code, Some(BORN)).await.expect(201);
        let token = session["access_token"].as_str().unwrap();
        app.get(token, "/v1/me").await.expect(200);
        app.post(token, "/v1/me/help-requests", json!({ "text": WORDS })).await.expect(201);
        let refresh = json!({ "refresh_token": session["refresh_token"] });
        let request = app.request(Method::POST, "/v1/client-sessions/refresh");
        app.send(request.json(&refresh)).await.expect(201);
        let log = capture::text();
        assert!(log.contains("codes"), "the job is not in the log");
        let refresh = session["refresh_token"].as_str().unwrap();
        for secret in ["慕容", PHONE, "验证码", WORDS, token, refresh] {
            assert!(!log.contains(secret), "{secret} is in a log");
        }
    }

    /// Tried again at once where nothing was taken, and never where it may have been.
    async fn a_code_goes_out_once_or_not_at_all(app: TestApp) {
        app.register_born("王小明", PHONE).await;
        app.recording().fail_next(1, Failure::Transient);
        let code = app.get_code(PHONE).await;
        app.try_code(PHONE, &code, Some(BORN)).await.expect(201);
        for failure in [Failure::Unknown, Failure::Permanent] {
            app.sign_in_clock().advance(chrono::TimeDelta::seconds(60));
            app.recording().fail_next(1, failure);
            app.ask_code(PHONE).await.expect(202);
            app.run_until_idle().await;
            app.run_until_idle().await;
            assert_eq!(app.codes_sent_to(PHONE).len(), 1);
        }
    }

    /// One office's signature is no reason to send nobody's codes.
    async fn an_office_with_a_signature_that_is_refused_holds_up_no_other(app: TestApp) {
        let (agency, office) = (app.seed().agency, app.seed().office);
        app.register_born("王小明", PHONE).await;
        let token = app.login_as("other.caseworker").await;
        let other = json!({ "name": "李小红", "sex": "female", "phone": "13711114444" });
        app.post(&token, "/v1/clients", other).await.expect(201);
        app.write(|work| {
            let mut office = storage::offices::get(work.tx, agency, office)?.unwrap();
            "禁毒办".clone_into(&mut office.message_signature);
            assert!(storage::offices::save(work.tx, &office, office.version)?);
            Ok(())
        });
        for phone in [PHONE, "13711114444"] {
            app.ask_code(phone).await.expect(202);
        }
        app.run_until_idle().await;
        assert_eq!(app.codes_sent_to(PHONE).len(), 0);
        assert_eq!(app.codes_sent_to("13711114444").len(), 1);
    }

    /// The codes' job is one of its own: it sends them while a reminder waits.
    async fn codes_do_not_wait_for_reminders(app: TestApp) {
        app.advance("2025-09-05T10:00").await;
        let journey = app.born_with_case(PHONE, "2025-09-05").await;
        app.advance("2025-09-27T08:59").await;
        let planned = app.messages(&journey).await.len();
        app.ask_code(PHONE).await.expect(202);
        let report = app.worker().run_job_once("codes").await.unwrap();
        assert_eq!(report.acted_on, 1);
        assert_eq!(app.codes_sent_to(PHONE).len(), 1);
        assert_eq!(app.messages(&journey).await.len(), planned);
    }
}
