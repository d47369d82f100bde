//! The same for the tables of case data, whose size follows the number of clients.

use domain::{
    AppointmentStatus, CaseStatus, Channel, EscalationId, EscalationKind, EscalationStatus,
    MessageStatus, TaskStatus, area::AreaCode, freezing::PendingWork,
};
use storage::{
    Area, Scope, appointments, attempts, cases, clients, escalations, excuses, messages, receipts,
    replies,
    sending_pauses::{self, Seen},
    tasks, test_records,
    today::{self, Span},
};

use crate::{
    database::{Database, at, mint, on_each},
    plans::{assert_searches, assert_walks_no_table},
    statements::seen_in,
};

#[test]
fn every_query_on_case_data_searches_an_index() {
    on_each(|database| {
        assert_searches(database, &seen_in(|| worker_queries(database)), 34);
        assert_searches(database, &seen_in(|| list_queries(database)), 27);
        assert_searches(database, &seen_in(|| sending_queries(database)), 15);
    });
}

// They are put together by gateway, of which there are a few.
#[test]
fn the_figures_by_gateway_search_an_index_too() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(3));
        let statements = seen_in(|| {
            store
                .read(|tx| {
                    messages::figures::held_up(tx, agency)?;
                    messages::figures::awaited(tx, agency)
                })
                .unwrap();
        });
        assert_walks_no_table(database, &statements, 3);
    });
}

/// What the worker asks at every tick.
fn worker_queries(database: &Database) {
    let (store, agency) = (database.store(), database.agency(1));
    let (now, limit) = (at(0), 9);
    store
        .write(|tx| {
            appointments::due_for_change(tx, agency, AppointmentStatus::Open, now, limit)?;
            appointments::ids_due_for_change(tx, agency, AppointmentStatus::Open, now, limit)?;
            appointments::due_for_reminder(tx, agency, now, limit)?;
            appointments::next_due(tx, agency)?;
            cases::due_for_check(tx, agency, now, limit)?;
            cases::due_for_reminder(tx, agency, now, limit)?;
            cases::next_due(tx, agency)?;
            cases::to_freeze(tx, agency, now, limit)?;
            cases::count_to_freeze(tx, agency, now)?;
            cases::count_held_up(tx, agency, now, None)?;
            for &by in PendingWork::ALL {
                cases::count_held_up(tx, agency, now, Some(by))?;
            }
            let file = cases::File {
                case: mint(9).next(),
                client: mint(9).next(),
            };
            cases::freeze(tx, agency, &[file], now)?;
            cases::open_until(tx, agency, file, now)?;
            escalations::due_for_alert(tx, agency, now, limit)?;
            escalations::next_due(tx, agency)?;
            messages::lock_due(tx, agency, MessageStatus::Scheduled, now, limit)?;
            messages::next_due(tx, agency)?;
            messages::due_in(tx, agency, MessageStatus::Accepted, now)
        })
        .unwrap();
}

/// What those ask who watch over sending.
fn sending_queries(database: &Database) {
    let (store, agency) = (database.store(), database.agency(3));
    let (now, mut ids) = (at(0), mint(4));
    let area = Area {
        agency,
        code: AreaCode::parse("330100").unwrap(),
    };
    store
        .write(|tx| {
            for status in [MessageStatus::Scheduled, MessageStatus::Accepted] {
                messages::due_count(tx, agency, status, now)?;
            }
            messages::figures::under_way(tx, agency)?;
            messages::resends::of_messages(tx, agency, &[ids.next()])?;
            for seen in [Seen::All, Seen::OfOffice(ids.next()), Seen::InArea(area)] {
                sending_pauses::get(tx, agency, seen, ids.next())?;
                sending_pauses::list(tx, agency, seen, true, Some(ids.next()), 9)?;
            }
            sending_pauses::offices(tx, agency)?;
            sending_pauses::gateways(tx, agency)?;
            sending_pauses::end(tx, agency, ids.next(), ids.next(), now)?;
            let given_up = messages::Filter {
                statuses: vec![MessageStatus::TechnicalFailure, MessageStatus::Expired],
                gateway: Some("webhook".to_owned()),
                planned_from: Some(now),
                planned_before: Some(now),
                ..messages::Filter::default()
            };
            let office = Scope {
                office: Some(ids.next()),
                ..Scope::default()
            };
            messages::list(tx, agency, office, &given_up, Some(ids.next()), 9)
        })
        .unwrap();
}

/// What a caseworker, a supervisor and the file of a case ask.
fn list_queries(database: &Database) {
    let (store, agency) = (database.store(), database.agency(2));
    let mut ids = mint(3);
    let unfrozen = Scope {
        unfrozen_at: Some(at(0)),
        ..Scope::default()
    };
    let own = Scope {
        caseworker: Some(ids.next()),
        ..unfrozen
    };
    let office = Scope {
        office: Some(ids.next()),
        ..unfrozen
    };
    let area = Scope {
        area: Some(Area {
            agency,
            code: AreaCode::parse("330100").unwrap(),
        }),
        ..unfrozen
    };
    let day = at(0).date_naive();
    store
        .read(|tx| {
            for scope in [own, office, area] {
                clients::list(tx, agency, scope, None, Some(ids.next()), 9)?;
                let active = cases::Filter {
                    status: Some(CaseStatus::Active),
                    ..Default::default()
                };
                cases::list(tx, agency, scope, &active, Some(ids.next()), 9)?;
                let due = appointments::Filter {
                    statuses: vec![AppointmentStatus::Open],
                    due_from: Some(day),
                    ..Default::default()
                };
                let after = appointments::Position {
                    due_on: day,
                    id: ids.next(),
                };
                appointments::list(tx, agency, scope, &due, Some(after), 9)?;
                let open = escalations::Filter {
                    statuses: vec![EscalationStatus::Open],
                    ..Default::default()
                };
                escalations::list(tx, agency, scope, &open, Some(ids.next()), 9)?;
                let waiting = tasks::Filter {
                    status: Some(TaskStatus::Open),
                    ..Default::default()
                };
                let after = tasks::Position {
                    due_on: day,
                    id: ids.next(),
                };
                tasks::list(tx, agency, scope, &waiting, Some(after), 9)?;
            }
            let (case, item) = (ids.next(), ids.next());
            appointments::of_case(tx, agency, case)?;
            appointments::get_many(tx, agency, &[item])?;
            test_records::of_case(tx, agency, case, Some(ids.next()), 9)?;
            test_records::positives(tx, agency, case)?;
            for document_no in [None, Some("1")] {
                cases::list_frozen(tx, agency, office, document_no, Some(ids.next()), 9)?;
            }
            excuses::of_appointments(tx, agency, &[item])?;
            excuses::undecided(tx, agency, &[case])?;
            for offices in [vec![], vec![ids.next()]] {
                let people = [ids.next()];
                tasks::count_waiting(tx, agency, &people, &offices, day)?;
                excuses::count_to_decide(tx, agency, &people, &offices)?;
                appointments::count_near(tx, agency, &people, day, (at(0), at(9)))?;
            }
            tasks::told_by(tx, agency, at(0), 9)?;
            tasks::first_told(tx, agency)?;
            escalations::of_case(tx, agency, case, EscalationKind::MissedTests)?;
            escalations::items_of_all(tx, agency, &[EscalationId::from_uuid(case.uuid())])?;
            messages::of_appointments(tx, agency, &[item])?;
            attempts::of_messages(tx, agency, &[ids.next()])?;
            attempts::outcomes_of_messages(tx, agency, &[ids.next()])?;
            receipts::of_messages(tx, agency, &[ids.next()])?;
            replies::is_known(tx, agency, "webhook", "r-1")?;
            replies::of_task(tx, agency, ids.next())?;
            replies::of_messages(tx, agency, &[ids.next()])?;
            replies::of_client(tx, agency, ids.next())?;
            replies::stopped_at(tx, agency, ids.next())?;
            for way in [Some((Channel::Sms, Some("a"))), None] {
                attempts::last_handed(tx, agency, &[ids.next()], way, ids.next(), at(0))?;
            }
            let within = (at(0), at(60));
            attempts::waiting(tx, agency, &[ids.next()], "a", ids.next(), within)?;
            tasks::of_appointments(tx, agency, &[item])?;
            let of_case = messages::Filter {
                case: Some(case),
                ..Default::default()
            };
            messages::list(tx, agency, own, &of_case, Some(ids.next()), 9)
        })
        .unwrap();
}

#[test]
fn what_is_frozen_is_left_out_by_the_same_statements() {
    on_each(|database| {
        let agency = database.agency(4);
        let mut ids = mint(5);
        let mut asked = |unfrozen_at| {
            let (item, scope) = (
                ids.next(),
                Scope {
                    office: Some(ids.next()),
                    unfrozen_at,
                    ..Scope::default()
                },
            );
            let span = Span {
                due_from: at(0).date_naive(),
                closes_before: at(9),
                missed_since: at(0),
            };
            let filter = appointments::Filter::default();
            let read = |tx: &mut storage::Tx<'_>| {
                appointments::get(tx, agency, scope, item)?;
                appointments::list(tx, agency, scope, &filter, None, 9)?;
                today::appointments(tx, agency, scope, span, 9)?;
                today::waiting(tx, agency, scope, 9)
            };
            seen_in(|| drop(database.store().read_in(agency, read).unwrap()))
        };
        let (all, unfrozen) = (asked(None), asked(Some(at(0))));
        assert_eq!(all.len(), unfrozen.len(), "{unfrozen:#?}");
        // The three parts of what waits are one statement.
        let narrowed = unfrozen.iter().filter(|sql| sql.contains("frozen_from"));
        assert_eq!(narrowed.count(), 4, "{unfrozen:#?}");
    });
}
