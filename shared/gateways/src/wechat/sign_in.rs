//! Who a person is to the mini program: `code2Session`, the server's half of `wx.login`.
//!
//! `GET /sns/jscode2session?appid&secret&js_code&grant_type=authorization_code` answers
//! `{openid, session_key, unionid?}` or `{errcode, errmsg}`, either with status 200 (WeChat,
//! "小程序登录 code2Session"). A code is good once and for five minutes. The `session_key` decrypts
//! what the telephone encrypts; nothing here needs it, so it is not even read. The secret and the code
//! travel in the query: the URL stands in no error and no log.

use std::{fmt, time::Duration};

use reqwest::{Client, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::http::{self, BuildError, ClientSettings};

/// How much of an answer is read; a good one has some 150 bytes.
const ANSWER_BYTES: usize = 4 * 1024;
/// Longest openid and unionid that are believed; they have 28 or 29 characters.
const LONGEST_ID: usize = 128;

/// Which mini program, and where WeChat answers for it.
#[derive(Debug, Clone)]
pub struct MiniProgramSettings {
    /// AppID. It stands in the program on every telephone: no secret.
    pub app_id: String,
    /// AppSecret.
    pub secret: SecretString,
    /// WeChat's address, without the path.
    pub base_url: String,
    /// Longest time for one question.
    pub timeout: Duration,
    /// Longest time to connect.
    pub connect_timeout: Duration,
    /// Whether that address may be one that is not public, such as a proxy of the office.
    pub allow_private_addresses: bool,
}

/// Asks WeChat who signs in to the mini program. Connections are reused.
pub struct MiniProgram {
    client: Client,
    url: Url,
    app_id: String,
    secret: SecretString,
}

/// Who a person is to the mini program.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The person's id with this mini program.
    pub open_id: SecretString,
    /// The person's id with all accounts of the same owner, where these are linked.
    pub union_id: Option<SecretString>,
}

/// Why WeChat does not say who it is. Carries nothing of the person and no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// 40029, 40163: the code is none, used or too old.
    #[error("the code is not good")]
    InvalidCode,
    /// 45011: more than 100 a minute by one person.
    #[error("too many by one person")]
    TooMany,
    /// 40226: WeChat takes the person for a risk and does not let them in.
    #[error("WeChat refuses the person")]
    HighRisk,
    /// −1, a server error, or no whole answer: later.
    #[error("WeChat does not answer: {0}")]
    Busy(&'static str),
    /// Any other: the installation or its account is at fault, such as 40013 (AppID), 40125 (secret)
    /// and 40164 (address not on the list).
    #[error("WeChat refuses this installation: {0}")]
    Refused(i64),
}

/// What WeChat answers. What is not named here is skipped and kept nowhere.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errcode: i64,
    openid: Option<SecretString>,
    unionid: Option<SecretString>,
}

impl MiniProgram {
    /// A client by `settings`.
    ///
    /// # Errors
    /// [`BuildError`]: a URL that is none, or an address that is not allowed.
    pub fn new(settings: &MiniProgramSettings) -> Result<Self, BuildError> {
        let base = SecretString::from(settings.base_url.as_str());
        let mut url = http::check_url(&base, settings.allow_private_addresses)?;
        url.path_segments_mut()
            .or(Err(BuildError::Url))?
            .pop_if_empty()
            .extend(["sns", "jscode2session"]);
        let client = http::build(ClientSettings {
            timeout: settings.timeout,
            connect_timeout: settings.connect_timeout,
            allow_private_addresses: settings.allow_private_addresses,
        })?;
        Ok(Self {
            client,
            url,
            app_id: settings.app_id.clone(),
            secret: settings.secret.clone(),
        })
    }

    /// The mini program's AppID: openids are good within it only.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Asks who got `code` from `wx.login`. The code is used up by it.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn identify(&self, code: &SecretString) -> Result<Identity, SignInError> {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("appid", &self.app_id)
            .append_pair("secret", self.secret.expose_secret())
            .append_pair("js_code", code.expose_secret())
            .append_pair("grant_type", "authorization_code");
        let response = self.client.get(url).send().await.map_err(no_answer)?;
        if !response.status().is_success() {
            return Err(SignInError::Busy("status"));
        }
        identity(&http::read_bounded(response, ANSWER_BYTES).await)
    }
}

/// The error itself has the URL in it, and so the secret.
fn no_answer(error: reqwest::Error) -> SignInError {
    let why = if error.is_timeout() {
        "timeout"
    } else {
        "connection"
    };
    SignInError::Busy(why)
}

fn identity(body: &[u8]) -> Result<Identity, SignInError> {
    let answer: Answer = serde_json::from_slice(body).or(Err(SignInError::Busy("unreadable")))?;
    match answer.errcode {
        0 => {}
        -1 => return Err(SignInError::Busy("-1")),
        40029 | 40163 => return Err(SignInError::InvalidCode),
        45011 => return Err(SignInError::TooMany),
        40226 => return Err(SignInError::HighRisk),
        other => return Err(SignInError::Refused(other)),
    }
    let open_id = answer.openid.filter(is_id);
    Ok(Identity {
        open_id: open_id.ok_or(SignInError::Busy("no openid"))?,
        union_id: answer.unionid.filter(is_id),
    })
}

/// Whether a text may be an openid or a unionid.
pub(super) fn is_id(text: &SecretString) -> bool {
    let text = text.expose_secret();
    (1..=LONGEST_ID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl fmt::Debug for MiniProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiniProgram")
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base_url: &str) -> MiniProgramSettings {
        MiniProgramSettings {
            app_id: "wx0000000000000000".to_owned(),
            secret: "hunter2".into(),
            base_url: base_url.to_owned(),
            timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(1),
            allow_private_addresses: false,
        }
    }

    #[test]
    fn the_session_key_is_dropped_and_the_rest_read() {
        let body = br#"{"session_key":"tiihtNczf5v6AKRyjwEUhQ==","openid":"oGZUI0egBJY1zhBYw2KhdUfwVJJE","unionid":"o6_bmasdasdsad6_2sgVt7hMZOPfL"}"#;
        let found = identity(body).unwrap();
        assert_eq!(
            found.open_id.expose_secret(),
            "oGZUI0egBJY1zhBYw2KhdUfwVJJE"
        );
        assert!(found.union_id.is_some());
        let shown = format!("{found:?}");
        for secret in ["tiiht", "oGZUI", "o6_bm"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let without = identity(br#"{"openid":"oGZUI0egBJY1zhBYw2KhdUfwVJJE","errcode":0}"#);
        assert!(without.unwrap().union_id.is_none());
    }

    #[test]
    fn every_refusal_has_its_meaning() {
        for (errcode, expected) in [
            (40029, SignInError::InvalidCode),
            (40163, SignInError::InvalidCode),
            (45011, SignInError::TooMany),
            (40226, SignInError::HighRisk),
            (-1, SignInError::Busy("-1")),
            (40125, SignInError::Refused(40125)),
            (99999, SignInError::Refused(99999)),
        ] {
            // An openid beside an error is not believed.
            let body = format!(r#"{{"errcode":{errcode},"errmsg":"hunter2","openid":"oGZUI0"}}"#);
            let refused = identity(body.as_bytes()).unwrap_err();
            assert_eq!(refused, expected);
            assert!(!format!("{refused} {refused:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_is_no_answer_is_nobody() {
        let long = format!(r#"{{"openid":"{}"}}"#, "o".repeat(LONGEST_ID + 1));
        for body in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"{"openid":""}"#,
            r#"{"openid":"o p"}"#,
            &long,
        ] {
            let refused = identity(body.as_bytes()).unwrap_err();
            assert!(matches!(refused, SignInError::Busy(_)), "{body}: {refused}");
        }
    }

    #[test]
    fn it_asks_at_the_address_given_and_shows_no_secret() {
        for base in ["https://api.weixin.qq.com", "https://api.weixin.qq.com/"] {
            let program = MiniProgram::new(&settings(base)).unwrap();
            assert_eq!(
                program.url.as_str(),
                "https://api.weixin.qq.com/sns/jscode2session"
            );
            assert!(!format!("{program:?} {:?}", settings(base)).contains("hunter2"));
        }
        let through = MiniProgram::new(&settings("https://proxy.example.gov.cn/wechat")).unwrap();
        assert_eq!(through.url.path(), "/wechat/sns/jscode2session");
        for base in [
            "http://127.0.0.1:1",
            "http://[::ffff:10.0.0.1]",
            "https://169.254.169.254",
        ] {
            let refused = MiniProgram::new(&settings(base)).unwrap_err();
            assert!(matches!(refused, BuildError::PrivateAddress), "{base}");
        }
        assert!(MiniProgram::new(&settings("api.weixin.qq.com")).is_err());
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_told_without_the_url() {
        // Port 9 of this machine: nobody listens.
        let settings = MiniProgramSettings {
            allow_private_addresses: true,
            ..settings("http://127.0.0.1:9")
        };
        let program = MiniProgram::new(&settings).unwrap();
        let refused = program.identify(&"code".into()).await.unwrap_err();
        assert_eq!(refused, SignInError::Busy("connection"));
    }
}
