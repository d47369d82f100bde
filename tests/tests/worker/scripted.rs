//! Provider accounts that do as they are told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use casework::receipt::{self, Receipt};
use chrono::TimeDelta;
use domain::{AttemptId, Channel, MessageKind, delivery::ReceiptOutcome, staff_notice::is_notice};
use gateways::{
    Accepted, Failure, Found, LookingUp, MessageGateway, Outgoing, SendError, Sending, Sought,
};
use tests::TestApp;
use tokio::sync::Semaphore;
use worker::Provider;

/// One account. It takes every message, unless it is told otherwise.
#[derive(Debug)]
pub(crate) struct Scripted {
    name: &'static str,
    channel: Channel,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<(Failure, &'static str)>,
    for_staff: VecDeque<(Failure, &'static str)>,
    always: Option<(Failure, &'static str)>,
    found: Option<Found>,
    asked: usize,
    taken: Vec<Outgoing>,
    tried: usize,
    delivers: bool,
    references: VecDeque<&'static str>,
    held: Option<Arc<Semaphore>>,
}

impl Scripted {
    pub(crate) fn new(name: &'static str, channel: Channel) -> Arc<Self> {
        Arc::new(Self {
            name,
            channel,
            state: Mutex::default(),
        })
    }

    /// The account, as the settings would make it: the vendors' kind, which knows no repetition.
    pub(crate) fn provider(self: &Arc<Self>, weight: u32) -> Provider {
        Provider {
            weight,
            knows_repetition_for: TimeDelta::zero(),
            ..Provider::of(self.clone())
        }
    }

    /// The next message fails so.
    pub(crate) fn fail_next(&self, class: Failure, code: &'static str) {
        self.state.lock().unwrap().failures.push_back((class, code));
    }

    /// The next message it takes gets this reference of the account's own.
    pub(crate) fn refers_to_next_by(&self, reference: &'static str) {
        self.state.lock().unwrap().references.push_back(reference);
    }

    /// The next message is answered once the semaphore has a permit.
    pub(crate) fn hold_next(&self) -> Arc<Semaphore> {
        let held = Arc::new(Semaphore::new(0));
        self.state.lock().unwrap().held = Some(held.clone());
        held
    }

    /// The next message to staff fails so.
    pub(crate) fn fail_next_for_staff(&self, class: Failure, code: &'static str) {
        self.state
            .lock()
            .unwrap()
            .for_staff
            .push_back((class, code));
    }

    /// From now on every message fails so; none: none does.
    pub(crate) fn fail_always(&self, failure: Option<(Failure, &'static str)>) {
        self.state.lock().unwrap().always = failure;
    }

    /// From now on what it takes is delivered at once.
    pub(crate) fn deliver(&self) {
        self.state.lock().unwrap().delivers = true;
    }

    /// What it answers when it is asked about an attempt.
    pub(crate) fn knows(&self, found: Found) {
        self.state.lock().unwrap().found = Some(found);
    }

    /// How often it was asked about an attempt.
    pub(crate) fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }

    /// Messages to the client it took, oldest first.
    pub(crate) fn taken(&self) -> Vec<Outgoing> {
        let taken = self.state.lock().unwrap().taken.clone();
        let to_client = |one: &Outgoing| !is_notice(one.kind);
        taken.into_iter().filter(to_client).collect()
    }

    /// The texts of one-time codes it took, oldest first.
    pub(crate) fn codes(&self) -> Vec<String> {
        let taken = self.state.lock().unwrap().taken.clone();
        let codes = taken
            .into_iter()
            .filter(|one| one.kind == MessageKind::SignInCode);
        codes.map(|one| one.text).collect()
    }

    /// Messages to staff it took, oldest first.
    pub(crate) fn taken_for_staff(&self) -> Vec<Outgoing> {
        let taken = self.state.lock().unwrap().taken.clone();
        taken
            .into_iter()
            .filter(|one| is_notice(one.kind))
            .collect()
    }

    /// Calls, taken or not; those for staff left out.
    pub(crate) fn tried(&self) -> usize {
        self.state.lock().unwrap().tried
    }

    /// The account says what became of the message it took last.
    pub(crate) fn reports(&self, app: &TestApp, outcome: ReceiptOutcome, code: &str) {
        let attempt = self.taken().last().unwrap().attempt_id;
        self.reports_of(app, attempt, outcome, code);
    }

    /// The account says what became of an attempt.
    pub(crate) fn reports_of(
        &self,
        app: &TestApp,
        attempt: AttemptId,
        outcome: ReceiptOutcome,
        code: &str,
    ) {
        let receipt = Receipt {
            gateway: self.name.to_owned(),
            outcome: Some(outcome),
            message_id: None,
            attempt_id: Some(attempt),
            code: Some(code.to_owned()),
            happened_at: Some(app.now()),
            to_confirm: false,
        };
        app.write(|work| receipt::apply(work, &receipt));
    }

    fn answer(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        let mut state = self.state.lock().unwrap();
        // What staff get is none of most stories.
        if is_notice(message.kind) {
            if let Some((class, code)) = state.for_staff.pop_front() {
                return Err(SendError::new(class, code));
            }
        } else {
            state.tried += 1;
            if let Some((class, code)) = state.failures.pop_front().or(state.always) {
                return Err(SendError::new(class, code));
            }
        }
        state.taken.push(message.clone());
        let reference = match message.kind {
            domain::MessageKind::StaffDigest => None,
            _ => state.references.pop_front(),
        };
        Ok(Accepted {
            provider_message_id: Some(
                reference.map_or_else(|| message.attempt_id.to_string(), str::to_owned),
            ),
            delivered: state.delivers,
        })
    }
}

impl MessageGateway for Scripted {
    fn send<'a>(&'a self, message: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move {
            let held = self.state.lock().unwrap().held.take();
            let answer = self.answer(message);
            if let Some(held) = held {
                held.acquire().await.unwrap().forget();
            }
            answer
        })
    }

    fn look_up<'a>(&'a self, _sought: &'a Sought) -> LookingUp<'a> {
        Box::pin(async move {
            let mut state = self.state.lock().unwrap();
            state.asked += 1;
            Ok(state.found.clone().unwrap_or(Found::CannotTell))
        })
    }

    fn can_be_asked(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn channel(&self) -> Channel {
        self.channel
    }
}
