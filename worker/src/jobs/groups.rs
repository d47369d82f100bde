//! Changes of messages, gathered so that those alike are one statement.

use chrono::{DateTime, Utc};
use domain::{AgencyId, Channel, HopCause, MessageStatus, delivery};
use storage::{
    StorageError, Tx,
    messages::{self, Message, Settled},
};

/// Where a message goes, and why if the state alone does not say.
pub(super) fn to(status: MessageStatus, reason: Option<&str>) -> Settled {
    Settled {
        status,
        next_action_at: None,
        reason: reason.map(str::to_owned),
        hop: None,
        is_final: delivery::is_final(status),
        is_held_up: false,
    }
}

/// The same, acted on again at an instant (UTC).
pub(super) fn until(status: MessageStatus, at: DateTime<Utc>, reason: Option<&str>) -> Settled {
    Settled {
        next_action_at: Some(at),
        ..to(status, reason)
    }
}

/// The same, because its providers rest or failed: how long that lasts is watched.
pub(super) fn held_up(status: MessageStatus, at: DateTime<Utc>, reason: Option<&str>) -> Settled {
    Settled {
        is_held_up: true,
        ..until(status, at, reason)
    }
}

/// The same, with a person to phone in its stead.
pub(super) fn call(status: MessageStatus, reason: Option<&str>, cause: HopCause) -> Settled {
    Settled {
        hop: Some((Channel::CallTask, cause)),
        ..to(status, reason)
    }
}

/// A message that went by `channel` goes on, by the account or rung that is chosen when it is claimed.
pub(super) fn hop_on(
    channel: Channel,
    at: DateTime<Utc>,
    reason: Option<&str>,
    cause: HopCause,
) -> Settled {
    Settled {
        hop: Some((channel, cause)),
        ..until(MessageStatus::Scheduled, at, reason)
    }
}

/// The cause of the hop to a person, if that is what follows.
pub(super) fn call_cause(to: &Settled) -> Option<HopCause> {
    to.hop
        .filter(|(channel, _)| *channel == Channel::CallTask)
        .map(|(_, cause)| cause)
}

#[derive(Debug)]
struct Group {
    from: MessageStatus,
    fence: i64,
    to: Settled,
    ids: Vec<domain::MessageId>,
}

/// Changes to be written.
#[derive(Debug, Default)]
pub(super) struct Groups(Vec<Group>);

impl Groups {
    /// `message` goes from its state, under `fence`, to another.
    pub fn add(&mut self, message: &Message, from: MessageStatus, fence: i64, to: Settled) {
        let alike =
            |group: &&mut Group| group.from == from && group.fence == fence && group.to == to;
        // Groups alike come in runs, so the last is the likeliest.
        match self.0.iter_mut().rev().find(alike) {
            Some(group) => group.ids.push(message.id),
            None => self.0.push(Group {
                from,
                fence,
                to,
                ids: vec![message.id],
            }),
        }
    }

    /// Writes them; answers how many messages were no longer in the state or under the fence.
    pub fn write(
        self,
        tx: &mut Tx<'_>,
        agency: AgencyId,
        now: DateTime<Utc>,
    ) -> Result<usize, StorageError> {
        let mut stale = 0;
        for group in self.0 {
            let changed = messages::settle(
                tx,
                agency,
                &group.ids,
                group.from,
                group.fence,
                &group.to,
                now,
            )?;
            stale += group.ids.len() - changed;
        }
        Ok(stale)
    }
}
