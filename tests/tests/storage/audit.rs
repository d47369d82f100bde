//! The audit trail: chained, without gaps, never changed.

use std::thread;

use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use domain::{
    ActorKind, AgencyId,
    audit::{AuditOutcome, Broken, Head, verify},
};
use storage::{
    StorageError, Store,
    audit_log::{self, AuditEntry, Filter, NewEntry},
};
use uuid::Uuid;

use crate::database::{at, mint, on_each, sqlite};

fn entry(number: i64) -> NewEntry<'static> {
    NewEntry {
        at: at(number),
        actor_kind: ActorKind::Staff,
        actor_id: Some(Uuid::from_u128(2)),
        action: "create_client",
        object_kind: "client",
        object_id: Some(format!("object-{number}")),
        outcome: AuditOutcome::Done,
        reason: None,
        request_id: Some("r-1"),
        address: Some("192.0.2.1"),
    }
}

fn trail(store: &Store, agency: AgencyId) -> Vec<AuditEntry> {
    store
        .read(|tx| audit_log::iter_from(tx, agency, 0, 10_000))
        .unwrap()
}

fn verified(trail: &[AuditEntry]) -> Result<Head, Broken> {
    verify(
        Head::EMPTY,
        trail.iter().map(|entry| entry.stored().unwrap()),
    )
}

#[test]
fn entries_form_a_chain_from_the_agencys_beginning() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        assert_eq!(
            store.read(|tx| audit_log::head(tx, agency)).unwrap(),
            Some(Head::EMPTY)
        );
        store
            .write(|tx| audit_log::append(tx, agency, &entry(1)))
            .unwrap();
        let batch: Vec<_> = (2..=1_203).map(entry).collect();
        assert_eq!(
            store
                .write(|tx| audit_log::append_many(tx, agency, &batch))
                .unwrap(),
            1_203
        );
        assert_eq!(
            store
                .write(|tx| audit_log::append(tx, agency, &entry(9)))
                .unwrap(),
            1_204
        );
        assert_eq!(
            store
                .write(|tx| audit_log::append_many(tx, agency, &[]))
                .unwrap(),
            1_204
        );

        let trail = trail(store, agency);
        assert_eq!(trail.len(), 1_204);
        let head = store.read(|tx| audit_log::head(tx, agency)).unwrap();
        assert_eq!(verified(&trail).ok(), head);
        for pair in trail.windows(2) {
            assert_eq!(pair[1].previous_hash, pair[0].hash);
        }
    });
}

#[test]
fn each_agency_has_its_own_trail() {
    on_each(|database| {
        let store = database.store();
        let (one, other) = (database.agency(1), database.agency(2));
        store
            .write(|tx| audit_log::append(tx, one, &entry(1)))
            .unwrap();
        assert_eq!(
            store
                .write(|tx| audit_log::append(tx, other, &entry(1)))
                .unwrap(),
            1
        );
        let (one, other) = (trail(store, one), trail(store, other));
        assert_eq!((one.len(), other.len()), (1, 1));
        assert_ne!(one[0].hash, other[0].hash);
    });
}

#[test]
fn an_agency_that_was_never_made_has_no_trail() {
    on_each(|database| {
        let unknown: AgencyId = mint(7).next();
        let refused = database
            .store()
            .write(|tx| audit_log::append(tx, unknown, &entry(1)));
        assert!(matches!(refused, Err(StorageError::MissingReference(_))));
    });
}

#[test]
fn an_undone_unit_of_work_leaves_no_gap() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let undone: Result<(), StorageError> = store.write(|tx| {
            audit_log::append(tx, agency, &entry(1))?;
            Err(StorageError::Corrupt("on purpose".to_owned()))
        });
        assert!(undone.is_err());
        assert_eq!(
            store
                .write(|tx| audit_log::append(tx, agency, &entry(2)))
                .unwrap(),
            1
        );
        assert!(verified(&trail(store, agency)).is_ok());
    });
}

#[test]
fn writers_at_the_same_time_follow_one_another() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        thread::scope(|scope| {
            for writer in 0..4 {
                scope.spawn(move || {
                    for number in 0..25 {
                        let new = entry(writer * 100 + number);
                        store
                            .write(|tx| audit_log::append(tx, agency, &new))
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(verified(&trail(store, agency)).unwrap().seq, 100);
    });
}

#[test]
fn a_trail_is_listed_newest_first_and_narrowed() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let refused = NewEntry {
            outcome: AuditOutcome::Refused,
            action: "get_client",
            ..entry(4)
        };
        let batch = [entry(1), entry(2), entry(3), refused];
        store
            .write(|tx| audit_log::append_many(tx, agency, &batch))
            .unwrap();
        let seqs = |filter: Filter, before, limit| -> Vec<i64> {
            store
                .read(|tx| audit_log::list(tx, agency, &filter, before, limit))
                .unwrap()
                .iter()
                .map(|entry| entry.seq)
                .collect()
        };
        let all = Filter::default();
        assert_eq!(seqs(all.clone(), None, 3), [4, 3, 2]);
        assert_eq!(seqs(all.clone(), Some(2), 3), [1]);
        let object = Filter {
            object_id: Some("object-2".to_owned()),
            ..all.clone()
        };
        assert_eq!(seqs(object, None, 9), [2]);
        let action = Filter {
            action: Some("get_client".to_owned()),
            ..all.clone()
        };
        assert_eq!(seqs(action, None, 9), [4]);
        let times = Filter {
            from: Some(at(2)),
            to: Some(at(4)),
            ..all.clone()
        };
        assert_eq!(seqs(times, None, 9), [3, 2]);
        let nobody = Filter {
            actor_id: Some(Uuid::from_u128(3)),
            ..all
        };
        assert!(seqs(nobody, None, 9).is_empty());
    });
}

// PostgreSQL holds this by the grants of the role the product signs in with.
#[test]
fn sqlite_refuses_to_change_or_remove_an_entry() {
    let database = sqlite();
    let (store, agency) = (database.store(), database.agency(1));
    store
        .write(|tx| audit_log::append(tx, agency, &entry(1)))
        .unwrap();
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let mut conn = SqliteConnection::establish(path).unwrap();
    for statement in ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"] {
        let refused = sql_query(statement).execute(&mut conn).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    assert!(verified(&trail(store, agency)).is_ok());
}
