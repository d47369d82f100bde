//! Replies that vendors post, and what clients write at WeChat: acted on in the agency whose client has
//! the number or the account.

use casework::{
    Actor, Work, WorkError,
    record::{self, AuditOutcome},
    replies::{self, Incoming, Received, Sender},
};
use chrono::{DateTime, Utc};
use domain::{
    AgencyId, Channel,
    contact::Phone,
    gateway_post::PostOutcome,
    reply::{self, ReplyEffect, ReplyMeaning},
    template::TemplateGateway,
};
use gateways::{
    aliyun,
    push::{self, Reply},
    tencent,
    wechat::callback::{Event, notice_of},
};
use secrecy::ExposeSecret as _;
use storage::gateway_posts::{self, Post};

use super::{app_id, count, end, opened, put_off};
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
        let Some(incoming) = incoming(context, &post, now)? else {
            continue;
        };
        if let Err(error) = apply_one(context, agencies, &post, incoming, now) {
            tracing::error!(post = %post.id, %error, "a reply was not acted on");
            put_off(context, &post, PostOutcome::Failed, now)?;
        }
    }
    Ok(())
}

/// What a post says; none where the post was ended, or put off.
fn incoming(
    context: &Context,
    post: &Post,
    now: DateTime<Utc>,
) -> Result<Option<Incoming>, WorkError> {
    let by_text = |read: fn(&str) -> Option<Reply>| {
        let reply = opened(context, post, now, read)?;
        Ok(reply.map(|reply| by_text(post, reply)))
    };
    match post.vendor {
        TemplateGateway::Aliyun => by_text(|body| push::one(aliyun::reply::parse, body)),
        TemplateGateway::Tencent => by_text(|body| tencent::reply::parse(body.as_bytes()).ok()),
        TemplateGateway::Wechat => {
            let Some(written) = opened(context, post, now, Written::read)? else {
                return Ok(None);
            };
            let app_id = app_id(context, post, now)?;
            Ok(app_id.map(|app_id| at_wechat(post, app_id, written)))
        }
    }
}

/// What somebody wrote at WeChat.
struct Written {
    open_id: String,
    text: String,
    message_id: String,
    at: DateTime<Utc>,
}

impl Written {
    fn read(body: &str) -> Option<Self> {
        let notice = notice_of(body).ok()?;
        let (message_id, text) = match notice.event {
            Event::Text {
                message_id,
                content,
            } => (message_id, content.expose_secret().to_owned()),
            Event::NotText { message_id, form } => (message_id, form.shown().to_owned()),
            _ => return None,
        };
        Some(Self {
            open_id: notice.open_id.expose_secret().to_owned(),
            text,
            message_id,
            at: notice.happened_at,
        })
    }
}

fn at_wechat(post: &Post, app_id: String, written: Written) -> Incoming {
    Incoming {
        channel: Channel::Wechat,
        account: post.account.clone(),
        sender: Sender::Wechat {
            app_id,
            open_id: written.open_id,
        },
        is_elsewhere: false,
        text: written.text,
        message_id: None,
        key: written.message_id,
        sent_at: Some(written.at),
    }
}

fn by_text(post: &Post, reply: Reply) -> Incoming {
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

/// Acts on one, where its sender is known; of nobody known, where people read what strangers write there
/// and there is one agency, which was written to then. A sender whom several agencies know is somebody of
/// each: people look. Danger is for each of them also where nobody knows whose it is.
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
    let meaning = reply::understand(&incoming.text).meaning;
    let is_read = reply::is_read_of_strangers(incoming.channel, meaning);
    if of.is_empty() && is_read && (agencies.len() == 1 || meaning == ReplyMeaning::Help) {
        of.extend(agencies);
    }
    let Some((last, others)) = of.split_last() else {
        if is_read {
            tracing::warn!(post = %post.id, "a reply is of nobody known");
        }
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
