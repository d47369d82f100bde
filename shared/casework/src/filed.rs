//! Texts as they are filed with providers' accounts, read from what is stored.

use domain::{
    Refusal,
    template::{Filing, Mapping, Template},
    wording::WordList,
};
use storage::provider_templates::ProviderTemplate;

use crate::WorkError;

/// How a text is filed.
///
/// # Errors
/// [`WorkError`] when the variables cannot be read.
pub fn filing(row: &ProviderTemplate) -> Result<Filing, WorkError> {
    Ok(Filing {
        gateway: row.gateway,
        kind: row.kind,
        template_id: row.provider_template_id.clone(),
        params: serde_json::from_value(row.params.clone())
            .map_err(|fault| WorkError::corrupt(fault.to_string()))?,
        variable_chars: row.variable_chars.map(chars),
    })
}

/// The text with its variables. A refusal: a list of words that has grown since it was filed forbids
/// it, and the account cannot carry the step any more.
///
/// # Errors
/// As [`filing`].
pub fn mapping(row: &ProviderTemplate) -> Result<Result<Mapping, Refusal>, WorkError> {
    let filing = filing(row)?;
    Ok(Template::parse(&row.body, WordList::shipped()).and_then(|text| Mapping::new(filing, text)))
}

/// What cannot be a number of characters is more than any account takes.
pub fn chars(given: i32) -> usize {
    usize::try_from(given).unwrap_or(usize::MAX)
}
