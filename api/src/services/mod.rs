//! What operations do, inside their unit of work. Nothing here knows HTTP beyond problems.

pub mod offices;
pub mod sandbox;
pub mod sessions;
pub mod version;
