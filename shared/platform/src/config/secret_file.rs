//! `…_file`: a secret by the path of the file that holds it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

use super::{Config, ConfigError};

impl Config {
    /// Reads every `…_file` into the secret it stands for.
    pub(super) fn read_secret_files(&mut self) -> Result<(), ConfigError> {
        let webhook = &mut self.gateway.webhook;
        let mini_program = &mut self.wechat.mini_program;
        fill(
            "database.url",
            &mut self.database.url,
            self.database.url_file.as_deref(),
        )?;
        fill(
            "gateway.webhook.secret",
            &mut webhook.secret,
            webhook.secret_file.as_deref(),
        )?;
        fill(
            "wechat.mini_program.secret",
            &mut mini_program.secret,
            mini_program.secret_file.as_deref(),
        )?;
        fill(
            "gateway.webhook.receipt_secret",
            &mut webhook.receipt_secret,
            webhook.receipt_secret_file.as_deref(),
        )?;
        for provider in &mut self.providers {
            let key = format!("providers.{}.secret", provider.name);
            fill(&key, &mut provider.secret, provider.secret_file.as_deref())?;
            let of_callbacks = [
                (
                    "callback_secret",
                    &mut provider.callback_secret,
                    &provider.callback_secret_file,
                ),
                (
                    "callback_token",
                    &mut provider.callback_token,
                    &provider.callback_token_file,
                ),
                (
                    "callback_aes_key",
                    &mut provider.callback_aes_key,
                    &provider.callback_aes_key_file,
                ),
                (
                    "previous_callback_aes_key",
                    &mut provider.previous_callback_aes_key,
                    &provider.previous_callback_aes_key_file,
                ),
            ];
            for (field, secret, file) in of_callbacks {
                let key = format!("providers.{}.{field}", provider.name);
                fill(&key, secret, file.as_deref())?;
            }
        }
        Ok(())
    }
}

fn fill(
    key: &str,
    secret: &mut Option<SecretString>,
    path: Option<&Path>,
) -> Result<(), ConfigError> {
    let Some(path) = path else { return Ok(()) };
    if secret.is_some() {
        return Err(ConfigError::Refused(format!(
            "{key} and {key}_file are both set: choose one"
        )));
    }
    let text = read(&format!("{key}_file"), path)?;
    // Editors and `echo` end a file with a line break that is no part of the secret.
    *secret = Some(SecretString::from(text.trim_end_matches(['\r', '\n'])));
    Ok(())
}

/// The text of a file that `key` names.
pub(super) fn read(key: &str, path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        what: key.to_owned(),
        path: PathBuf::from(path),
        source,
    })
}
