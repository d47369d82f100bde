//! Acts on what providers posted: it was kept and answered at once, and is looked into here.
//!
//! A post names no agency. It is looked for in one after the other and acted on in that which knows
//! what it is about, together with the end of the post: twice or in two processes at once, it is acted
//! on once. What is not found yet is put off, for a receipt may be earlier than our own record.

mod event;
mod followers;
mod likely;
mod person;
mod receipt;
mod reply;

use std::sync::Arc;

use casework::WorkError;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AgencyId,
    gateway_post::{self, PostKind, PostOutcome},
};
use storage::{
    StorageError, Tx, agencies,
    gateway_posts::{self, Post},
};

use self::followers::Question;
use crate::{
    job::{Batch, Context, Job, Running, Turn},
    runner::blocking,
};

/// Posts taken at a time.
const BATCH: i64 = 200;
/// How long a batch is held. Whoever dies over one leaves it to the others then.
const LEASE: TimeDelta = TimeDelta::minutes(2);

#[derive(Debug)]
pub(super) struct ApplyPosts;

impl Job for ApplyPosts {
    fn name(&self) -> &'static str {
        "apply_posts"
    }

    /// Whichever agency's turn it is: posts are nobody's.
    fn batch(&self, turn: Turn) -> Running<'_> {
        Box::pin(async move {
            let (context, now) = (turn.context, turn.now);
            let taking = Arc::clone(&context);
            let (taken, questions) = blocking(move || batch(&taking, now)).await?;
            if !questions.is_empty() {
                let answered = followers::ask(&context, questions, now).await;
                blocking(move || followers::bind(&context, answered, now)).await?;
            }
            Ok(Batch {
                acted_on: taken,
                more: i64::try_from(taken).is_ok_and(|taken| taken >= BATCH),
            })
        })
    }

    fn next_due(
        &self,
        tx: &mut Tx<'_>,
        _agency: AgencyId,
        _now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StorageError> {
        gateway_posts::next_due(tx)
    }

    /// Posts are taken row by row.
    fn shares_work(&self) -> bool {
        true
    }
}

/// Takes posts and acts on them; answers how many, and whom the platform is to be asked about.
fn batch(context: &Context, now: DateTime<Utc>) -> Result<(usize, Vec<Question>), WorkError> {
    let store = &context.parts.store;
    let posts = store.write(|tx| gateway_posts::claim(tx, now, now + LEASE, BATCH))?;
    if posts.is_empty() {
        return Ok((0, Vec::new()));
    }
    let taken = posts.len();
    let agencies = store.read(agencies::list_ids)?;
    let of_kind = |kind: PostKind| posts.iter().filter(move |post| post.kind == kind).cloned();
    let receipts = receipt::apply(context, &agencies, of_kind(PostKind::Receipt), now);
    let questions = event::apply(context, &agencies, of_kind(PostKind::Event), now);
    let replies = reply::apply(context, &agencies, of_kind(PostKind::Reply), now);
    // Each has its turn, whatever became of the others.
    receipts.and(replies)?;
    Ok((taken, questions?))
}

/// What was in a post, if it can be opened and `read`; else it is ended, for it will never be.
fn opened<T>(
    context: &Context,
    post: &Post,
    now: DateTime<Utc>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, WorkError> {
    let store = &context.parts.store;
    let body = match post.body(store.sealer()) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(post = %post.id, %error, "a post cannot be opened");
            put_off(context, post, PostOutcome::Failed, now)?;
            return Ok(None);
        }
    };
    let read = read(&body);
    if read.is_none() {
        tracing::error!(post = %post.id, "a post cannot be read");
        end(context, post, PostOutcome::Failed, now)?;
    }
    Ok(read)
}

/// The AppID of the account at WeChat that a post came to; a post of none that the settings have is put
/// off, for they may be mended.
fn app_id(context: &Context, post: &Post, now: DateTime<Utc>) -> Result<Option<String>, WorkError> {
    let provider = context.parts.providers.named(&post.account);
    let app_id = provider.and_then(|provider| provider.app_id.clone());
    if app_id.is_none() {
        without_account(context, post, now)?;
    }
    Ok(app_id)
}

/// Puts off a post to an account that is not in the settings.
fn without_account(context: &Context, post: &Post, now: DateTime<Utc>) -> Result<(), WorkError> {
    tracing::error!(post = %post.id, account = post.account, "the account is not in the settings");
    put_off(context, post, PostOutcome::Failed, now)
}

/// Puts a post off; one that has waited long enough ends with `or_else`.
fn put_off(
    context: &Context,
    post: &Post,
    or_else: PostOutcome,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let Some(next) = gateway_post::next_try(post.received_at, post.tries, now) else {
        tracing::warn!(
            post = %post.id,
            account = post.account,
            outcome = %or_else,
            "a post was given up"
        );
        return end(context, post, or_else, now);
    };
    let store = &context.parts.store;
    store.write(|tx| gateway_posts::park(tx, post.id, next))?;
    Ok(())
}

fn end(
    context: &Context,
    post: &Post,
    outcome: PostOutcome,
    now: DateTime<Utc>,
) -> Result<(), WorkError> {
    let store = &context.parts.store;
    if store.write(|tx| gateway_posts::finish(tx, post.id, outcome, now))? {
        count(post.kind, outcome);
    }
    Ok(())
}

fn count(kind: PostKind, outcome: PostOutcome) {
    metrics::counter!(
        "worker_gateway_posts_total",
        "kind" => kind.as_str(),
        "outcome" => outcome.as_str()
    )
    .increment(1);
}
