//! An office with clients who reported in on 5 September 2025; their first test is due on 9 October,
//! rolled over National Day. Its reminders go out at 09:00 (01:00 UTC) on 30 September, 2, 6 and
//! 9 October.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicU32, atomic::Ordering},
    time::Duration,
};

use ::gateways::{MessageGateway, RecordingGateway};
use casework::{Actor, PackCache, Request, Work, WorkError, rules, schedule, status};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    AgencyId, CaseStatus, ClientId, IdMint, Measure, MessageStatus, PhoneState, Role, Sex,
    TaskKind, case_status::CaseEvent,
};
use platform::{Clock, Config, ManualClock, Randomness};
use storage::{
    Options, Scope, Sealer, SealingKey, Store, Synchronous, agencies, appointments::Appointment,
    attempts, cases, clients, messages, migrate, offices, staff, tasks,
};
use worker::{Provider, Providers, Settings, Worker, WorkerParts};

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub struct Site {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    /// What reached the sandbox's gateway.
    pub outbox: RecordingGateway,
    pub agency: AgencyId,
    pub cases: Vec<cases::Case>,
    time: Clock,
    dir: PathBuf,
}

impl Drop for Site {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

impl Site {
    /// A site with so many clients, each with a verified number of their own, at report-in.
    pub fn new(count: u32) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("worker-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let options = Options {
            url: format!("sqlite://{}/site.db", dir.display()),
            pool_size: 4,
            statement_cache: true,
            row_security: true,
            busy_timeout: Duration::from_secs(5),
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
        let start = instant("2025-09-05T02:00:00Z");
        let (time, clock) = Clock::manual(start);
        let mut site = Self {
            store,
            clock,
            outbox: RecordingGateway::new(10_000),
            agency: IdMint::new(start, 7).next(),
            cases: Vec::new(),
            time,
            dir,
        };
        site.cases = site.write(|work| report_in(work, count));
        site
    }

    /// A worker of its own process, as it were, with this gateway.
    pub fn worker_with(&self, gateway: Arc<dyn MessageGateway>) -> Worker {
        self.worker_set(gateway, |_| ())
    }

    /// The same with an account at a vendor, which knows no repetition.
    pub fn worker_at_vendor(&self, gateway: Arc<dyn MessageGateway>) -> Worker {
        let account = Provider {
            knows_repetition_for: TimeDelta::zero(),
            ..Provider::of(gateway)
        };
        self.worker_of(Providers::new(vec![account], []), |_| ())
    }

    /// The same with an account that is given one message at a time.
    pub fn worker_one_at_a_time(&self, gateway: Arc<dyn MessageGateway>) -> Worker {
        let account = Provider {
            knows_repetition_for: TimeDelta::days(1),
            one_at_a_time: true,
            ..Provider::of(gateway)
        };
        self.worker_of(Providers::new(vec![account], []), |_| ())
    }

    /// The same with other settings.
    pub fn worker_set(
        &self,
        gateway: Arc<dyn MessageGateway>,
        change: impl FnOnce(&mut Settings),
    ) -> Worker {
        // One account, whichever gateway stands in for it.
        let account = Provider {
            name: "platform".to_owned(),
            ..Provider::of(gateway)
        };
        self.worker_of(Providers::new(vec![account], []), change)
    }

    fn worker_of(&self, providers: Providers, change: impl FnOnce(&mut Settings)) -> Worker {
        let mut settings = Settings::of(&Config::defaults().unwrap());
        settings.send_timeout = Duration::from_secs(5);
        change(&mut settings);
        Worker::new(WorkerParts {
            store: self.store.clone(),
            clock: self.time.clone(),
            sign_in_clock: self.time.clone(),
            randomness: Randomness::from_os().unwrap(),
            providers,
            settings,
            packs: PackCache::default(),
        })
    }

    pub fn worker(&self) -> Worker {
        self.worker_with(Arc::new(self.outbox.clone()))
    }

    /// Everything there is to do at an instant.
    pub async fn run_at(&self, worker: &Worker, now: &str) {
        self.clock.set(instant(now));
        worker.run_until_idle().await.unwrap();
    }

    /// One unit of work at the clock's instant.
    pub fn write<T>(&self, mut act: impl FnMut(&mut Work<'_, '_>) -> Result<T, WorkError>) -> T {
        let now = self.clock.now();
        let seed = Randomness::from_os().unwrap().seed();
        let packs = PackCache::default();
        self.store
            .write(|tx| {
                act(&mut Work {
                    tx,
                    packs: &packs,
                    agency: self.agency,
                    now,
                    actor: Actor::system(),
                    ids: IdMint::new(now, seed),
                    request: Request::none(),
                })
            })
            .unwrap()
    }

    /// The message of a step of the first client's first appointment.
    pub fn message(&self, step: &str) -> messages::Message {
        let found = self
            .messages()
            .into_iter()
            .find(|message| message.step == step);
        found.unwrap()
    }

    /// All messages of the first client's first appointment, in the order they were planned.
    pub fn messages(&self) -> Vec<messages::Message> {
        let first = self.appointment().id;
        self.write(|work| Ok(messages::of_appointments(work.tx, work.agency, &[first])?))
    }

    /// How many messages are in a state.
    pub fn in_state(&self, status: MessageStatus) -> usize {
        let filter = messages::Filter::default();
        let all = self.write(|work| {
            let (agency, reach) = (work.agency, Scope::default());
            Ok(messages::list(work.tx, agency, reach, &filter, None, 1000)?)
        });
        all.iter().filter(|one| one.status == status).count()
    }

    /// The first client's first appointment.
    pub fn appointment(&self) -> Appointment {
        let case = self.cases[0].id;
        self.write(|work| Ok(storage::appointments::of_case(work.tx, work.agency, case)?))
            .remove(0)
    }

    /// The outcomes of a message's attempts, in the order they were made.
    pub fn outcomes(&self, message: &messages::Message) -> Vec<(&'static str, Option<String>)> {
        let ids = [message.id];
        self.write(|work| {
            let outcomes = attempts::outcomes_of_messages(work.tx, work.agency, &ids)?;
            let made = attempts::of_messages(work.tx, work.agency, &ids)?;
            Ok(made
                .iter()
                .filter_map(|attempt| outcomes.iter().find(|one| one.attempt_id == attempt.id))
                .map(|one| (one.outcome.as_str(), one.code.clone()))
                .collect())
        })
    }

    /// Tasks to phone a client.
    pub fn call_tasks(&self) -> usize {
        let filter = tasks::Filter::default();
        self.write(|work| {
            Ok(tasks::list(
                work.tx,
                work.agency,
                Scope::default(),
                &filter,
                None,
                1000,
            )?)
        })
        .iter()
        .filter(|task| task.kind == TaskKind::CallClient)
        .count()
    }

    /// Changes the first client.
    pub fn change_client(&self, change: impl Fn(&mut clients::Client)) {
        let id: ClientId = self.cases[0].client_id;
        self.write(|work| {
            let mut client = clients::get_many(work.tx, work.agency, &[id])?.remove(0);
            let version = client.version;
            change(&mut client);
            client.version += 1;
            assert!(clients::save(work.tx, &client, version)?);
            Ok(())
        });
    }
}

fn report_in(work: &mut Work<'_, '_>, count: u32) -> Result<Vec<cases::Case>, WorkError> {
    let (now, agency_id) = (work.now, work.agency);
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
        visits_until: "17:00".to_owned(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    offices::insert(work.tx, &office)?;
    let caseworker = staff::Staff {
        agency_id,
        id: work.ids.next(),
        office_id: Some(office.id),
        username: "li".to_owned(),
        password_hash: "-".to_owned(),
        display_name: "李敏".to_owned(),
        role: Role::Caseworker,
        sex: Some(Sex::Female),
        phone: Some("13900139000".to_owned()),
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
        area_code: None,
        notices: domain::staff_notice::StaffNotices::Text,
    };
    staff::insert(work.tx, &caseworker)?;
    (0..count)
        .map(|number| client_with_case(work, &office, &caseworker, number))
        .collect()
}

fn client_with_case(
    work: &mut Work<'_, '_>,
    office: &offices::Office,
    caseworker: &staff::Staff,
    number: u32,
) -> Result<cases::Case, WorkError> {
    let now = work.now;
    let client = clients::Client {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: office.id,
        caseworker_id: Some(caseworker.id),
        name: "王小明".to_owned(),
        sex: Sex::Male,
        birth_date: None,
        id_number: None,
        phone: Some(format!("138{number:08}")),
        phone_sms_ok: true,
        phone_state: PhoneState::Verified,
        version: 1,
        created_by: caseworker.id,
        created_at: now,
        updated_at: now,
        frozen_from: None,
    };
    clients::insert(work.tx, &client)?;
    let pack = rules::pack_in_force(work, "cn-default", date("2025-09-01"))?;
    let calendar = rules::calendar(work)?;
    let tz = rules::zone(office)?;
    let mut case = cases::Case {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client.id,
        office_id: office.id,
        caseworker_id: caseworker.id,
        measure: Measure::CommunityTreatment,
        rule_pack: "cn-default".to_owned(),
        rule_pack_version: 1,
        term_months: 36,
        document_no: "2025-1".to_owned(),
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
        created_by: caseworker.id,
        created_at: now,
        updated_at: now,
        ended_at: None,
        frozen_from: None,
    };
    schedule::set_report_in_deadline(work, &mut case, &pack, &calendar, tz)?;
    cases::insert(work.tx, &case)?;
    case.reported_in_on = Some(date("2025-09-05"));
    schedule::plan(work, &mut case, &pack, &calendar, tz)?;
    status::move_case(
        work,
        &mut case,
        CaseEvent::ReportIn,
        status::Grounds::default(),
    )?;
    Ok(case)
}
