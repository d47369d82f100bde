//! What a process needs around the product: configuration, telemetry, clock, randomness, shutdown.
//!
//! Only the binaries and their harness use this crate. The rules and the storage take time,
//! randomness and settings as arguments.

pub mod clock;
pub mod config;
pub mod monitor;
pub mod pulse;
pub mod randomness;
pub mod shutdown;
pub mod telemetry;

pub use clock::{Clock, ManualClock};
pub use config::{Config, ConfigError, Profile};
pub use monitor::Monitor;
pub use pulse::Pulse;
pub use randomness::Randomness;
pub use shutdown::Shutdown;
