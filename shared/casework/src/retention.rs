//! Applying the rules of retention: surveyed before, reported after.

use chrono::{DateTime, Utc};
use domain::{
    audit::AuditOutcome,
    retention::{RetentionAction, RetentionRule, RetentionRules, RetentionSubject as Subject},
};
use serde_json::Value;
use storage::{
    retention,
    retention_reports::{self, RetentionReport},
};

pub use crate::frozen::HeldUp;
use crate::{
    frozen, record,
    work::{Work, WorkError},
};

/// What a rule finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RetentionRule,
    /// Rows that it would delete, or files that it would freeze, now.
    pub over: i64,
    /// Rows that it would leave.
    pub kept: i64,
    /// Files whose time has come, and that pending work holds up.
    pub held_up: HeldUp,
}

/// What the rules would do now; changes nothing. `real` is the time that sign-ins live in (UTC):
/// moving a sandbox's clock ends no session.
pub fn survey(
    work: &mut Work<'_, '_>,
    rules: &RetentionRules,
    real: DateTime<Utc>,
) -> Result<Vec<Finding>, WorkError> {
    let mut findings = Vec::with_capacity(rules.rules.len());
    for rule in &rules.rules {
        let before = rule.before(now_of(rule.subject, work.now, real));
        let over = before
            .map(|before| retention::count_over(work.tx, work.agency, rule.subject, before))
            .transpose()?
            .unwrap_or(0);
        let all = retention::count(work.tx, work.agency, rule.subject)?;
        findings.push(Finding {
            rule: rule.clone(),
            over,
            kept: all - over,
            held_up: held_up(work, rule, before)?,
        });
    }
    Ok(findings)
}

/// One batch: deletes at most about `limit` rows of each subject, or freezes as many files, and adds
/// that to the reports of the day. Answers the most it acted on of one subject. On a day on which
/// nothing is over, the first batch says so and those after it change nothing.
pub fn purge(
    work: &mut Work<'_, '_>,
    rules: &RetentionRules,
    real: DateTime<Utc>,
    limit: i64,
) -> Result<usize, WorkError> {
    let day = work.now.date_naive();
    let reported = retention_reports::subjects_on(work.tx, work.agency, day)?;
    let (mut most, mut all) = (0, 0);
    for rule in &rules.rules {
        let before = rule.before(now_of(rule.subject, work.now, real));
        let acted = before
            .map(|before| act(work, rule, before, limit))
            .transpose()?
            .unwrap_or(0);
        if acted > 0 || !reported.contains(&rule.subject) {
            report(work, rule, before, acted, reported.contains(&rule.subject))?;
        }
        most = most.max(acted);
        all += acted;
    }
    if all > 0 {
        let (day, done) = (Some(day.to_string()), AuditOutcome::Done);
        record::audit(work, "purge", "retention_report", day, done, None)?;
    }
    Ok(most)
}

/// Does what a rule says to what had its event before `before`; answers to how many.
fn act(
    work: &mut Work<'_, '_>,
    rule: &RetentionRule,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, WorkError> {
    if rule.action == RetentionAction::Freeze {
        return frozen::freeze_over(work, before, limit);
    }
    Ok(retention::delete(
        work.tx,
        work.agency,
        rule.subject,
        before,
        limit,
    )?)
}

fn held_up(
    work: &mut Work<'_, '_>,
    rule: &RetentionRule,
    before: Option<DateTime<Utc>>,
) -> Result<HeldUp, WorkError> {
    match before {
        Some(before) if rule.action == RetentionAction::Freeze => frozen::held_up(work, before),
        _ => Ok(HeldUp::default()),
    }
}

/// Sign-ins live in real time, and so do the answers kept for repeated requests.
fn now_of(subject: Subject, now: DateTime<Utc>, real: DateTime<Utc>) -> DateTime<Utc> {
    match subject {
        Subject::KeptAnswers
        | Subject::RefreshTokens
        | Subject::Sessions
        | Subject::ClientSessions => real.min(now),
        Subject::FamilyContacts
        | Subject::GatewayPosts
        | Subject::Replies
        | Subject::AuditTrail
        | Subject::Consents
        | Subject::DeliveryProof
        | Subject::CaseFiles => now,
    }
}

fn report(
    work: &mut Work<'_, '_>,
    rule: &RetentionRule,
    before: Option<DateTime<Utc>>,
    acted: usize,
    begun: bool,
) -> Result<(), WorkError> {
    // Counting is dear, so it is done once a day; later batches subtract what they delete.
    let kept = if begun {
        0
    } else {
        retention::count(work.tx, work.agency, rule.subject)?
    };
    // What is held up is as it was found first on a day.
    let held = if begun {
        HeldUp::default()
    } else {
        held_up(work, rule, before)?
    };
    let out_of_range = |_range| WorkError::corrupt("a number of rows");
    let entry = RetentionReport {
        agency_id: work.agency,
        id: work.ids.next(),
        ran_on: work.now.date_naive(),
        subject: rule.subject,
        action: rule.action,
        keep_days: rule
            .keep_days
            .map(i32::try_from)
            .transpose()
            .map_err(out_of_range)?,
        reason: rule.reason.clone(),
        acted: i64::try_from(acted).map_err(out_of_range)?,
        kept,
        updated_at: work.now,
        held_up: held.files,
        held_up_by: (held.files > 0).then(|| {
            let by = held.by.iter();
            by.map(|(work, count)| (work.as_str().to_owned(), Value::from(*count)))
                .collect()
        }),
    };
    retention_reports::add(work.tx, &entry)?;
    Ok(())
}
