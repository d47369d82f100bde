//! Sign-ins: sessions and their tokens.

mod begin;
mod current;
mod end;
mod ending;
mod list;
mod refresh;

pub use begin::begin;
pub use current::current;
pub use end::{end, end_all_of, end_others_of, end_own};
pub use ending::Ending;
pub use list::list;
pub use refresh::{invalid, refresh};
