use uuid::Uuid;

use super::*;
use crate::{
    ActorKind, AgencyId,
    audit::{AuditOutcome, chain::tests::entry},
};

fn trail(length: i64) -> Vec<Stored<'static>> {
    let mut hash = GENESIS;
    (1..=length)
        .map(|seq| {
            let previous = hash;
            hash = entry_hash(&previous, &entry(seq));
            Stored {
                entry: entry(seq),
                previous,
                hash,
            }
        })
        .collect()
}

#[test]
fn an_untouched_trail_verifies_in_one_go_and_in_parts() {
    let trail = trail(5);
    let head = verify(Head::EMPTY, trail.iter().copied()).unwrap();
    assert_eq!(
        head,
        Head {
            seq: 5,
            hash: trail[4].hash
        }
    );
    let half = verify(Head::EMPTY, trail[..2].iter().copied()).unwrap();
    assert_eq!(verify(half, trail[2..].iter().copied()), Ok(head));
}

#[test]
fn a_missing_or_moved_entry_is_found() {
    let mut cut = trail(3);
    cut.remove(1);
    assert_eq!(
        verify(Head::EMPTY, cut),
        Err(Broken::Gap {
            expected: 2,
            found: 3
        })
    );
    let mut swapped = trail(3);
    swapped.swap(0, 1);
    assert_eq!(
        verify(Head::EMPTY, swapped),
        Err(Broken::Gap {
            expected: 1,
            found: 2
        })
    );
}

fn faults(trail: Vec<Stored<'static>>) -> Vec<Broken> {
    let mut found = Vec::new();
    walk(Head::EMPTY, trail, |broken| found.push(broken));
    found
}

#[test]
fn every_fault_is_told_and_the_walk_goes_on() {
    let mut bad = trail(9);
    bad[1].entry.action = "update_client";
    bad.remove(4);
    // Two entries change places, each with its position rewritten.
    let (sixth, seventh) = (bad[5], bad[6]);
    (bad[5], bad[6]) = (seventh, sixth);
    (bad[5].entry.seq, bad[6].entry.seq) = (7, 8);
    assert_eq!(
        faults(bad),
        [
            Broken::Changed { seq: 2 },
            Broken::Gap {
                expected: 5,
                found: 6
            },
            Broken::OutOfOrder { seq: 7 },
            Broken::Changed { seq: 7 },
            Broken::OutOfOrder { seq: 8 },
            Broken::Changed { seq: 8 },
            Broken::OutOfOrder { seq: 9 },
        ]
    );
}

#[test]
fn an_entry_rewritten_with_a_hash_that_fits_breaks_the_next_one() {
    let mut forged = trail(3);
    forged[1].entry.action = "update_client";
    forged[1].hash = entry_hash(&forged[1].previous, &forged[1].entry);
    assert_eq!(faults(forged), [Broken::OutOfOrder { seq: 3 }]);
}

#[test]
fn a_trail_that_is_cut_off_differs_from_its_head() {
    let whole = verify(Head::EMPTY, trail(5)).unwrap();
    let cut = verify(Head::EMPTY, trail(3)).unwrap();
    assert_eq!(check_end(whole, whole), Ok(()));
    assert_eq!(
        check_end(cut, whole),
        Err(Broken::Cut {
            expected: 5,
            found: 3
        })
    );
    let other = Head {
        hash: GENESIS,
        ..whole
    };
    assert_eq!(check_end(other, whole), Err(Broken::OutOfOrder { seq: 5 }));
}

#[test]
fn a_change_of_any_field_is_found() {
    let e = entry(2);
    let id = Some(Uuid::from_u128(9));
    for changed in [
        Entry {
            agency: AgencyId::from_uuid(Uuid::from_u128(9)),
            ..e
        },
        Entry {
            at: e.at + chrono::TimeDelta::microseconds(1),
            ..e
        },
        Entry {
            actor_kind: ActorKind::System,
            ..e
        },
        Entry { actor_id: id, ..e },
        Entry {
            actor_id: None,
            ..e
        },
        Entry {
            action: "update_client",
            ..e
        },
        Entry {
            object_kind: "case",
            ..e
        },
        Entry {
            object_id: Some("cn-default@2"),
            ..e
        },
        Entry {
            outcome: AuditOutcome::Refused,
            ..e
        },
        Entry {
            reason: Some(""),
            ..e
        },
        Entry {
            request_id: None,
            ..e
        },
        Entry {
            address: Some("192.0.2.2"),
            ..e
        },
        // The same bytes, cut differently between two neighbouring fields.
        Entry {
            action: "create_clientc",
            object_kind: "lient",
            ..e
        },
    ] {
        let mut trail = trail(3);
        trail[1].entry = changed;
        assert_eq!(verify(Head::EMPTY, trail), Err(Broken::Changed { seq: 2 }));
    }
}
