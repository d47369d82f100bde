//! What goes in and out as JSON.

pub mod offices;
pub mod sandbox;
pub mod sessions;
pub mod staff;
