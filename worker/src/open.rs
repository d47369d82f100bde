//! Opens what the settings name: the database and the providers' accounts. For both binaries.

mod providers;

use std::time::Duration;

use gateways::{email::EmailError, http::BuildError};
use platform::{Config, ConfigError, config};
use secrecy::{ExposeSecret as _, SecretString};
use storage::{
    Options, Sealer, SealingKey, StorageError, Store, Synchronous, migrate, sealing_keys,
};

pub use self::providers::{OpenProviders, providers};

/// Why it cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The database is older than this build.
    #[error("the database is not migrated: run `tongxing migrate`")]
    NotMigrated,
    /// The gateway's settings are wrong.
    #[error(transparent)]
    Gateway(#[from] BuildError),
    /// The settings of e-mail are wrong.
    #[error("providers: {0}")]
    Email(#[from] EmailError),
}

/// The database with its sealing keys. It is not migrated.
///
/// # Errors
/// [`OpenError`].
pub fn store(config: &Config) -> Result<Store, OpenError> {
    Ok(Store::open(&database_options(config)?, sealer(config)?)?)
}

/// The database, of the schema that this build needs and sealed with the keys at hand.
///
/// # Errors
/// [`OpenError`]: also for a key that is missing or not the one the database knows by its id.
pub fn migrated_store(config: &Config) -> Result<Store, OpenError> {
    let store = store(config)?;
    if migrate::is_pending(&store)? {
        return Err(OpenError::NotMigrated);
    }
    sealing_keys::check(&store)?;
    Ok(store)
}

/// How to reach the database.
///
/// # Errors
/// When `database.url` is not set.
pub fn database_options(config: &Config) -> Result<Options, ConfigError> {
    let database = &config.database;
    Ok(Options {
        url: required("database.url", database.url.as_ref())?
            .expose_secret()
            .to_owned(),
        pool_size: database.pool_size,
        statement_cache: database.statement_cache,
        row_security: database.row_security,
        busy_timeout: Duration::from_millis(database.busy_timeout_ms),
        synchronous: match database.synchronous {
            config::Synchronous::Full => Synchronous::Full,
            config::Synchronous::Normal => Synchronous::Normal,
            config::Synchronous::Off => Synchronous::Off,
        },
    })
}

/// The keys of sealed fields.
///
/// # Errors
/// When a key file cannot be read, or a key's id is not a number from 0 to 255: it is one byte
/// beside every sealed field.
pub fn sealer(config: &Config) -> Result<Sealer, OpenError> {
    let keys = config
        .sealing
        .sealing_keys()?
        .into_iter()
        .map(|key| {
            let id = key
                .id
                .parse()
                .map_err(|_not_a_byte: std::num::ParseIntError| {
                    let id = &key.id;
                    ConfigError::Refused(format!(
                        "sealing.keys_file: the id {id:?} is not a number from 0 to 255"
                    ))
                })?;
            Ok(SealingKey {
                id,
                bytes: *key.key.expose_secret(),
            })
        })
        .collect::<Result<Vec<_>, ConfigError>>()?;
    Ok(Sealer::new(
        &keys,
        config.sealing.index_key()?.expose_secret(),
    )?)
}

fn required<'a>(
    key: &str,
    value: Option<&'a SecretString>,
) -> Result<&'a SecretString, ConfigError> {
    value.ok_or_else(|| ConfigError::Refused(format!("{key} is not set")))
}
