//! What clients allowed.

pub mod list;
pub mod record;
pub mod withdraw;
