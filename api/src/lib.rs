//! The HTTP API of Tongxing.
//!
//! A request passes `extract` (who, what, may they), a handler (`handlers/<resource>/<verb>.rs`), one
//! unit of work (`unit_of_work`) in which a service (`services`) works on the database, and leaves as
//! a view (`views`) or a problem (`problem`). `operations` is the table all of them go by.

pub mod accounts;
pub mod answer;
pub mod auth;
pub mod covering;
mod csv;
mod edge;
pub mod extract;
pub mod failure;
mod fallback;
mod goes_on;
pub mod handlers;
mod limits;
pub mod openapi;
pub mod operations;
pub mod pending;
pub mod problem;
pub mod problem_code;
pub mod refusals;
pub mod routes;
pub mod sandbox;
mod server;
pub mod services;
pub mod state;
mod tls;
mod unit_of_work;
pub mod vendors;
pub mod views;

pub use server::{ServerError, build};
pub use state::AppState;
pub use tls::TlsError;
