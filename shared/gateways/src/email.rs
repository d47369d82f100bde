//! E-mail to staff, over the office's SMTP server.

mod classify;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use domain::{
    Channel,
    wording::{self, WordList},
};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{Accepted, Failure, MessageGateway, Outgoing, SendError, Sending};

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (RFC 8314), usually on port 465.
    Implicit,
    /// STARTTLS, and nothing is said before it; usually on port 587.
    StartTls,
    /// None: for a server on the same machine.
    Plain,
}

/// How staff get their e-mail. `Debug` shows no password.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// The server. It may stand in the office's own network.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Name and password, where the server wants them.
    pub credentials: Option<(String, SecretString)>,
    /// Whom it is from, such as `城东服务站 <notice@example.gov.cn>`.
    pub from: String,
    /// The subject of every e-mail. It shows on lock screens: nothing of what the office does.
    pub subject: String,
    /// Longest time one e-mail may take.
    pub timeout: Duration,
}

/// Why e-mail cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// The address it is from is none.
    #[error("the address e-mail is from is none")]
    From,
    /// The subject has a word that must not show, or is empty.
    #[error("the subject of e-mail is empty or has a word that must not show")]
    Subject,
    /// The server's name is none.
    #[error("the name of the SMTP server is none")]
    Host,
}

/// Sends to staff; the recipient is an address.
pub struct EmailGateway {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    subject: String,
    timeout: Duration,
}

impl EmailGateway {
    /// A gateway by `settings`.
    ///
    /// # Errors
    /// [`EmailError`].
    pub fn new(settings: EmailSettings) -> Result<Self, EmailError> {
        let subject = settings.subject;
        if subject.trim().is_empty() || !wording::lint(&subject, WordList::shipped()).is_empty() {
            return Err(EmailError::Subject);
        }
        let from = settings.from.parse::<Mailbox>();
        let from = from.or(Err(EmailError::From))?;
        let tls = match settings.security {
            SmtpSecurity::Plain => Tls::None,
            SmtpSecurity::Implicit => Tls::Wrapper(tls_to(&settings.host)?),
            SmtpSecurity::StartTls => Tls::Required(tls_to(&settings.host)?),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.timeout));
        if let Some((name, password)) = settings.credentials {
            let password = password.expose_secret().to_owned();
            transport = transport.credentials(Credentials::new(name, password));
        }
        Ok(Self {
            transport: transport.build(),
            from,
            subject,
            timeout: settings.timeout,
        })
    }

    async fn post(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let email = self.email(message)?;
        let sent = tokio::time::timeout(self.timeout, self.transport.send(email)).await;
        let sent = sent.or(Err(SendError::new(Failure::Unknown, "timeout")))?;
        sent.map_err(|error| classify::smtp(&error))?;
        Ok(Accepted {
            provider_message_id: None,
            delivered: false,
        })
    }

    /// The e-mail. Its id is the message's in every attempt, by which the other side can tell a
    /// repetition (RFC 5322 §3.6.4).
    fn email(&self, message: &Outgoing) -> Result<Message, SendError> {
        let address = message.recipient.parse::<Address>();
        let address = address.or(Err(SendError::new(Failure::Permanent, "recipient_invalid")))?;
        let id = format!("<{}@{}>", message.message_id, self.from.email.domain());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(&self.subject)
            .message_id(Some(id))
            .date(SystemTime::from(message.sent_at))
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .or(Err(SendError::new(Failure::Permanent, "body_invalid")))
    }
}

fn tls_to(host: &str) -> Result<TlsParameters, EmailError> {
    TlsParameters::new_rustls(host.to_owned()).or(Err(EmailError::Host))
}

impl fmt::Debug for EmailGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailGateway(..)")
    }
}

impl MessageGateway for EmailGateway {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(self.post(message))
    }

    fn name(&self) -> &'static str {
        "email"
    }

    fn channel(&self) -> Channel {
        Channel::Email
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::example;

    fn settings() -> EmailSettings {
        EmailSettings {
            host: "127.0.0.1".to_owned(),
            port: 25,
            security: SmtpSecurity::Plain,
            credentials: Some(("notice".to_owned(), "hunter2".into())),
            from: "城东服务站 <notice@example.gov.cn>".to_owned(),
            subject: "工作提醒".to_owned(),
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn the_subject_says_nothing_of_the_work() {
        for subject in ["", " ", "尿检提醒", "戒毒工作"] {
            let settings = EmailSettings {
                subject: subject.to_owned(),
                ..settings()
            };
            let refused = EmailGateway::new(settings).unwrap_err();
            assert_eq!(refused, EmailError::Subject, "{subject}");
        }
        let from = EmailSettings {
            from: "nobody".to_owned(),
            ..settings()
        };
        assert_eq!(EmailGateway::new(from).unwrap_err(), EmailError::From);
        for security in [SmtpSecurity::Implicit, SmtpSecurity::StartTls] {
            let secure = EmailSettings {
                security,
                ..settings()
            };
            assert!(EmailGateway::new(secure).is_ok());
        }
        assert!(!format!("{:?}", settings()).contains("hunter2"));
    }

    #[test]
    fn a_repetition_has_the_same_id_and_nothing_else_of_the_message_is_in_the_head() {
        let gateway = EmailGateway::new(settings()).unwrap();
        let mut message = example();
        message.recipient = "li@example.gov.cn".to_owned();
        let email = gateway.email(&message).unwrap().formatted();
        let email = String::from_utf8(email).unwrap();
        let (head, body) = email.split_once("\r\n\r\n").unwrap();
        let id = format!("Message-ID: <{}@example.gov.cn>", message.message_id);
        assert!(head.contains(&id), "{head}");
        assert!(
            head.contains("Date: Fri, 05 Jun 2026 01:00:00 +0000"),
            "{head}"
        );
        assert!(!head.contains("王先生") && !body.is_empty());
        message.recipient = "li@example.gov.cn\r\nBcc: x@example.com".to_owned();
        let refused = gateway.email(&message).unwrap_err();
        assert_eq!(
            refused,
            SendError::new(Failure::Permanent, "recipient_invalid")
        );
    }
}
