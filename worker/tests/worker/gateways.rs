//! Gateways that behave as no real one should.

use std::sync::Arc;

use domain::Channel;
use gateways::{
    Accepted, Found, LookingUp, MessageGateway, Outgoing, RecordingGateway, SendError, Sending,
    Sought,
};
use tokio::sync::Semaphore;

/// Takes messages and answers only when it is let go on, with what it was told to answer.
#[derive(Debug)]
pub struct Hanging {
    pub taken: RecordingGateway,
    /// A permit for each message taken.
    pub arrived: Arc<Semaphore>,
    /// A permit for each answer allowed.
    pub released: Arc<Semaphore>,
    pub answer: Result<Accepted, SendError>,
    /// What it says when it is asked about a message; none: it cannot be asked.
    pub found: Option<Found>,
}

impl Hanging {
    pub fn new(answer: Result<Accepted, SendError>) -> Arc<Self> {
        Arc::new(Self::that_knows(None, answer))
    }

    pub fn that_knows(found: Option<Found>, answer: Result<Accepted, SendError>) -> Self {
        Self {
            taken: RecordingGateway::new(100),
            arrived: Arc::new(Semaphore::new(0)),
            released: Arc::new(Semaphore::new(0)),
            answer,
            found,
        }
    }
}

impl MessageGateway for Hanging {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            self.taken.send(message).await?;
            self.arrived.add_permits(1);
            self.released.acquire().await.unwrap().forget();
            self.answer.clone()
        })
    }

    fn look_up<'a>(&'a self, _sought: &'a Sought) -> LookingUp<'a> {
        Box::pin(async { Ok(self.found.clone().unwrap_or(Found::CannotTell)) })
    }

    fn can_be_asked(&self) -> bool {
        self.found.is_some()
    }

    fn name(&self) -> &'static str {
        "hanging"
    }

    fn channel(&self) -> Channel {
        Channel::Webhook
    }
}

/// Takes messages; what becomes of them is told by receipts.
#[derive(Debug)]
pub struct Accepting;

impl MessageGateway for Accepting {
    fn send<'a>(&'a self, _message: &'a Outgoing) -> Sending<'a> {
        Box::pin(async {
            Ok(Accepted {
                provider_message_id: None,
                delivered: false,
            })
        })
    }

    fn name(&self) -> &'static str {
        "accepting"
    }

    fn channel(&self) -> Channel {
        Channel::Webhook
    }
}

/// Brings down whoever gives it a message.
#[derive(Debug)]
pub struct Broken;

impl MessageGateway for Broken {
    fn send<'a>(&'a self, _message: &'a Outgoing) -> Sending<'a> {
        Box::pin(async { panic!("a fault of the program") })
    }

    fn name(&self) -> &'static str {
        "broken"
    }

    fn channel(&self) -> Channel {
        Channel::Webhook
    }
}
