//! Escalations: the machine flags, people decide.

pub mod dismiss;
pub mod get;
pub mod list;
pub mod outcome;
pub mod refer;
pub mod sign_off;
pub mod statement;
pub mod submit;
