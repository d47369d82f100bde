//! Whose WeChat account it is.

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::BigInt,
};
use domain::{AgencyId, ClientId, wechat::WechatApp};
use storage::{
    StorageError,
    wechat_bindings::{self, Account, WechatBinding},
};

use crate::{
    consents::a_client,
    database::{Database, at, mint, on_each},
};

const APP: &str = "wx7f3a9c2e5b8d1f60";
const ACCOUNT: Account<'_> = Account {
    open_id: "oGZUI0egBJY1zhBYw2KhdUfwVJJE",
    union_id: Some("o6_bmasdasdsad6_2sgVt7hMZOPfL"),
};

fn binding(agency: AgencyId, client: ClientId, number: u128, app_id: &str) -> WechatBinding {
    WechatBinding {
        agency_id: agency,
        id: mint(number).next(),
        client_id: client,
        app: WechatApp::MiniProgram,
        app_id: app_id.to_owned(),
        bound_at: at(0),
        last_used_at: at(0),
        ended_at: None,
        ended_reason: None,
    }
}

/// Rows in which anything of an account still stands.
fn with_an_account(database: &Database) -> i64 {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        counted: i64,
    }
    let query = sql_query(
        "SELECT count(*) AS counted FROM wechat_bindings WHERE openid_index IS NOT NULL \
         OR openid_sealed IS NOT NULL OR unionid_sealed IS NOT NULL OR unionid_index IS NOT NULL",
    );
    let counted: Counted = match database.url.strip_prefix("sqlite://") {
        Some(path) => query.get_result(&mut SqliteConnection::establish(path).unwrap()),
        None => query.get_result(&mut PgConnection::establish(&database.url).unwrap()),
    }
    .unwrap();
    counted.counted
}

#[test]
fn an_account_is_bound_once_and_wiped_when_that_ends() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let office = database.office(agency).id;
        let [wang, li] = [5, 6].map(|number| a_client(database, (agency, office), number));
        let insert = |it: &WechatBinding, account: &Account<'_>| {
            store.write_in(agency, |tx| wechat_bindings::insert(tx, it, account))
        };
        let find = |app_id: &str| {
            let found = store.read_in(agency, |tx| {
                wechat_bindings::find(tx, agency, app_id, ACCOUNT.open_id)
            });
            found.unwrap().map(|found| found.client_id)
        };
        let first = binding(agency, wang, 10, APP);
        insert(&first, &ACCOUNT).unwrap();
        assert_eq!(find(APP), Some(wang));
        assert_eq!(find("wx0"), None, "an openid of another app");

        // Neither the account of another client, nor another account of the client.
        let taken = insert(&binding(agency, li, 11, APP), &ACCOUNT);
        assert!(matches!(taken, Err(StorageError::Collision)), "{taken:?}");
        let other = Account {
            open_id: "oGZUI0other",
            union_id: None,
        };
        let second = insert(&binding(agency, wang, 12, APP), &other);
        assert!(matches!(second, Err(StorageError::Collision)), "{second:?}");
        insert(&binding(agency, wang, 13, "wx0"), &other).unwrap();

        assert_eq!(with_an_account(database), 2);
        let end = |tx: &mut storage::Tx<'_>| {
            wechat_bindings::end(tx, agency, first.id, at(60), "unbound")
        };
        store.write_in(agency, end).unwrap();
        assert_eq!(with_an_account(database), 1);
        assert_eq!(find(APP), None);
        let all = store.read_in(agency, |tx| wechat_bindings::of_client(tx, agency, wang));
        let ended = all.unwrap().remove(0);
        assert_eq!(
            (ended.ended_at, ended.ended_reason.as_deref()),
            (Some(at(60)), Some("unbound"))
        );
        // It stays ended, and signs nobody in.
        let used = store.write_in(agency, |tx| {
            wechat_bindings::end(tx, agency, first.id, at(90), "again")?;
            wechat_bindings::note_use(tx, agency, first.id, at(90))
        });
        assert!(!used.unwrap());
        insert(&binding(agency, li, 14, APP), &ACCOUNT).unwrap();
        assert_eq!(find(APP), Some(li));
    });
}

#[test]
fn a_person_is_found_by_the_id_with_all_accounts_while_bound() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let office = database.office(agency).id;
        let wang = a_client(database, (agency, office), 5);
        let first = binding(agency, wang, 10, APP);
        let found = |app: WechatApp, union_id: &str| {
            let found = store.read_in(agency, |tx| {
                wechat_bindings::with_union(tx, agency, app, union_id)
            });
            found.unwrap().len()
        };
        let union = ACCOUNT.union_id.unwrap();
        store
            .write_in(agency, |tx| {
                let unlinked = Account {
                    union_id: None,
                    ..ACCOUNT
                };
                wechat_bindings::insert(tx, &first, &unlinked)
            })
            .unwrap();
        assert_eq!(found(WechatApp::MiniProgram, union), 0);
        // The platform names it later, and may name another.
        for (named, counts) in [("o6_before", [1, 0]), (union, [0, 1])] {
            let note =
                |tx: &mut storage::Tx<'_>| wechat_bindings::note_union(tx, agency, first.id, named);
            store.write_in(agency, note).unwrap();
            let now = ["o6_before", union].map(|id| found(WechatApp::MiniProgram, id));
            assert_eq!(now, counts, "{named}");
        }
        assert_eq!(found(WechatApp::ServiceAccount, union), 0);
        let end = |tx: &mut storage::Tx<'_>| {
            wechat_bindings::end(tx, agency, first.id, at(60), "unbound")?;
            wechat_bindings::note_union(tx, agency, first.id, union)
        };
        store.write_in(agency, end).unwrap();
        assert_eq!(
            (
                found(WechatApp::MiniProgram, union),
                with_an_account(database)
            ),
            (0, 0)
        );
    });
}
