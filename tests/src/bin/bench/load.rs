//! Fills a database through the product's own storage and rules.

mod team;

use std::collections::HashMap;

use api::auth::Passwords;
use casework::{Actor, PackCache, Request, Work, WorkError, remind, rules, schedule};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    AgencyId, AppointmentId, AppointmentKind, AppointmentStatus, CaseStatus, IdMint, Measure,
    NoticeProof, PhoneState, Sex,
    cadence::{self, Window},
    calendar::Calendar,
    ladder::PlannedStep,
    local_time::Tz,
    rule_pack::RulePack,
};
use platform::{Config, Randomness};
use storage::{
    Store, agencies, appointments,
    appointments::Appointment,
    cases::{self, Case},
    clients::{self, Client},
};

use self::team::Team;
use crate::{Outcome, data};

/// Clients in one transaction.
const CHUNK: usize = 500;
const PACK: &str = "cn-default";

/// Loads so many clients, with everything the site needs around them.
pub fn load(store: &Store, clients: usize) -> Outcome<()> {
    let now = data::begin()?;
    let mint = |salt: usize| -> Outcome<IdMint> {
        // Ids as they come about in real life: spread over the two years in which cases came in.
        let before = TimeDelta::minutes(i64::try_from(clients.saturating_sub(salt) * 10)?);
        Ok(IdMint::new(now - before, u128::try_from(salt)? << 40))
    };
    let packs = PackCache::default();
    let agency: AgencyId = mint(0)?.next();
    let unit = |ids: IdMint, run: &mut dyn FnMut(&mut Work<'_, '_>) -> Result<(), WorkError>| {
        store.write(|tx| {
            run(&mut Work {
                tx,
                packs: &packs,
                agency,
                now,
                actor: Actor::system(),
                ids: ids.clone(),
                request: Request::none(),
            })
        })
    };
    let mut team = Team::default();
    let hash = password_hash()?;
    let mut rules_of = None;
    unit(mint(1)?, &mut |work| {
        let row = agencies::Agency {
            id: agency,
            name: "基准县".to_owned(),
            created_at: now,
        };
        agencies::insert(work.tx, &row)?;
        rules::publish_shipped(work)?;
        team = Team::insert(work, clients, &hash)?;
        let on = now.date_naive();
        rules_of = Some((
            rules::pack_in_force(work, PACK, on)?,
            rules::calendar(work)?,
        ));
        Ok(())
    })?;
    let (pack, calendar) = rules_of.ok_or("no rules")?;
    let tz: Tz = "Asia/Shanghai"
        .parse()
        .map_err(|_unknown| "no such time zone")?;
    let mut planner = Planner {
        pack: &pack,
        calendar: &calendar,
        tz,
        now,
        plans: HashMap::new(),
    };
    for first in (0..clients).step_by(CHUNK) {
        let numbers = first..clients.min(first + CHUNK);
        let plans = numbers
            .map(|number| planner.case(number))
            .collect::<Outcome<Vec<_>>>()?;
        unit(mint(2 + first)?, &mut |work| {
            let mut items = Vec::new();
            for (offset, plan) in plans.iter().enumerate() {
                insert_client(work, &planner, &team, first + offset, plan, &mut items)?;
            }
            Ok(appointments::insert_many(work.tx, &items)?)
        })?;
    }
    Ok(())
}

/// The hash of everybody's password, at production's cost.
fn password_hash() -> Outcome<String> {
    let config = Config::defaults()?.auth.argon2;
    let passwords = Passwords::start(&config, 1, Randomness::seeded(1))?;
    Ok(passwords.hash_blocking(data::PASSWORD.into())?)
}

/// A window of a plan with what is computed from it once.
#[derive(Clone)]
struct Item {
    window: Window,
    steps: Vec<PlannedStep>,
    why: serde_json::Value,
}

struct CasePlan {
    number: usize,
    reported_in_on: NaiveDate,
    term_ends_on: NaiveDate,
    items: Vec<Item>,
}

/// Plans cases; those alike are computed once.
struct Planner<'a> {
    pack: &'a RulePack,
    calendar: &'a Calendar,
    tz: Tz,
    now: DateTime<Utc>,
    plans: HashMap<(Measure, NaiveDate), (NaiveDate, Vec<Item>)>,
}

impl Planner<'_> {
    fn case(&mut self, number: usize) -> Outcome<CasePlan> {
        let (measure, on) = (data::measure(number), data::reported_in_on(number)?);
        if !self.plans.contains_key(&(measure, on)) {
            let plan = cadence::plan(&cadence::PlanInput {
                pack: self.pack,
                measure,
                term_months: 36,
                reported_in_on: on,
                term_ends_on: None,
                tz: self.tz,
                calendar: self.calendar,
            })
            .map_err(|refusal| refusal.to_string())?;
            let mut items = Vec::new();
            for window in plan.items {
                items.push(Item {
                    steps: remind::steps_of_window(&window, self.pack, self.calendar, self.tz),
                    why: serde_json::to_value(&window.why)?,
                    window,
                });
            }
            self.plans.insert((measure, on), (plan.term_ends_on, items));
        }
        let (term_ends_on, items) = self.plans.get(&(measure, on)).cloned().ok_or("no plan")?;
        Ok(CasePlan {
            number,
            reported_in_on: on,
            term_ends_on,
            items,
        })
    }
}

fn insert_client(
    work: &mut Work<'_, '_>,
    planner: &Planner<'_>,
    team: &Team,
    number: usize,
    plan: &CasePlan,
    items: &mut Vec<Appointment>,
) -> Result<(), WorkError> {
    let (office_id, caseworker) = team.of(number)?;
    let client = Client {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id,
        caseworker_id: Some(caseworker),
        name: "王小明".to_owned(),
        sex: Sex::Male,
        birth_date: NaiveDate::from_ymd_opt(1990, 1, 1),
        id_number: Some(format!("33010219900101{number:06}")),
        phone: Some(format!("138{number:08}")),
        phone_sms_ok: true,
        phone_state: PhoneState::Verified,
        version: 1,
        created_by: caseworker,
        created_at: work.now,
        updated_at: work.now,
        frozen_from: None,
    };
    clients::insert(work.tx, &client)?;
    let received_on = plan.reported_in_on - TimeDelta::days(5);
    let mut case = Case {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client.id,
        office_id,
        caseworker_id: caseworker,
        measure: data::measure(number),
        rule_pack: PACK.to_owned(),
        rule_pack_version: 1,
        term_months: 36,
        document_no: format!("决字〔{number}〕号"),
        issuing_authority: "某某分局".to_owned(),
        issued_on: received_on,
        received_on,
        printed_term_ends_on: None,
        status: CaseStatus::Active,
        report_in_due_on: plan.reported_in_on,
        report_in_closes_at: work.now,
        report_in_provisional: false,
        report_in_why: serde_json::Value::Null,
        reported_in_on: Some(plan.reported_in_on),
        agreement_signed_on: Some(plan.reported_in_on),
        term_starts_on: Some(plan.reported_in_on),
        term_ends_on: Some(plan.term_ends_on),
        next_check_at: None,
        next_remind_at: None,
        version: 2,
        created_by: caseworker,
        created_at: work.now,
        updated_at: work.now,
        ended_at: None,
        frozen_from: None,
    };
    schedule::set_report_in_deadline(work, &mut case, planner.pack, planner.calendar, planner.tz)?;
    (case.next_check_at, case.next_remind_at) = (None, None);
    cases::insert(work.tx, &case)?;
    for (position, item) in plan.items.iter().enumerate() {
        items.push(appointment(
            work.ids.next(),
            &case,
            plan.number,
            position,
            item,
            planner.now,
        )?);
    }
    Ok(())
}

/// An appointment as time and a dutiful client have left it.
fn appointment(
    id: AppointmentId,
    case: &Case,
    number: usize,
    position: usize,
    item: &Item,
    now: DateTime<Utc>,
) -> Result<Appointment, WorkError> {
    let window = &item.window;
    let missed_earlier =
        data::is_due(number) && number.is_multiple_of(data::NEAR_THRESHOLD) && position < 2;
    let status = if window.grace_ends_at <= now {
        if missed_earlier {
            AppointmentStatus::Missed
        } else {
            AppointmentStatus::Completed
        }
    } else if window.closes_at <= now {
        AppointmentStatus::Completed
    } else if window.opens_at <= now {
        AppointmentStatus::Open
    } else {
        AppointmentStatus::Scheduled
    };
    let over = matches!(
        status,
        AppointmentStatus::Completed | AppointmentStatus::Missed
    );
    let next_change_at = match status {
        AppointmentStatus::Open => Some(window.closes_at),
        AppointmentStatus::Scheduled => Some(window.opens_at),
        _ => None,
    };
    // Steps whose time has come are in the outbox already.
    let next_remind_at = if over {
        None
    } else {
        let ahead = item
            .steps
            .iter()
            .map(|step| step.planned_for - remind::AHEAD);
        ahead.into_iter().find(|at| *at > now)
    };
    Ok(Appointment {
        agency_id: case.agency_id,
        id,
        case_id: case.id,
        client_id: case.client_id,
        office_id: case.office_id,
        caseworker_id: case.caseworker_id,
        kind: AppointmentKind::Test,
        sequence: i32::try_from(window.sequence)
            .map_err(|_range| WorkError::corrupt("sequence"))?,
        generation: 0,
        replaces_id: None,
        opens_on: window.opens_on,
        nominal_on: window.nominal_on,
        due_on: window.due_on,
        grace_ends_on: window.grace_ends_on,
        opens_at: window.opens_at,
        closes_at: window.closes_at,
        grace_ends_at: window.grace_ends_at,
        status,
        late: false,
        provisional: false,
        notified: over,
        why: item.why.clone(),
        notice_proof: if over {
            NoticeProof::Proven
        } else {
            NoticeProof::NotDue
        },
        number_doubted_at: None,
        label: None,
        labelled_by: None,
        labelled_at: None,
        missed_at: (status == AppointmentStatus::Missed).then_some(window.grace_ends_at),
        next_change_at,
        next_remind_at,
        version: 1,
        created_at: case.created_at,
        updated_at: case.created_at,
    })
}
