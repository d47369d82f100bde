//! Reading the layers: defaults, file, environment.

use std::path::{Path, PathBuf};

use ::config::{Environment, File, FileFormat};

use super::{Config, ConfigError, DEFAULTS, Profile, error::refused, private_files, secret_file};

/// Environment variables that start so are settings: `TONGXING__SECTION__KEY`.
const PREFIX: &str = "TONGXING";

impl Config {
    /// The defaults, overlaid by the file at `path` and by those of `env` that start with
    /// `TONGXING__`, with every `…_file` read. Does not [`Config::validate`]: a command that
    /// needs only a part may run without the rest.
    ///
    /// # Errors
    /// An unreadable file, TOML that is none, an unknown key, a value of the wrong kind, or in
    /// production a file with a secret that others can read.
    pub fn load(
        path: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layers =
            ::config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        let mut written = None;
        if let Some(path) = path {
            let text = secret_file::read("the settings file", path)?;
            written = Some((path, parse(path, &text)?));
            layers = layers.add_source(File::from_str(&text, FileFormat::Toml));
        }
        // Values stay text until their type is known, or a secret of digits would lose its zeros.
        let environment = Environment::with_prefix(PREFIX)
            .prefix_separator("__")
            .separator("__")
            .source(Some(env.collect()));
        let settings = layers
            .add_source(environment)
            .build()
            .map_err(|error| refused(&error))?;
        let mut config: Self = settings
            .clone()
            .try_deserialize()
            .map_err(|error| refused(&error))?;
        if config.profile == Profile::Production {
            let settings = settings
                .try_deserialize()
                .map_err(|error| refused(&error))?;
            let written = written.as_ref().map(|(path, table)| (*path, table));
            private_files::check(&settings, written)?;
        }
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

/// Before the layers are, for a message with the line and without its text.
fn parse(path: &Path, text: &str) -> Result<toml::Table, ConfigError> {
    toml::from_str::<toml::Table>(text).map_err(|error| {
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
