//! Tasks: what people have to do.

mod complete;
mod list;

pub use self::{complete::complete, list::list};
