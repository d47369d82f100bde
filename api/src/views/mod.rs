//! What goes in and out as JSON.

pub mod offices;
pub mod sessions;
pub mod staff;
