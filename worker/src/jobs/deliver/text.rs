//! The finished text of a message.

use domain::{
    MessageKind, Refusal, Sex,
    contact::salutation,
    template::{self, Placeholder, Template, Variables, date_text},
    wording::WordList,
};
use storage::{offices::Office, staff::Staff};

use super::{eligible::Facts, load::Surroundings};

/// Renders a message with its stored dates, and checks the finished text. One that is refused gives
/// way to the neutral text of its kind.
///
/// # Errors
/// When the neutral text is refused as well: the office's signature is at fault.
pub(super) fn render(
    facts: &Facts<'_>,
    about: &Surroundings,
    office: &Office,
    neutral: bool,
    waiting: Option<usize>,
) -> Result<String, Refusal> {
    let words = WordList::shipped();
    let kind = facts.message.kind;
    if !neutral && let Some(template) = template_of(facts, about) {
        let variables = variables(facts, about, office, waiting);
        match template.render(&variables, &office.message_signature, words) {
            Ok(rendered) => return Ok(rendered.text),
            Err(refusal) => tracing::warn!(
                message = %facts.message.id,
                code = %refusal.code,
                "text refused after rendering; the neutral one is used"
            ),
        }
    }
    let plain = template::neutral(kind);
    Ok(plain
        .render(&Variables::new(), &office.message_signature, words)?
        .text)
}

/// The agency's own text for the step, else the one that ships; none for a step of a rule pack that
/// nobody wrote a text for.
fn template_of<'a>(facts: &Facts<'_>, about: &'a Surroundings) -> Option<&'a Template> {
    let message = facts.message;
    about
        .templates
        .get(&(message.kind, message.step.clone()))
        .or_else(|| template::shipped(message.kind, &message.step))
}

fn variables(
    facts: &Facts<'_>,
    about: &Surroundings,
    office: &Office,
    waiting: Option<usize>,
) -> Variables {
    let mut variables = Variables::new().with(Placeholder::Phone, &office.phone);
    if let Some(client) = facts.client {
        variables = variables.with(Placeholder::Name, &salutation(&client.name, client.sex));
    }
    if let Some(person) = facts.staff {
        variables = variables.with(Placeholder::Name, &teacher(person));
    }
    let due_on = match facts.message.kind {
        MessageKind::ReportInReminder => facts.case.map(|case| case.report_in_due_on),
        _ => facts.appointment.map(|item| item.due_on),
    };
    if let Some(due_on) = due_on {
        variables = variables.with(Placeholder::Date, &date_text(due_on));
    }
    variables = variables.with(Placeholder::Time, &office.visits_until);
    let caseworker = facts
        .case
        .and_then(|case| about.staff.get(&case.caseworker_id));
    if let Some(person) = caseworker {
        variables = variables.with(Placeholder::Contact, &teacher(person));
    }
    if let Some(waiting) = waiting {
        variables = variables.with(Placeholder::Count, &waiting.to_string());
    }
    variables
}

/// How a text names a staff member: 李老师; 工作人员 where the name shows no surname.
fn teacher(person: &Staff) -> String {
    let addressed = salutation(&person.display_name, Sex::Male);
    match addressed.strip_suffix("先生") {
        Some(surname) if !surname.is_empty() => format!("{surname}老师"),
        _ => "工作人员".to_owned(),
    }
}
