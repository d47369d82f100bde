//! The texts that are filed with providers' accounts.

use std::collections::HashMap;

use casework::{Work, WorkError, filed};
use domain::{MessageKind, template::Mapping};
use storage::provider_templates;

/// What is filed, by account, kind and step.
pub(in crate::jobs) type Filed = HashMap<(String, MessageKind, String), Mapping>;

/// What is filed. What a longer list of words forbids by now is left out:
/// the account then cannot carry the step.
pub(in crate::jobs) fn load(work: &mut Work<'_, '_>) -> Result<Filed, WorkError> {
    let rows = provider_templates::list(work.tx, work.agency)?;
    let mut filed = Filed::with_capacity(rows.len());
    for row in rows {
        match filed::mapping(&row)? {
            Ok(mapping) => {
                filed.insert((row.provider, row.kind, row.step), mapping);
            }
            Err(refusal) => tracing::error!(
                account = %row.provider,
                kind = %row.kind,
                step = %row.step,
                code = %refusal.code,
                "a filed text is not acceptable any more"
            ),
        }
    }
    Ok(filed)
}
