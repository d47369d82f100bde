//! Every fault of a body's shape. Serde stops at the first one: the field at fault is taken out, and
//! the rest read again.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{faulty, named, pointer_of};
use crate::{extract::objects::Objects, problem::Problem};

/// More faults than this say only that the body is meant for another operation.
const MOST: usize = 20;

/// All faults of a body that is no `T`, as one problem. Of fields that are missing, the first of
/// each object. `first` is the fault of the body as it was sent: the only one where reading it into a
/// document has mended it, as with a field that stands there twice.
pub(super) fn all<T: DeserializeOwned>(body: &[u8], first: Problem) -> Problem {
    let mut document: Value = match serde_json::from_slice(body) {
        Ok(document) => document,
        Err(error) => return faulty(&error, String::new()),
    };
    let mut found: Vec<Problem> = Vec::new();
    let mut taken_out: Vec<String> = Vec::new();
    while found.len() < MOST {
        let Err(error) = serde_path_to_error::deserialize::<_, T>(Objects(&document)) else {
            break;
        };
        let place = pointer_of(error.path());
        let problem = faulty(error.inner(), place.clone());
        let is_missing = named(&error.inner().to_string(), "missing field `").is_some();
        let at = problem.pointer().unwrap_or_default().to_owned();
        // What was taken out is missed from then on; that is no fault of the sender's.
        if !(is_missing && taken_out.contains(&at)) {
            found.push(problem);
        }
        let Some(gone) = take_out(&mut document, &place) else {
            break;
        };
        taken_out.push(gone);
    }
    if found.is_empty() {
        return first;
    }
    Problem::gathered(found)
}

/// Takes the member of an object at `pointer` out, or the nearest one around it; answers where it
/// was. None: there is nothing left but the body itself.
fn take_out(document: &mut Value, pointer: &str) -> Option<String> {
    let mut place = pointer;
    loop {
        let (parent, name) = place.rsplit_once('/')?;
        if let Some(Value::Object(members)) = document.pointer_mut(parent) {
            let name = name.replace("~1", "/").replace("~0", "~");
            members.remove(&name)?;
            return Some(place.to_owned());
        }
        place = parent;
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use serde::Deserialize;
    use serde_json::json;

    use super::{super::parse, *};
    use crate::extract::patch::Field;

    #[expect(dead_code, reason = "only read in")]
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Change {
        #[serde(default)]
        name: Field<String>,
        #[serde(default)]
        born_on: Field<NaiveDate>,
        paper: Option<Paper>,
        ids: Option<Vec<u8>>,
    }

    #[expect(dead_code, reason = "only read in")]
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Paper {
        number: String,
        issued_on: NaiveDate,
    }

    /// Code and pointer of every fault.
    fn faults(body: &Value) -> Vec<(String, String)> {
        let problem = parse::<Change>(body.to_string().as_bytes()).unwrap_err();
        let whole = problem.code().as_str();
        let answer = serde_json::to_value(problem.errors()).unwrap();
        answer
            .as_array()
            .unwrap()
            .iter()
            .map(|error| {
                let code = error["code"].as_str().unwrap_or(whole);
                (
                    code.to_owned(),
                    error["pointer"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    }

    #[track_caller]
    fn told(body: &Value, expected: &[(&str, &str)]) {
        let mut faults = faults(body);
        faults.sort();
        let faults: Vec<_> = faults.iter().map(|(code, at)| (&**code, &**at)).collect();
        assert_eq!(faults, expected, "{body}");
    }

    #[test]
    fn every_field_at_fault_is_told() {
        told(
            &json!({
                "name": 1, "born_on": "2026-02-30", "colour": "red", "si/ze": 1,
                "paper": { "number": 1, "issued_on": [] }, "ids": [1, "x", -1],
            }),
            &[
                ("invalid_value", "/born_on"),
                ("invalid_value", "/ids/1"),
                ("invalid_value", "/name"),
                ("invalid_value", "/paper/issued_on"),
                ("invalid_value", "/paper/number"),
                ("unknown_field", "/colour"),
                ("unknown_field", "/si~1ze"),
            ],
        );
        told(
            &json!({ "paper": {}, "name": 1 }),
            &[
                ("invalid_value", "/name"),
                ("invalid_value", "/paper/number"),
            ],
        );
    }

    #[test]
    fn a_field_that_stands_there_twice_is_told() {
        for body in [r#"{"ids":[],"ids":[]}"#, r#"{"name":"a","name":"b"}"#] {
            let problem = parse::<Change>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.code().as_str(), "invalid_value", "{body}");
        }
    }

    #[test]
    fn what_cannot_be_taken_apart_is_told_as_a_whole() {
        told(&json!([1]), &[("invalid_value", "")]);
        told(
            &json!({ "paper": ["1", "2026-01-01"] }),
            &[("invalid_value", "/paper")],
        );
        let many: Value = (0..99).map(|n| (format!("f{n}"), json!(n))).collect();
        assert_eq!(faults(&many).len(), MOST);
    }
}
