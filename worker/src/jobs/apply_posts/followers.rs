//! Who follows the service account: bound to the client who bound the mini program, if it is one.
//!
//! The platform is asked who somebody is with all accounts of the office, outside any unit of work. Who
//! is nobody's is forgotten with the post: nothing is kept of strangers.

use std::sync::Arc;

use casework::{
    Actor, Work, WorkError,
    record::{self, AuditOutcome},
    wechat,
};
use chrono::{DateTime, Utc};
use domain::{AgencyId, gateway_post::PostOutcome, wechat::WechatApp};
use futures_util::{StreamExt as _, stream};
use gateways::{
    Failure, SendError,
    wechat::{Account, Follower, callback::Notice},
};
use secrecy::{ExposeSecret as _, SecretString};
use storage::{
    agencies,
    gateway_posts::{self, Post},
    wechat_bindings::{self, Account as Ids, WechatBinding},
};

use super::{count, end, person::Person, put_off};
use crate::job::Context;

/// Somebody to ask about.
pub(super) struct Question {
    post: Post,
    account: Arc<Account>,
    person: Person,
    begins: bool,
    at: DateTime<Utc>,
}

/// What the platform said of them.
pub(super) struct Answered {
    question: Question,
    said: Result<Follower, SendError>,
}

/// Whom to ask about after an event; none where that is not needed, and the post has come to its end.
pub(super) fn question(
    context: &Context,
    agencies: &[AgencyId],
    post: Post,
    (notice, begins): (&Notice, bool),
    now: DateTime<Utc>,
) -> Result<Option<Question>, WorkError> {
    let provider = context.parts.providers.named(&post.account);
    let account = provider.and_then(|it| it.app_id.clone().zip(it.followers.clone()));
    let Some((app_id, account)) = account else {
        end(context, &post, PostOutcome::Ignored, now)?;
        return Ok(None);
    };
    let open_id = notice.open_id.expose_secret();
    for agency in agencies {
        let find = |tx: &mut storage::Tx<'_>| wechat_bindings::find(tx, *agency, &app_id, open_id);
        if context.parts.store.read_in(*agency, find)?.is_some() {
            end(context, &post, PostOutcome::Repeated, now)?;
            return Ok(None);
        }
    }
    Ok(Some(Question {
        post,
        account,
        person: Person {
            app_id,
            open_id: notice.open_id.clone(),
        },
        begins,
        at: notice.happened_at,
    }))
}

/// Asks, so many at a time.
pub(super) async fn ask(
    context: &Context,
    questions: Vec<Question>,
    now: DateTime<Utc>,
) -> Vec<Answered> {
    let asking = questions.into_iter().map(|question| async move {
        let said = question.account.follower(&question.person.open_id, now);
        let said = said.await;
        Answered { question, said }
    });
    stream::iter(asking)
        .buffer_unordered(context.parts.settings.concurrency)
        .collect()
        .await
}

/// Acts on what was said.
pub(super) fn bind(
    context: &Context,
    answered: Vec<Answered>,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let agencies = context.parts.store.read(agencies::list_ids)?;
    for Answered { question, said } in answered {
        let post = &question.post;
        match said {
            Ok(Follower::Linked(union_id)) => {
                let bound = bind_one(context, &agencies, &question, &union_id, now);
                if let Err(error) = bound {
                    tracing::error!(post = %post.id, %error, "a follower was not bound");
                    put_off(context, post, PostOutcome::Failed, now)?;
                }
            }
            Ok(Follower::NotLinked) => {
                tracing::warn!(
                    account = post.account,
                    "the service account tells no unionid: link it and the mini program to one Open \
                     Platform account"
                );
                end(context, post, PostOutcome::NoReference, now)?;
            }
            Ok(Follower::Gone) => end(context, post, PostOutcome::Ignored, now)?,
            Err(error) if error.class == Failure::Permanent => {
                end(context, post, PostOutcome::Ignored, now)?;
            }
            Err(error) => {
                tracing::warn!(account = post.account, code = %error.code, "a follower could not be asked about");
                put_off(context, post, PostOutcome::Failed, now)?;
            }
        }
    }
    Ok(())
}

/// Binds one, in the agency whose client it is. Whom two clients bound at the mini program is nobody.
fn bind_one(
    context: &Context,
    agencies: &[AgencyId],
    question: &Question,
    union_id: &SecretString,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let (store, union_id) = (&context.parts.store, union_id.expose_secret());
    let mut known = Vec::new();
    for agency in agencies {
        known.extend(store.read_in(*agency, |tx| {
            wechat_bindings::with_union(tx, *agency, WechatApp::MiniProgram, union_id)
        })?);
    }
    let [known] = known.as_slice() else {
        return end(context, &question.post, PostOutcome::Ignored, now);
    };
    let outcome = context.write(known.agency_id, now, |work| {
        let seen_at = context.parts.sign_in_clock.now();
        let outcome = follow(work, known, question, union_id, seen_at)?;
        let ended = gateway_posts::finish(work.tx, question.post.id, outcome, work.now)?;
        Ok(ended.then_some(outcome))
    })?;
    if let Some(outcome) = outcome {
        count(question.post.kind, outcome);
    }
    Ok(())
}

fn follow(
    work: &mut Work<'_, '_>,
    known: &WechatBinding,
    question: &Question,
    union_id: &str,
    seen_at: DateTime<Utc>,
) -> Result<PostOutcome, WorkError> {
    work.actor = Actor::gateway();
    let follower = wechat::Follower {
        app_id: &question.person.app_id,
        account: Ids {
            open_id: question.person.open_id.expose_secret(),
            union_id: Some(union_id),
        },
        begins: question.begins,
        at: question.at,
    };
    let Some(id) = wechat::follow(work, known, &follower, seen_at)? else {
        return Ok(PostOutcome::Ignored);
    };
    let (id, done) = (Some(id.to_string()), AuditOutcome::Done);
    record::audit(work, "apply_posts", "wechat_binding", id, done, None)?;
    Ok(PostOutcome::Applied)
}
