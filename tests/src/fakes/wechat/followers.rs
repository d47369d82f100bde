//! Who follows the service account, and who they are with all accounts of its owner.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{FakeWechat, State, refused};
use crate::fakes::{
    script::Script,
    wire::{Reaction, Request},
};

/// What the platform is asked about people.
#[derive(Default)]
pub(super) struct Followers {
    /// The unionid of an openid, with whichever account.
    pub unions: BTreeMap<String, String>,
    script: Script<Reaction>,
    questions: usize,
}

impl FakeWechat {
    /// The openid that a person has with the service account.
    pub fn follower(&self, person: &str) -> String {
        format!("oSv{person:0>25}")
    }

    /// Links the service account and the mini program to one Open Platform account, as far as a person
    /// goes.
    pub fn link(&self, person: &str) {
        let union = self.union_id(person);
        let ids = [self.open_id(person), self.follower(person)];
        self.state(|state| {
            let unions = &mut state.followers.unions;
            unions.extend(ids.map(|id| (id, union.clone())));
        });
    }

    /// The unionid of a person.
    pub fn union_id(&self, person: &str) -> String {
        format!("oUn{person:0>25}")
    }

    /// Somebody follows the service account no more.
    pub fn unfollow(&self, open_id: &str) {
        self.state(|state| state.followers_of_it.remove(open_id));
    }

    /// What to do with the next questions about followers, one by one, instead of answering them.
    pub fn script_followers(&self, reactions: impl IntoIterator<Item = Reaction>) {
        self.state(|state| state.followers.script.extend(reactions));
    }

    /// Questions about followers that came with a good token, answered or not.
    pub fn asked_about_followers(&self) -> usize {
        self.state(|state| state.followers.questions)
    }
}

impl State {
    /// Answers `cgi-bin/user/info`.
    pub fn user_info(&mut self, request: &Request, now: DateTime<Utc>) -> Reaction {
        if request.method != "GET" {
            return refused(43_001);
        }
        if let Some(refusal) = self.refuses_token(request, now) {
            return refusal;
        }
        self.followers.questions += 1;
        if let Some(reaction) = self.followers.script.take() {
            return reaction;
        }
        let Some(open_id) = request.parameter("openid").filter(|id| id.len() == 28) else {
            return refused(40_003);
        };
        if !self.followers_of_it.contains(&open_id) {
            return Reaction::Answer(200, json!({ "subscribe": 0, "openid": open_id }));
        }
        let mut answer = json!({
            "subscribe": 1, "openid": open_id, "language": "zh_CN",
            "subscribe_time": 1_757_000_000, "remark": "王", "groupid": 0, "tagid_list": [],
        });
        if let Some(union) = self.followers.unions.get(&open_id) {
            answer["unionid"] = union.as_str().into();
        }
        Reaction::Answer(200, answer)
    }
}
