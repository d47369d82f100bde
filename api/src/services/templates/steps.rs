//! Which steps can have a text, and what can be filled in there.

use casework::{Work, rules};
use domain::{
    MessageKind, Refusal, RefusalCode,
    rule_pack::{RulePack, StepRule},
    template::{self, Placeholder, Template},
};
use storage::rule_packs;

use crate::failure::Failure;

const PAGE: i64 = 100;

/// Whether a step ships with the product or stands in the ladder of a pack the agency published.
pub(super) fn is_known(
    work: &mut Work<'_, '_>,
    kind: MessageKind,
    step: &str,
) -> Result<bool, Failure> {
    if template::shipped(kind, step).is_some() {
        return Ok(true);
    }
    let mut after: Option<(String, i32)> = None;
    loop {
        let position = after.as_ref().map(|(id, version)| (id.as_str(), *version));
        let page = rule_packs::list(work.tx, work.agency, position, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(false);
        };
        after = Some((last.pack_id.clone(), last.pack_version));
        for row in page {
            let pack = rules::pack(work, &row.pack_id, row.pack_version)?;
            if ladder(&pack, kind).iter().any(|rule| rule.step == step) {
                return Ok(true);
            }
        }
    }
}

pub(in crate::services) fn ladder(pack: &RulePack, kind: MessageKind) -> &[StepRule] {
    match kind {
        MessageKind::AppointmentReminder => &pack.reminders.appointment,
        MessageKind::AppointmentOverdue => &pack.reminders.overdue,
        MessageKind::ReportInReminder => &pack.reminders.report_in,
        MessageKind::StaffDigest | MessageKind::StaffAlert | MessageKind::SignInCode => &[],
    }
}

/// Refuses a place that has no value in messages of this kind: the text could never be sent. Refuses a
/// reminder that does not state the date: it is what a client must be able to rely on.
///
/// # Errors
/// `invalid_value` at `/text`.
pub(super) fn check_placeholders(kind: MessageKind, template: &Template) -> Result<(), Refusal> {
    let places = template.placeholders();
    if !template.says_enough(kind) {
        return Err(Refusal::at(
            RefusalCode::InvalidValue,
            "/text",
            "a reminder states the date: {date} or {day}",
        ));
    }
    match places.into_iter().find(|place| !has_value(kind, *place)) {
        None => Ok(()),
        Some(place) => Err(Refusal::at(
            RefusalCode::InvalidValue,
            "/text",
            format!("a message of kind {kind} has no value for {{{place}}}"),
        )),
    }
}

/// A digest is about many appointments of one staff member, an alert about something that happened at a
/// time; every other message is about one date.
fn has_value(kind: MessageKind, place: Placeholder) -> bool {
    use Placeholder as P;
    match kind {
        MessageKind::StaffDigest => matches!(place, P::Name | P::Phone | P::Time | P::Count),
        MessageKind::StaffAlert => matches!(place, P::Name | P::Phone | P::Time),
        MessageKind::AppointmentReminder
        | MessageKind::AppointmentOverdue
        | MessageKind::ReportInReminder => !matches!(place, P::Count | P::Code),
        // Its text is fixed.
        MessageKind::SignInCode => false,
    }
}

#[cfg(test)]
mod tests {
    use domain::wording::WordList;

    use super::*;

    #[test]
    fn every_shipped_text_has_only_places_with_a_value() {
        for (kind, step, template) in template::shipped_steps() {
            assert_eq!(check_placeholders(kind, template), Ok(()), "{kind} {step}");
        }
    }

    #[test]
    fn a_place_without_a_value_and_a_reminder_without_a_date_are_refused() {
        for (kind, text) in [
            (
                MessageKind::AppointmentReminder,
                "请于{date}来,您有{count}项预约",
            ),
            (MessageKind::AppointmentReminder, "请于{time}前到站"),
            (MessageKind::ReportInReminder, "{name}您好,请到站登记"),
            (MessageKind::StaffDigest, "请于{date}前查看"),
        ] {
            let template = Template::parse(text, WordList::shipped()).unwrap();
            let refusal = check_placeholders(kind, &template).unwrap_err();
            assert_eq!(refusal.code, RefusalCode::InvalidValue);
            assert_eq!(refusal.pointer.as_deref(), Some("/text"));
        }
    }

    #[test]
    fn each_kind_goes_by_its_own_ladder() {
        let (_, text) = domain::rule_pack::shipped().first().unwrap();
        let pack = RulePack::parse(text).unwrap();
        let has = |kind, step: &str| ladder(&pack, kind).iter().any(|rule| rule.step == step);
        assert!(has(MessageKind::AppointmentReminder, "d-7"));
        assert!(!has(MessageKind::ReportInReminder, "d-7"));
        assert!(!has(MessageKind::StaffDigest, "d-7"));
    }
}
