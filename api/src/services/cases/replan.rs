use std::sync::Arc;

use casework::{
    Work, WorkError, rules, schedule,
    status::{Grounds, keep_step, save_case},
};
use chrono::NaiveDate;
use domain::{CaseId, Refusal, RefusalCode, case_status, rule_pack::RulePack};
use storage::{AnyId, Scope, cases::Case, rule_packs};

use super::get_to_change;
use crate::{
    failure::Failure,
    services::{text, version},
    views::cases::{MoveView, ReplanCase, ReplanView},
};

/// Gives the rest of a case other rules: what is still ahead, and of which nobody was told yet,
/// takes their dates. With `dry_run` only shows what would move. The case comes back as it is
/// afterwards.
///
/// # Errors
/// `not_found`, `stale_version`, `case_not_active`; `unknown_rule_pack` or `invalid_value` at the
/// field; what planning refuses.
pub fn replan(
    work: &mut Work<'_, '_>,
    scope: Scope,
    id: CaseId,
    expected: Option<i64>,
    asked: &ReplanCase,
    dry_run: bool,
) -> Result<(Case, ReplanView), Failure> {
    let reason = text::reason(&asked.reason)?;
    let mut case = get_to_change(work, scope, id)?;
    version::check(case.version, expected)?;
    if !case_status::is_live(case.status) || case.reported_in_on.is_none() {
        let detail = format!(
            "only a case in execution is re-planned; this one is {}",
            case.status
        );
        return Err(Refusal::new(RefusalCode::CaseNotActive, detail).into());
    }
    let office = rules::office(work, case.office_id)?;
    let today = rules::today(work, &office)?;
    let pack = pack_asked_for(work, asked, today)?;
    let (calendar, tz) = (rules::calendar(work)?, rules::zone(&office)?);
    let moves = schedule::replan(work, &case, &pack, &calendar, tz, dry_run)?;
    if !dry_run {
        store(work, &mut case, &pack, &reason)?;
    }
    let view = ReplanView {
        dry_run,
        rule_pack: pack.id.clone(),
        rule_pack_version: pack.version,
        moves: moves.into_iter().map(MoveView::from).collect(),
    };
    Ok((case, view))
}

fn store(
    work: &mut Work<'_, '_>,
    case: &mut Case,
    pack: &RulePack,
    reason: &str,
) -> Result<(), WorkError> {
    case.rule_pack.clone_from(&pack.id);
    case.rule_pack_version = i32::try_from(pack.version)
        .map_err(|_range| WorkError::corrupt("rule pack version out of range"))?;
    save_case(work, case)?;
    let document = format!("{} v{}", pack.id, pack.version);
    let status = case.status.as_str();
    let object = AnyId::from_uuid(case.id.uuid());
    let grounds = Grounds {
        document: Some(&document),
        reason: Some(reason),
    };
    keep_step(work, "case", object, (status, status), grounds)
}

fn pack_asked_for(
    work: &mut Work<'_, '_>,
    asked: &ReplanCase,
    today: NaiveDate,
) -> Result<Arc<RulePack>, Failure> {
    let Some(number) = asked.rule_pack_version else {
        return Ok(rules::pack_in_force(work, &asked.rule_pack, today)?);
    };
    if rule_packs::get(work.tx, work.agency, &asked.rule_pack, number)?.is_none() {
        return Err(Refusal::at(
            RefusalCode::UnknownRulePack,
            "/rule_pack_version",
            format!("there is no version {number} of this rule pack"),
        )
        .into());
    }
    Ok(rules::pack(work, &asked.rule_pack, number)?)
}
