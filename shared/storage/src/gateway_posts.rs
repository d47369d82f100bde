//! What providers post to us, one row for each item: taken in at once, acted on by a job.
//!
//! A post is no tenant's before it is known what it is about. What was in it is sealed, and wiped when
//! it was acted on; what stays tells a repetition.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, min},
    prelude::*,
};
use domain::{
    GatewayPostId,
    gateway_post::{PostKind, PostOutcome},
    template::TemplateGateway,
};

use crate::{
    error::StorageError,
    oldest::delete_oldest,
    schema::gateway_posts,
    sealed::{Place, Sealer},
    store::{Conn, Tx},
    types::{bind, record},
    with_conn,
};

const BODY: &str = "gateway_posts.body";

record! {
    struct Row, RowValues in gateway_posts {
        id: GatewayPostId,
        account: String,
        vendor: TemplateGateway,
        kind: PostKind,
        dedupe_key: Vec<u8>,
        body_sealed: Option<Vec<u8>>,
        received_at: DateTime<Utc>,
        next_try_at: Option<DateTime<Utc>>,
        tries: i32,
        applied_at: Option<DateTime<Utc>>,
        outcome: Option<PostOutcome>,
    }
}

/// One item of what a provider posted. No `Debug`: personal data.
#[expect(
    missing_debug_implementations,
    reason = "personal data never reaches a log"
)]
pub struct NewPost<'a> {
    /// Its id.
    pub id: GatewayPostId,
    /// The account it came to, by its name in the settings.
    pub account: &'a str,
    /// Whose form it has.
    pub vendor: TemplateGateway,
    /// What it is.
    pub kind: PostKind,
    /// The same in every repetition, and in nothing else of this kind to this account. Kept as a keyed
    /// hash.
    pub identity: &'a str,
    /// The item as it came.
    pub body: &'a str,
    /// When it came (UTC).
    pub received_at: DateTime<Utc>,
}

/// A post that is to be acted on. Opened by [`Post::body`] only.
#[derive(Clone)]
pub struct Post {
    /// Its id.
    pub id: GatewayPostId,
    /// The account it came to, by its name in the settings.
    pub account: String,
    /// Whose form it has.
    pub vendor: TemplateGateway,
    /// What it is.
    pub kind: PostKind,
    /// When it came (UTC).
    pub received_at: DateTime<Utc>,
    /// How often it was taken to be acted on, this time included.
    pub tries: i32,
    sealed: Vec<u8>,
}

impl Post {
    /// The item as it came.
    ///
    /// # Errors
    /// [`StorageError::Unsealable`].
    pub fn body(&self, sealer: &Sealer) -> Result<String, StorageError> {
        sealer.open(Place::new(BODY, self.id), &self.sealed)
    }
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Takes a post in, to be acted on at once, unless it is there already; answers whether it was new.
pub fn insert_once(tx: &mut Tx<'_>, post: &NewPost<'_>) -> Result<bool, StorageError> {
    let sealer = tx.sealer();
    let row = Row {
        id: post.id,
        account: post.account.to_owned(),
        vendor: post.vendor,
        kind: post.kind,
        dedupe_key: sealer.blind_index("gateway_posts.identity", post.identity),
        body_sealed: Some(sealer.seal(Place::new(BODY, post.id), post.body)?),
        received_at: post.received_at,
        next_try_at: Some(post.received_at),
        tries: 0,
        applied_at: None,
        outcome: None,
    };
    let stored = with_conn!(tx, c => diesel::insert_into(gateway_posts::table)
        .values(row.values())
        .on_conflict((gateway_posts::account, gateway_posts::kind, gateway_posts::dedupe_key))
        .do_nothing()
        .execute(*c))?;
    Ok(stored == 1)
}

/// Takes posts that are due by `now`, the longest waiting first, until `lease_until` (all UTC): a
/// worker that dies leaves them to the others then.
pub fn claim(
    tx: &mut Tx<'_>,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Post>, StorageError> {
    let due = gateway_posts::table
        .filter(gateway_posts::next_try_at.is_not_null())
        .filter(gateway_posts::next_try_at.le(bind(Some(now))))
        .order(gateway_posts::next_try_at)
        .limit(limit);
    let rows: Vec<Row> = match tx.parts().0 {
        Conn::Sqlite(c) => due.select(Row::as_select()).load(*c),
        Conn::Postgres(c) => due
            .select(Row::as_select())
            .for_update()
            .skip_locked()
            .load(*c),
    }?;
    let ids: Vec<_> = rows.iter().map(|row| bind(row.id)).collect();
    with_conn!(tx, c => diesel::update(gateway_posts::table
            .filter(gateway_posts::id.eq_any(ids)))
        .set((
            gateway_posts::next_try_at.eq(bind(Some(lease_until))),
            gateway_posts::tries.eq(gateway_posts::tries + 1),
        ))
        .execute(*c))?;
    let posts = rows.into_iter().map(|row| Post {
        id: row.id,
        account: row.account,
        vendor: row.vendor,
        kind: row.kind,
        received_at: row.received_at,
        tries: row.tries + 1,
        sealed: row.body_sealed.unwrap_or_default(),
    });
    Ok(posts.collect())
}

/// Ends a post and wipes what was in it; answers whether it was still to be acted on. Of two at once,
/// one ends it.
pub fn finish(
    tx: &mut Tx<'_>,
    id: GatewayPostId,
    outcome: PostOutcome,
    at: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let ended = with_conn!(tx, c => diesel::update(gateway_posts::table
            .filter(gateway_posts::id.eq(bind(id)))
            .filter(gateway_posts::next_try_at.is_not_null()))
        .set((
            gateway_posts::body_sealed.eq(None::<Vec<u8>>),
            gateway_posts::next_try_at.eq(bind(None::<DateTime<Utc>>)),
            gateway_posts::applied_at.eq(bind(Some(at))),
            gateway_posts::outcome.eq(bind(Some(outcome))),
        ))
        .execute(*c))?;
    Ok(ended == 1)
}

/// Puts a post off until `until` (UTC).
pub fn park(tx: &mut Tx<'_>, id: GatewayPostId, until: DateTime<Utc>) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::update(gateway_posts::table
            .filter(gateway_posts::id.eq(bind(id)))
            .filter(gateway_posts::next_try_at.is_not_null()))
        .set(gateway_posts::next_try_at.eq(bind(Some(until))))
        .execute(*c))?;
    Ok(())
}

/// When the next post is to be acted on.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<DateTime<Utc>>, StorageError> {
    Ok(with_conn!(tx, c => gateway_posts::table
        .filter(gateway_posts::next_try_at.is_not_null())
        .select(min(gateway_posts::next_try_at))
        .first(*c))?)
}

/// Deletes about `limit` posts that were acted on before `before` (UTC); answers how many.
pub fn purge(tx: &mut Tx<'_>, before: DateTime<Utc>, limit: i64) -> Result<usize, StorageError> {
    Ok(delete_oldest!(tx, gateway_posts by id, applied_at lt Some(before), limit)?)
}

/// How many posts were acted on before `before` (UTC).
pub fn count_over(tx: &mut Tx<'_>, before: DateTime<Utc>) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => gateway_posts::table
        .filter(gateway_posts::applied_at.lt(bind(Some(before))))
        .select(count_star())
        .first(*c))?)
}

/// How many posts there are.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StorageError> {
    Ok(with_conn!(tx, c => gateway_posts::table.select(count_star()).first(*c))?)
}
