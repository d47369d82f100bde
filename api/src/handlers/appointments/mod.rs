//! Appointments.

pub mod get;
pub mod label;
pub mod list;
pub mod list_of_case;
