//! The checks on a test as it was typed in.

use casework::Work;
use chrono::{DateTime, Utc};
use domain::{
    OfficeId, Refusal, RefusalCode, StaffId,
    local_time::{Tz, local_date, truncate_to_micros},
    test_record::{self, Collector, Counting, Evidence},
};
use storage::{StorageError, staff, test_records::Context};

use crate::{failure::Failure, services::text, views::test_records::RecordTest};

/// Most collectors and substances one record names.
const MOST: usize = 20;

/// What was checked.
pub(super) struct Checked {
    pub collected_at: DateTime<Utc>,
    pub collectors: Vec<StaffId>,
    pub counting: Counting,
    pub note: Option<String>,
    pub kit_lot: Option<String>,
}

/// Checks times, texts and collectors of a test taken at `office`, and judges whether it counts.
pub(super) fn check(
    work: &mut Work<'_, '_>,
    context: &Context,
    office: OfficeId,
    asked: &RecordTest,
) -> Result<Checked, Failure> {
    if !domain::case_status::is_live(context.case.status) {
        let detail = format!(
            "tests are recorded while a case goes on; it is {}",
            context.case.status
        );
        return Err(Refusal::new(RefusalCode::CaseNotActive, detail).into());
    }
    let tz: Tz = context
        .timezone
        .parse()
        .map_err(|_unknown| StorageError::Corrupt(format!("time zone of office {office}")))?;
    let collected_at = truncate_to_micros(asked.collected_at);
    let collected_on = local_date(collected_at, tz);
    if collected_at > work.now {
        return Err(at(
            RefusalCode::DateInFuture,
            "/collected_at",
            "the sample is not taken yet",
        ));
    }
    if context
        .case
        .term_starts_on
        .is_none_or(|starts| collected_on < starts)
    {
        let detail = "the sample was taken before the term began";
        return Err(at(RefusalCode::OutsideWindow, "/collected_at", detail));
    }
    told(asked, collected_at, work.now)?;
    if asked.panel.as_ref().is_some_and(|panel| panel.len() > MOST) {
        return Err(at(
            RefusalCode::InvalidValue,
            "/panel",
            "a panel has at most 20 substances",
        ));
    }
    let pack = casework::rules::pack(
        work,
        &context.case.rule_pack,
        context.case.rule_pack_version,
    )?;
    let collectors = collectors(work, office, &asked.collector_ids)?;
    let counting = test_record::judge(&Evidence {
        sample: asked.sample,
        method: asked.method,
        result: asked.result,
        collectors: &collectors,
        client_sex: context.client_sex,
        client_signed: asked.client_signed,
        refused_to_sign: asked.refused_to_sign,
        kit_expires_on: asked.kit_expires_on,
        collected_on,
        hair_replaces_urine: pack.hair_replaces_urine,
    })?;
    Ok(Checked {
        collected_at,
        collectors: collectors.iter().map(|collector| collector.id).collect(),
        counting,
        note: asked
            .note
            .as_deref()
            .map(|note| text::note(note, "/note", 2_000))
            .transpose()?,
        kit_lot: asked
            .kit_lot
            .as_deref()
            .map(|lot| text::line(lot, "/kit_lot", 60))
            .transpose()?,
    })
}

fn told(
    asked: &RecordTest,
    collected_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    match asked.told_at {
        Some(told_at) if told_at > now => Err(at(
            RefusalCode::DateInFuture,
            "/told_at",
            "the client was not told yet",
        )),
        Some(told_at) if told_at < collected_at => {
            let detail = "the client cannot be told before the sample is taken";
            Err(at(RefusalCode::InvalidValue, "/told_at", detail))
        }
        _ => Ok(()),
    }
}

/// The collectors, each once: active staff of the office.
fn collectors(
    work: &mut Work<'_, '_>,
    office: OfficeId,
    asked: &[StaffId],
) -> Result<Vec<Collector>, Failure> {
    if asked.len() > MOST {
        return Err(at(
            RefusalCode::InvalidValue,
            "/collector_ids",
            "at most 20 collectors",
        ));
    }
    let known = staff::get_many(work.tx, work.agency, asked)?;
    let mut collectors: Vec<Collector> = Vec::with_capacity(asked.len());
    for (place, id) in asked.iter().enumerate() {
        let member = known
            .iter()
            .find(|member| member.id == *id && member.active && member.office_id == Some(office));
        let Some(member) = member else {
            let detail = "a collector is an active staff member of the office";
            let pointer = format!("/collector_ids/{place}");
            return Err(Refusal::at(RefusalCode::CollectorNotInOffice, pointer, detail).into());
        };
        if collectors.iter().all(|other| other.id != member.id) {
            collectors.push(Collector {
                id: member.id,
                sex: member.sex,
            });
        }
    }
    Ok(collectors)
}

fn at(code: RefusalCode, pointer: &str, detail: &str) -> Failure {
    Refusal::at(code, pointer, detail).into()
}
