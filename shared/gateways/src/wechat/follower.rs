//! Who follows a service account: `GET cgi-bin/user/info`.
//!
//! The person has another openid with each account, and one unionid with all accounts that are linked
//! to the same Open Platform account (WeChat, "UnionID 机制说明"): it tells whose mini-program openid it
//! is. Of what the platform answers nothing else is read. Token and openid travel in the query: the URL
//! stands in no error and no log.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{
    account::{Account, Call},
    answer::{Verdict, refused},
    sign_in::is_id,
};
use crate::SendError;

/// What a service account knows of a person.
#[derive(Debug, Clone)]
pub enum Follower {
    /// They follow it, and have this id with all linked accounts.
    Linked(SecretString),
    /// They follow it, and it is linked to no other account.
    NotLinked,
    /// They do not follow it, or not any more.
    Gone,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    subscribe: i64,
    unionid: Option<SecretString>,
}

impl Verdict for Answer {
    fn errcode(&self) -> i64 {
        self.errcode
    }
}

impl Account {
    /// Asks at `now` (UTC) about the person whose openid with this service account it is. Changes
    /// nothing.
    ///
    /// # Errors
    /// [`SendError`]; permanent: there is no such person.
    pub async fn follower(
        &self,
        open_id: &SecretString,
        now: DateTime<Utc>,
    ) -> Result<Follower, SendError> {
        let call = Call::<()> {
            path: "cgi-bin/user/info",
            query: &[("openid", open_id.expose_secret())],
            body: None,
        };
        let answer: Answer = self.exchange(&call, now).await?;
        if answer.errcode != 0 {
            return Err(refused(answer.errcode));
        }
        if answer.subscribe != 1 {
            return Ok(Follower::Gone);
        }
        let union_id = answer.unionid.filter(is_id);
        Ok(union_id.map_or(Follower::NotLinked, Follower::Linked))
    }
}
