//! Sign-ins of staff members.

pub mod begin_second_factor;
pub mod change_password;
pub mod confirm_second_factor;
pub mod create;
pub mod delete;
pub mod end;
pub mod get;
pub mod list;
pub mod refresh;
pub mod set_notices;
