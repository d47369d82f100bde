//! Test records: what a test is judged by, and what it does to the schedule.

mod evidence;
mod list;
mod record;

pub use self::{
    list::{get, of_case},
    record::{additional, for_appointment},
};
