//! The office's SMTP server.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::script::Script;

/// The name it knows.
pub const USER: &str = "notice";
/// Its password.
pub const PASSWORD: &str = "smtp-password-55";
/// `\0notice\0smtp-password-55` in base64.
const PLAIN: &str = "AG5vdGljZQBzbXRwLXBhc3N3b3JkLTU1";

/// What is done with an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpReply {
    /// Refuses the recipient with this code.
    Recipient(u16),
    /// Refuses the finished e-mail with this code.
    Data(u16),
    /// Takes the e-mail, then closes the connection without saying so.
    TakeThenDrop,
    /// Closes the connection when the e-mail begins.
    Drop,
}

/// An e-mail it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// Whom it is for.
    pub to: String,
    /// Head and body, as they came.
    pub text: String,
}

#[derive(Default)]
struct State {
    script: Script<SmtpReply>,
    taken: Vec<Email>,
}

/// The server; gone when dropped.
pub struct FakeSmtp {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl FakeSmtp {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    // A client that breaks off is no fault of the server's.
                    let _ = converse(stream, &state).await;
                });
            }
        });
        Self {
            address,
            state,
            serving,
        }
    }

    /// Its port on this machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What to do with the next e-mails, one by one.
    pub fn script(&self, script: impl IntoIterator<Item = SmtpReply>) {
        self.state.lock().unwrap().script.extend(script);
    }

    /// What chance does with e-mails that are not in the script.
    pub fn leave_to(&self, chance: impl FnMut() -> Option<SmtpReply> + Send + 'static) {
        self.state.lock().unwrap().script.leave_to(chance);
    }

    /// Everything taken, oldest first.
    pub fn taken(&self) -> Vec<Email> {
        self.taken_from(0)
    }

    /// What was taken after so many others.
    pub fn taken_from(&self, first: usize) -> Vec<Email> {
        self.state.lock().unwrap().taken[first..].to_vec()
    }
}

impl Drop for FakeSmtp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for FakeSmtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeSmtp")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// One connection: whoever did not sign in sends nothing (RFC 5321, RFC 4954).
async fn converse(stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 fake ESMTP\r\n").await?;
    let (mut signed_in, mut to, mut scripted) = (false, String::new(), None);
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let reply = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-fake\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN".to_owned(),
            "AUTH" => {
                signed_in = command == format!("AUTH PLAIN {PLAIN}");
                let said = if signed_in { "235 ok" } else { "535 5.7.8 no" };
                said.to_owned()
            }
            "MAIL" if !signed_in => "530 5.7.0 sign in first".to_owned(),
            "MAIL" => {
                scripted = state.lock().unwrap().script.take();
                "250 ok".to_owned()
            }
            "RCPT" => {
                to = command.to_owned();
                match scripted {
                    Some(SmtpReply::Recipient(code)) => format!("{code} {command}"),
                    _ => "250 ok".to_owned(),
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                if scripted == Some(SmtpReply::Drop) {
                    return Ok(());
                }
                let text = data(&mut stream).await?;
                if let Some(SmtpReply::Data(code)) = scripted {
                    format!("{code} no")
                } else {
                    let to = to
                        .trim_start_matches("RCPT TO:<")
                        .trim_end_matches('>')
                        .to_owned();
                    state.lock().unwrap().taken.push(Email { to, text });
                    if scripted == Some(SmtpReply::TakeThenDrop) {
                        return Ok(());
                    }
                    "250 ok".to_owned()
                }
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            "RSET" | "NOOP" => "250 ok".to_owned(),
            _ => "502 what".to_owned(),
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
}

/// What stands before the line with a dot alone.
async fn data(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let (mut text, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(&line);
    }
}
