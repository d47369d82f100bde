//! Previews of schedules.

pub mod preview;
