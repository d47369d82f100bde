//! Settings: the embedded, documented defaults, overlaid by a TOML file and the environment.
//!
//! The meaning, unit and default of every key stand in `defaults.toml` ([`DEFAULTS`]); the types
//! here only give them a shape.

mod client_sign_in;
mod error;
mod list;
mod load;
mod network;
mod private_files;
mod providers;
mod secret_file;
mod sections;
mod validate;
mod wechat;

pub mod keys;

pub use client_sign_in::ClientSignInConfig;
pub use error::ConfigError;
pub use network::Network;
pub use providers::{
    MiniProgramState, OfficeProvidersConfig, ProviderConfig, ProviderKind, SmtpTls,
};
pub use sections::*;
pub use wechat::{MiniProgramConfig, WechatConfig};

/// The defaults file: the documentation of every key.
pub const DEFAULTS: &str = include_str!("../../defaults.toml");

/// Every setting of a process. `Debug` shows no secret.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub profile: Profile,
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub auth: AuthConfig,
    pub client_sign_in: ClientSignInConfig,
    pub sealing: SealingConfig,
    pub worker: WorkerConfig,
    pub gateway: GatewayConfig,
    pub providers: Vec<ProviderConfig>,
    pub office_providers: Vec<OfficeProvidersConfig>,
    pub wechat: WechatConfig,
    pub sandbox: SandboxConfig,
    pub telemetry: TelemetryConfig,
}

#[cfg(test)]
mod tests;
