//! The OpenAPI document, as the tests go by it.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;
use tests::{Response, TestApp};

/// One operation as it is documented.
#[derive(Debug)]
pub struct Operation {
    /// `operationId`.
    pub id: String,
    pub method: Method,
    /// With `{parameters}`.
    pub path: String,
    /// Whether it asks for an access token.
    pub secured: bool,
    pub has_body: bool,
    /// Names of path, query and header parameters.
    pub parameters: BTreeSet<String>,
    /// Statuses it may answer, with the problem codes of each.
    pub answers: BTreeMap<u16, BTreeSet<String>>,
}

impl Operation {
    pub fn takes(&self, parameter: &str) -> bool {
        self.parameters.contains(parameter)
    }

    /// Whether a path is one of this operation's.
    pub fn is_at(&self, path: &str) -> bool {
        let (mut expected, mut given) = (self.path.split('/'), path.split('/'));
        expected.by_ref().all(|part| {
            given
                .next()
                .is_some_and(|given| part == given || part.starts_with('{'))
        }) && given.next().is_none()
    }

    /// Checks that the document knows this answer of the operation.
    #[track_caller]
    pub fn assert_documents(&self, response: &Response) {
        let status = response.status.as_u16();
        let known = self.answers.get(&status);
        let known = known.unwrap_or_else(|| panic!("{}: {status} is not documented", self.id));
        if let Some(code) = response.body["code"].as_str().filter(|_| status >= 400) {
            assert!(
                known.contains(code),
                "{}: {code} is not documented",
                self.id
            );
        }
    }
}

pub async fn document(app: &TestApp) -> Value {
    let request = app.request(Method::GET, "/openapi.json");
    app.send(request).await.expect(200)
}

/// Every operation, by its id.
pub async fn operations(app: &TestApp) -> BTreeMap<String, Operation> {
    let document = document(app).await;
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let one = operation(path, method, described);
            assert!(found.insert(one.id.clone(), one).is_none(), "{path}");
        }
    }
    found
}

fn operation(path: &str, method: &str, described: &Value) -> Operation {
    let parameters = described["parameters"].as_array().into_iter().flatten();
    let answers = described["responses"].as_object().unwrap().iter();
    Operation {
        id: described["operationId"].as_str().unwrap().to_owned(),
        method: method.to_uppercase().parse().unwrap(),
        path: path.to_owned(),
        secured: described["security"].is_array(),
        has_body: described["requestBody"].is_object(),
        parameters: parameters
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect(),
        answers: answers
            .map(|(status, answer)| {
                let examples = &answer["content"]["application/problem+json"]["examples"];
                let codes = examples.as_object().into_iter().flatten();
                (
                    status.parse().unwrap(),
                    codes.map(|(code, _)| code.clone()).collect(),
                )
            })
            .collect(),
    }
}
