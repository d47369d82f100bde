//! Texts as they are filed with providers' accounts.

use std::collections::BTreeMap;

use casework::{Work, WorkError, filed};
use domain::{
    MessageKind, Refusal, RefusalCode,
    template::{DATED_STEP, Filing, Mapping, NEUTRAL_STEP, Route},
};
use storage::provider_templates::{self, ProviderTemplate};

use crate::{
    accounts::Accounts,
    failure::Failure,
    services::{
        templates::{self, Sample},
        version,
    },
    views::provider_templates::{ProviderTemplateList, ProviderTemplateView, PutProviderTemplate},
};

/// What an account has filed for a step.
pub(super) struct Filed {
    /// The account.
    pub provider: String,
    /// For the step itself.
    pub usual: Option<Mapping>,
    /// The short text with the date of its kind.
    pub dated: Option<Mapping>,
    /// The text without variables of its kind.
    pub neutral: Option<Mapping>,
}

impl Filed {
    fn nothing(provider: &str) -> Self {
        Self {
            provider: provider.to_owned(),
            usual: None,
            dated: None,
            neutral: None,
        }
    }
}

/// What each account has filed for a step, by account: those that the settings list as sending only
/// filed texts, and whatever other has something for it.
///
/// # Errors
/// When what is stored cannot be read.
pub(super) fn of_step(
    work: &mut Work<'_, '_>,
    listed: &Accounts,
    kind: MessageKind,
    step: &str,
) -> Result<Vec<Filed>, Failure> {
    let listed = listed
        .all()
        .iter()
        .filter(|account| account.files.is_some());
    let mut accounts: BTreeMap<String, Filed> = listed
        .map(|account| (account.name.clone(), Filed::nothing(&account.name)))
        .collect();
    for row in provider_templates::list(work.tx, work.agency)? {
        if row.kind != kind || ![step, DATED_STEP, NEUTRAL_STEP].contains(&row.step.as_str()) {
            continue;
        }
        let mapping = filed::mapping(&row)?.ok();
        let account = accounts
            .entry(row.provider.clone())
            .or_insert_with(|| Filed::nothing(&row.provider));
        if row.step == step {
            account.usual = mapping;
        } else if row.step == DATED_STEP {
            account.dated = mapping;
        } else {
            account.neutral = mapping;
        }
    }
    Ok(accounts.into_values().collect())
}

/// Everything that is filed, by account, kind and step.
pub fn list(work: &mut Work<'_, '_>) -> Result<ProviderTemplateList, Failure> {
    let rows = provider_templates::list(work.tx, work.agency)?;
    let mut items = Vec::new();
    for row in rows {
        items.push(view(work, row)?);
    }
    Ok(ProviderTemplateList { items })
}

/// Says how a text is filed with an account. It keeps the text: what the account sends does not change
/// with what comes into force here.
///
/// # Errors
/// `not_found` for a name that no account can have and a step without a text; `invalid_value` at the
/// field, also for a variable that ordinary values do not fit, or that the account takes none of, and for
/// fixed words that nobody reviewed; `wording_refused` for fixed words; `stale_version`.
pub fn put(
    work: &mut Work<'_, '_>,
    (provider, kind, step): (&str, MessageKind, &str),
    asked: &PutProviderTemplate,
    expected: Option<i64>,
) -> Result<ProviderTemplateView, Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if !(1..=32).contains(&provider.len()) || !provider.chars().all(plain) {
        return Err(Failure::not_found("account"));
    }
    let in_force = templates::in_force(work, kind, step)?
        .ok_or_else(|| Failure::not_found("text of this step"))?;
    let text = match asked.text_version {
        Some(version) => templates::reviewed_version(work, kind, step, version)?,
        None => in_force,
    };
    let filing = Filing {
        gateway: asked.gateway,
        kind,
        template_id: asked.template_id.clone(),
        params: asked.params.clone(),
        variable_chars: asked.variable_chars.map(filed::chars),
    };
    let mapping = Mapping::new(filing, text)?;
    mapping.check_reviewed()?;
    if step == NEUTRAL_STEP {
        mapping.check_neutral()?;
    } else {
        check_fit(&mapping)?;
    }
    check_terms(work, provider, &mapping)?;

    let before = provider_templates::get(work.tx, work.agency, provider, kind, step)?;
    let shown = before.as_ref().filter(|row| row.removed_at.is_none());
    version::check(shown.map_or(0, |row| row.version), expected)?;
    let stored = before.map(|row| row.version);
    let row = ProviderTemplate {
        agency_id: work.agency,
        provider: provider.to_owned(),
        kind,
        step: step.to_owned(),
        gateway: asked.gateway,
        provider_template_id: asked.template_id.clone(),
        params: serde_json::to_value(&asked.params).map_err(unreadable)?,
        variable_chars: asked.variable_chars,
        body: mapping.text().text().to_owned(),
        version: stored.unwrap_or(0).saturating_add(1),
        updated_by: templates::writer(work)?,
        updated_at: work.now,
        removed_at: None,
    };
    version::saved(provider_templates::save(work.tx, &row, stored)?)?;
    view(work, row)
}

/// Says that an account has nothing filed for a step any more.
///
/// # Errors
/// `not_found` where it had nothing; `stale_version`.
pub fn delete(
    work: &mut Work<'_, '_>,
    (provider, kind, step): (&str, MessageKind, &str),
    expected: Option<i64>,
) -> Result<(), Failure> {
    let row = provider_templates::get(work.tx, work.agency, provider, kind, step)?
        .filter(|row| row.removed_at.is_none())
        .ok_or_else(|| Failure::not_found("template of this account"))?;
    version::check(row.version, expected)?;
    let version = row.version;
    let removed = ProviderTemplate {
        removed_at: Some(work.now),
        updated_by: templates::writer(work)?,
        updated_at: work.now,
        ..row
    };
    version::saved(provider_templates::save(work.tx, &removed, Some(version))?)
}

/// A variable that ordinary values do not fit would make every message the one without variables.
fn check_fit(mapping: &Mapping) -> Result<(), Refusal> {
    let misfits = mapping.misfits(&templates::long_values());
    match misfits.first() {
        None => Ok(()),
        Some((index, misfit)) => Err(Refusal::at(
            RefusalCode::InvalidValue,
            format!("/params/{index}"),
            format!("ordinary values do not fit this variable: {misfit}"),
        )),
    }
}

/// Whether an account takes variables is the same for all of its texts, and may have been said before.
fn check_terms(work: &mut Work<'_, '_>, provider: &str, mapping: &Mapping) -> Result<(), Failure> {
    let filing = mapping.filing();
    if filing.params.is_empty()
        || filing.variable_chars.is_some()
        || filing.kind == MessageKind::SignInCode
    {
        return Ok(());
    }
    let mut rows = provider_templates::list(work.tx, work.agency)?.into_iter();
    if rows.any(|row| row.provider == provider && row.variable_chars == Some(0)) {
        let detail = "this account takes no variables, as was said with another text: file the text \
                      without any, or say how many characters it takes by now";
        return Err(Refusal::at(RefusalCode::InvalidValue, "/variable_chars", detail).into());
    }
    Ok(())
}

fn unreadable(fault: serde_json::Error) -> WorkError {
    WorkError::corrupt(fault.to_string())
}

fn view(work: &mut Work<'_, '_>, row: ProviderTemplate) -> Result<ProviderTemplateView, Failure> {
    let mapping = filed::mapping(&row)?.ok();
    // A step that a rule pack no longer has may be without a text by now.
    let now = templates::in_force(work, row.kind, &row.step)?;
    let route = Route::Filed {
        usual: mapping.as_ref(),
        dated: None,
        neutral: None,
    };
    let provider = Some(row.provider.as_str());
    let sample = Sample::usual();
    let example = templates::channels::preview(provider, route, row.kind, now.as_ref(), &sample);
    Ok(ProviderTemplateView {
        kind: row.kind,
        gateway: row.gateway,
        params: filed::filing(&row)?.params,
        template_id: row.provider_template_id,
        variable_chars: row.variable_chars,
        outdated: now.is_none_or(|now| now.text() != row.body),
        text: row.body,
        version: row.version,
        updated_by: row.updated_by,
        updated_at: row.updated_at,
        example,
        provider: row.provider,
        step: row.step,
    })
}
