//! Members of a client's family who may be told something.

pub mod add;
pub mod end;
pub mod get;
pub mod list;
