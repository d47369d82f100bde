//! Cases.

pub mod complete;
pub mod get;
pub mod list;
pub mod list_frozen;
pub mod list_transitions;
pub mod open_frozen;
pub mod register;
pub mod replan;
pub mod report_in;
pub mod terminate;
