//! Sign-ins: sessions and their tokens.

mod begin;
mod end;
mod refresh;

pub use begin::begin;
pub use end::{end, end_all_of};
pub use refresh::{invalid, refresh};
