//! Receipts of SMS vendors: joined to the attempt they are about, and applied as those of the office's
//! own platform are.

use std::collections::HashMap;

use casework::{
    Actor, Work, WorkError,
    receipt::{self, Applied, Receipt},
    record::{self, AuditOutcome},
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, gateway_post::PostOutcome, template::TemplateGateway};
use gateways::{
    aliyun,
    push::{self, Report},
    tencent,
    wechat::callback::Told,
};
use storage::{
    PhoneIndex, Sealer, StorageError, Tx,
    attempts::{self, Named},
    gateway_posts::{self, Post},
};

use super::{
    count, end,
    likely::{self, Likely},
    opened,
    person::{self, Found, Person},
    put_off,
};
use crate::{
    Providers,
    job::Context,
    jobs::steps::{lies_in_the_data, note_left},
};

/// A post that was read, with the receipts in it: all about messages to one person.
pub(super) struct Read {
    pub post: Post,
    pub told: Vec<Told>,
    /// Who that is, where the receipts may name no message.
    pub person: Option<Person>,
    /// Whether it may be about something of an agency that cannot be read.
    pub failed: bool,
}

/// A receipt, and the attempt it is about.
pub(super) type Known = (Report, Named);

/// Applies these receipts, each in the agency whose message it is about.
pub(super) fn apply(
    context: &Context,
    agencies: &[AgencyId],
    posts: impl Iterator<Item = Post>,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let mut open = Vec::new();
    for post in posts {
        if let Some(report) = opened(context, &post, now, |body| read(post.vendor, body))? {
            let template_id = None;
            open.push(Read {
                post,
                told: vec![Told {
                    report,
                    template_id,
                }],
                person: None,
                failed: false,
            });
        }
    }
    apply_read(context, agencies, open, now)
}

/// The same of posts that were read.
pub(super) fn apply_read(
    context: &Context,
    agencies: &[AgencyId],
    open: Vec<Read>,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let open = apply_named(context, agencies, open, now)?;
    for one in open {
        if one.failed {
            put_off(context, &one.post, PostOutcome::Failed, now)?;
            continue;
        }
        match likely::find(context, agencies, &one, now)? {
            Likely::One(agency, known) => {
                apply_in(context, agency, &[(one.post, vec![*known])], now)?;
            }
            Likely::Several => end(context, &one.post, PostOutcome::NoReference, now)?,
            Likely::Nothing => put_off(context, &one.post, PostOutcome::Unmatched, now)?,
        }
    }
    Ok(())
}

/// Applies those that are found in one of the agencies; answers the others.
fn apply_named(
    context: &Context,
    agencies: &[AgencyId],
    mut open: Vec<Read>,
    now: DateTime<Utc>,
) -> Result<Vec<Read>, WorkError> {
    for agency in agencies {
        if open.is_empty() {
            break;
        }
        let all = find_apart(context, *agency, &open)?;
        let (mut known, mut others) = (Vec::new(), Vec::new());
        for (mut one, found) in open.into_iter().zip(all) {
            one.failed |= found.is_none();
            let found = found.unwrap_or_default();
            let is_lost = found.iter().any(|it| matches!(it, Found::Several));
            let of_it: Vec<Known> = found.into_iter().filter_map(Found::known).collect();
            if !of_it.is_empty() {
                known.push((one.post, of_it));
            } else if is_lost {
                end(context, &one.post, PostOutcome::NoReference, now)?;
            } else {
                others.push(one);
            }
        }
        apply_in(context, *agency, &known, now)?;
        open = others;
    }
    Ok(open)
}

/// What each of these is about in an agency. None of one that is likely to be about what cannot be read: it
/// keeps no other waiting.
fn find_apart(
    context: &Context,
    agency: AgencyId,
    open: &[Read],
) -> Result<Vec<Option<Vec<Found>>>, WorkError> {
    let store = &context.parts.store;
    let found = store.read_in(agency, |tx| find(tx, agency, open));
    match (found.map_err(WorkError::from), open) {
        (Err(error), [one]) if lies_in_the_data(&error) => {
            note_left("apply_posts", agency, Some(&one.post.id), &error);
            Ok(vec![None])
        }
        (Err(error), several) if lies_in_the_data(&error) => {
            let mut all = Vec::new();
            for one in several.chunks(1) {
                all.extend(find_apart(context, agency, one)?);
            }
            Ok(all)
        }
        (found, _) => Ok(found?.into_iter().map(Some).collect()),
    }
}

fn read(vendor: TemplateGateway, body: &str) -> Option<Report> {
    match vendor {
        TemplateGateway::Aliyun => push::one(aliyun::receipt::parse, body),
        TemplateGateway::Tencent => push::one(tencent::receipt::parse, body),
        TemplateGateway::Wechat => None,
    }
}

/// What each of these is about in an agency.
fn find(tx: &mut Tx<'_>, agency: AgencyId, open: &[Read]) -> Result<Vec<Vec<Found>>, StorageError> {
    let mut by_account: HashMap<&str, Vec<&Report>> = HashMap::new();
    for one in open {
        let of_it = by_account.entry(&one.post.account).or_default();
        of_it.extend(one.told.iter().map(|told| &told.report));
    }
    let mut named: HashMap<&str, Vec<Named>> = HashMap::new();
    for (account, reports) in by_account {
        let ids: Vec<_> = reports.iter().filter_map(|it| it.attempt_id).collect();
        let references: Vec<_> = reports
            .iter()
            .filter_map(|it| it.provider_message_id.clone())
            .collect();
        let of_it = attempts::named_by(tx, agency, account, &ids, &references)?;
        named.insert(account, of_it);
    }
    let sealer = tx.sealer();
    open.iter()
        .map(|one| {
            let of_account = named.get(one.post.account.as_str());
            let of_account = of_account.map_or(&[][..], Vec::as_slice);
            let mut found = Vec::new();
            for told in &one.told {
                let report = &told.report;
                let about = about(sealer, report, of_account);
                found.push(match (about, &one.person) {
                    (Some(about), _) => Found::Known(Box::new((report.clone(), about))),
                    (None, Some(who)) => person::find(tx, agency, &one.post.account, who, told)?,
                    (None, None) => Found::Nothing,
                });
            }
            Ok(found)
        })
        .collect()
}

/// The attempt a receipt is about: the one it names by our id; else the only one with the vendor's
/// reference, which several have that were handed over together: then that to its number.
fn about(sealer: &Sealer, report: &Report, named: &[Named]) -> Option<Named> {
    if let Some(id) = report.attempt_id {
        let ours = named.iter().find(|it| it.attempt_id == id);
        if ours.is_some() {
            return ours.cloned();
        }
    }
    let reference = report.provider_message_id.as_ref()?;
    let mut candidates: Vec<&Named> = named
        .iter()
        .filter(|it| it.provider_message_id.as_ref() == Some(reference))
        .collect();
    // One may be named twice: by another receipt's id as well.
    candidates.sort_unstable_by_key(|it| it.attempt_id);
    candidates.dedup_by_key(|it| it.attempt_id);
    if candidates.len() > 1 {
        let number = report.recipient.as_deref();
        let phone = number.and_then(|number| number.strip_prefix("+86"))?;
        let number = Some(PhoneIndex::of(sealer, phone));
        candidates.retain(|it| it.phone_index == number);
    }
    candidates.first().map(|it| (*it).clone())
}

/// All of them in one unit of work; where that fails, each by itself: one bad row keeps no other
/// waiting.
fn apply_in(
    context: &Context,
    agency: AgencyId,
    known: &[(Post, Vec<Known>)],
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    if known.is_empty() {
        return Ok(());
    }
    let done = context.write(agency, now, |work| {
        let providers = &context.parts.providers;
        let each = known.iter();
        each.map(|one| apply_one(work, providers, one)).collect()
    });
    let outcomes: Vec<Option<PostOutcome>> = match (done, known) {
        (Ok(outcomes), _) => outcomes,
        (Err(error), [(post, _)]) => {
            tracing::error!(post = %post.id, %agency, %error, "a receipt was not applied");
            return put_off(context, post, PostOutcome::Failed, now);
        }
        (Err(_of_one), several) => {
            let each = several.chunks(1);
            return each
                .into_iter()
                .try_for_each(|one| apply_in(context, agency, one, now));
        }
    };
    for ((post, _), outcome) in known.iter().zip(outcomes) {
        if let Some(outcome) = outcome {
            count(post.kind, outcome);
        }
    }
    Ok(())
}

/// Applies what one post says, and ends it; `None` when somebody else did meanwhile.
fn apply_one(
    work: &mut Work<'_, '_>,
    providers: &Providers,
    (post, known): &(Post, Vec<Known>),
) -> Result<Option<PostOutcome>, WorkError> {
    work.actor = Actor::gateway();
    let account = providers.named(&post.account);
    let confirms = account.is_none_or(|account| account.confirms_receipts);
    let mut outcome = PostOutcome::Repeated;
    for (report, about) in known {
        // Found by its number: nobody can know for certain, so nobody's word makes it proof.
        let is_likely =
            about.provider_message_id.is_none() && post.vendor == TemplateGateway::Tencent;
        let applied = receipt::apply(
            work,
            &Receipt {
                gateway: post.account.clone(),
                outcome: report.outcome,
                message_id: Some(about.message_id),
                attempt_id: Some(about.attempt_id),
                code: report.code.clone(),
                happened_at: report.happened_at,
                to_confirm: confirms || is_likely,
            },
        )?;
        outcome = match (applied, outcome) {
            (Applied::Moved(_), _) => PostOutcome::Applied,
            (Applied::Kept, PostOutcome::Repeated) => PostOutcome::Kept,
            (Applied::Kept | Applied::Repeated, before) => before,
        };
        if applied != Applied::Repeated {
            let id = Some(about.message_id.to_string());
            let done = AuditOutcome::Done;
            record::audit(work, "apply_posts", "message", id, done, None)?;
        }
    }
    let ended = gateway_posts::finish(work.tx, post.id, outcome, work.now)?;
    Ok(ended.then_some(outcome))
}
