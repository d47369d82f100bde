//! Reading the layers: defaults, file, environment.

use std::path::{Path, PathBuf};

use ::config::{Environment, File, FileFormat};

use super::{Config, ConfigError, DEFAULTS, Profile, error::refused, secret_file};

/// Environment variables that start so are settings: `TONGXING__SECTION__KEY`.
const PREFIX: &str = "TONGXING";

impl Config {
    /// The defaults, overlaid by the file at `path` and by those of `env` that start with
    /// `TONGXING__`, with every `…_file` read. Does not [`Config::validate`]: a command that
    /// needs only a part may run without the rest.
    ///
    /// # Errors
    /// An unreadable file, TOML that is none, an unknown key, or a value of the wrong kind.
    pub fn load(
        path: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layers =
            ::config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(path) = path {
            let text = secret_file::read("the settings file", path)?;
            check_syntax(path, &text)?;
            layers = layers.add_source(File::from_str(&text, FileFormat::Toml));
        }
        // Values stay text until their type is known, or a secret of digits would lose its zeros.
        let environment = Environment::with_prefix(PREFIX)
            .prefix_separator("__")
            .separator("__")
            .source(Some(env.collect()));
        let mut config: Self = layers
            .add_source(environment)
            .build()
            .and_then(::config::Config::try_deserialize)
            .map_err(|error| refused(&error))?;
        config.read_secret_files()?;
        let in_production = config.profile == Profile::Production;
        config
            .auth
            .require_second_factor
            .get_or_insert(in_production);
        Ok(config)
    }

    /// The embedded defaults and nothing else: a start for tests and the sandbox.
    ///
    /// # Errors
    /// None in a build that passed its tests.
    pub fn defaults() -> Result<Self, ConfigError> {
        Self::load(None, std::iter::empty())
    }
}

/// Checked before the layers are, for a message with the line and without its text.
fn check_syntax(path: &Path, text: &str) -> Result<(), ConfigError> {
    toml::from_str::<toml::Table>(text)
        .map(|_| ())
        .map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text
                .bytes()
                .take(start)
                .filter(|byte| *byte == b'\n')
                .count()
                + 1;
            ConfigError::Syntax {
                path: PathBuf::from(path),
                line,
                message: error.message().to_owned(),
            }
        })
}
