//! No query walks a whole table: every one is a search in an index.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection, sql_query, sql_types::Text,
};
use domain::{
    MessageKind, ReceiptCheck, Role,
    area::AreaCode,
    gateway_post::{PostKind, PostOutcome},
    template::TemplateGateway,
    wechat::WechatApp,
};
use storage::{
    Area, attempts,
    audit_log::{self, Filter},
    calendars, check_ins, client_numbers, client_sessions, clients, confirmations,
    covers::{self, Seen},
    gateway_posts::{self, NewPost},
    idempotency, integrators, leases, messages, offices, provider_templates, receipt_checks,
    receipts, recovery_codes, refresh_tokens, rule_packs, sessions, sign_in_budgets, sign_in_codes,
    staff, tasks, template_versions, templates, transitions, wechat_bindings,
};

use crate::{
    database::{Database, at, mint, on_each, sqlite},
    statements::seen_in,
};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    detail: String,
}

#[test]
fn every_query_searches_an_index() {
    on_each(searches);
}

fn searches(database: &Database) {
    let (store, agency) = (database.store(), database.agency(1));
    let mut ids = mint(3);
    let statements = seen_in(|| {
        store
            .write(|tx| {
                let li = ids.next();
                offices::get(tx, agency, ids.next())?;
                offices::list(tx, agency, None, Some(ids.next()), 9)?;
                staff::find_login(tx, "li")?;
                staff::get(tx, agency, li)?;
                staff::get_many(tx, agency, &[li, ids.next()])?;
                staff::list(tx, agency, None, None, 9)?;
                staff::with_role(tx, agency, &[Role::Auditor])?;
                covers::covering(tx, agency, at(0))?;
                covers::covered_by(tx, agency, li, at(0), at(9))?;
                let area = Area {
                    agency,
                    code: AreaCode::parse("330100").unwrap(),
                };
                let heads = [Seen::OfOffice(ids.next()), Seen::InArea(area)];
                for seen in heads.into_iter().chain([Seen::All, Seen::Of(li)]) {
                    covers::get(tx, agency, seen, ids.next())?;
                    covers::list(tx, agency, seen, Some(at(0)), Some(ids.next()), 9)?;
                }
                covers::end(tx, agency, ids.next(), li, at(0))?;
                staff::list(tx, agency, Some(ids.next()), Some(li), 9)?;
                sessions::get(tx, agency, ids.next())?;
                sessions::touch(tx, agency, ids.next(), at(0))?;
                sessions::revoke(tx, agency, ids.next(), at(0), "test")?;
                sessions::revoke_all_of(tx, agency, li, at(0), "test")?;
                sessions::purge(tx, agency, at(0), 9)?;
                sessions::newest_but(tx, agency, li, ids.next())?;
                recovery_codes::left(tx, agency, li)?;
                refresh_tokens::get(tx, agency, ids.next())?;
                refresh_tokens::mark_used(tx, agency, ids.next(), at(0))?;
                sessions::revoked_since(tx, agency, at(0))?;
                integrators::get(tx, agency, ids.next())?;
                integrators::list(tx, agency, Some(ids.next()), 9)?;
                integrators::deactivate(tx, agency, ids.next(), at(0))?;
                integrators::good_of(tx, agency, &[ids.next(), ids.next()])?;
                integrators::touch(tx, agency, ids.next(), at(0))?;
                integrators::revoke_good_of(tx, agency, ids.next(), at(0))?;
                integrators::revoked_since(tx, agency, at(0))?;
                refresh_tokens::mark_void(tx, agency, ids.next(), at(0))?;
                refresh_tokens::successors_used(tx, agency, ids.next(), 1)?;
                refresh_tokens::purge(tx, agency, at(0), 9)?;
                audit_log::head(tx, agency)?;
                audit_log::list(tx, agency, &Filter::default(), Some(9), 9)?;
                let one = Filter {
                    object_id: Some("x".to_owned()),
                    ..Filter::default()
                };
                audit_log::list(tx, agency, &one, Some(9), 9)?;
                audit_log::iter_from(tx, agency, 1, 9)?;
                idempotency::find(tx, agency, li, "k", at(0))?;
                idempotency::purge_expired(tx, agency, at(0), 9)?;
                leases::release(tx, agency, "x", ids.next(), 1, at(0))?;
                rule_packs::get(tx, agency, "x", 1)?;
                rule_packs::latest(tx, agency, "x", at(0).date_naive())?;
                rule_packs::list(tx, agency, Some(("x", 1)), 9)?;
                calendars::get(tx, agency, 2026)?;
                calendars::list(tx, agency)?;
                templates::get(tx, agency, MessageKind::StaffDigest, "d0")?;
                templates::list(tx, agency)?;
                templates::all(tx, agency)?;
                template_versions::draft(tx, agency, MessageKind::StaffDigest, "d0")?;
                template_versions::of_step(tx, agency, MessageKind::StaffDigest, "d0")?;
                template_versions::shown(tx, agency)?;
                provider_templates::get(tx, agency, "sms", MessageKind::StaffDigest, "d0")?;
                provider_templates::list(tx, agency)?;
                transitions::list(tx, agency, ids.next(), Some(ids.next()), 9)
            })
            .unwrap();
    });
    assert_searches(database, &statements, 30);
}

#[test]
fn what_clients_do_is_searched_for_in_an_index() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut ids = mint(3);
        let statements = seen_in(|| {
            store
                .write(|tx| {
                    let (client, before) = (ids.next(), Some(ids.next()));
                    sign_in_codes::issued(tx, "13900001111")?;
                    sign_in_codes::guess(tx, "13900001111", "000000", at(0))?;
                    sign_in_codes::purge(tx, at(0), 9)?;
                    sign_in_budgets::purge(tx, at(0), 9)?;
                    client_numbers::last_used(tx, agency, client, "13900001111")?;
                    client_sessions::get(tx, agency, ids.next())?;
                    client_sessions::of_client(tx, agency, client)?;
                    client_sessions::revoke(tx, agency, ids.next(), at(0), "test")?;
                    client_sessions::revoke_all_of(tx, agency, client, at(0), "test")?;
                    let binding = ids.next();
                    client_sessions::revoke_opened_by(tx, agency, client, binding, at(0), "test")?;
                    wechat_bindings::find(tx, agency, "wx0", "o0")?;
                    wechat_bindings::of_client(tx, agency, client)?;
                    wechat_bindings::with_union(tx, agency, WechatApp::MiniProgram, "u0")?;
                    wechat_bindings::note_union(tx, agency, binding, "u0")?;
                    wechat_bindings::open_id_of(tx, agency, client, "wx0")?;
                    wechat_bindings::guess(tx, agency, binding, at(0))?;
                    wechat_bindings::note_use(tx, agency, binding, at(0))?;
                    wechat_bindings::end(tx, agency, binding, at(0), "test")?;
                    client_sessions::purge(tx, agency, at(0), 9)?;
                    confirmations::of_client(tx, agency, client)?;
                    check_ins::of_client(tx, agency, client, before, 9)?;
                    check_ins::wipe_places(tx, agency, client)?;
                    tasks::of_client(tx, agency, client)
                })
                .unwrap();
        });
        assert_searches(database, &statements, 23);
    });
}

#[test]
fn what_providers_post_is_searched_for_in_an_index() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut ids = mint(3);
        let statements = seen_in(|| {
            store
                .write(|tx| {
                    let post = NewPost {
                        id: ids.next(),
                        account: "sms",
                        vendor: TemplateGateway::Aliyun,
                        kind: PostKind::Receipt,
                        identity: "1",
                        body: "{}",
                        received_at: at(0),
                    };
                    gateway_posts::insert_once(tx, &post)?;
                    gateway_posts::next_due(tx)?;
                    gateway_posts::claim(tx, at(0), at(1), 9)?;
                    gateway_posts::park(tx, ids.next(), at(1))?;
                    gateway_posts::finish(tx, ids.next(), PostOutcome::Kept, at(1))?;
                    gateway_posts::purge(tx, at(0), 9)?;
                    gateway_posts::count_over(tx, at(0))?;
                    attempts::named_by(tx, agency, "sms", &[ids.next()], &["1".to_owned()])
                })
                .unwrap();
        });
        assert_searches(database, &statements, 9);
    });
}

#[test]
fn what_vendors_are_asked_about_is_searched_for_in_an_index() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut ids = mint(3);
        let statements = seen_in(|| {
            store
                .write(|tx| {
                    receipt_checks::next_due(tx, agency)?;
                    receipt_checks::due(tx, agency, at(0), 9)?;
                    receipt_checks::open_of(tx, agency, &[ids.next()])?;
                    receipt_checks::put_off(tx, agency, ids.next(), at(1))?;
                    let end = ReceiptCheck::Confirmed;
                    receipt_checks::settle(tx, agency, ids.next(), end, at(1))?;
                    receipts::get(tx, agency, ids.next())?;
                    receipts::mark_applied(tx, agency, ids.next())?;
                    receipts::of_messages(tx, agency, &[ids.next()])?;
                    messages::get_many(tx, agency, &[ids.next()])
                })
                .unwrap();
        });
        assert_searches(database, &statements, 9);
    });
}

#[test]
fn tasks_are_found_by_their_appointment() {
    on_each(|database| {
        let (agency, id) = (database.agency(1), mint(3).next());
        let statements = seen_in(|| {
            let read = |tx: &mut storage::Tx<'_>| tasks::of_appointments(tx, agency, &[id]);
            database.store().read(read).unwrap();
        });
        let asked = statements.iter().find(|sql| sql.contains(" WHERE "));
        let steps = plan(database, asked.unwrap());
        // Not by the agency alone, for the sake of the order: that reads every task there is.
        let found = steps.iter().any(|step| step.contains("appointment_id"));
        assert!(found, "{steps:#?}");
    });
}

// PostgreSQL counts its rows and chooses by them; SQLite takes a guess.
#[test]
fn sqlite_finds_who_signs_in_by_their_number() {
    let database = sqlite();
    let agency = database.agency(1);
    let statements = seen_in(|| {
        let asked = |tx: &mut storage::Tx<'_>| {
            clients::with_phone(tx, agency, "13900000001")?;
            clients::ids_with_phone(tx, agency, "13900000001")?;
            sign_in_codes::any_waiting(tx, agency)?;
            sign_in_codes::waiting(tx, agency, 9)
        };
        database.store().read_in(agency, asked).unwrap();
    });
    let asked = statements.iter().filter(|sql| sql.contains("phone_index"));
    let asked: Vec<_> = asked.collect();
    assert_eq!(asked.len(), 4);
    for sql in asked {
        let steps = plan(&database, sql);
        // Not by the agency alone: that reads every client there is, at every turn of the job.
        let found = steps
            .iter()
            .any(|step| step.contains("(agency_id=? AND phone_index=?)"));
        assert!(found, "{steps:#?}: {sql}");
    }
}

/// Every statement with a condition, of which there are at least `least`, is planned without a walk over
/// a whole table and without a sort.
pub fn assert_searches(database: &Database, statements: &[String], least: usize) {
    assert_walks_no_table(database, statements, least);
    for sql in planned(statements) {
        for step in plan(database, sql) {
            assert!(!step.contains("TEMP B-TREE"), "{step}: {sql}");
        }
    }
}

fn planned(statements: &[String]) -> impl Iterator<Item = &String> {
    statements.iter().filter(|sql| sql.contains(" WHERE "))
}

/// The same, with a sort where rows are put together.
pub fn assert_walks_no_table(database: &Database, statements: &[String], least: usize) {
    let planned: Vec<_> = planned(statements).collect();
    assert!(planned.len() >= least, "{planned:#?}");
    for sql in planned {
        for step in plan(database, sql) {
            let walks = step.starts_with("SCAN") || step.contains("Seq Scan");
            assert!(!walks, "{step}: {sql}");
        }
    }
}

/// The steps of a statement's plan. PostgreSQL plans it for any values, and only walks a table where
/// no index could serve: the tables are empty, so cost says nothing.
fn plan(database: &Database, sql: &str) -> Vec<String> {
    if let Some(path) = database.url.strip_prefix("sqlite://") {
        let mut conn = SqliteConnection::establish(path).unwrap();
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}"))
            .load(&mut conn)
            .unwrap();
        return steps.into_iter().map(|step| step.detail).collect();
    }
    // As the role that asks, so with the condition that row-level security adds.
    let of_jobs = ["\"gateway_posts\"", "UPDATE \"receipt_checks\""];
    let is_a_jobs = sql.starts_with("DELETE") || of_jobs.iter().any(|it| sql.contains(it));
    let role = if is_a_jobs {
        "tongxing_worker"
    } else {
        "tongxing_app"
    };
    let mut conn = PgConnection::establish(&database.url_as(role).unwrap()).unwrap();
    conn.batch_execute(&format!(
        "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; \
         BEGIN; SET LOCAL tongxing.agency = '00000000-0000-7000-8000-000000000000'; \
         PREPARE asked AS {sql}"
    ))
    .unwrap();
    let places = (1..100)
        .take_while(|place| sql.contains(&format!("${place}")))
        .count();
    let values = vec!["NULL"; places].join(", ");
    let steps: Vec<PostgresStep> = sql_query(format!("EXPLAIN EXECUTE asked({values})"))
        .load(&mut conn)
        .unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}
