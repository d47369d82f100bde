//! Leases: one holder at a time, tokens that only rise.

use std::thread;

use storage::{AnyId, leases};

use crate::database::{at, mint, on_each};

#[test]
fn of_several_takers_one_gets_it() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut ids = mint(5);
        let holders: Vec<AnyId> = (0..8).map(|_| ids.next()).collect();
        let mut highest = 0;
        // The first round makes the row, the later ones find it expired.
        for round in 0..3 {
            let (now, until) = (at(round * 60), at(round * 60 + 60));
            let tokens: Vec<i64> = thread::scope(|scope| {
                let tries: Vec<_> = holders
                    .iter()
                    .map(|holder| {
                        scope.spawn(move || {
                            store
                                .write(|tx| {
                                    leases::take(tx, agency, "deliver", *holder, now, until)
                                })
                                .unwrap()
                        })
                    })
                    .collect();
                tries
                    .into_iter()
                    .filter_map(|taker| taker.join().unwrap())
                    .collect()
            });
            assert_eq!(tokens.len(), 1);
            assert!(tokens[0] > highest);
            highest = tokens[0];
        }
    });
}

#[test]
fn a_renewal_keeps_its_token_and_a_new_taking_gets_a_higher_one() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut ids = mint(5);
        let (one, other): (AnyId, AnyId) = (ids.next(), ids.next());
        let take = |holder, now, until| {
            store.write(|tx| leases::take(tx, agency, "deliver", holder, at(now), at(until)))
        };
        assert_eq!(take(one, 0, 10).unwrap(), Some(1));
        assert_eq!(take(other, 9, 20).unwrap(), None);
        assert_eq!(take(one, 9, 20).unwrap(), Some(1));
        assert_eq!(take(other, 19, 30).unwrap(), None);
        assert_eq!(take(other, 20, 30).unwrap(), Some(2));
        // Expired and unclaimed since: still not the same lease.
        assert_eq!(take(other, 30, 40).unwrap(), Some(3));

        let release = |holder, fence, now| {
            store.write(|tx| leases::release(tx, agency, "deliver", holder, fence, at(now)))
        };
        assert!(!release(one, 3, 31).unwrap());
        assert!(!release(other, 2, 31).unwrap());
        assert!(release(other, 3, 31).unwrap());
        assert_eq!(take(one, 31, 40).unwrap(), Some(4));

        let elsewhere = database.agency(2);
        let same_name =
            store.write(|tx| leases::take(tx, elsewhere, "deliver", other, at(32), at(40)));
        assert_eq!(same_name.unwrap(), Some(1));
    });
}
