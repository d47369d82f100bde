//! Rows that stories of vendors begin with, written past the API: what is filed with an account, and what
//! a client bound.

use casework::{
    Work, WorkError,
    consents::{self, Said},
};
use domain::{
    ClientId, MessageKind, WechatBindingId,
    consent::{ConsentChannel, ConsentPurpose},
    template::TemplateGateway,
    wechat::WechatApp,
};
use serde_json::Value;
use storage::{
    provider_templates::{self, ProviderTemplate},
    wechat_bindings::{self, Account, WechatBinding},
};

use crate::{TestApp, fakes::wechat::APP_ID};

/// A text that is filed with an account.
#[derive(Debug)]
pub struct Filed<'a> {
    /// The account.
    pub account: &'a str,
    /// Of which vendor it is.
    pub gateway: TemplateGateway,
    /// What the text is about.
    pub kind: MessageKind,
    /// Its step.
    pub step: &'a str,
    /// The vendor's id of it.
    pub template: &'a str,
    /// Its variables: names, and what fills them.
    pub params: Value,
    /// The text as it was filed.
    pub text: &'a str,
}

impl Filed<'_> {
    /// Files it.
    pub fn file(&self, app: &TestApp) {
        let person = app.seed().staff("agency_admin");
        app.write(|work| {
            let filed = ProviderTemplate {
                agency_id: work.agency,
                provider: self.account.to_owned(),
                kind: self.kind,
                step: self.step.to_owned(),
                gateway: self.gateway,
                provider_template_id: self.template.to_owned(),
                params: self.params.clone(),
                variable_chars: None,
                body: self.text.to_owned(),
                version: 1,
                updated_by: person,
                updated_at: work.now,
                removed_at: None,
            };
            assert!(provider_templates::save(work.tx, &filed, None)?);
            Ok(())
        });
    }
}

/// A client binds the service account.
///
/// # Errors
/// When it is bound already.
pub fn bind(
    work: &mut Work<'_, '_>,
    client_id: ClientId,
    open_id: &str,
) -> Result<WechatBindingId, WorkError> {
    let binding = WechatBinding {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id,
        app: WechatApp::ServiceAccount,
        app_id: APP_ID.to_owned(),
        bound_at: work.now,
        last_used_at: work.now,
        ended_at: None,
        ended_reason: None,
    };
    let account = Account {
        open_id,
        union_id: None,
    };
    wechat_bindings::insert(work.tx, &binding, &account)?;
    Ok(binding.id)
}

/// A client consents to WeChat, on paper and today.
///
/// # Errors
/// When the database fails.
pub fn consent(work: &mut Work<'_, '_>, client: ClientId) -> Result<(), WorkError> {
    let today = work.now.date_naive();
    let said = Said {
        channel: ConsentChannel::Paper,
        on: today,
        today,
    };
    consents::give(work, client, ConsentPurpose::Wechat, "wechat-1", said)?;
    Ok(())
}
