//! A holiday in the way of a test, and the reminders around it.

use super::{Story, ask::e164};
use crate::cli::demo::error::{DemoError, ensure};

/// Words that must never be on a lock screen.
const TELLING: [&str; 10] = [
    "戒毒",
    "禁毒",
    "吸毒",
    "毒品",
    "尿检",
    "检测",
    "康复",
    "强制",
    "公安",
    "派出所",
];

impl Story<'_> {
    /// Reminders up to the due day after the holiday, and a test in time.
    pub(super) async fn holiday(&mut self) -> Result<(), DemoError> {
        self.until("2025-10-09T02:00:00Z").await?;
        self.chapter("A holiday in the way");
        self.tell.machine(
            "Between 30 September and today 王小明 got these; the last working day before the \
             holiday and the day itself have one each:",
        );
        let texts = self.new_texts().await?;
        let number = e164(&self.wang);
        let to_wang: Vec<_> = texts.iter().filter(|(to, _)| *to == number).collect();
        ensure(to_wang.len() == 4, "four texts to 王小明", to_wang.len())?;
        for (_, sent) in to_wang {
            self.tell.text(sent.at, &sent.text);
        }
        let telling = |text: &str| TELLING.iter().any(|word| text.contains(word));
        let open = texts.iter().find(|(_, sent)| telling(&sent.text));
        ensure(
            open.is_none(),
            "texts that tell nothing",
            format!("{open:?}"),
        )?;
        self.tell.note(
            "No text says what the service is. A word list is checked when a text is saved and \
             again before it leaves.",
        );
        self.test(&self.wang.clone(), 1).await?;
        self.tell
            .people("赵强 got the same reminders. He does not come.");
        Ok(())
    }
}
