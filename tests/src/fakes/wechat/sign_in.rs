//! Sign-ins by the mini program: WeChat gives out codes as `wx.login` does, and says who got one, once.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use gateways::wechat::sign_in::MiniProgramSettings;
use serde_json::json;

use super::{APP_ID, FakeWechat, SECRET, refused};
use crate::fakes::{
    script::Script,
    wire::{Reaction, Request},
};

/// The mini program.
pub const MINI_PROGRAM: &str = "wx7f3a9c2e5b8d1f60";
/// Its AppSecret.
pub const MINI_PROGRAM_SECRET: &str = "5f1c0e9ab37d4286bb0d7e1c9a34f8d2";
/// What WeChat sends beside every openid, and nobody keeps.
pub const SESSION_KEY: &str = "HyVFkGl5F5OQWJZZaNzBBg==";
/// How long a code is good.
const LIFE: TimeDelta = TimeDelta::minutes(5);
/// How long the office waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Codes, and who asked about them.
#[derive(Default)]
pub(super) struct SignIns {
    /// Who got a code, until when it is good, and whether it was used.
    codes: HashMap<String, (String, DateTime<Utc>, bool)>,
    script: Script<Reaction>,
    questions: usize,
}

impl FakeWechat {
    /// How to ask it who signs in with a mini program.
    pub(crate) fn mini_program(&self, app_id: &str) -> MiniProgramSettings {
        MiniProgramSettings {
            app_id: app_id.to_owned(),
            secret: secret_of(app_id).unwrap_or_default().into(),
            base_url: self.url().trim_end_matches('/').to_owned(),
            timeout: PATIENCE,
            connect_timeout: PATIENCE,
            allow_private_addresses: true,
        }
    }

    /// The openid of somebody, whom a test gives any name of letters.
    pub fn open_id(&self, person: &str) -> String {
        format!("oTx{person:0>25}")
    }

    /// A code of `wx.login` on somebody's telephone.
    pub fn code(&self, person: &str) -> String {
        let (open_id, until) = (self.open_id(person), self.shared.clock.now() + LIFE);
        self.state(|state| {
            let codes = &mut state.sign_ins.codes;
            let code = format!("0f1Xq3000{:0>10}{person:0>12}", codes.len());
            codes.insert(code.clone(), (open_id, until, false));
            code
        })
    }

    /// What to do with the next questions about a code, one by one, instead of answering them.
    pub fn script_sign_ins(&self, reactions: impl IntoIterator<Item = Reaction>) {
        self.state(|state| state.sign_ins.script.extend(reactions));
    }

    /// Questions about a code that came, answered or not.
    pub fn questions(&self) -> usize {
        self.state(|state| state.sign_ins.questions)
    }
}

/// The mini program of most tests, and the one that also sends messages.
fn secret_of(app_id: &str) -> Option<&'static str> {
    match app_id {
        MINI_PROGRAM => Some(MINI_PROGRAM_SECRET),
        APP_ID => Some(SECRET),
        _ => None,
    }
}

impl SignIns {
    /// Answers `sns/jscode2session`.
    pub fn react(
        &mut self,
        request: &Request,
        unions: &BTreeMap<String, String>,
        now: DateTime<Utc>,
    ) -> Reaction {
        self.questions += 1;
        if let Some(reaction) = self.script.take() {
            return reaction;
        }
        let is = |name: &str, value: &str| request.parameter(name).as_deref() == Some(value);
        if !is("grant_type", "authorization_code") {
            return refused(40_002);
        }
        let app_id = request.parameter("appid").unwrap_or_default();
        let Some(secret) = secret_of(&app_id) else {
            return refused(40_013);
        };
        if !is("secret", secret) {
            return refused(40_125);
        }
        let code = request.parameter("js_code");
        match code.and_then(|code| self.codes.get_mut(&code)) {
            None => refused(40_029),
            Some((_, _, true)) => refused(40_163),
            Some((_, until, _)) if *until <= now => refused(40_029),
            Some((open_id, _, used)) => {
                *used = true;
                let mut answer = json!({ "session_key": SESSION_KEY, "openid": open_id });
                if let Some(union) = unions.get(open_id) {
                    answer["unionid"] = union.as_str().into();
                }
                Reaction::Answer(200, answer)
            }
        }
    }
}
