//! Every operation on case data, with the files of the whole story frozen, open, and closed again.

use std::collections::BTreeMap;

use domain::Role;
use reqwest::Method;
use serde_json::json;
use tests::{Response, TestApp, on_both, steps::id_of};

use crate::{
    documented::{self, Operation},
    matrix::{self, Answer, Row, Trail},
    story::World,
};

/// Operations that need no file that can be read: they make a person known, and frozen files found, or are
/// about whoever asks.
const WITHOUT_A_FILE: [&str; 4] = [
    "register_client",
    "list_frozen_cases",
    "open_frozen_case",
    "set_my_notices",
];

/// What is done to an open file and changes nothing in it; or what nobody may be refused (PIPL art. 15: a
/// consent can be withdrawn at any time); or what brings the person back.
const DONE_WHILE_OPEN: [&str; 4] = [
    "reveal_client",
    "withdraw_consent",
    "end_family_contact",
    "register_case",
];

/// The files of the story.
const FILES: [&str; 2] = ["case", "short case"];

/// Operations on case data: those of a supervisor, and of no administration.
fn on_case_data() -> Vec<Row> {
    let mut rows = matrix::rows();
    rows.retain(|row| {
        let of_heads = row.answer("supervisor") == Answer::Through;
        of_heads && row.answer("agency_admin") == Answer::Forbidden
    });
    rows.retain(|row| !WITHOUT_A_FILE.contains(&row.operation));
    rows
}

/// The story up to where the first file is frozen.
async fn told(app: TestApp, operations: &BTreeMap<String, Operation>) -> World {
    let mut world = World::new(app);
    let rows = matrix::rows();
    for row in rows
        .iter()
        .take_while(|row| row.operation != "list_frozen_cases")
    {
        world.prepare(row.operation).await;
        if let Some(main) = row.main() {
            let request = world.request(&operations[row.operation], main).await;
            let answer = world.app.send(request).await;
            assert!(
                answer.status.is_success(),
                "{}: {:#}",
                row.operation,
                answer.body
            );
            world.keep(row.operation, &answer);
        }
    }
    // The story's own contact ended long ago, and was deleted since.
    for operation in ["record_consent", "add_family_contact"] {
        let request = world.request(&operations[operation], "caseworker").await;
        let answer = world.app.send(request).await;
        assert!(answer.status.is_success(), "{:#}", answer.body);
        world.keep(operation, &answer);
    }
    // Open work would keep its file from being frozen.
    let token = world.app.login(Role::Supervisor).await;
    for task in world
        .app
        .all_items(&token, "/v1/tasks?status=open&limit=100")
        .await
    {
        let path = format!("/v1/tasks/{}/done", id_of(&task));
        world
            .app
            .post(&token, &path, json!({ "outcome": "done" }))
            .await
            .expect(200);
    }
    world
}

/// An operation of the story, by the head of the office; of a list, as much as goes on a page.
async fn ask(world: &World, operation: &Operation) -> Response {
    let input = world.input(&operation.id, "supervisor");
    let path = if operation.takes("limit") && operation.method == Method::GET {
        format!("{}?limit=100", input.path)
    } else {
        input.path
    };
    let request = world.request_to(operation, "supervisor", &path, &input.body);
    world.app.send(request.await).await
}

/// What a read answered: its status, and whether it showed what it is about.
async fn read(world: &World, operation: &Operation) -> (u16, bool) {
    let answer = ask(world, operation).await;
    let shows = world.input(&operation.id, "supervisor").shows;
    let is_shown = shows.is_some_and(|id| answer.body.to_string().contains(&id));
    (answer.status.as_u16(), is_shown)
}

/// Nothing of the files is there: as if they did not exist.
async fn assert_closed(world: &World, operations: &BTreeMap<String, Operation>) {
    world.app.login(Role::Supervisor).await;
    let before = world.app.contents();
    for row in on_case_data() {
        let operation = &operations[row.operation];
        if operation.path.contains('{') {
            ask(world, operation).await.problem(404, "not_found");
        } else {
            assert_eq!(
                read(world, operation).await,
                (200, false),
                "{}",
                row.operation
            );
        }
    }
    let after = world.app.contents();
    let changed = after.changed_since(&before);
    let tables_of_the_trail = changed.iter().all(|table| table.starts_with("audit"));
    assert!(tables_of_the_trail, "{changed:?}");
}

on_both! {
    async fn no_operation_forgets_that_a_file_is_frozen(app: TestApp) {
        let operations = documented::operations(&app).await;
        let world = told(app.clone(), &operations).await;
        let is_read = |row: &Row| row.trail != Trail::Change;
        let mut as_before = BTreeMap::new();
        for row in on_case_data().iter().filter(|row| is_read(row)) {
            let answered = read(&world, &operations[row.operation]).await;
            assert_eq!(answered.0, 200, "{}", row.operation);
            as_before.insert(row.operation, answered);
        }
        let shown = as_before.values().filter(|(_, shown)| *shown).count();
        assert!(shown >= 7, "{as_before:?}");

        world.freeze(&FILES);
        assert_closed(&world, &operations).await;

        let token = app.login(Role::Supervisor).await;
        for file in FILES {
            let path = format!("/v1/cases/{}/openings", world.id(file));
            let body = json!({
                "reason_code": "appeal", "document_no": "复议字3号", "ends_on": "2026-03-05",
            });
            app.post(&token, &path, body).await.expect(201);
        }
        for row in on_case_data() {
            let operation = &operations[row.operation];
            if is_read(&row) {
                let answered = read(&world, operation).await;
                assert_eq!(answered, as_before[row.operation], "{}", row.operation);
            } else if !DONE_WHILE_OPEN.contains(&row.operation) {
                let refused = ask(&world, operation).await;
                operation.assert_documents(&refused);
                let answered = (refused.status.as_u16(), refused.body["code"].as_str());
                assert_eq!(answered, (409, Some("case_frozen")), "{}", row.operation);
            }
        }

        app.advance("2026-03-06T00:00").await;
        assert_closed(&world, &operations).await;
    }
}
