//! The ledger of consents and the family contacts.

use chrono::{NaiveDate, TimeDelta};
use domain::{
    ActorKind, AgencyId, ClientId, ConsentId, FamilyContactId, OfficeId, PhoneState, Sex,
    consent::{ConsentAct, ConsentChannel, ConsentPurpose},
    family_contact::{ContactScope, Relation},
};
use storage::{
    Scope, StorageError,
    clients::{self, Client},
    consents::{self, Consent},
    family_contacts::{self, FamilyContact},
    retention,
};

use crate::{
    database::{Database, at, mint, on_each},
    plans::assert_searches,
    statements::seen_in,
};
use domain::retention::RetentionSubject;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A client of the office.
pub fn a_client(
    database: &Database,
    (agency, office): (AgencyId, OfficeId),
    number: u128,
) -> ClientId {
    let by = database.staff(agency, &format!("staff{number}")).id;
    let client = Client {
        agency_id: agency,
        id: mint(number).next(),
        office_id: office,
        caseworker_id: None,
        name: "王小明".to_owned(),
        sex: Sex::Male,
        birth_date: None,
        id_number: None,
        phone: None,
        phone_sms_ok: true,
        phone_state: PhoneState::Unverified,
        version: 1,
        created_by: by,
        created_at: at(0),
        updated_at: at(0),
        frozen_from: None,
    };
    database
        .store()
        .write_in(agency, |tx| clients::insert(tx, &client))
        .unwrap();
    client.id
}

fn entry(
    agency: AgencyId,
    client: ClientId,
    purpose: ConsentPurpose,
    sequence: i32,
    act: ConsentAct,
) -> Consent {
    let seed = client.uuid().as_u128() ^ (u128::from(sequence.unsigned_abs()) << 8);
    let id: ConsentId = mint(seed).next();
    Consent {
        agency_id: agency,
        id,
        client_id: client,
        purpose,
        sequence,
        act,
        text_version: "1".to_owned(),
        channel: ConsentChannel::Paper,
        said_on: day("2025-06-15"),
        recorded_by_kind: ActorKind::System,
        recorded_by: None,
        recorded_at: at(0),
    }
}

#[test]
fn the_last_entry_for_a_purpose_says_what_holds() {
    use ConsentAct::{Given, Withdrawn};
    use ConsentPurpose::{Location, Wechat};
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let office = database.office(agency).id;
        let [gave, withdrew, again, never] =
            [11, 12, 13, 14].map(|number| a_client(database, (agency, office), number));
        let entries = [
            entry(agency, gave, Wechat, 1, Given),
            entry(agency, withdrew, Wechat, 1, Given),
            entry(agency, withdrew, Wechat, 2, Withdrawn),
            entry(agency, again, Wechat, 1, Given),
            entry(agency, again, Wechat, 2, Withdrawn),
            entry(agency, again, Wechat, 3, Given),
        ];
        let added = |tx: &mut storage::Tx<'_>| {
            entries
                .iter()
                .try_for_each(|entry| consents::insert(tx, entry))
        };
        store.write_in(agency, added).unwrap();
        let all = [gave, withdrew, again, never];
        let holds = |purpose| {
            let found = store.read_in(agency, |tx| consents::in_force(tx, agency, &all, purpose));
            let found = found.unwrap();
            all.map(|client| found.contains(&client))
        };
        assert_eq!(holds(Wechat), [true, false, true, false]);
        assert_eq!(holds(Location), [false; 4]);
        let last = store
            .read_in(agency, |tx| consents::latest(tx, agency, again, Wechat))
            .unwrap();
        assert_eq!(last.map(|entry| entry.sequence), Some(3));
        // Two that write down the same position collide: the second one reads again.
        let twice = entry(agency, again, Wechat, 3, Withdrawn);
        let twice = Consent {
            id: mint(99).next(),
            ..twice
        };
        let refused = store.write_in(agency, |tx| consents::insert(tx, &twice));
        assert!(matches!(refused, Err(StorageError::Collision)));
    });
}

fn contact(agency: AgencyId, client: ClientId, number: u128, ends_on: &str) -> FamilyContact {
    let id: FamilyContactId = mint(1_000 + number).next();
    FamilyContact {
        agency_id: agency,
        id,
        client_id: client,
        name: "李秀英".to_owned(),
        phone: "13900003333".to_owned(),
        relation: Relation::Parent,
        scope: ContactScope::AppointmentsOnly,
        ends_on: day(ends_on),
        ended_at: None,
        ended_reason: None,
        created_by: mint(7).next(),
        created_at: at(0),
        version: 1,
    }
}

#[test]
fn contacts_go_when_they_ended_long_enough_ago_in_batches() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let office = database.office(agency).id;
        let [one, other] = [11, 12].map(|number| a_client(database, (agency, office), number));
        // `at(0)` is in the middle of June 2025.
        let contacts = [
            contact(agency, one, 1, "2025-05-01"),
            contact(agency, one, 2, "2025-05-02"),
            contact(agency, one, 3, "2026-05-01"),
            contact(agency, other, 4, "2026-05-01"),
        ];
        store
            .write_in(agency, |tx| {
                contacts
                    .iter()
                    .try_for_each(|one| family_contacts::insert(tx, one))
            })
            .unwrap();
        let ended = store
            .write_in(agency, |tx| {
                family_contacts::end_all_of(tx, agency, other, at(0), "consent_withdrawn")
            })
            .unwrap();
        assert_eq!(ended, 1);
        let subject = RetentionSubject::FamilyContacts;
        let over = |before| {
            store
                .read_in(agency, |tx| {
                    retention::count_over(tx, agency, subject, before)
                })
                .unwrap()
        };
        let delete = |before, limit| {
            store
                .write_in(agency, |tx| {
                    retention::delete(tx, agency, subject, before, limit)
                })
                .unwrap()
        };
        assert_eq!(over(at(0)), 2);
        assert_eq!(over(at(1)), 3);
        assert_eq!(delete(at(0), 1), 1);
        assert_eq!(delete(at(0), 9), 1);
        assert_eq!(delete(at(0), 9), 0);
        assert_eq!(delete(at(0) + TimeDelta::days(1), 9), 1);
        let left = store
            .read_in(agency, |tx| family_contacts::list(tx, agency, one, None, 9))
            .unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].name, "李秀英");
        assert_eq!(left[0].id, contacts[2].id);
    });
}

#[test]
fn their_queries_search_an_index() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut ids = mint(3);
        let client = ids.next();
        let statements = seen_in(|| {
            store
                .write_in(agency, |tx| {
                    let purpose = ConsentPurpose::Wechat;
                    consents::latest(tx, agency, client, purpose)?;
                    consents::in_force(tx, agency, &[client], purpose)?;
                    consents::list(tx, agency, client, Some(ids.next()), 9)?;
                    family_contacts::get(tx, agency, Scope::default(), ids.next())?;
                    family_contacts::list(tx, agency, client, Some(ids.next()), 9)?;
                    family_contacts::end_all_of(tx, agency, client, at(0), "test")?;
                    for &subject in RetentionSubject::ALL {
                        retention::delete(tx, agency, subject, at(0), 9)?;
                    }
                    storage::retention_reports::subjects_on(tx, agency, at(0).date_naive())?;
                    storage::retention_reports::list(tx, agency, Some(ids.next()), 9)
                })
                .unwrap();
        });
        assert_searches(database, &statements, 12);
    });
}
