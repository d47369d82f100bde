//! Sealing keys change while people work, and a process with a wrong key does not start.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::BigInt,
};
use domain::{
    AgencyId, ClientId, OfficeId, PhoneState, Sex, StaffId, gateway_post::PostKind,
    template::TemplateGateway,
};
use storage::{
    Sealer, SealingKey, Store,
    clients::{self, Client},
    gateway_posts::{self, NewPost},
    idempotency, reseal, sealing_keys, staff,
    transitions::{self, Transition},
};
use tests::database::{INDEX_KEY, KEY, open_under};

use crate::{
    database::{Database, at, mint, on_each},
    schema,
};

const NEW: SealingKey = SealingKey {
    id: 2,
    bytes: [9; 32],
};
const CLIENTS: u128 = 120;

fn store_under(database: &Database, keys: &[SealingKey]) -> Store {
    open_under(&database.url, Sealer::new(keys, &INDEX_KEY).unwrap())
}

fn client(agency: AgencyId, office: OfficeId, by: StaffId, number: u128) -> Client {
    Client {
        agency_id: agency,
        id: id_of(number),
        office_id: office,
        caseworker_id: None,
        name: format!("王{number}"),
        sex: Sex::Male,
        birth_date: "1990-03-07".parse().ok(),
        id_number: Some(format!("{number:018}")),
        phone: Some(format!("139{number:08}")),
        phone_sms_ok: true,
        phone_state: PhoneState::Verified,
        version: 1,
        created_by: by,
        created_at: at(0),
        updated_at: at(0),
        frozen_from: None,
    }
}

fn id_of(number: u128) -> ClientId {
    mint(1_000 + number).next()
}

/// How many fields of the database some other key than `id` sealed.
fn under_others(database: &Database, id: u8) -> i64 {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        counted: i64,
    }
    let counts: Vec<String> = reseal::SEALED
        .iter()
        .map(|sealed| {
            let (table, column) = (sealed.table, sealed.column);
            // Hexadecimal is told apart alike on both databases.
            let key = if database.url.starts_with("sqlite://") {
                format!("hex(substr({column}, 2, 1))")
            } else {
                format!("upper(encode(substr({column}, 2, 1), 'hex'))")
            };
            // SQLite writes NULL as an empty text.
            format!(
                "SELECT count(*) AS n FROM {table} \
                 WHERE {column} IS NOT NULL AND {key} <> '{id:02X}'"
            )
        })
        .collect();
    let counts = counts.join(" UNION ALL ");
    let sql = sql_query(format!(
        "SELECT CAST(sum(n) AS bigint) AS counted FROM ({counts}) AS counts"
    ));
    let counted: Counted = match database.url.strip_prefix("sqlite://") {
        Some(path) => sql.get_result(&mut SqliteConnection::establish(path).unwrap()),
        None => sql.get_result(&mut PgConnection::establish(&database.url).unwrap()),
    }
    .unwrap();
    counted.counted
}

/// Clients, a kept answer, a post and a transition, all under the first key; answers who made them.
fn fill(database: &Database, agency: AgencyId, office: OfficeId) -> StaffId {
    let by = database.staff(agency, "li").id;
    let old = store_under(database, &[KEY]);
    sealing_keys::check(&old).unwrap();
    old.write(|tx| {
        for number in 0..CLIENTS {
            clients::insert(tx, &client(agency, office, by, number))?;
        }
        let kept = idempotency::Stored {
            operation: "register_client".to_owned(),
            fingerprint: vec![1],
            status: 201,
            body: "{}".to_owned(),
        };
        for key in ["a", "b"] {
            idempotency::insert(tx, agency, by, key, &kept, at(0), at(99))?;
        }
        let post = NewPost {
            id: mint(72).next(),
            account: "sms",
            vendor: TemplateGateway::Aliyun,
            kind: PostKind::Receipt,
            identity: "1",
            body: "[]",
            received_at: at(0),
        };
        gateway_posts::insert_once(tx, &post)?;
        let step = Transition {
            agency_id: agency,
            id: mint(70).next(),
            object_kind: "case".to_owned(),
            object_id: mint(71).next(),
            from_status: "ordered".to_owned(),
            to_status: "active".to_owned(),
            at: at(0),
            actor_kind: domain::ActorKind::Staff,
            actor_id: Some(storage::AnyId::from_uuid(by.uuid())),
            document: None,
            reason: Some("到站报到".to_owned()),
        };
        transitions::insert(tx, &step)
    })
    .unwrap();
    by
}

#[test]
fn a_new_key_takes_over_while_people_read_and_write() {
    on_each(|database| {
        let agency = database.agency(1);
        let office = database.office(agency).id;
        let by = fill(database, agency, office);
        let store = store_under(database, &[NEW, KEY]);
        sealing_keys::check(&store).unwrap();
        assert!(under_others(database, NEW.id) > 0);

        let (done, reads, writes) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        let read = |number: u128| {
            let id = id_of(number);
            let found = store.read_in(agency, |tx| clients::get_many(tx, agency, &[id]));
            found.unwrap().remove(0)
        };
        let forgotten = thread::scope(|scope| {
            scope.spawn(|| {
                for number in (0..CLIENTS).cycle() {
                    let found = read(number);
                    assert_eq!(found.name, format!("王{number}"));
                    assert_eq!(found.id_number, Some(format!("{number:018}")));
                    reads.fetch_add(1, Ordering::Relaxed);
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            scope.spawn(|| {
                for number in (0..CLIENTS).rev().cycle() {
                    let mut changed = read(number);
                    let expected = changed.version;
                    changed.version += 1;
                    changed.phone = Some(format!("137{number:08}"));
                    let saved = store.write_in(agency, |tx| clients::save(tx, &changed, expected));
                    assert!(saved.unwrap());
                    let fresh = CLIENTS + u128::from(writes.fetch_add(1, Ordering::Relaxed));
                    let new = client(agency, office, by, fresh);
                    store
                        .write_in(agency, |tx| clients::insert(tx, &new))
                        .unwrap();
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
            let mut steps = 0;
            let forgotten = reseal::run(&store, 7, |progress| {
                steps += 1;
                assert!(progress.resealed <= 7 * steps);
                // Nobody is kept waiting for the whole of it.
                while reads.load(Ordering::Relaxed) == 0 {
                    thread::yield_now();
                }
            });
            done.store(true, Ordering::Relaxed);
            assert!(steps > 10);
            forgotten.unwrap()
        });
        assert_eq!(forgotten, ["1"]);
        assert_eq!(under_others(database, NEW.id), 0);
        let writes = u128::from(writes.into_inner());
        assert!(reads.into_inner() > 0 && writes > 0);
        // None of them was sealed over with what stood there before.
        for number in (0..CLIENTS).rev().take(writes.try_into().unwrap()) {
            assert_eq!(read(number).phone, Some(format!("137{number:08}")));
        }

        // A process that still has the old key asks for it to stay no more than one without it.
        sealing_keys::check(&store).unwrap();
        // The old key is dispensable: everything opens with the new one alone.
        let only_new = store_under(database, &[NEW]);
        sealing_keys::check(&only_new).unwrap();
        let ids: Vec<ClientId> = (0..CLIENTS).map(id_of).collect();
        let all = only_new.read_in(agency, |tx| clients::get_many(tx, agency, &ids));
        assert_eq!(all.unwrap().len(), ids.len());
        only_new
            .read_in(agency, |tx| {
                assert!(staff::get(tx, agency, by)?.unwrap().phone.is_some());
                assert!(idempotency::find(tx, agency, by, "b", at(1))?.is_some());
                let steps = transitions::list(tx, agency, mint(71).next(), None, 9)?;
                assert_eq!(steps[0].reason.as_deref(), Some("到站报到"));
                Ok::<_, storage::StorageError>(())
            })
            .unwrap();
        let claim = |tx: &mut storage::Tx<'_>| gateway_posts::claim(tx, at(0), at(1), 9);
        let posts = only_new.write(claim).unwrap();
        assert_eq!(posts[0].body(only_new.sealer()).unwrap(), "[]");
        // Again there is nothing to do.
        let again = reseal::run(&only_new, 7, |progress| panic!("{progress:?}"));
        assert_eq!(again.unwrap(), Vec::<String>::new());
    });
}

#[test]
fn a_wrong_or_missing_key_is_refused() {
    on_each(|database| {
        let refused = |keys: &[SealingKey], index: [u8; 32]| {
            let store = open_under(&database.url, Sealer::new(keys, &index).unwrap());
            sealing_keys::check(&store).map_err(|error| error.to_string())
        };
        // The first to come makes itself known, as often as it comes.
        refused(&[KEY], INDEX_KEY).unwrap();
        refused(&[KEY], INDEX_KEY).unwrap();
        let other = SealingKey { id: 1, ..NEW };
        let why = refused(&[other], INDEX_KEY).unwrap_err();
        assert!(why.contains("key 1 is not the one"), "{why}");
        let why = refused(&[NEW], INDEX_KEY).unwrap_err();
        assert!(why.contains("key 1, which is not among"), "{why}");
        let why = refused(&[KEY], [9; 32]).unwrap_err();
        assert!(why.contains("key index is not the one"), "{why}");
        // A key to open with is no key that anything is sealed under.
        refused(&[KEY, NEW], INDEX_KEY).unwrap();
        refused(&[KEY], INDEX_KEY).unwrap();
        refused(&[NEW, KEY], INDEX_KEY).unwrap();
        // From now on both are needed, until nothing is left under the older.
        refused(&[KEY], INDEX_KEY).unwrap_err();
    });
}

#[test]
fn every_sealed_column_is_sealed_again() {
    /// Gone within minutes, by the worker.
    const SHORT_LIVED: [(&str, &str); 1] = [("sign_in_codes", "code_sealed")];
    let mut declared: Vec<_> = schema::tables()
        .iter()
        .flat_map(|table| {
            let columns = table.sealed().map(str::to_owned);
            columns.map(|column| (table.name.clone(), column))
        })
        .collect();
    let mut known: Vec<_> = reseal::SEALED
        .iter()
        .map(|sealed| (sealed.table, sealed.column))
        .chain(SHORT_LIVED)
        .map(|(table, column)| (table.to_owned(), column.to_owned()))
        .collect();
    declared.sort();
    known.sort();
    assert_eq!(known, declared);
}
