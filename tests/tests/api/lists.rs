//! Pages of every list: each row once, in one order; cursors that are not of the list are refused.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tests::{Response, TestApp, on_both, steps::id_of};

use crate::{documented::Operation, matrix, problems, story::World};

/// Walks every list that has pages, when the story has filled them.
pub async fn check(world: &World, operations: &BTreeMap<String, Operation>) {
    let app = &world.app;
    let mut cursors = BTreeMap::new();
    for row in matrix::rows() {
        let operation = &operations[row.operation];
        let Some(caller) = row.main().filter(|_| operation.takes("cursor")) else {
            continue;
        };
        let (token, path) = (
            app.login_as(caller).await,
            world.input(row.operation, caller).path,
        );
        let cursor = walk(app, &token, &path).await;
        refuse_parameters(app, &token, &path).await;
        if let Some(cursor) = cursor {
            refuse_damaged(app, &token, &path, &cursor).await;
            cursors.insert(row.operation, (token, path, cursor));
        }
    }
    // Every list but those with one row by now.
    assert!(cursors.len() >= 10, "{:?}", cursors.keys());
    for (list, (token, path, _)) in &cursors {
        for (other, (_, _, cursor)) in &cursors {
            if list != other {
                let answer = app.get(token, &format!("{path}?cursor={cursor}")).await;
                refused(answer, "invalid_cursor", Some("/cursor"));
            }
        }
    }
}

/// Walks a list in small pages and in large ones; answers a cursor, if it has more than one row.
async fn walk(app: &TestApp, token: &str, path: &str) -> Option<String> {
    let all = app.all_items(token, &format!("{path}?limit=100")).await;
    let distinct: BTreeSet<String> = all.iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), all.len(), "{path} shows a row twice");
    let size = if all.len() > 20 { 7 } else { 1 };
    let (mut walked, mut next, mut cursor) = (Vec::new(), format!("{path}?limit={size}"), None);
    loop {
        let answer = app.get(token, &next).await;
        let link = answer.header("link").map(str::to_owned);
        let page = answer.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= size, "{path}");
        walked.extend(items.iter().cloned());
        let Some(text) = page["next_cursor"].as_str() else {
            assert_eq!(link, None, "{path}");
            break;
        };
        assert_eq!(items.len(), size, "{path}");
        next = format!("{path}?limit={size}&cursor={text}");
        assert_eq!(link, Some(format!("<{next}>; rel=\"next\"")));
        cursor.get_or_insert_with(|| text.to_owned());
    }
    assert_eq!(walked, all, "{path}");
    cursor
}

async fn refuse_parameters(app: &TestApp, token: &str, path: &str) {
    for (query, pointer) in [
        ("limit=0", Some("/limit")),
        ("limit=101", Some("/limit")),
        ("limit=-1", Some("/limit")),
        ("colour=red", Some("/colour")),
    ] {
        let answer = app.get(token, &format!("{path}?{query}")).await;
        refused(answer, "invalid_query", pointer);
    }
    let answer = app.get(token, &format!("{path}?limit=many")).await;
    problems::assert_whole(&answer);
    answer.problem(400, "invalid_query");
}

async fn refuse_damaged(app: &TestApp, token: &str, path: &str, cursor: &str) {
    let flipped = |place: usize| {
        let other = if cursor[place..].starts_with('0') {
            "1"
        } else {
            "0"
        };
        format!("{}{other}{}", &cursor[..place], &cursor[place + 1..])
    };
    for damaged in [
        flipped(0),
        flipped(cursor.len() / 2),
        flipped(cursor.len() - 1),
        cursor[..cursor.len() - 1].to_owned(),
        cursor[..cursor.len() - 2].to_owned(),
        cursor.to_uppercase(),
        format!("{cursor}00"),
        format!("{cursor}%20"),
        cursor.repeat(40),
        "0".to_owned(),
        String::new(),
    ] {
        if damaged != cursor {
            let answer = app.get(token, &format!("{path}?cursor={damaged}")).await;
            refused(answer, "invalid_cursor", Some("/cursor"));
        }
    }
}

#[track_caller]
fn refused(answer: Response, code: &str, pointer: Option<&str>) {
    problems::assert_whole(&answer);
    let body = answer.problem(400, code);
    assert_eq!(body["errors"][0]["pointer"].as_str(), pointer, "{body:#}");
}

on_both! {
    /// What was there when the walk began is met once, whatever comes and changes meanwhile.
    async fn rows_that_come_during_a_walk_move_no_other(app: TestApp) {
        let token = app.login_as("caseworker").await;
        let mut expected = BTreeSet::new();
        for number in 0..7 {
            expected.insert(app.register_client("王小明", &format!("1390000111{number}")).await);
        }
        let (mut met, mut next) = (Vec::new(), "/v1/clients?limit=2".to_owned());
        loop {
            let page = app.get(&token, &next).await.expect(200);
            met.extend(page["items"].as_array().unwrap().iter().map(id_of));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("/v1/clients?limit=2&cursor={cursor}");
            if met.len() < 5 {
                app.register_client("李小红", &format!("1390000222{}", met.len())).await;
                let path = format!("/v1/clients/{}", met[0]);
                app.patch(&token, &path, serde_json::json!({ "name": "王大明" })).await.expect(200);
            }
        }
        let distinct: BTreeSet<String> = met.iter().cloned().collect();
        assert_eq!(distinct.len(), met.len(), "a row is shown twice");
        assert!(expected.is_subset(&distinct), "a row is left out");
    }

    /// A cursor goes with the filters it was made under.
    async fn a_cursor_keeps_to_its_filters(app: TestApp) {
        for number in 0..3 {
            app.register_client("王小明", &format!("1390000111{number}")).await;
        }
        let token = app.login_as("caseworker").await;
        let office = app.seed().office;
        let path = format!("/v1/clients?office_id={office}&limit=1");
        let page = app.get(&token, &path).await.expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        app.get(&token, &format!("{path}&cursor={cursor}")).await.expect(200);
        let answer = app.get(&token, &format!("/v1/clients?limit=1&cursor={cursor}")).await;
        refused(answer, "invalid_cursor", Some("/cursor"));
        let other = app.seed().other_office;
        let other = format!("/v1/clients?office_id={other}&limit=1&cursor={cursor}");
        refused(app.get(&token, &other).await, "invalid_cursor", Some("/cursor"));
    }
}
