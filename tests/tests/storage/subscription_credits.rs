//! What is left of the messages that clients allowed.

use domain::{AgencyId, WechatBindingId, subscription_credit::CreditChange, wechat::WechatApp};
use storage::{
    Store,
    subscription_credits::{self, CreditEvent},
    wechat_bindings::{self, Account, WechatBinding},
};

use crate::{
    consents::a_client,
    database::{Database, at, mint, on_each},
};

const TEMPLATE: &str = "T1";

fn bound(database: &Database, agency: AgencyId, number: u128) -> WechatBindingId {
    let office = database.office(agency).id;
    let binding = WechatBinding {
        agency_id: agency,
        id: mint(number).next(),
        client_id: a_client(database, (agency, office), number),
        app: WechatApp::MiniProgram,
        app_id: "wx7f3a9c2e5b8d1f60".to_owned(),
        bound_at: at(0),
        last_used_at: at(0),
        ended_at: None,
        ended_reason: None,
    };
    let account = Account {
        open_id: "oGZUI0egBJY1zhBYw2KhdUfwVJJE",
        union_id: None,
    };
    let bind = |tx: &mut storage::Tx<'_>| wechat_bindings::insert(tx, &binding, &account);
    database.store().write_in(agency, bind).unwrap();
    binding.id
}

/// One change that happened at a second, noted under a key.
fn event(
    (agency, binding): (AgencyId, WechatBindingId),
    change: CreditChange,
    second: i64,
    key: &str,
) -> CreditEvent {
    let number = key.bytes().fold(0, |all, byte| all * 7 + u128::from(byte));
    CreditEvent {
        agency_id: agency,
        id: mint(number).next(),
        binding_id: binding,
        template_id: TEMPLATE.to_owned(),
        change,
        dedupe_key: key.to_owned(),
        happened_at: at(second),
        recorded_at: at(100),
    }
}

fn left(store: &Store, (agency, binding): (AgencyId, WechatBindingId)) -> Option<i32> {
    let left = store.read_in(agency, |tx| {
        subscription_credits::left(tx, agency, &[binding])
    });
    left.unwrap().get(&(binding, TEMPLATE.to_owned())).copied()
}

#[test]
fn each_change_counts_once_in_the_order_it_happened() {
    on_each(|database| {
        use CreditChange as C;
        let (store, agency) = (database.store(), database.agency(1));
        let whose = (agency, bound(database, agency, 1));
        assert_eq!(left(store, whose), None);
        let steps = [
            (C::Granted, 1, "granted:1", true, Some(1)),
            (C::Granted, 1, "granted:1", false, Some(1)),
            (C::Granted, 2, "granted:2", true, Some(2)),
            (C::Spent, 3, "spent:7", true, Some(1)),
            (C::Spent, 4, "spent:7", false, Some(1)),
            (C::Declined, 5, "declined:5", true, Some(1)),
            (C::Emptied, 6, "refused:8", true, None),
            // Reported late: it was before the refusal.
            (C::Granted, 4, "granted:4", true, None),
            (C::Granted, 9, "granted:9", true, Some(1)),
        ];
        for (change, second, key, is_new, expected) in steps {
            let event = event(whose, change, second, key);
            let noted = store.write_in(agency, |tx| subscription_credits::note(tx, &event));
            assert_eq!(noted.unwrap(), is_new, "{key}");
            assert_eq!(left(store, whose), expected, "{key}");
        }
    });
}

#[test]
fn one_clients_credits_are_no_others() {
    on_each(|database| {
        let (store, agency, foreign) = (database.store(), database.agency(1), database.agency(2));
        let ours = (agency, bound(database, agency, 1));
        let theirs = (foreign, bound(database, foreign, 2));
        let event = event(ours, CreditChange::Granted, 1, "granted:1");
        let noted = store.write_in(agency, |tx| subscription_credits::note(tx, &event));
        assert!(noted.unwrap());
        assert_eq!((left(store, ours), left(store, theirs)), (Some(1), None));
        let elsewhere = store.read_in(foreign, |tx| {
            subscription_credits::left(tx, foreign, &[ours.1])
        });
        assert!(elsewhere.unwrap().is_empty());
    });
}
