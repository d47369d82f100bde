//! WeChat as the mini program's server sees it: a real HTTP server that knows one AppID and its secret,
//! gives out codes as `wx.login` does, and says who got one, once.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use gateways::wechat::sign_in::MiniProgramSettings;
use platform::Clock;
use reqwest::Url;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// The mini program.
pub const APP_ID: &str = "wx7f3a9c2e5b8d1f60";
/// Its AppSecret.
pub const APP_SECRET: &str = "5f1c0e9ab37d4286bb0d7e1c9a34f8d2";
/// What WeChat sends beside every openid, and nobody keeps.
pub const SESSION_KEY: &str = "HyVFkGl5F5OQWJZZaNzBBg==";
/// How long a code is good.
const LIFE: TimeDelta = TimeDelta::minutes(5);

/// What WeChat does with a question, instead of answering it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WechatReply {
    /// Refuses with an `errcode`, status 200.
    Errcode(i64),
    /// Answers with a status and no JSON.
    Status(u16),
    /// Closes the connection without an answer.
    Drop,
}

/// WeChat.
pub struct FakeWechat {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Who got a code, until when it is good, and whether it was used.
    codes: HashMap<String, (String, DateTime<Utc>, bool)>,
    script: VecDeque<WechatReply>,
    questions: usize,
}

impl FakeWechat {
    /// `clock`: that of sign-ins.
    pub(crate) async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Mutex::default();
        let shared = Arc::new(Shared { clock, state });
        let serving = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            serving,
        }
    }

    /// How to ask it.
    pub(crate) fn settings(&self) -> MiniProgramSettings {
        MiniProgramSettings {
            app_id: APP_ID.to_owned(),
            secret: APP_SECRET.into(),
            base_url: format!("http://{}", self.address),
            timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            allow_private_addresses: true,
        }
    }

    /// The openid of somebody, whom a test gives any name of letters.
    pub fn open_id(&self, person: &str) -> String {
        format!("oTx{person:0>25}")
    }

    /// A code of `wx.login` on somebody's telephone.
    pub fn code(&self, person: &str) -> String {
        let mut state = self.shared.state.lock().unwrap();
        let code = format!("0f1Xq3000{:0>10}{person:0>12}", state.codes.len());
        let until = self.shared.clock.now() + LIFE;
        let open_id = self.open_id(person);
        state.codes.insert(code.clone(), (open_id, until, false));
        code
    }

    /// What to do with the next questions, one by one; after that, each is answered.
    pub fn script(&self, replies: impl IntoIterator<Item = WechatReply>) {
        self.shared.state.lock().unwrap().script.extend(replies);
    }

    /// Questions that came, answered or not.
    pub fn questions(&self) -> usize {
        self.shared.state.lock().unwrap().questions
    }
}

impl Drop for FakeWechat {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for FakeWechat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeWechat")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&shared)));
    }
}

/// One connection. It is closed after a question that was not answered.
async fn converse(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut received = Vec::new();
    while let Some(target) = read_target(&mut stream, &mut received).await {
        let Some(answer) = shared.answer(&target) else {
            return;
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Takes one GET off the connection; `None` when it is over.
async fn read_target(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<String> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut head = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(length) = head.parse(received).unwrap() {
            assert_eq!(head.method, Some("GET"));
            let target = head.path.unwrap().to_owned();
            received.drain(..length);
            return Some(target);
        }
        if stream.read_buf(received).await.ok()? == 0 {
            return None;
        }
    }
}

impl Shared {
    /// The bytes to write; `None` to close the connection.
    fn answer(&self, target: &str) -> Option<String> {
        let mut state = self.state.lock().unwrap();
        state.questions += 1;
        match state.script.pop_front() {
            Some(WechatReply::Drop) => return None,
            Some(WechatReply::Status(status)) => return Some(response(status, "")),
            Some(WechatReply::Errcode(errcode)) => return Some(refusal(errcode)),
            None => {}
        }
        let url = Url::parse(&format!("http://wechat{target}")).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let is = |name: &str, value: &str| asked.get(name).is_some_and(|given| given == value);
        if url.path() != "/sns/jscode2session" || !is("grant_type", "authorization_code") {
            return Some(response(404, ""));
        }
        if !is("appid", APP_ID) {
            return Some(refusal(40013));
        }
        if !is("secret", APP_SECRET) {
            return Some(refusal(40125));
        }
        let now = self.clock.now();
        let known = asked
            .get("js_code")
            .and_then(|code| state.codes.get_mut(code));
        Some(match known {
            None => refusal(40029),
            Some((_, _, true)) => refusal(40163),
            Some((_, until, _)) if *until <= now => refusal(40029),
            Some((open_id, _, used)) => {
                *used = true;
                let answer = serde_json::json!({ "session_key": SESSION_KEY, "openid": open_id });
                response(200, &answer.to_string())
            }
        })
    }
}

fn refusal(errcode: i64) -> String {
    let body = serde_json::json!({ "errcode": errcode, "errmsg": "refused, rid: 0" });
    response(200, &body.to_string())
}

/// WeChat says `text/plain` of its JSON.
fn response(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}
