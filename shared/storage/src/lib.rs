//! All SQL of the product. One query text serves SQLite and PostgreSQL.
//!
//! Every function takes a [`Tx`] and, for case data, the agency: a tenant's rows are reachable only
//! through its id. Nothing here reads a clock.

// Row structs mirror tables; their fields are documented in the migrations' names and DOMAIN words.
pub mod appointments;
pub mod cases;
pub mod clients;
pub mod connection;
pub mod error;
pub mod migrate;
pub mod offices;
mod schema;
pub mod scope;
pub mod sealed;
pub mod store;
mod types;

pub use connection::{Options, Synchronous};
pub use error::{Retryable, StorageError};
pub use scope::Scope;
pub use sealed::{Sealer, SealingKey};
pub use store::{Backend, Store, Tx};
