//! What a handler is given, checked before it runs.

mod before_sign_in;
mod body;
pub mod call;
pub mod client_call;
pub mod json;
mod json_bounds;
pub mod objects;
pub mod open;
pub mod page;
pub mod patch;
pub mod path;
pub mod query;
pub mod receipts;
mod repeatable;
pub mod request;
pub mod signed;
pub mod stream;
pub mod vendor_call;

pub use body::RawBody;
pub use call::Call;
pub use client_call::ClientCall;
pub use json::{Json, NoBody};
pub use open::OpenCall;
pub use page::PageQuery;
pub use path::Path;
pub use query::Query;
pub use signed::SignedBody;
pub use vendor_call::VendorCall;
