//! Every operation of the document: who may, what it leaves in the trail, what it answers.

use std::collections::{BTreeMap, BTreeSet};

use storage::audit_log::{self, AuditEntry, Filter};
use tests::{Response, TestApp, contents::Contents, on_both};

use crate::{
    covers,
    documented::{self, Operation},
    matrix::{self, Answer, Row, Trail},
    problems,
    story::World,
    unseen,
};

/// Entries in the trails of both agencies.
fn entries(app: &TestApp) -> i64 {
    let agencies = [app.seed().agency, app.seed().foreign.agency];
    let heads = agencies.map(|agency| app.store().read(|tx| audit_log::head(tx, agency)).unwrap());
    heads.into_iter().flatten().map(|head| head.seq).sum()
}

fn newest(app: &TestApp) -> AuditEntry {
    let agency = app.seed().agency;
    let read = app
        .store()
        .read(|tx| audit_log::list(tx, agency, &Filter::default(), None, 1));
    read.unwrap().remove(0)
}

/// Those who may not, or not on this object: told so, and nothing but the trail changes.
async fn refuse_the_others(world: &World, row: &Row, operation: &Operation) {
    let app = &world.app;
    let before = app.contents();
    for (caller, expected) in row.callers() {
        let (status, code) = match expected {
            Answer::NotFound => (404, "not_found"),
            Answer::Forbidden => (403, "forbidden"),
            Answer::Unauthenticated => (401, "unauthenticated"),
            Answer::Through | Answer::Without => continue,
        };
        let kept = entries(app);
        let answer = app.send(world.request(operation, caller).await).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["code"].as_str()),
            (status, Some(code)),
            "{} by {caller}: {:#}",
            row.operation,
            answer.body
        );
        operation.assert_documents(&answer);
        problems::assert_whole(&answer);
        // Every reach for what is forbidden, and for what is named and not there.
        let tried = match expected {
            Answer::Forbidden => 1,
            Answer::NotFound => i64::from(operation.path.contains('{')),
            _ => 0,
        };
        assert_eq!(
            entries(app) - kept,
            tried,
            "trail of {} by {caller}",
            row.operation
        );
        if expected == Answer::NotFound {
            unseen::assert_like_nothing(world, operation, caller, &answer).await;
        }
    }
    assert_unchanged(app, &before, row);
}

/// Those who may and have no such object: they see what is theirs.
async fn show_others_nothing(world: &World, row: &Row, operation: &Operation) {
    for (caller, expected) in row.callers() {
        if expected == Answer::Without {
            let shows = world.input(row.operation, caller).shows.unwrap();
            let answer = world.app.send(world.request(operation, caller).await).await;
            let text = answer.expect(200).to_string();
            assert!(
                !text.contains(&shows),
                "{} shows {shows} to {caller}",
                row.operation
            );
        }
    }
}

/// The main caller gets it done, and the trail says so.
async fn do_it(world: &mut World, row: &Row, operation: &Operation, caller: &str) {
    let app = world.app.clone();
    let (kept, before) = (entries(&app), app.contents());
    let request = world.request(operation, caller).await;
    let request = request.header("x-request-id", format!("story-{}", row.operation));
    // Signing in makes an entry of its own.
    let signed_in = entries(&app) - kept;
    let answer = app.send(request).await;
    assert!(
        answer.status.is_success(),
        "{}: {:#}",
        row.operation,
        answer.body
    );
    operation.assert_documents(&answer);
    if let Some(shows) = world.input(row.operation, caller).shows {
        assert!(
            answer.body.to_string().contains(&shows),
            "{}: {:#}",
            row.operation,
            answer.body
        );
    }
    let left = entries(&app) - kept - signed_in;
    assert_eq!(
        left,
        i64::from(!matches!(row.trail, Trail::None | Trail::Later)),
        "trail of {}",
        row.operation
    );
    if row.trail == Trail::None {
        assert_eq!(
            app.contents(),
            before,
            "{} changes something",
            row.operation
        );
    } else if row.trail != Trail::Later {
        assert_entry(&app, row, operation, caller);
    }
    if row.trail == Trail::File {
        assert_unchanged(&app, &before, row);
    }
    world.keep(row.operation, &answer);
}

fn assert_entry(app: &TestApp, row: &Row, operation: &Operation, caller: &str) {
    let entry = newest(app);
    assert_eq!(entry.action, row.operation);
    assert_eq!(entry.outcome, "done", "{}", row.operation);
    assert_eq!(entry.request_id, Some(format!("story-{}", row.operation)));
    assert!(
        entry.object_id.is_some_and(|id| !id.is_empty()),
        "{}",
        row.operation
    );
    assert!(entry.address.is_some(), "{}", row.operation);
    if operation.secured {
        let actor = entry.actor_id.map(storage::AnyId::uuid);
        assert_eq!(
            actor,
            Some(app.seed().staff(caller).uuid()),
            "{}",
            row.operation
        );
    }
}

/// Everybody else who may is let through, whatever the object's state is by now.
async fn let_the_others_through(world: &World, row: &Row, operation: &Operation, main: &str) {
    for (caller, expected) in row.callers() {
        if expected != Answer::Through || caller == main {
            continue;
        }
        let answer = world.app.send(world.request(operation, caller).await).await;
        let code = answer.body["code"].as_str().unwrap_or_default();
        let barred = ["unauthenticated", "token_expired", "forbidden", "not_found"];
        assert!(
            !barred.contains(&code),
            "{} by {caller}: {code}",
            row.operation
        );
        assert!(
            answer.status.as_u16() < 500,
            "{} by {caller}: {code}",
            row.operation
        );
        operation.assert_documents(&answer);
    }
}

fn assert_unchanged(app: &TestApp, before: &Contents, row: &Row) {
    let after = app.contents();
    let changed = after.changed_since(before);
    assert!(changed.is_empty(), "{} changes {changed:?}", row.operation);
}

fn assert_every_operation_has_a_row(operations: &BTreeMap<String, Operation>, rows: &[Row]) {
    let documented: BTreeSet<&str> = operations.keys().map(String::as_str).collect();
    let in_table: BTreeSet<&str> = rows.iter().map(|row| row.operation).collect();
    assert_eq!(documented, in_table);
    assert_eq!(rows.len(), in_table.len(), "an operation has two rows");
}

on_both! {
    async fn every_operation_is_for_whom_the_table_says_and_leaves_its_trail(setup: Setup) {
        unseen::watch();
        let app = setup.start().await;
        let operations = documented::operations(&app).await;
        let rows = matrix::rows();
        assert_every_operation_has_a_row(&operations, &rows);
        for caller in &matrix::CALLERS[1..] {
            app.login_as(caller).await;
        }
        covers::cover(&app, "caseworker", "covering", ["2025-09-01", "2026-08-31"]).await.expect(201);
        let mut world = World::new(app);
        for row in &rows {
            let operation = &operations[row.operation];
            assert_eq!(operation.secured, row.answers[0] == Answer::Unauthenticated, "{}", row.operation);
            world.prepare(row.operation).await;
            refuse_the_others(&world, row, operation).await;
            if let Some(main) = row.main() {
                do_it(&mut world, row, operation, main).await;
                show_others_nothing(&world, row, operation).await;
                let_the_others_through(&world, row, operation, main).await;
            }
        }
    }

    async fn a_receipt_for_another_agencys_message_changes_nothing(app: TestApp) {
        let mut world = World::new(app.clone());
        let operations = documented::operations(&app).await;
        app.advance("2025-09-05T10:00").await;
        let journey = app.active_case("community_treatment", 36, "2025-09-05").await;
        app.advance("2025-10-03").await;
        let message = app.messages(&journey).await[0].clone();
        world.know_message(&message);
        let body = world.input("receive_receipt", "nobody").body;
        let path = format!("/v1/agencies/{}/receipts", app.seed().foreign.agency);
        let before = app.contents();
        let request = world.request_to(&operations["receive_receipt"], "nobody", &path, &body).await;
        let answer: Response = app.send(request).await;
        answer.expect(202);
        assert!(app.contents().changed_since(&before).is_empty());
    }
}
