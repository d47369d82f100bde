//! How this product speaks HTTP to the outside: with time-outs, without redirects or proxies, and
//! to public addresses only unless the installation allows more.

mod address;
mod classify;
mod client;
mod guard;
mod vendor;

pub use address::is_public;
pub use classify::{classify_error, classify_status, retry_after};
pub use client::{BuildError, ClientSettings, build, check_url, host_of, read_bounded};
pub(crate) use vendor::json_body;
