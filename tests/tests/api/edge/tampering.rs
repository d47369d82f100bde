//! Paths, cursors and names that want to be something else.

use domain::Role;
use serde_json::json;
use tests::{on_both, steps::id_of};

use super::Socket;

on_both! {
    /// Raw, because HTTP clients tidy paths up.
    async fn a_path_leads_nowhere_but_to_operations(app: TestApp) {
        for path in [
            "/../../etc/passwd",
            "/v1/../../etc/passwd",
            "/docs/../Cargo.toml",
            "/docs/..%2f..%2fCargo.toml",
            "/docs/%2e%2e/%2e%2e/etc/passwd",
            "/docs/%252e%252e%252fetc%252fpasswd",
            "/docs/....//....//etc/passwd",
            "/docs/C:%5Cwindows%5Cwin.ini",
            "/docs/nothing.js",
            "/v1/offices%00",
            "/v1/offices%2f..%2fstaff",
            "/v1/offices;x=1",
            "/v1/clients/%00",
            "/v1/clients/%ff%fe",
            "/v1/clients/..%2f..%2fstaff",
            "/.git/config",
            "/metrics",
        ] {
            let mut socket = Socket::open(&app).await;
            socket.write(&format!("GET {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n")).await;
            let answer = socket.rest().await;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let is_refused = ["400", "401", "404"].iter().any(|status| {
                head.starts_with(&format!("HTTP/1.1 {status} "))
            });
            assert!(is_refused, "{path}: {head}");
            // No listing, no place on this machine, no trace of how it is built.
            for hidden in ["root:", "/root", "/src/", ".rs:", "panicked", "actix", "[package]", "[core]"] {
                assert!(!answer.contains(hidden), "{path}: {hidden}");
            }
            assert!(body.is_empty() || body.starts_with("{\"type\":\"urn:tongxing:"), "{path}: {body}");
        }
    }

    /// Two requests in one: heads that proxies and servers read differently are not read at all.
    async fn a_head_that_can_be_read_in_two_ways_is_refused(app: TestApp) {
        for headers in [
            "content-length: 5\r\ntransfer-encoding: chunked",
            "content-length: 5\r\ncontent-length: 6",
            "transfer-encoding: chunked\r\ntransfer-encoding: identity",
            "transfer-encoding: xchunked",
            "content-length: +5",
            "content-length : 5",
            "host: elsewhere",
            "x-folded: a\r\n b",
        ] {
            let mut socket = Socket::open(&app).await;
            socket.write(&format!("POST /v1/sessions HTTP/1.1\r\nhost: here\r\n{headers}\r\n\r\n0\r\n\r\n")).await;
            let answer = socket.rest().await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{headers:?}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{headers:?}: {answer}");
        }
    }

    /// A cursor says where a page begins, not whose rows are on it.
    async fn a_cursor_of_somebody_else_shows_nothing_of_theirs(app: TestApp) {
        for number in 0..3 {
            app.register_client("王小明", &format!("1390000111{number}")).await;
        }
        let own = app.login(Role::Caseworker).await;
        let page = app.get(&own, "/v1/clients?limit=1").await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let foreign = app.login_as("foreign.caseworker").await;
        let path = format!("/v1/clients?limit=100&cursor={cursor}");
        let shown = app.get(&foreign, &path).await;
        assert_eq!(shown.body["items"].as_array().map_or(0, Vec::len), 0, "{:#}", shown.body);
        for wrong in ["", "%00", "00", "../..", "' OR 1=1 --", &"f".repeat(5000)] {
            let path = format!("/v1/clients?cursor={wrong}");
            app.get(&own, &path).await.problem(400, "invalid_cursor");
        }
        let mut turned = cursor.chars().rev().collect::<String>();
        app.get(&own, &format!("/v1/clients?cursor={turned}")).await.problem(400, "invalid_cursor");
        turned.push_str(cursor);
        app.get(&own, &format!("/v1/clients?cursor={turned}")).await.problem(400, "invalid_cursor");
    }

    /// Names and signatures go into messages, whose headers and lines end where a line ends.
    async fn line_breaks_and_control_characters_get_into_no_name(app: TestApp) {
        let caseworker = app.login(Role::Caseworker).await;
        let admin = app.login(Role::AgencyAdmin).await;
        let office = json!({
            "name": "城南服务站", "area_code": "330102", "phone": "0571-88880001",
            "message_signature": "城南服务站",
        });
        let staff = json!({
            "username": "new.one", "password": "a long enough one 7", "display_name": "李老师",
            "role": "caseworker", "office_id": app.seed().office.to_string(),
        });
        let client = json!({ "name": "王小明", "sex": "male", "phone": "13900001111" });
        for evil in [
            "王\r\nBcc: all",
            "王\nx",
            "王\rx",
            "王\u{0}",
            "王\u{1b}[2J",
            "王\u{7f}",
            "王\u{85}x",
        ] {
            for (token, path, right, field) in [
                (&caseworker, "/v1/clients", &client, "name"),
                (&caseworker, "/v1/clients", &client, "phone"),
                (&admin, "/v1/offices", &office, "name"),
                (&admin, "/v1/offices", &office, "phone"),
                (&admin, "/v1/offices", &office, "message_signature"),
                (&admin, "/v1/staff", &staff, "display_name"),
                (&admin, "/v1/staff", &staff, "username"),
            ] {
                let mut body = right.clone();
                body[field] = json!(evil);
                let answer = app.post(token, path, body).await;
                assert_eq!(answer.status.as_u16(), 422, "{path} {field} {evil:?}");
                let pointer = &answer.body["errors"][0]["pointer"];
                assert_eq!(pointer, &format!("/{field}"), "{path} {evil:?}");
            }
            let body = json!({ "text": format!("{{name}}您好,请{{date}}{evil}到站办理。") });
            let path = "/v1/templates/appointment_reminder/d-7";
            let answer = app.put(&admin, path, body).await;
            assert_eq!(answer.status.as_u16(), 422, "{evil:?}");
        }
        let found = app.post(&caseworker, "/v1/clients", client).await.expect(201);
        assert!(!id_of(&found).is_empty(), "the same body without it is taken");
    }
}
