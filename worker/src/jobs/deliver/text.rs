//! The finished text of a message.

use domain::{
    MessageKind, NoProof, Sex,
    contact::salutation,
    miss,
    provider_choice::{self, Says},
    template::{
        self, DATED_STEP, FallbackReason, NEUTRAL_STEP, Outbound, Placeholder, Route, Template,
        Unsendable, Variables, Wanted, date_text, day_text, render_for, time_text,
    },
    wording::WordList,
};
use storage::{offices::Office, staff::Staff};

use super::{eligible::Facts, load::Surroundings};
use crate::Provider;

/// What a message says: the same facts, by whichever account it goes.
pub(super) struct Text<'a> {
    pub facts: &'a Facts<'a>,
    pub about: &'a Surroundings,
    pub office: &'a Office,
    /// What speaks against the number being the client's alone.
    pub doubt: Option<NoProof>,
    /// Whether others may read what is sent to the number.
    pub discreet: bool,
    /// How many items a digest has.
    pub waiting: Option<usize>,
}

impl Text<'_> {
    /// What an account can say: one that sends only filed texts has one for it, in which everything
    /// fits, and perhaps not the one with the date.
    pub fn says(&self, provider: &Provider) -> Says {
        let states_date = match provider.files {
            // Whether it is acceptable is the same for all of them, and seen when it is rendered.
            None if self.is_discreet(provider) => false,
            None => template_of(self.facts, self.about).is_some_and(Template::states_date),
            Some(_) => match self.render(provider) {
                Ok(outbound) => outbound.states_date,
                Err(_) => return Says::Nothing,
            },
        };
        if states_date || !miss::proves_notice(self.facts.message.kind) {
            Says::All
        } else {
            Says::NoDate
        }
    }

    /// Why what goes out by an account would not show that the client was told of the date.
    pub fn no_proof(&self, provider: &Provider, outbound: &Outbound) -> Option<NoProof> {
        if !miss::proves_notice(self.facts.message.kind) {
            return None;
        }
        let undated = (!outbound.states_date).then_some(NoProof::DateNotStated);
        self.doubt.filter(|_| leads_to_number(provider)).or(undated)
    }

    /// WeChat leads to the client's own account, not to whoever holds the number.
    fn is_discreet(&self, provider: &Provider) -> bool {
        self.discreet && leads_to_number(provider)
    }

    /// Renders it for an account with its stored dates, and checks the finished text. One that is
    /// refused gives way to the neutral text of its kind.
    ///
    /// # Errors
    /// When the neutral text is refused as well, so that the office's signature is at fault, or the
    /// account has none.
    pub fn render(&self, provider: &Provider) -> Result<Outbound, Unsendable> {
        let message = self.facts.message;
        let filed = |step: &str| {
            let key = (provider.name.clone(), message.kind, step.to_owned());
            self.about.filed.get(&key)
        };
        let dated = filed(DATED_STEP);
        let route = match provider.files {
            None => Route::WholeText,
            Some(_) => Route::Filed {
                usual: filed(&message.step)
                    .filter(|it| it.text().says_enough(message.kind) || dated.is_none()),
                dated,
                neutral: filed(NEUTRAL_STEP),
            },
        };
        let wanted = Wanted {
            kind: message.kind,
            text: template_of(self.facts, self.about),
            discreet: self.is_discreet(provider),
        };
        let variables = variables(self.facts, self.about, self.office, self.waiting);
        let signature = &self.office.message_signature;
        let outbound = render_for(route, &wanted, &variables, signature, WordList::shipped())?;
        if outbound.why == Some(FallbackReason::Refused) {
            tracing::warn!(
                message = %message.id,
                "text refused after rendering; the neutral one is used"
            );
        }
        Ok(outbound)
    }
}

fn leads_to_number(provider: &Provider) -> bool {
    provider_choice::is_text(provider.gateway.channel())
}

/// The agency's own text for the step, else the one that ships; for a step of a rule pack that nobody
/// wrote a text for the short one with the date, if its kind states one.
fn template_of<'a>(facts: &Facts<'_>, about: &'a Surroundings) -> Option<&'a Template> {
    let message = facts.message;
    about
        .templates
        .get(&(message.kind, message.step.clone()))
        .or_else(|| template::shipped(message.kind, &message.step))
        .or_else(|| template::dated(message.kind))
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
        variables = variables
            .with(Placeholder::Date, &date_text(due_on))
            .with(Placeholder::Day, &day_text(due_on));
    }
    let time = match facts.message.kind {
        // When it happened. Repetitions say the same, and what happened later says something else:
        // WeCom drops a text that is the same as one before.
        MessageKind::StaffAlert => {
            time_text(facts.message.created_at.with_timezone(&facts.tz).time())
        }
        _ => office.visits_until.clone(),
    };
    variables = variables.with(Placeholder::Time, &time);
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
