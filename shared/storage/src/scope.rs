//! What part of an agency's case data a caller may reach.

use domain::{OfficeId, StaffId};

/// Narrows every query on case data. `None` means: not narrowed by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only rows of this office.
    pub office: Option<OfficeId>,
    /// Only rows assigned to this caseworker.
    pub caseworker: Option<StaffId>,
}

/// Narrows a boxed query on a table with `office_id` and `caseworker_id` to a scope. Where the
/// column `caseworker_id` may be null, a last argument `Some` says so.
macro_rules! within {
    ($query:expr, $table:ident, $scope:expr $(, $some:ident)?) => {{
        let mut query = $query;
        if let Some(office) = $scope.office {
            query = query.filter($table::office_id.eq(crate::types::bind(office)));
        }
        if let Some(caseworker) = $scope.caseworker {
            query = query.filter($table::caseworker_id.eq(crate::types::bind($($some)?(caseworker))));
        }
        query
    }};
}
pub(crate) use within;
