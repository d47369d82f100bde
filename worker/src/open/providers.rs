//! The accounts that the settings list, opened.

use std::{collections::HashMap, sync::Arc};

use chrono::TimeDelta;
use domain::{OfficeId, template::TemplateGateway};
use gateways::{
    AliyunGateway, MessageGateway, Nonces, RecordingGateway, TencentGateway, WebhookGateway,
    aliyun::{self, AliyunSettings},
    email::{EmailGateway, EmailSettings, SmtpSecurity},
    tencent::{self, TencentSettings},
    webhook::WebhookSettings,
    wechat::{
        self, Account, AccountSettings, MiniProgramState, SubscribeGateway,
        TemplateGateway as WechatTemplates,
    },
    wecom::{self, WecomGateway, WecomSettings},
};
use platform::{
    Config, ConfigError, Randomness,
    config::{self, GatewayKind, ProviderConfig, ProviderKind, SmtpTls},
};
use secrecy::{ExposeSecret as _, SecretString};

/// Messages to one member of staff in a minute, by each worker. WeCom drops what is more than 30 a minute,
/// or 1,000 an hour, and says nothing (developer.work.weixin.qq.com, 访问频率限制).
const WECOM_A_MINUTE: usize = 12;
/// Least time between two messages to one number at Tencent Cloud. It refuses the same text within 30 seconds
/// (PhoneNumberThirtySecondLimit), and two who share a number get the same neutral one; a call may come some
/// seconds after its claim, by which this counts. The texts are not compared: who waits for another one's
/// sake loses less than a minute.
const TENCENT_GAP: TimeDelta = TimeDelta::seconds(45);
/// The subject of e-mail to staff, where the settings name none.
const SUBJECT: &str = "工作提醒";

use super::{OpenError, required};
use crate::{Provider, Providers};

/// The accounts messages leave by, and the sandbox's own handle on one.
#[derive(Debug, Clone)]
pub struct OpenProviders {
    /// Where messages leave.
    pub providers: Providers,
    /// The one that keeps messages to be looked at, if it is there.
    pub recording: Option<RecordingGateway>,
}

/// The accounts that `[[providers]]` lists; without any, the one that `gateway.kind` names.
///
/// # Errors
/// [`OpenError`].
pub fn providers(config: &Config, randomness: &Randomness) -> Result<OpenProviders, OpenError> {
    let mut recording = None;
    if config.providers.is_empty() {
        let gateway = the_gateway(config, &mut recording)?;
        return Ok(OpenProviders {
            providers: Providers::single(gateway),
            recording,
        });
    }
    let accounts = config
        .providers
        .iter()
        .map(|account| open(account, config, randomness, &mut recording))
        .collect::<Result<_, _>>()?;
    let offices = config
        .office_providers
        .iter()
        .map(|office| {
            let id: OfficeId = office.office_id.parse().map_err(|_error| {
                let id = &office.office_id;
                ConfigError::Refused(format!("office_providers: {id:?} is no id of an office"))
            })?;
            let weights = office
                .weights
                .clone()
                .into_iter()
                .collect::<HashMap<_, _>>();
            Ok((id, weights))
        })
        .collect::<Result<Vec<_>, ConfigError>>()?;
    Ok(OpenProviders {
        providers: Providers::new(accounts, offices),
        recording,
    })
}

fn the_gateway(
    config: &Config,
    recording: &mut Option<RecordingGateway>,
) -> Result<Arc<dyn MessageGateway>, OpenError> {
    let webhook = &config.gateway.webhook;
    Ok(match config.gateway.kind {
        GatewayKind::Recording => Arc::new(record(config, recording)),
        GatewayKind::Webhook => Arc::new(WebhookGateway::new(&WebhookSettings {
            url: required("gateway.webhook.url", webhook.url.as_ref())?.clone(),
            secret: required("gateway.webhook.secret", webhook.secret.as_ref())?.clone(),
            timeout: webhook.timeout(),
            connect_timeout: std::time::Duration::from_secs(webhook.connect_timeout_seconds),
            allow_private_addresses: webhook.allow_private_addresses,
        })?),
    })
}

fn record(config: &Config, recording: &mut Option<RecordingGateway>) -> RecordingGateway {
    let gateway = RecordingGateway::new(config.gateway.recording.keep);
    recording.insert(gateway).clone()
}

fn open(
    account: &ProviderConfig,
    config: &Config,
    randomness: &Randomness,
    recording: &mut Option<RecordingGateway>,
) -> Result<Provider, OpenError> {
    let mut followers = None;
    let gateway: Arc<dyn MessageGateway> = match account.kind {
        ProviderKind::Recording => Arc::new(record(config, recording)),
        ProviderKind::Webhook => Arc::new(WebhookGateway::new(&WebhookSettings {
            url: required(&key(account, "url"), account.url.as_ref())?.clone(),
            secret: secret(account)?,
            timeout: account.timeout(),
            connect_timeout: account.connect_timeout(),
            allow_private_addresses: account.allow_private_addresses,
        })?),
        ProviderKind::Aliyun => Arc::new(aliyun(account, randomness)?),
        ProviderKind::Tencent => Arc::new(tencent(account)?),
        ProviderKind::WechatTemplate => {
            let service_account = Arc::new(wechat(account)?);
            followers = Some(Arc::clone(&service_account));
            Arc::new(WechatTemplates::new(service_account))
        }
        ProviderKind::WechatSubscribe => Arc::new(subscribe(account)?),
        ProviderKind::Wecom => Arc::new(wecom(account)?),
        ProviderKind::Email => Arc::new(email(account)?),
    };
    let (per_second, per_number_a_day) = paces(account.kind);
    Ok(Provider {
        name: account.name.clone(),
        weight: account.weight,
        per_second: account.per_second.or(per_second),
        per_number_a_day: account.per_number_a_day.or(per_number_a_day),
        per_number_gap: (account.kind == ProviderKind::Tencent).then_some(TENCENT_GAP),
        per_person_a_minute: (account.kind == ProviderKind::Wecom).then_some(WECOM_A_MINUTE),
        knows_repetition_for: match account.kind {
            ProviderKind::Recording | ProviderKind::Webhook => TimeDelta::MAX,
            // An e-mail has the same id in every attempt, by which mailboxes may show it once; servers do
            // not look at it. So it is sent again without asking, but what was taken is recorded before the
            // next one leaves.
            ProviderKind::Email => TimeDelta::days(1),
            ProviderKind::WechatTemplate => wechat::REPETITION_KNOWN_FOR,
            ProviderKind::Wecom => wecom::REPETITION_KNOWN_FOR,
            ProviderKind::Aliyun | ProviderKind::Tencent | ProviderKind::WechatSubscribe => {
                TimeDelta::zero()
            }
        },
        one_at_a_time: account.kind == ProviderKind::Email,
        files: match account.kind {
            ProviderKind::Recording
            | ProviderKind::Webhook
            | ProviderKind::Wecom
            | ProviderKind::Email => None,
            ProviderKind::Aliyun => Some(TemplateGateway::Aliyun),
            ProviderKind::Tencent => Some(TemplateGateway::Tencent),
            ProviderKind::WechatTemplate | ProviderKind::WechatSubscribe => {
                Some(TemplateGateway::Wechat)
            }
        },
        needs_credit: account.kind == ProviderKind::WechatSubscribe,
        confirms_receipts: account.confirms_receipts(),
        app_id: match account.kind {
            ProviderKind::WechatTemplate | ProviderKind::WechatSubscribe => account.app_id.clone(),
            _ => None,
        },
        followers,
        ..Provider::of(gateway)
    })
}

/// What an account is given at most where the settings say nothing: messages a second by each worker, and
/// to one number in 24 hours. Below what vendors take: Aliyun 5,000 a second and 50 notices by a template
/// to a number on a day; Tencent Cloud 3,000, and 10 times the same text; WeCom 10,000 a minute; WeChat
/// names none and wants no bursts.
const fn paces(kind: ProviderKind) -> (Option<u32>, Option<u32>) {
    match kind {
        ProviderKind::Aliyun => (Some(1_000), Some(40)),
        ProviderKind::Tencent => (Some(600), Some(8)),
        ProviderKind::WechatTemplate | ProviderKind::WechatSubscribe | ProviderKind::Wecom => {
            (Some(50), None)
        }
        ProviderKind::Recording | ProviderKind::Webhook | ProviderKind::Email => (None, None),
    }
}

fn aliyun(account: &ProviderConfig, randomness: &Randomness) -> Result<AliyunGateway, OpenError> {
    let settings = AliyunSettings {
        endpoint: address(account, aliyun::ENDPOINT),
        access_key_id: named(account, "key_id", account.key_id.as_ref())?,
        access_key_secret: secret(account)?,
        extend_code: None,
        timeout: account.timeout(),
        connect_timeout: account.connect_timeout(),
        allow_private_addresses: account.allow_private_addresses,
    };
    let randomness = randomness.clone();
    Ok(AliyunGateway::new(
        &settings,
        Nonces::new(move || randomness.seed()),
    )?)
}

fn tencent(account: &ProviderConfig) -> Result<TencentGateway, OpenError> {
    let region = account.region.as_deref().unwrap_or(tencent::REGION);
    Ok(TencentGateway::new(&TencentSettings {
        endpoint: address(account, tencent::ENDPOINT),
        region: region.to_owned(),
        secret_id: named(account, "key_id", account.key_id.as_ref())?,
        secret_key: secret(account)?,
        sdk_app_id: named(account, "app_id", account.app_id.as_ref())?,
        extend_code: None,
        timeout: account.timeout(),
        connect_timeout: account.connect_timeout(),
        allow_private_addresses: account.allow_private_addresses,
    })?)
}

fn wechat(account: &ProviderConfig) -> Result<Account, OpenError> {
    Ok(Account::new(&AccountSettings {
        base_url: address(account, wechat::BASE_URL).into(),
        app_id: named(account, "app_id", account.app_id.as_ref())?,
        secret: secret(account)?,
        timeout: account.timeout(),
        connect_timeout: account.connect_timeout(),
        allow_private_addresses: account.allow_private_addresses,
    })?)
}

fn subscribe(account: &ProviderConfig) -> Result<SubscribeGateway, OpenError> {
    let state = match account.miniprogram_state {
        config::MiniProgramState::Developer => MiniProgramState::Developer,
        config::MiniProgramState::Trial => MiniProgramState::Trial,
        config::MiniProgramState::Formal => MiniProgramState::Formal,
    };
    let page = account.page.clone();
    Ok(SubscribeGateway::new(wechat(account)?, page, state))
}

fn wecom(account: &ProviderConfig) -> Result<WecomGateway, OpenError> {
    let agent_id = account
        .agent_id
        .ok_or_else(|| not_set(account, "agent_id"))?;
    Ok(WecomGateway::new(WecomSettings {
        base_url: address(account, wecom::BASE_URL).into(),
        corp_id: named(account, "corp_id", account.corp_id.as_ref())?,
        secret: secret(account)?,
        agent_id,
        timeout: account.timeout(),
        connect_timeout: account.connect_timeout(),
        allow_private_addresses: account.allow_private_addresses,
    })?)
}

fn email(account: &ProviderConfig) -> Result<EmailGateway, OpenError> {
    let (security, usual_port) = match account.tls {
        SmtpTls::Implicit => (SmtpSecurity::Implicit, 465),
        SmtpTls::Starttls => (SmtpSecurity::StartTls, 587),
        SmtpTls::None => (SmtpSecurity::Plain, 25),
    };
    Ok(EmailGateway::new(EmailSettings {
        host: named(account, "host", account.host.as_ref())?,
        port: account.port.unwrap_or(usual_port),
        security,
        credentials: account.user.clone().zip(account.secret.clone()),
        from: named(account, "from", account.from.as_ref())?,
        subject: account.subject.as_deref().unwrap_or(SUBJECT).to_owned(),
        timeout: account.timeout(),
    })?)
}

fn address(account: &ProviderConfig, usual: &str) -> String {
    account
        .url
        .as_ref()
        .map_or(usual, |url| url.expose_secret())
        .to_owned()
}

fn secret(account: &ProviderConfig) -> Result<SecretString, ConfigError> {
    Ok(required(&key(account, "secret"), account.secret.as_ref())?.clone())
}

fn named(
    account: &ProviderConfig,
    field: &str,
    value: Option<&String>,
) -> Result<String, ConfigError> {
    value.cloned().ok_or_else(|| not_set(account, field))
}

fn not_set(account: &ProviderConfig, field: &str) -> ConfigError {
    ConfigError::Refused(format!("{} is not set", key(account, field)))
}

fn key(account: &ProviderConfig, field: &str) -> String {
    format!("providers.{}.{field}", account.name)
}

#[cfg(test)]
mod tests;
