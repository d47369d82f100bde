//! Events of WeChat: receipts, what the person accepts to be sent, and that they follow the account or
//! left it.

use casework::{
    Actor, Work, WorkError,
    record::{self, AuditOutcome},
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, gateway_post::PostOutcome, subscription_credit::CreditChange};
use gateways::wechat::callback::{Event, Notice, notice_of};
use secrecy::ExposeSecret as _;
use storage::{
    gateway_posts::{self, Post},
    subscription_credits::{self, CreditEvent},
    wechat_bindings::{self, WechatBinding},
};

use super::{
    count, end,
    followers::{self, Question},
    opened,
    person::{Person, are_ours},
    put_off,
    receipt::{Read, apply_read},
    without_account,
};
use crate::job::Context;

/// Acts on these events, each in the agency where the person is bound; answers whom the platform is to be
/// asked about.
pub(super) fn apply(
    context: &Context,
    agencies: &[AgencyId],
    posts: impl Iterator<Item = Post>,
    now: DateTime<Utc>,
) -> Result<Vec<Question>, WorkError> {
    let (mut receipts, mut questions) = (Vec::new(), Vec::new());
    for post in posts {
        let Some(notice) = opened(context, &post, now, |body| notice_of(body).ok())? else {
            continue;
        };
        if let Event::Follows { begins } = notice.event {
            let followed = (&notice, begins);
            questions.extend(followers::question(context, agencies, post, followed, now)?);
            continue;
        }
        let told = notice.reports();
        let provider = context.parts.providers.named(&post.account);
        let app_id = provider.and_then(|provider| provider.app_id.clone());
        let person = app_id.map(|app_id| Person {
            app_id,
            open_id: notice.open_id.clone(),
        });
        let is_noted =
            matches!(notice.event, Event::Unfollowed) || !notice.credit_changes().is_empty();
        if is_noted && !note(context, agencies, &post, (&notice, person.as_ref()), now)? {
            continue;
        }
        if !told.is_empty() {
            receipts.push(Read {
                post,
                told,
                person,
                failed: false,
            });
        } else if !is_noted {
            end(context, &post, PostOutcome::NoReference, now)?;
        }
    }
    apply_read(context, agencies, receipts, now)?;
    Ok(questions)
}

/// Notes what an event says about the person with their binding. A post that says nothing else is
/// ended with it. Answers whether the event may be gone on with.
fn note(
    context: &Context,
    agencies: &[AgencyId],
    post: &Post,
    (notice, person): (&Notice, Option<&Person>),
    now: DateTime<Utc>,
) -> Result<bool, WorkError> {
    let Some(person) = person else {
        without_account(context, post, now)?;
        return Ok(false);
    };
    let (app_id, open_id) = (&person.app_id, person.open_id.expose_secret());
    let is_all = notice.reports().is_empty();
    for agency in agencies {
        let store = &context.parts.store;
        let binding = store.read_in(*agency, |tx| {
            wechat_bindings::find(tx, *agency, app_id, open_id)
        })?;
        let Some(binding) = binding else { continue };
        let noted = context.write(*agency, now, |work| {
            note_in(work, post, (notice, person), &binding, is_all)
        });
        return match noted {
            Ok(outcome) => {
                if let Some(outcome) = outcome {
                    count(post.kind, outcome);
                }
                Ok(true)
            }
            Err(error) => {
                tracing::error!(post = %post.id, %agency, %error, "an event was not noted");
                put_off(context, post, PostOutcome::Failed, now)?;
                Ok(false)
            }
        };
    }
    match notice.event {
        _ if !is_all => {}
        // Nobody is bound who could be left.
        Event::Unfollowed => end(context, post, PostOutcome::Ignored, now)?,
        // The dialog may come before the binding: who signs in and binds the account within the day has
        // what they accepted.
        _ => put_off(context, post, PostOutcome::Ignored, now)?,
    }
    Ok(true)
}

fn note_in(
    work: &mut Work<'_, '_>,
    post: &Post,
    (notice, person): (&Notice, &Person),
    binding: &WechatBinding,
    is_all: bool,
) -> Result<Option<PostOutcome>, WorkError> {
    work.actor = Actor::gateway();
    let (agency, at) = (work.agency, notice.happened_at);
    let mut is_news = false;
    // An event of before the binding says nothing of it: who is bound again follows again.
    if matches!(notice.event, Event::Unfollowed) && binding.bound_at <= at {
        wechat_bindings::end(work.tx, agency, binding.id, work.now, "unfollowed")?;
        is_news = true;
    }
    let told = notice.reports();
    let counted = !told.is_empty() && are_ours(work.tx, agency, &post.account, person, &told)?;
    let changes = notice.credit_changes().into_iter();
    for noted in changes.filter(|it| !counted || it.change != CreditChange::Spent) {
        let event = CreditEvent {
            agency_id: agency,
            id: work.ids.next(),
            binding_id: binding.id,
            template_id: noted.template_id,
            change: noted.change,
            dedupe_key: noted.key,
            happened_at: at,
            recorded_at: work.now,
        };
        is_news |= subscription_credits::note(work.tx, &event)?;
    }
    if is_news {
        let id = Some(binding.id.to_string());
        let done = AuditOutcome::Done;
        record::audit(work, "apply_posts", "wechat_binding", id, done, None)?;
    }
    if !is_all {
        return Ok(None);
    }
    let outcome = if is_news {
        PostOutcome::Applied
    } else {
        PostOutcome::Repeated
    };
    let ended = gateway_posts::finish(work.tx, post.id, outcome, work.now)?;
    Ok(ended.then_some(outcome))
}
