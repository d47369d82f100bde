//! Events of WeChat: receipts, what the person accepts to be sent, and that they left the account.

use casework::{
    Actor, Work, WorkError,
    record::{self, AuditOutcome},
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, gateway_post::PostOutcome};
use gateways::wechat::callback::{Event, Notice, notice_of};
use secrecy::ExposeSecret as _;
use storage::{
    gateway_posts::{self, Post},
    subscription_credits::{self, CreditEvent},
    wechat_bindings::{self, WechatBinding},
};

use super::{
    count, end, opened, put_off,
    receipt::{Read, apply_read},
};
use crate::job::Context;

/// Acts on these events, each in the agency where the person is bound.
pub(super) fn apply(
    context: &Context,
    agencies: &[AgencyId],
    posts: impl Iterator<Item = Post>,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let mut receipts = Vec::new();
    for post in posts {
        let Some(notice) = opened(context, &post, now, |body| notice_of(body).ok())? else {
            continue;
        };
        let reports = notice.reports();
        let is_noted =
            matches!(notice.event, Event::Unfollowed) || !notice.credit_changes().is_empty();
        if is_noted && !note(context, agencies, &post, &notice, now)? {
            continue;
        }
        if !reports.is_empty() {
            receipts.push(Read { post, reports });
        } else if !is_noted {
            end(context, &post, PostOutcome::NoReference, now)?;
        }
    }
    apply_read(context, agencies, receipts, now)
}

/// Notes what an event says about the person with their binding. A post that says nothing else is
/// ended with it. Answers whether the event may be gone on with.
fn note(
    context: &Context,
    agencies: &[AgencyId],
    post: &Post,
    notice: &Notice,
    now: DateTime<Utc>,
) -> Result<bool, WorkError> {
    let provider = context.parts.providers.named(&post.account);
    let Some(app_id) = provider.and_then(|provider| provider.app_id.clone()) else {
        tracing::error!(post = %post.id, account = post.account, "the account is not in the settings");
        put_off(context, post, PostOutcome::Failed, now)?;
        return Ok(false);
    };
    let open_id = notice.open_id.expose_secret();
    let is_all = notice.reports().is_empty();
    for agency in agencies {
        let store = &context.parts.store;
        let binding = store.read_in(*agency, |tx| {
            wechat_bindings::find(tx, *agency, &app_id, open_id)
        })?;
        let Some(binding) = binding else { continue };
        let noted = context.write(*agency, now, |work| {
            note_in(work, post, notice, &binding, is_all)
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
    if is_all {
        end(context, post, PostOutcome::Ignored, now)?;
    }
    Ok(true)
}

fn note_in(
    work: &mut Work<'_, '_>,
    post: &Post,
    notice: &Notice,
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
    for noted in notice.credit_changes() {
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
