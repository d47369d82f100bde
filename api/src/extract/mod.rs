//! What a handler is given, checked before it runs.

pub mod call;
pub mod json;
pub mod open;
pub mod page;
pub mod patch;
pub mod path;
pub mod query;
pub mod request;
pub mod signed;

pub use call::Call;
pub use json::{Json, NoBody};
pub use open::OpenCall;
pub use page::PageQuery;
pub use path::Path;
pub use query::Query;
pub use signed::SignedBody;
