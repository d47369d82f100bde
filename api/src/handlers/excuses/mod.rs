//! Excuses: requests that an appointment not count as missed.

pub mod decide;
pub mod get;
pub mod list;
pub mod request;
pub mod withdraw;
