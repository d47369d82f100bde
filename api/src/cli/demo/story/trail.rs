//! The audit trail, read by somebody who sees nothing else.

use super::Story;
use crate::cli::demo::{
    error::{DemoError, ensure},
    json::text,
};

impl Story<'_> {
    /// Counts who did what, and shows that only people labelled.
    pub(super) async fn trail(&mut self) -> Result<(), DemoError> {
        self.chapter("The trail");
        let auditor = &self.people.auditor.token;
        let entries = self.api.all(auditor, "/v1/audit-entries").await?;
        let (mut by_machine, mut labels, mut labels_by_people) = (0, 0, 0);
        for entry in &entries {
            let kind = text(entry, "/actor_kind")?;
            by_machine += usize::from(kind == "system");
            if text(entry, "/action")? == "label_appointment" {
                labels += 1;
                labels_by_people += usize::from(kind == "staff");
            }
        }
        let all = (labels, labels_by_people);
        ensure(all == (4, 4), "4 labels, all by people", format!("{all:?}"))?;
        let closed = self.api.get(auditor, "/v1/clients").await;
        let refused = matches!(&closed, Err(DemoError::Refused { status: 403, .. }));
        ensure(
            refused,
            "the auditor to see no clients",
            format!("{closed:?}"),
        )?;
        self.tell.people(&format!(
            "吴审计 reads the audit trail: {} entries, {by_machine} of them by the machine. All \
             {labels} labels were given by people. She may read the trail and nothing else; names \
             are not in it.",
            entries.len(),
        ));
        Ok(())
    }
}
