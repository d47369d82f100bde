//! What clients handed in at their check-ins, for the people who look after them.

pub mod list;
