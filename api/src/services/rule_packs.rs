//! Rule packs: published once, never changed.

use casework::{Work, rules};
use domain::{
    MessageKind, Refusal, RefusalCode,
    page::{ListScope, SortKey},
    rule_pack::{RuleError, RulePack},
    template,
};
use storage::{
    StorageError,
    rule_packs::{self, PublishedPack},
};
use uuid::Uuid;

use crate::{
    extract::page::{self, Page, PageQuery},
    failure::Failure,
    problem::{FieldProblem, Problem},
    problem_code::ProblemCode,
    services::templates,
    views::rule_packs::{RulePackCheck, RulePackDetail, RulePackView},
};

const LIST: ListScope<'static> = ListScope {
    list: "list_rule_packs",
    filters: &[],
};

/// Publishes a version of a pack in the agency. The versions of a pack follow each other without gaps.
///
/// # Errors
/// `rule_pack_invalid` with every fault and its line; `rule_pack_published` when this version is
/// there already: a change is a new version.
pub fn publish(work: &mut Work<'_, '_>, document: &str) -> Result<PublishedPack, Failure> {
    let pack = RulePack::parse(document).map_err(|faults| invalid(&faults))?;
    let row = rules::published_pack(work, &pack, document)?;
    let last = rule_packs::last_version(work.tx, work.agency, &row.pack_id)?.unwrap_or(0);
    if row.pack_version <= last {
        return Err(published(&row).into());
    }
    if row.pack_version > last + 1 {
        return Err(invalid(&[gap(document, &row, last)]).into());
    }
    match rule_packs::insert(work.tx, &row) {
        Err(StorageError::Duplicate(_)) => Err(published(&row).into()),
        other => {
            other?;
            Ok(row)
        }
    }
}

/// Says what [`publish`] would say, and publishes nothing.
pub fn check(work: &mut Work<'_, '_>, document: &str) -> Result<RulePackCheck, Failure> {
    let pack = match RulePack::parse(document) {
        Ok(pack) => pack,
        Err(errors) => return Ok(RulePackCheck::faulty(errors)),
    };
    let row = rules::published_pack(work, &pack, document)?;
    let last = rule_packs::last_version(work.tx, work.agency, &row.pack_id)?.unwrap_or(0);
    let errors = if row.pack_version == last + 1 {
        Vec::new()
    } else {
        vec![gap(document, &row, last)]
    };
    Ok(RulePackCheck {
        id: Some(pack.id.clone()),
        version: Some(pack.version),
        warnings: without_text(work, &pack)?,
        ..RulePackCheck::faulty(errors)
    })
}

/// The steps that nobody wrote a text for, each with what goes out instead.
fn without_text(work: &mut Work<'_, '_>, pack: &RulePack) -> Result<Vec<String>, Failure> {
    let mut warnings = Vec::new();
    for &kind in MessageKind::ALL {
        let instead = match template::dated(kind) {
            Some(_) => "the short one with the date",
            None => "the neutral one",
        };
        for rule in templates::steps::ladder(pack, kind) {
            let step = &rule.step;
            if templates::in_force(work, kind, step)?.is_none() {
                warnings.push(format!(
                    "step {step} of {kind} has no text: {instead} goes out"
                ));
            }
        }
    }
    Ok(warnings)
}

fn published(row: &PublishedPack) -> Refusal {
    let detail = format!(
        "version {} of {} was published before",
        row.pack_version, row.pack_id
    );
    Refusal::at(RefusalCode::RulePackPublished, "/document", detail)
}

/// A version that does not follow the last one, at the line that says it.
fn gap(document: &str, row: &PublishedPack, last: i32) -> RuleError {
    let is_version = |line: &str| {
        line.trim_start()
            .strip_prefix("version")
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    RuleError {
        line: document
            .lines()
            .position(is_version)
            .map_or(1, |index| index + 1),
        column: 1,
        message: format!("the next version of {} is {}", row.pack_id, last + 1),
    }
}

fn invalid(faults: &[RuleError]) -> Problem {
    let errors = faults
        .iter()
        .map(|fault| FieldProblem {
            pointer: "/document".to_owned(),
            detail: fault.message.clone(),
            code: None,
            line: Some(fault.line),
        })
        .collect();
    let detail = match faults.len() {
        1 => "the rule pack has a fault".to_owned(),
        many => format!("the rule pack has {many} faults"),
    };
    Problem::new(ProblemCode::Refused(RefusalCode::RulePackInvalid), detail).with_errors(errors)
}

/// A page of every version of every pack of the agency, by id and version.
pub fn list(work: &mut Work<'_, '_>, asked: &PageQuery) -> Result<Page<RulePackView>, Failure> {
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &LIST)?;
    let after = after
        .as_ref()
        .and_then(|cursor| match cursor.sort.as_slice() {
            [SortKey::Text(id), SortKey::Int(version)] => {
                Some((id.as_str(), i32::try_from(*version).ok()?))
            }
            _ => None,
        });
    let rows = rule_packs::list(work.tx, work.agency, after, limit.rows_to_fetch())?;
    let key = |pack: &PublishedPack| {
        let sort = vec![
            SortKey::Text(pack.pack_id.clone()),
            SortKey::Int(pack.pack_version.into()),
        ];
        (sort, Uuid::nil())
    };
    Ok(Page::cut(rows, limit, &LIST, key, |pack| {
        RulePackView::from(&pack)
    }))
}

/// One version with its rules.
///
/// # Errors
/// `not_found`.
pub fn get(work: &mut Work<'_, '_>, id: &str, version: i32) -> Result<RulePackDetail, Failure> {
    let stored = rule_packs::get(work.tx, work.agency, id, version)?
        .ok_or_else(|| Failure::not_found("rule pack"))?;
    let rules = rules::pack(work, id, version)?;
    Ok(RulePackDetail {
        pack: RulePackView::from(&stored),
        document: stored.document,
        rules: (*rules).clone(),
    })
}
