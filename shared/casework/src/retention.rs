//! Applying the rules of retention: surveyed before, reported after.

use chrono::{DateTime, Utc};
use domain::{
    audit::AuditOutcome,
    retention::{RetentionRule, RetentionRules, RetentionSubject as Subject},
};
use storage::{
    retention,
    retention_reports::{self, RetentionReport},
};

use crate::{
    record,
    work::{Work, WorkError},
};

/// What a rule finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: RetentionRule,
    /// Rows that it would delete now.
    pub over: i64,
    /// Rows that it would leave.
    pub kept: i64,
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
        });
    }
    Ok(findings)
}

/// One batch: deletes at most about `limit` rows of each subject, and adds that to the reports of the
/// day. Answers the most it deleted of one subject. On a day on which nothing is over, the first
/// batch says so and those after it change nothing.
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
        let deleted = before
            .map(|before| retention::delete(work.tx, work.agency, rule.subject, before, limit))
            .transpose()?
            .unwrap_or(0);
        if deleted > 0 || !reported.contains(&rule.subject) {
            report(work, rule, deleted, reported.contains(&rule.subject))?;
        }
        most = most.max(deleted);
        all += deleted;
    }
    if all > 0 {
        let (day, done) = (Some(day.to_string()), AuditOutcome::Done);
        record::audit(work, "purge", "retention_report", day, done, None)?;
    }
    Ok(most)
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
        | Subject::AuditTrail
        | Subject::Consents
        | Subject::DeliveryProof
        | Subject::CaseFiles => now,
    }
}

fn report(
    work: &mut Work<'_, '_>,
    rule: &RetentionRule,
    deleted: usize,
    begun: bool,
) -> Result<(), WorkError> {
    // Counting is dear, so it is done once a day; later batches subtract what they delete.
    let kept = if begun {
        0
    } else {
        retention::count(work.tx, work.agency, rule.subject)?
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
        acted: i64::try_from(deleted).map_err(out_of_range)?,
        kept,
        updated_at: work.now,
    };
    retention_reports::add(work.tx, &entry)?;
    Ok(())
}
