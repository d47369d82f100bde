//! `tongxing admin verify-audit`, as an operator runs it.

use std::process::Output;

use diesel::{Connection as _, PgConnection, SqliteConnection, connection::SimpleConnection as _};
use domain::{AgencyId, Role};
use serde_json::json;
use storage::Backend;
use tests::{TestApp, app::PASSWORD, on_both, program::tongxing};

const NAME: &str = "王小明";
const PHONE: &str = "13900001111";

/// Runs SQL as somebody who owns the database, with what refuses it taken away.
fn tamper(app: &TestApp, sql: &str) {
    let url = app.database_url();
    if app.backend() == Backend::Sqlite {
        let path = url.trim_start_matches("sqlite://");
        let triggers = "DROP TRIGGER IF EXISTS audit_log_is_never_updated; \
                        DROP TRIGGER IF EXISTS audit_log_is_never_deleted;";
        let mut conn = SqliteConnection::establish(path).unwrap();
        conn.batch_execute(&format!("{triggers} {sql}")).unwrap();
    } else {
        PgConnection::establish(url)
            .unwrap()
            .batch_execute(sql)
            .unwrap();
    }
}

/// What it printed about this agency, and whether it ended well. Nothing personal is in it.
fn verify(app: &TestApp, more: &[&str], agency: AgencyId) -> (Vec<String>, bool) {
    let Output {
        status,
        stdout,
        stderr,
    } = tongxing(app, &[&["admin", "verify-audit"], more].concat());
    let (told, complained) = (
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    );
    for personal in [NAME, PHONE, "caseworker", "127.0.0.1", PASSWORD] {
        assert!(
            !told.contains(personal) && !complained.contains(personal),
            "{personal}: {told}{complained}"
        );
    }
    assert!(
        matches!(status.code(), Some(0 | 1)),
        "{status}: {complained}"
    );
    assert_eq!(complained.is_empty(), status.success(), "{complained}");
    let start = format!("{agency}: ");
    let lines = told.lines().filter_map(|line| line.strip_prefix(&start));
    (lines.map(str::to_owned).collect(), status.success())
}

on_both! {
    async fn whoever_alters_the_trail_is_found_by_the_program(app: TestApp) {
        let (own, foreign) = (app.seed().agency, app.seed().foreign.agency);
        let client = app.register_client(NAME, PHONE).await;
        let token = app.login(Role::Caseworker).await;
        let body = json!({ "name": "王大明" });
        app.patch(&token, &format!("/v1/clients/{client}"), body).await.expect(200);
        app.login_as("foreign.caseworker").await;
        for agency in [own, foreign] {
            let (told, holds) = verify(&app, &[], agency);
            assert!(holds && told.len() == 1, "{told:?}");
            let (verdict, hash) = told[0].rsplit_once(' ').unwrap();
            assert!(verdict.starts_with("holds; ") && verdict.ends_with(" the last one"), "{told:?}");
            assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{told:?}");
        }

        let column = match app.backend() {
            Backend::Sqlite => format!("X'{}'", own.uuid().simple()),
            Backend::Postgres => format!("'{own}'"),
        };
        tamper(&app, &format!(
            "UPDATE audit_log SET object_id = 'another' WHERE action = 'update_client'; \
             DELETE FROM audit_log WHERE seq = 2 AND agency_id = {column}"
        ));
        let (told, holds) = verify(&app, &[], own);
        assert!(!holds);
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0], "missing: entry 2 is not there; entry 3 follows");
        assert!(told[1].starts_with("altered: entry "), "{told:?}");
        assert!(told[2].starts_with("does not hold; "), "{told:?}");
        // The other agency's holds, alone and beside it.
        for more in [&["--agency", &foreign.to_string()][..], &[]] {
            let (told, holds) = verify(&app, more, foreign);
            assert_eq!((told.len(), holds), (1, !more.is_empty()), "{told:?}");
        }
    }

    /// Whoever mistypes an id is not told that all is well.
    async fn an_agency_that_is_not_there_has_no_trail_that_holds(app: TestApp) {
        let nobody = AgencyId::from_uuid(uuid::Uuid::from_u128(0x0198_ffff_ffff_7fff_8fff_ffff_ffff_ffff));
        let (told, holds) = verify(&app, &["--agency", &nobody.to_string()], nobody);
        assert!(!holds && told.is_empty(), "{told:?}");
    }
}
