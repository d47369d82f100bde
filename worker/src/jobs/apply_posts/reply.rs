//! Replies that vendors post: acted on in the agency whose client has the number.

use casework::{
    Actor, Work, WorkError,
    record::{self, AuditOutcome},
    replies::{self, Incoming, Received, Sender},
};
use chrono::{DateTime, Utc};
use domain::{
    AgencyId, Channel, contact::Phone, gateway_post::PostOutcome, reply::ReplyEffect,
    template::TemplateGateway,
};
use gateways::{
    aliyun,
    push::{self, Reply},
    tencent,
};
use storage::gateway_posts::{self, Post};

use super::{count, end, opened, put_off};
use crate::job::Context;

/// Acts on these replies, one by one: each is somebody's own affair, and one bad row keeps no other
/// waiting.
pub(super) fn apply(
    context: &Context,
    agencies: &[AgencyId],
    posts: impl Iterator<Item = Post>,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    for post in posts {
        let Some(reply) = opened(context, &post, now, |body| read(post.vendor, body))? else {
            continue;
        };
        let incoming = incoming(&post, reply);
        if let Err(error) = apply_one(context, agencies, &post, incoming, now) {
            tracing::error!(post = %post.id, %error, "a reply was not acted on");
            put_off(context, &post, PostOutcome::Failed, now)?;
        }
    }
    Ok(())
}

fn read(vendor: TemplateGateway, body: &str) -> Option<Reply> {
    match vendor {
        TemplateGateway::Aliyun => push::one(aliyun::reply::parse, body),
        TemplateGateway::Tencent => tencent::reply::parse(body.as_bytes()).ok(),
        TemplateGateway::Wechat => None,
    }
}

fn incoming(post: &Post, reply: Reply) -> Incoming {
    let key = reply.identity();
    let phone = reply.sender.as_deref().map(Phone::parse);
    Incoming {
        channel: Channel::Sms,
        account: post.account.clone(),
        sender: Sender::Phone(phone.and_then(Result::ok)),
        is_elsewhere: false,
        text: reply.text,
        message_id: None,
        key,
        sent_at: reply.sent_at,
    }
}

/// Acts on one, where its sender is known; of nobody known, where there is one agency, whose number was
/// answered then. A sender whom several agencies know is somebody of each: people look.
fn apply_one(
    context: &Context,
    agencies: &[AgencyId],
    post: &Post,
    incoming: Incoming,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let store = &context.parts.store;
    let mut of = Vec::new();
    for agency in agencies {
        let sender = &incoming.sender;
        if store.read_in(*agency, |tx| replies::is_known(tx, *agency, sender))? {
            of.push(*agency);
        }
    }
    if let ([], [only]) = (of.as_slice(), agencies) {
        of.push(*only);
    }
    let Some((last, others)) = of.split_last() else {
        tracing::warn!(post = %post.id, "a reply is of nobody known");
        return end(context, post, PostOutcome::Ignored, now);
    };
    let incoming = Incoming {
        is_elsewhere: !others.is_empty(),
        ..incoming
    };
    // Each keeps it once, so a run that was cut off here does no harm by beginning again.
    for agency in others {
        context.write(*agency, now, |work| take(work, &incoming))?;
    }
    let outcome = context.write(*last, now, |work| {
        let outcome = take(work, &incoming)?;
        let ended = gateway_posts::finish(work.tx, post.id, outcome, work.now)?;
        Ok(ended.then_some(outcome))
    })?;
    if let Some(outcome) = outcome {
        count(post.kind, outcome);
    }
    Ok(())
}

fn take(work: &mut Work<'_, '_>, incoming: &Incoming) -> Result<PostOutcome, WorkError> {
    work.actor = Actor::gateway();
    Ok(match replies::receive(work, incoming)? {
        Received::Kept { id, effect, .. } => {
            let (id, done) = (Some(id.to_string()), AuditOutcome::Done);
            record::audit(
                work,
                "apply_posts",
                "reply",
                id,
                done,
                Some(effect.as_str()),
            )?;
            if effect == ReplyEffect::Task {
                PostOutcome::Kept
            } else {
                PostOutcome::Applied
            }
        }
        Received::Repeated => PostOutcome::Repeated,
        Received::NoOffice => PostOutcome::Ignored,
    })
}
