//! The rules of retention: surveyed, applied in batches, reported once a day.

use std::sync::atomic::{AtomicU64, Ordering};

use casework::{
    Actor, PackCache, Request, Work, WorkError,
    retention::{purge, survey},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgencyId, IdMint, StaffId,
    retention::{RetentionRules, RetentionSubject as Subject},
};
use storage::{
    audit_log, idempotency,
    retention_reports::{self, RetentionReport},
};

use crate::database::{Database, at, mint, on_each};

fn work_in<T>(
    database: &Database,
    agency: AgencyId,
    now: DateTime<Utc>,
    mut unit: impl FnMut(&mut Work<'_, '_>) -> Result<T, WorkError>,
) -> T {
    static UNITS: AtomicU64 = AtomicU64::new(1);
    let seed = u128::from(UNITS.fetch_add(1, Ordering::Relaxed)) << 32;
    let packs = PackCache::default();
    let done = database.store().write_in(agency, |tx| {
        unit(&mut Work {
            tx,
            packs: &packs,
            agency,
            now,
            actor: Actor::system(),
            ids: IdMint::new(now, seed),
            request: Request::none(),
        })
    });
    done.unwrap()
}

/// Answers kept for repeated requests, each until another second.
fn keep_answers(database: &Database, agency: AgencyId, count: i64) {
    let principal: StaffId = mint(5).next();
    let answer = idempotency::Stored {
        operation: "create_client".to_owned(),
        fingerprint: vec![1],
        status: 201,
        body: "{}".to_owned(),
    };
    database
        .store()
        .write_in(agency, |tx| {
            (1..=count).try_for_each(|second| {
                let (key, until) = (second.to_string(), at(second));
                idempotency::insert(tx, agency, principal, &key, &answer, at(0), until)
            })
        })
        .unwrap();
}

fn reports(database: &Database, agency: AgencyId) -> Vec<RetentionReport> {
    let listed = |tx: &mut storage::Tx<'_>| retention_reports::list(tx, agency, None, 100);
    database.store().read_in(agency, listed).unwrap()
}

fn of(reports: &[RetentionReport], subject: Subject) -> &RetentionReport {
    reports.iter().find(|one| one.subject == subject).unwrap()
}

#[test]
fn a_survey_says_what_a_purge_then_does_and_changes_nothing() {
    on_each(|database| {
        let agency = database.agency(1);
        keep_answers(database, agency, 7);
        let rules = RetentionRules::shipped().unwrap();
        let now = at(5);
        let findings = work_in(database, agency, now, |work| survey(work, &rules, now));
        let answers = &findings[0];
        assert_eq!(answers.rule.subject, Subject::KeptAnswers);
        assert_eq!((answers.over, answers.kept), (5, 2));
        assert_eq!(reports(database, agency).len(), 0);
        let again = work_in(database, agency, now, |work| survey(work, &rules, now));
        assert_eq!(again, findings);

        let deleted = work_in(database, agency, now, |work| purge(work, &rules, now, 100));
        assert_eq!(deleted, 5);
        let reports = reports(database, agency);
        for finding in &findings {
            let report = of(&reports, finding.rule.subject);
            assert_eq!(report.acted, finding.over, "{}", finding.rule.subject);
            assert_eq!(report.reason, finding.rule.reason);
            // The purge itself is an entry of the trail, written after it was counted.
            assert_eq!(report.kept, finding.kept, "{}", finding.rule.subject);
        }
    });
}

#[test]
fn batches_of_one_day_are_one_report_and_a_day_without_work_says_so_once() {
    on_each(|database| {
        let agency = database.agency(1);
        keep_answers(database, agency, 7);
        let rules = RetentionRules::shipped().unwrap();
        let batch = |now, limit| {
            work_in(database, agency, now, |work| {
                purge(work, &rules, now, limit)
            })
        };
        assert_eq!(batch(at(6), 4), 4);
        assert_eq!(batch(at(6), 4), 2);
        assert_eq!(batch(at(6), 4), 0);
        let first_day = reports(database, agency);
        assert_eq!(first_day.len(), Subject::ALL.len());
        let answers = of(&first_day, Subject::KeptAnswers);
        assert_eq!((answers.acted, answers.kept), (6, 1));
        assert_eq!(answers.keep_days, Some(0));
        let head = || {
            let read = |tx: &mut storage::Tx<'_>| audit_log::head(tx, agency);
            database.store().read_in(agency, read).unwrap().unwrap().seq
        };
        // Two of the batches deleted something.
        assert_eq!(head(), 2);

        let next = at(6) + TimeDelta::days(1);
        assert_eq!(batch(next, 4), 1);
        let all = reports(database, agency);
        assert_eq!(all.len(), 2 * Subject::ALL.len());
        assert_eq!(all[0].ran_on, next.date_naive());
        let after = next + TimeDelta::days(1);
        batch(after, 4);
        let quiet = reports(database, agency);
        batch(after, 4);
        assert_eq!(reports(database, agency).len(), quiet.len());
        assert_eq!(head(), 3);
    });
}

#[test]
fn an_agencys_rules_touch_its_own_rows_only() {
    on_each(|database| {
        let (one, other) = (database.agency(1), database.agency(2));
        keep_answers(database, one, 3);
        keep_answers(database, other, 3);
        let rules = RetentionRules::shipped().unwrap();
        let now = at(9);
        work_in(database, one, now, |work| purge(work, &rules, now, 100));
        let findings = work_in(database, other, now, |work| survey(work, &rules, now));
        assert_eq!(findings[0].over, 3);
        assert!(reports(database, other).is_empty());
    });
}
