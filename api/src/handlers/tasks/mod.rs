//! Tasks: what people have to do.

pub mod complete;
pub mod get;
pub mod list;
