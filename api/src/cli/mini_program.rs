//! The office's mini program, as the settings name it.

use gateways::wechat::sign_in::{MiniProgram, MiniProgramSettings};
use platform::config::MiniProgramConfig;

use super::Failed;

/// What asks WeChat who signs in; `None` where the settings name no mini program.
pub fn open(config: &MiniProgramConfig) -> Result<Option<MiniProgram>, Failed> {
    let Some((app_id, secret)) = config.account() else {
        return Ok(None);
    };
    let program = MiniProgram::new(&MiniProgramSettings {
        app_id: app_id.to_owned(),
        secret: secret.clone(),
        base_url: config.base_url.clone(),
        timeout: config.timeout(),
        connect_timeout: config.connect_timeout(),
        allow_private_addresses: config.allow_private_addresses,
    })?;
    Ok(Some(program))
}
