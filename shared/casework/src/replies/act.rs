//! Doing what an answer says.

use domain::{
    Channel,
    consent::{ConsentChannel, ConsentPurpose},
    miss::proves_notice,
    reply::{
        ReplyDoubt::{self, DateNotStated, NotByReply, NothingAhead},
        ReplyEffect, ReplyMeaning,
    },
};
use storage::{
    appointments::Appointment,
    attempts,
    clients::{self, Client},
    replies,
};

use super::{note, sender::Origin};
use crate::{
    confirm,
    consents::{self, Said},
    rules,
    work::{Actor, Work, WorkError, stored},
};

type Done = (ReplyEffect, Option<ReplyDoubt>);

/// Does what an answer says; the other answers are why it was not done. Duties never change by it, and
/// no date moves.
pub(super) fn act(
    work: &mut Work<'_, '_>,
    channel: Channel,
    from: &Origin,
    meaning: ReplyMeaning,
) -> Result<Done, WorkError> {
    let (Some(client), None) = (&from.client, from.doubt) else {
        return Ok((ReplyEffect::Task, from.doubt));
    };
    let of_client = ("client", client.id.to_string());
    let (effect, object) = match (meaning, channel) {
        (ReplyMeaning::Confirm, _) => {
            let Some(item) = ahead(work, client, from) else {
                return Ok((ReplyEffect::Task, Some(NothingAhead)));
            };
            if !states_date(work, from)? {
                return Ok((ReplyEffect::Task, Some(DateNotStated)));
            }
            confirm::confirm(work, client.id, item)?;
            let object = ("appointment", item.id.to_string());
            (ReplyEffect::Confirmed, object)
        }
        (ReplyMeaning::Stop, Channel::Wechat)
            if consents::in_force(work, client.id, ConsentPurpose::Wechat)? =>
        {
            withdraw_wechat(work, client)?;
            (ReplyEffect::Stopped, of_client)
        }
        (ReplyMeaning::Stop, way) if way != Channel::Wechat && client.phone_sms_ok => {
            switch_texts(work, client, false)?;
            (ReplyEffect::Stopped, of_client)
        }
        (ReplyMeaning::Return, way) if way != Channel::Wechat && may_resume(work, client)? => {
            switch_texts(work, client, true)?;
            (ReplyEffect::Resumed, of_client)
        }
        (ReplyMeaning::Stop | ReplyMeaning::Return, _) => {
            return Ok((ReplyEffect::Task, Some(NotByReply)));
        }
        (ReplyMeaning::Reschedule | ReplyMeaning::Help | ReplyMeaning::Other, _) => {
            return Ok((ReplyEffect::Task, None));
        }
    };
    note(work, client.id, object, effect)?;
    Ok((effect, None))
}

/// The appointment that the answered message is about, if it is the client's and can be kept.
fn ahead<'a>(work: &Work<'_, '_>, client: &Client, from: &'a Origin) -> Option<&'a Appointment> {
    let item = from.appointment.as_ref()?;
    (item.client_id == client.id && confirm::can_be_kept(&item.into(), work.now)).then_some(item)
}

/// Whether what is answered stated the date: "received" to a text without it says nothing of the date.
/// None of its tries may have been another text, for nobody says which one is answered.
fn states_date(work: &mut Work<'_, '_>, from: &Origin) -> Result<bool, WorkError> {
    let Some(message) = from.message.as_ref().filter(|it| proves_notice(it.kind)) else {
        return Ok(false);
    };
    let tries = attempts::tries(work.tx, work.agency, &[message.id])?;
    Ok(tries.iter().all(|made| made.no_proof.is_none()))
}

/// Switches text messages to a client off, or on again.
fn switch_texts(work: &mut Work<'_, '_>, client: &Client, on: bool) -> Result<(), WorkError> {
    let read = client.version;
    let changed = Client {
        phone_sms_ok: on,
        version: read + 1,
        updated_at: work.now,
        ..client.clone()
    };
    stored(clients::save(work.tx, &changed, read)?)
}

/// Withdraws the consent to messages at WeChat, and ends the binding with it.
fn withdraw_wechat(work: &mut Work<'_, '_>, client: &Client) -> Result<(), WorkError> {
    let office = rules::office(work, client.office_id)?;
    let today = rules::today(work, &office)?;
    let said = Said {
        channel: ConsentChannel::Message,
        on: today,
        today,
    };
    let caller = std::mem::replace(&mut work.actor, Actor::client(client.id));
    consents::withdraw(work, client.id, ConsentPurpose::Wechat, said)?;
    work.actor = caller;
    Ok(())
}

/// Whether a word is enough to get text messages again: where a word stopped them, and nobody has
/// changed anything about the client since. What a person switched off, a person switches on. Messages
/// at WeChat need a consent, which is given to a text that an answer does not show.
fn may_resume(work: &mut Work<'_, '_>, client: &Client) -> Result<bool, WorkError> {
    if client.phone_sms_ok {
        return Ok(false);
    }
    let stopped = replies::stopped_at(work.tx, work.agency, client.id)?;
    Ok(stopped == Some(client.updated_at))
}
