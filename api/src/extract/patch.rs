//! Fields of a PATCH: absent, null and given are three things (RFC 7396).

use domain::RefusalCode;
use serde::{Deserialize, Deserializer};

use crate::{problem::Problem, problem_code::ProblemCode};

/// A field of a PATCH. Declare it with `#[serde(default)]` and
/// `#[schema(value_type = Option<T>)]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Not in the body: stays as it is.
    #[default]
    Absent,
    /// `null`: is emptied.
    Null,
    /// Is replaced.
    Value(T),
}

impl<T> Field<T> {
    /// The new value of a field that cannot be empty; `None`: stays as it is.
    ///
    /// # Errors
    /// `invalid_value` at `pointer` for `null`.
    pub fn not_null(&self, pointer: &str) -> Result<Option<&T>, Problem> {
        match self {
            Self::Absent => Ok(None),
            Self::Value(value) => Ok(Some(value)),
            Self::Null => Err(Problem::at(
                ProblemCode::Refused(RefusalCode::InvalidValue),
                pointer,
                "this field cannot be null",
            )),
        }
    }

    /// What a field that may be empty becomes; `None`: stays as it is.
    pub fn change(&self) -> Option<Option<&T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Change {
        #[serde(default)]
        name: Field<String>,
    }

    fn read(json: &str) -> Field<String> {
        serde_json::from_str::<Change>(json).unwrap().name
    }

    #[test]
    fn absent_null_and_given_are_three_things() {
        assert_eq!(read("{}").change(), None);
        assert_eq!(read(r#"{"name":null}"#).change(), Some(None));
        assert_eq!(
            read(r#"{"name":"a"}"#).change(),
            Some(Some(&"a".to_owned()))
        );
        assert_eq!(read("{}").not_null("/name").unwrap(), None);
        let problem = read(r#"{"name":null}"#).not_null("/name").unwrap_err();
        assert_eq!(problem.pointer(), Some("/name"));
    }
}
