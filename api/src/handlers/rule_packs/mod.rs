//! Rule packs of the caller's agency.

pub mod check;
pub mod get;
pub mod list;
pub mod publish;
