//! Accounts: agencies, offices, staff, sign-ins and kept answers.

use std::thread;

use domain::{RefreshTokenId, SessionId};
use storage::{
    StorageError, Store, agencies, idempotency, offices,
    refresh_tokens::{self, RefreshToken},
    sessions::{self, Session},
    staff,
};

use crate::database::{Database, at, mint, on_each, some_staff};

fn session(database: &Database, staff: &staff::Staff, seed: u128) -> SessionId {
    let session = Session {
        agency_id: staff.agency_id,
        id: mint(seed).next(),
        staff_id: staff.id,
        created_at: at(0),
        last_used_at: at(0),
        expires_at: at(1_000),
        revoked_at: None,
        revoked_reason: None,
    };
    database
        .store()
        .write(|tx| sessions::insert(tx, &session))
        .unwrap();
    session.id
}

fn token(
    store: &Store,
    staff: &staff::Staff,
    session: SessionId,
    generation: i32,
) -> RefreshTokenId {
    let token = RefreshToken {
        agency_id: staff.agency_id,
        id: mint(u128::from(generation.unsigned_abs()) * 8).next(),
        session_id: session,
        secret_hash: vec![1; 32],
        generation,
        issued_at: at(0),
        expires_at: at(i64::from(generation) * 100),
        used_at: None,
        voided_at: None,
    };
    store
        .write(|tx| refresh_tokens::insert(tx, &token))
        .unwrap();
    token.id
}

#[test]
fn agencies_are_listed_for_the_worker() {
    on_each(|database| {
        let ids = [database.agency(1), database.agency(2)];
        let store = database.store();
        assert_eq!(store.read(agencies::list_ids).unwrap(), ids);
        let agency = store.read(|tx| agencies::get(tx, ids[1])).unwrap().unwrap();
        assert_eq!((agency.name.as_str(), agency.created_at), ("县", at(0)));
    });
}

#[test]
fn a_staff_member_comes_back_as_stored_and_only_to_their_agency() {
    on_each(|database| {
        let store = database.store();
        let (agency, elsewhere) = (database.agency(1), database.agency(2));
        let li = database.staff(agency, "li");
        let found = store
            .read(|tx| staff::get(tx, agency, li.id))
            .unwrap()
            .unwrap();
        assert_eq!(found.phone, li.phone);
        assert_eq!((found.role, found.sex, found.active), (li.role, None, true));
        assert_eq!(found.created_at, li.created_at);
        assert!(
            store
                .read(|tx| staff::get(tx, elsewhere, li.id))
                .unwrap()
                .is_none()
        );
        assert_eq!(
            store.read(|tx| staff::find_login(tx, "li")).unwrap(),
            Some((agency, li.id))
        );
        assert_eq!(
            store.read(|tx| staff::find_login(tx, "nobody")).unwrap(),
            None
        );
        let shown = format!("{found:?}");
        assert!(
            !shown.contains("13800000000") && !shown.contains("argon2"),
            "{shown}"
        );
    });
}

#[test]
fn a_username_is_taken_once_over_all_agencies() {
    on_each(|database| {
        let (agency, elsewhere) = (database.agency(1), database.agency(2));
        database.staff(agency, "li");
        let mut second = some_staff(elsewhere, "li");
        second.id = mint(77).next();
        let refused = database.store().write(|tx| staff::insert(tx, &second));
        assert!(matches!(refused, Err(StorageError::Duplicate(place)) if place.contains("logins")));
    });
}

#[test]
fn staff_are_listed_in_pages_and_by_office() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let east = database.office(agency).id;
        let a = database.staff(agency, "a");
        let b = database.staff(agency, "b");
        let mut c = some_staff(agency, "c");
        c.office_id = Some(east);
        store.write(|tx| staff::insert(tx, &c)).unwrap();
        let page = |only, after, limit| -> Vec<_> {
            let page = store
                .read(|tx| staff::list(tx, agency, only, after, limit))
                .unwrap();
            page.iter().map(|staff| staff.id).collect()
        };
        assert_eq!(page(None, None, 2), [a.id, b.id]);
        assert_eq!(page(None, Some(b.id), 2), [c.id]);
        assert_eq!(page(Some(east), None, 2), [c.id]);
        let many = store.read(|tx| staff::get_many(tx, agency, &[c.id, a.id, mint(99).next()]));
        assert_eq!(
            many.unwrap()
                .iter()
                .map(|staff| staff.id)
                .collect::<Vec<_>>(),
            [a.id, c.id]
        );
        assert!(
            store
                .read(|tx| staff::get_many(tx, agency, &[]))
                .unwrap()
                .is_empty()
        );
    });
}

#[test]
fn a_stale_save_changes_nothing() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut li = database.staff(agency, "li");
        li.phone = None;
        li.active = false;
        assert!(store.write(|tx| staff::save(tx, &li, 1)).unwrap());
        li.active = true;
        assert!(!store.write(|tx| staff::save(tx, &li, 1)).unwrap());
        let found = store
            .read(|tx| staff::get(tx, agency, li.id))
            .unwrap()
            .unwrap();
        assert_eq!((found.version, found.active, found.phone), (2, false, None));

        let mut east = database.office(agency);
        east.name = "城东二".to_owned();
        assert!(store.write(|tx| offices::save(tx, &east, 1)).unwrap());
        assert!(!store.write(|tx| offices::save(tx, &east, 1)).unwrap());
        let found = store
            .read(|tx| offices::get(tx, agency, east.id))
            .unwrap()
            .unwrap();
        assert_eq!((found.version, found.name), (2, east.name));
    });
}

#[test]
fn a_session_is_used_and_revoked_once() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let li = database.staff(agency, "li");
        let (one, two) = (session(database, &li, 1), session(database, &li, 2));
        store
            .write(|tx| sessions::touch(tx, agency, one, at(5)))
            .unwrap();
        let revoke = |reason| store.write(|tx| sessions::revoke(tx, agency, one, at(6), reason));
        assert!(revoke("signed_out").unwrap());
        assert!(!revoke("reused").unwrap());
        let found = store
            .read(|tx| sessions::get(tx, agency, one))
            .unwrap()
            .unwrap();
        assert_eq!((found.last_used_at, found.revoked_at), (at(5), Some(at(6))));
        assert_eq!(found.revoked_reason.as_deref(), Some("signed_out"));
        let all = store.write(|tx| sessions::revoke_all_of(tx, agency, li.id, at(7), "disabled"));
        assert_eq!(all.unwrap(), 1);
        let found = store
            .read(|tx| sessions::get(tx, agency, two))
            .unwrap()
            .unwrap();
        assert_eq!(found.revoked_at, Some(at(7)));
    });
}

#[test]
fn a_refresh_token_is_used_once_and_its_successors_are_known() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let li = database.staff(agency, "li");
        let session = session(database, &li, 1);
        let ids: Vec<_> = (0..3)
            .map(|number| token(store, &li, session, number))
            .collect();
        let wins: usize = thread::scope(|scope| {
            let tries: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        store
                            .write(|tx| refresh_tokens::mark_used(tx, agency, ids[1], at(1)))
                            .unwrap()
                    })
                })
                .collect();
            tries
                .into_iter()
                .map(|user| usize::from(user.join().unwrap()))
                .sum()
        });
        assert_eq!(wins, 1);
        let later = |generation| {
            store.read(|tx| refresh_tokens::successors_used(tx, agency, session, generation))
        };
        assert!(later(0).unwrap());
        assert!(!later(1).unwrap());

        // Looks at the two oldest, of which one had expired.
        let purged = store.write(|tx| refresh_tokens::purge(tx, agency, at(100), 2));
        assert_eq!(purged.unwrap(), 1);
        let get = |id| {
            store
                .read(|tx| refresh_tokens::get(tx, agency, id))
                .unwrap()
        };
        assert!(get(ids[0]).is_none());
        assert_eq!(get(ids[1]).unwrap().used_at, Some(at(1)));
    });
}

#[test]
fn a_sign_in_is_forgotten_when_it_ended_long_ago() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let li = database.staff(agency, "li");
        // All end at 1,000 unless they are revoked before.
        let ids = [1, 2, 3].map(|seed| session(database, &li, seed));
        let token = token(store, &li, ids[0], 0);
        store
            .write(|tx| sessions::revoke(tx, agency, ids[2], at(10), "signed_out"))
            .unwrap();
        let purge = |before, limit| {
            store
                .write(|tx| sessions::purge(tx, agency, at(before), limit))
                .unwrap()
        };
        let left = || {
            ids.map(|id| {
                let found = store.read(|tx| sessions::get(tx, agency, id)).unwrap();
                found.is_some()
            })
        };
        assert_eq!(purge(10, 9), 0);
        assert_eq!(purge(11, 9), 1);
        assert_eq!(left(), [true, true, false]);
        assert_eq!(purge(1_000, 9), 0);
        // One batch, then the next, with what hangs on them.
        assert_eq!(purge(1_001, 1), 1);
        assert_eq!(left(), [false, true, false]);
        let found = store.read(|tx| refresh_tokens::get(tx, agency, token));
        assert!(found.unwrap().is_none());
        assert_eq!(purge(1_001, 1), 1);
        assert_eq!(purge(1_001, 1), 0);
    });
}

#[test]
fn a_kept_answer_is_found_until_it_expires() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let (li, wang) = (
            database.staff(agency, "li").id,
            database.staff(agency, "wang").id,
        );
        let answer = |body: &str| idempotency::Stored {
            operation: "create_client".to_owned(),
            fingerprint: vec![1, 2],
            status: 201,
            body: body.to_owned(),
        };
        let keep = |who, body, now: i64| {
            let answer = answer(body);
            store.write(|tx| {
                idempotency::insert(tx, agency, who, "k", &answer, at(now), at(now + 10))
            })
        };
        let find = |who, now| {
            store
                .read(|tx| idempotency::find(tx, agency, who, "k", at(now)))
                .unwrap()
        };
        keep(li, "first", 0).unwrap();
        assert!(matches!(
            keep(li, "second", 9),
            Err(StorageError::Duplicate(_))
        ));
        assert_eq!(find(li, 9), Some(answer("first")));
        assert_eq!(find(wang, 9), None);
        assert_eq!(find(li, 10), None);
        keep(li, "third", 10).unwrap();
        assert_eq!(find(li, 10), Some(answer("third")));

        keep(wang, "fourth", 15).unwrap();
        let purge = |now| store.write(|tx| idempotency::purge_expired(tx, agency, at(now), 5));
        assert_eq!(purge(20).unwrap(), 1);
        assert_eq!(find(wang, 20), Some(answer("fourth")));
        assert_eq!(purge(20).unwrap(), 0);
    });
}
