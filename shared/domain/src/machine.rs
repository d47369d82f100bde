//! Scopes of other systems: the permissions they were given, as OAuth 2 writes them.

use crate::role::{Permission, grantable};

/// A scope that no system may have, or that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a scope")]
pub struct NoSuchScope(pub String);

/// Reads scopes as they stand in a request or a token: words with single spaces between
/// (RFC 6749 §3.3), in any order. The answer is sorted, each scope once.
///
/// # Errors
/// The first word that is none.
pub fn parse_scopes(text: &str) -> Result<Vec<Permission>, NoSuchScope> {
    let mut scopes = text
        .split(' ')
        .map(|word| {
            word.parse()
                .ok()
                .filter(|permission| grantable(*permission))
                .ok_or_else(|| NoSuchScope(word.to_owned()))
        })
        .collect::<Result<Vec<Permission>, _>>()?;
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

/// Writes scopes the way [`parse_scopes`] reads them.
pub fn write_scopes(scopes: &[Permission]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_sorted_and_once() {
        let scopes = parse_scopes("read_cases list_offices read_cases").unwrap();
        assert_eq!(scopes, [Permission::ListOffices, Permission::ReadCases]);
        assert_eq!(write_scopes(&scopes), "list_offices read_cases");
    }

    #[test]
    fn what_no_machine_may_have_is_no_scope() {
        for text in [
            "",
            " ",
            "read_cases ",
            "sign_off_escalations",
            "read_cases\tlist_offices",
            "*",
        ] {
            assert!(parse_scopes(text).is_err(), "{text:?}");
        }
        let refused = parse_scopes("read_cases manage_staff").unwrap_err();
        assert_eq!(refused, NoSuchScope("manage_staff".to_owned()));
    }
}
