//! Texts of messages, and the second person who reviews them.

use domain::{IdMint, Role};
use reqwest::{Method, header::IF_MATCH};
use serde_json::{Value, json};
use storage::staff::{self, Staff};

use crate::{Response, TestApp};

/// Who writes the texts that the seeded administrator reviews.
const AUTHOR: &str = "second.admin";

impl TestApp {
    /// An access token of a second administrator of the seeded agency.
    pub async fn second_admin(&self) -> String {
        let agency = self.seed().agency;
        let known = self.store().read(|tx| staff::find_login(tx, AUTHOR));
        if known.unwrap().is_none() {
            let first = self.seed().staff(&self.seed().username(Role::AgencyAdmin));
            let seed = self.randomness().seed();
            let second = |tx: &mut storage::Tx<'_>| {
                let first = staff::get(tx, agency, first)?.unwrap();
                let second = Staff {
                    id: IdMint::new(self.now(), seed).next(),
                    username: AUTHOR.to_owned(),
                    ..first
                };
                staff::insert(tx, &second)
            };
            self.store().write_in(agency, second).unwrap();
        }
        self.login_as(AUTHOR).await
    }

    /// Drafts a text as the second administrator; the version it got.
    pub async fn draft(&self, path: &str, text: &str) -> i64 {
        let author = self.second_admin().await;
        let body = json!({ "text": text });
        let answer = self.put(&author, path, body).await.expect(200);
        answer["draft"]["version"].as_i64().unwrap()
    }

    /// Reviews a version of a text as the seeded administrator.
    pub async fn review(&self, path: &str, version: i64, decision: Value) -> Response {
        let reviewer = self.login(Role::AgencyAdmin).await;
        let mut body = json!({ "version": version });
        for (field, value) in decision.as_object().unwrap() {
            body[field] = value.clone();
        }
        let request = self
            .request(Method::POST, &format!("{path}/review"))
            .bearer_auth(reviewer)
            .header(IF_MATCH, "*");
        self.send(request.json(&body)).await
    }

    /// Brings a text into force: one person writes it, another one approves it.
    pub async fn put_in_force(&self, path: &str, text: &str) -> Value {
        let version = self.draft(path, text).await;
        let approved = json!({ "decision": "approve" });
        self.review(path, version, approved).await.expect(200)
    }
}
