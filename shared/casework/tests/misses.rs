//! A case from report-in to the third miss, through storage on SQLite. The same life on both
//! databases, through HTTP and the worker, is told by the end-to-end tests.

use casework::{
    Actor, PackCache, Request, Work, WorkError, remind, rules, schedule, status, windows,
};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AppointmentStatus, CaseStatus, Channel, EscalationKind, EscalationStatus, IdMint, Measure,
    PhoneState, Role, Sex, case_status::CaseEvent,
};
use storage::{
    Options, Sealer, SealingKey, Store, Synchronous, agencies, appointments, cases, clients,
    escalations, messages, migrate, offices, staff,
};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

struct Site {
    store: Store,
    packs: PackCache,
    agency: domain::AgencyId,
    seed: std::cell::Cell<u128>,
    _dir: Dir,
}

struct Dir(std::path::PathBuf);
impl Drop for Dir {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

impl Site {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("casework-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let options = Options {
            url: format!("sqlite://{}/site.db", dir.display()),
            pool_size: 2,
            statement_cache: true,
            busy_timeout: std::time::Duration::from_secs(5),
            synchronous: Synchronous::Off,
        };
        let sealer = Sealer::new(
            &[SealingKey {
                id: 1,
                bytes: [1; 32],
            }],
            &[2; 32],
        )
        .unwrap();
        let store = Store::open(&options, sealer).unwrap();
        migrate::up(&store).unwrap();
        let agency = IdMint::new(instant("2025-01-01T00:00:00Z"), 7).next();
        Self {
            store,
            packs: PackCache::default(),
            agency,
            seed: std::cell::Cell::new(1),
            _dir: Dir(dir),
        }
    }

    fn at<T>(
        &self,
        now: &str,
        mut act: impl FnMut(&mut Work<'_, '_>) -> Result<T, WorkError>,
    ) -> T {
        let now = instant(now);
        self.seed.set(self.seed.get() + 1_000_000);
        let seed = self.seed.get();
        self.store
            .write(|tx| {
                act(&mut Work {
                    tx,
                    packs: &self.packs,
                    agency: self.agency,
                    now,
                    actor: Actor::system(),
                    ids: IdMint::new(now, seed),
                    request: Request::none(),
                })
            })
            .unwrap()
    }
}

fn reported_in(site: &Site) -> cases::Case {
    site.at("2025-09-05T02:00:00Z", |work| {
        let now = work.now;
        let agency_id = work.agency;
        agencies::insert(
            work.tx,
            &agencies::Agency {
                id: agency_id,
                name: "城东".to_owned(),
                created_at: now,
            },
        )?;
        rules::publish_shipped(work)?;
        let office = offices::Office {
            agency_id,
            id: work.ids.next(),
            name: "城东服务站".to_owned(),
            area_code: "330102".to_owned(),
            phone: "0571-88880000".to_owned(),
            message_signature: "城东服务站".to_owned(),
            timezone: "Asia/Shanghai".to_owned(),
            last_digest_on: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        offices::insert(work.tx, &office)?;
        let worker = staff::Staff {
            agency_id,
            id: work.ids.next(),
            office_id: Some(office.id),
            username: "li".to_owned(),
            password_hash: "-".to_owned(),
            display_name: "李老师".to_owned(),
            role: Role::Caseworker,
            sex: Some(Sex::Female),
            phone: None,
            active: true,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        staff::insert(work.tx, &worker)?;
        let client = clients::Client {
            agency_id,
            id: work.ids.next(),
            office_id: office.id,
            caseworker_id: Some(worker.id),
            name: "王小明".to_owned(),
            sex: Sex::Male,
            birth_date: None,
            id_number: None,
            phone: Some("13800138000".to_owned()),
            phone_sms_ok: true,
            phone_state: PhoneState::Verified,
            version: 1,
            created_by: worker.id,
            created_at: now,
            updated_at: now,
        };
        clients::insert(work.tx, &client)?;
        let pack = rules::pack_in_force(work, "cn-default", date("2025-09-01"))?;
        let calendar = rules::calendar(work)?;
        let tz = rules::zone(&office)?;
        let mut case = cases::Case {
            agency_id,
            id: work.ids.next(),
            client_id: client.id,
            office_id: office.id,
            caseworker_id: worker.id,
            measure: Measure::CommunityTreatment,
            rule_pack: "cn-default".to_owned(),
            rule_pack_version: 1,
            term_months: 36,
            document_no: "杭公戒决字〔2025〕1号".to_owned(),
            issuing_authority: "-".to_owned(),
            issued_on: date("2025-08-28"),
            received_on: date("2025-09-01"),
            printed_term_ends_on: None,
            status: CaseStatus::Ordered,
            report_in_due_on: date("2025-09-16"),
            report_in_closes_at: now,
            report_in_provisional: false,
            report_in_why: serde_json::Value::Null,
            reported_in_on: None,
            agreement_signed_on: None,
            term_starts_on: None,
            term_ends_on: None,
            next_check_at: None,
            next_remind_at: None,
            version: 1,
            created_by: worker.id,
            created_at: now,
            updated_at: now,
        };
        schedule::set_report_in_deadline(work, &mut case, &pack, &calendar, tz)?;
        cases::insert(work.tx, &case)?;
        case.reported_in_on = Some(date("2025-09-05"));
        let items = schedule::plan(work, &mut case, &pack, &calendar, tz)?;
        assert_eq!(items.len(), 22);
        status::move_case(
            work,
            &mut case,
            CaseEvent::ReportIn,
            status::Grounds::default(),
        )?;
        Ok(case)
    })
}

/// Everything the worker does by time alone, at one instant.
fn tick(site: &Site, now: &str) {
    loop {
        let done = site.at(now, |work| {
            Ok(windows::open_due(work, 10)?
                + remind::plan_due(work, Channel::Recording, 10)?
                + windows::mark_overdue(work, 10)?
                + windows::mark_missed(work, 10)?)
        });
        if done == 0 {
            return;
        }
    }
}

#[test]
fn the_third_miss_opens_one_escalation_and_an_excuse_withdraws_it() {
    let site = Site::new("third-miss");
    let case = reported_in(&site);
    tick(&site, "2025-12-01T02:00:00Z");
    let open = site.at("2025-12-01T02:00:00Z", |work| {
        Ok(escalations::of_case(
            work.tx,
            work.agency,
            case.id,
            EscalationKind::MissedTests,
        )?)
    });
    assert!(open.is_empty(), "two misses are no escalation");
    tick(&site, "2026-01-04T02:00:00Z");
    tick(&site, "2026-01-04T02:00:00Z");
    let (items, files) = site.at("2026-01-04T02:00:00Z", |work| {
        Ok((
            appointments::of_case(work.tx, work.agency, case.id)?,
            escalations::of_case(work.tx, work.agency, case.id, EscalationKind::MissedTests)?,
        ))
    });
    let missed: Vec<_> = items
        .iter()
        .filter(|item| item.status == AppointmentStatus::Missed)
        .collect();
    assert_eq!(missed.len(), 3);
    assert!(
        missed.iter().all(|item| item.label.is_none()),
        "the machine never labels"
    );
    assert_eq!(files.len(), 1);
    assert_eq!(
        (files[0].status, files[0].count),
        (EscalationStatus::Open, 3)
    );

    let first = missed[0].clone();
    let files = site.at("2026-01-05T02:00:00Z", |work| {
        let mut item = first.clone();
        status::settle_appointment(work, &mut item, AppointmentStatus::Excused)?;
        casework::judge::misses(work, &case)?;
        Ok(escalations::of_case(
            work.tx,
            work.agency,
            case.id,
            EscalationKind::MissedTests,
        )?)
    });
    assert_eq!(
        (files[0].status, files[0].count),
        (EscalationStatus::Withdrawn, 2)
    );

    tick(&site, "2026-03-01T02:00:00Z");
    let files = site.at("2026-03-01T02:00:00Z", |work| {
        Ok(escalations::of_case(
            work.tx,
            work.agency,
            case.id,
            EscalationKind::MissedTests,
        )?)
    });
    assert_eq!(files.len(), 2, "a further miss opens a new file");
}

#[test]
fn after_an_outage_only_the_latest_step_is_left_to_send() {
    let site = Site::new("outage");
    let case = reported_in(&site);
    // Nothing ran from the report-in until the due day of the first item (rolled to 9 October).
    tick(&site, "2025-10-09T02:00:00Z");
    let planned = site.at("2025-10-09T02:00:00Z", |work| {
        let items = appointments::of_case(work.tx, work.agency, case.id)?;
        Ok(messages::of_appointments(
            work.tx,
            work.agency,
            &[items[0].id],
        )?)
    });
    let live: Vec<_> = planned
        .iter()
        .filter(|message| message.next_action_at.is_some())
        .collect();
    assert_eq!(live.len(), 2, "today's step, and tomorrow's planned ahead");
    assert_eq!(live[0].step, "d0");
    assert_eq!(live[1].step, "overdue");
    assert!(
        planned.len() > live.len(),
        "the steps that were not sent stay on file"
    );
}
