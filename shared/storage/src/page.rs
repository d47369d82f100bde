//! Pages of lists whose order is that in which the rows were made.

/// Narrows a boxed query to one page: the first `limit` rows by id after the one with the id `after`.
macro_rules! page {
    ($query:expr, $table:ident, $after:expr, $limit:expr) => {{
        let query = $query.order($table::id).limit($limit);
        match $after {
            None => query,
            Some(after) => query.filter($table::id.gt(crate::types::bind(after))),
        }
    }};
}
pub(crate) use page;
