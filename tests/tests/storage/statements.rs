//! Watches every statement the tests run: one on a tenant's table must name its agency.

use std::cell::RefCell;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use crate::schema;

/// Tables that are not a tenant's: the tenants themselves, what finds a person's tenant, what counts
/// and proves before anybody is known, what providers posted before it is known about whom, which keys
/// the database needs, and when jobs ran.
pub const SHARED: [&str; 8] = [
    "agencies",
    "gateway_posts",
    "job_runs",
    "logins",
    "sealing_keys",
    "sign_in_budgets",
    "sign_in_codes",
    "sign_in_counters",
];

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Watches connections made from now on.
pub fn watch() {
    set_default_instrumentation(|| Some(Box::new(Watch))).unwrap();
}

/// The statements this thread ran while `work` did.
pub fn seen_in(work: impl FnOnce()) -> Vec<String> {
    SEEN.take();
    work();
    SEEN.take()
}

struct Watch;

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let shown = query.to_string();
            let sql = shown.split(" -- binds").next().unwrap().to_owned();
            if let Some(table) = foreign_reach(&sql) {
                panic!("reaches {table} of every agency: {sql}");
            }
            SEEN.with_borrow_mut(|seen| seen.push(sql));
        }
    }
}

/// The tenant's table that a statement of the query builder touches without naming the agency.
fn foreign_reach(sql: &str) -> Option<String> {
    // An insert names the agency among its columns, and so among those a conflict is met on.
    let condition = if sql.starts_with("INSERT") {
        sql
    } else {
        sql.split_once(" WHERE ")
            .map_or("", |(_, condition)| condition)
    };
    schema::tables()
        .into_iter()
        .filter(|table| !SHARED.contains(&table.name.as_str()))
        .find(|table| {
            // The query builder quotes names; introspection and migrations do not.
            let touched = ["`", "\""].iter().any(|quote| {
                ["FROM", "INTO", "UPDATE", "JOIN"]
                    .iter()
                    .any(|word| sql.contains(&format!("{word} {quote}{}{quote}", table.name)))
            });
            touched && !condition.contains("agency_id")
        })
        .map(|table| table.name)
}

#[test]
fn a_statement_without_its_agency_is_found() {
    assert_eq!(
        foreign_reach("SELECT `staff`.`agency_id` FROM `staff` WHERE (`staff`.`id` = ?)"),
        Some("staff".to_owned())
    );
    assert_eq!(
        foreign_reach("DELETE FROM \"leases\""),
        Some("leases".to_owned())
    );
    assert_eq!(
        foreign_reach("SELECT `staff`.`id` FROM `staff` WHERE (`staff`.`agency_id` = ?)"),
        None
    );
}
