//! Pages of a list.

use domain::page::{Cursor, Limit, ListScope, SortKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{problem::Problem, problem_code::ProblemCode};

/// The parameters of a list without filters. Lists with filters declare the same two fields beside
/// their own and call [`limit`] and [`after`].
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Items on the page, 1–100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Pass it as `cursor` to get the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

/// The limit asked for.
pub fn limit(asked: Option<i64>) -> Result<Limit, Problem> {
    Limit::new(asked)
        .map_err(|refusal| Problem::at(ProblemCode::InvalidQuery, "/limit", refusal.detail))
}

/// Where the page begins: after this row.
pub fn after(cursor: Option<&str>, scope: &ListScope<'_>) -> Result<Option<Cursor>, Problem> {
    cursor
        .map(|text| Cursor::decode(text, scope))
        .transpose()
        .map_err(|refusal| Problem::at(ProblemCode::InvalidCursor, "/cursor", refusal.detail))
}

impl<T> Page<T> {
    /// A page from rows fetched with [`Limit::rows_to_fetch`]: the row too many only says that
    /// another page follows. `key` gives the sort values and the id of a row, `view` its item.
    pub fn cut<R>(
        mut rows: Vec<R>,
        limit: Limit,
        scope: &ListScope<'_>,
        key: impl Fn(&R) -> (Vec<SortKey>, Uuid),
        view: impl FnMut(R) -> T,
    ) -> Self {
        let more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next_cursor = rows.last().filter(|_| more).map(|last| {
            let (sort, id) = key(last);
            Cursor { sort, id }.encode(scope)
        });
        Self {
            items: rows.into_iter().map(view).collect(),
            next_cursor,
        }
    }
}
