//! What a caller may not see is answered as what does not exist: byte for byte, after the same
//! statements, so that neither words nor time tell the one from the other.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use tests::{Response, TestApp};
use uuid::Uuid;

use crate::{documented::Operation, story::World};

/// Statements by the database they were run on.
static SEEN: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

/// Watches connections made from now on.
pub fn watch() {
    set_default_instrumentation(|| Some(Box::new(Watch(String::new())))).unwrap();
}

/// One connection, with what it is connected to.
struct Watch(String);

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                url.clone_into(&mut self.0);
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                let shown = query.to_string();
                let sql = shown.split(" -- binds").next().unwrap().to_owned();
                let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
                let seen = seen.get_or_insert_default();
                seen.entry(database(&self.0).to_owned())
                    .or_default()
                    .push(sql);
            }
            _ => {}
        }
    }
}

/// The database of an address, whoever signs in to it: on PostgreSQL its name, else the file.
fn database(url: &str) -> &str {
    let path = url.split('?').next().unwrap();
    if url.starts_with("postgres") {
        path.rsplit('/').next().unwrap()
    } else {
        path.trim_start_matches("sqlite://")
    }
}

/// The statements run on the app's database since this was asked last.
pub fn statements(app: &TestApp) -> Vec<String> {
    let database = database(app.database_url());
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    seen.get_or_insert_default()
        .remove(database)
        .unwrap_or_default()
}

/// The same path with ids of nothing.
fn nowhere(path: &str) -> String {
    let nothing = Uuid::from_u128(0x0198_ffff_ffff_7fff_8fff_ffff_ffff_ffff).to_string();
    let parts = path.split('/').map(|part| match part.parse::<Uuid>() {
        Ok(_) => nothing.as_str(),
        Err(_) => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Asks for the caller's foreign object again, and for one that does not exist.
pub async fn assert_like_nothing(
    world: &World,
    operation: &Operation,
    caller: &str,
    first: &Response,
) {
    let (app, input) = (&world.app, world.input(&operation.id, caller));
    let nothing = nowhere(&input.path);
    if nothing == input.path {
        return;
    }
    let ask = async |path: &str| {
        let request = world.request_to(operation, caller, path, &input.body).await;
        statements(app);
        let answer = app.send(request).await;
        (answer, statements(app))
    };
    let (foreign, run_for_foreign) = ask(&input.path).await;
    let (absent, run_for_absent) = ask(&nothing).await;
    let shown = |answer: &Response| (answer.status, answer.body.to_string());
    assert_eq!(
        shown(&foreign),
        shown(first),
        "{} by {caller}",
        operation.id
    );
    assert_eq!(shown(&absent), shown(first), "{} by {caller}", operation.id);
    assert!(!run_for_absent.is_empty(), "nothing was watched");
    assert_eq!(
        run_for_foreign, run_for_absent,
        "{} by {caller}: the statements tell what exists",
        operation.id
    );
}
