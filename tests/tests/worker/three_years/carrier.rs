//! What becomes of the messages that the vendors took, and what they tell of it.

use std::collections::VecDeque;

use serde_json::json;
use tests::vendors::{ALIYUN, TENCENT};

use super::office::Office;
use crate::wechat_callbacks::sent;

/// What becomes of a message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// It fails with this code.
    Fails(&'static str),
    /// Its receipt is lost, and whoever asks learns nothing.
    Lost,
}

/// The carriers behind the vendors. Everything arrives, but for what has a fate.
#[derive(Debug, Default)]
pub(super) struct Carrier {
    fates: VecDeque<Fate>,
    /// Messages that were looked at, by vendor.
    seen: (usize, usize, usize),
}

impl Carrier {
    /// What was taken so far is over.
    pub fn after(it: &Office) -> Self {
        Self {
            fates: VecDeque::new(),
            seen: (
                it.wechat.taken().len(),
                it.aliyun.taken().len(),
                it.tencent.taken().len(),
            ),
        }
    }

    /// What becomes of the next message.
    pub fn next(&mut self, fate: Fate) {
        self.fates.push_back(fate);
    }

    /// Tells what became of every message that was taken meanwhile, and of those that go on by it;
    /// answers how many there were.
    pub async fn tell(&mut self, it: &Office) -> usize {
        let mut told = 0;
        loop {
            let new = self.tell_once(it).await;
            if new == 0 {
                return told;
            }
            told += new;
            it.app.run_until_idle().await;
        }
    }

    async fn tell_once(&mut self, it: &Office) -> usize {
        let cards = it.wechat.taken_from(self.seen.0);
        let (texts, spare) = (
            it.aliyun.taken_from(self.seen.1),
            it.tencent.taken_from(self.seen.2),
        );
        self.seen.0 += cards.len();
        self.seen.1 += texts.len();
        self.seen.2 += spare.len();
        for card in &cards {
            let code = match self.fates.pop_front() {
                None => "0",
                Some(Fate::Fails(code)) => code,
                Some(Fate::Lost) => continue,
            };
            it.wechat_says(&sent(&card.msgid.to_string(), code)).await;
        }
        for text in &texts {
            let receipt = match self.fates.pop_front() {
                None => it.aliyun.settle(text, true, "DELIVERED"),
                Some(Fate::Fails(code)) => it.aliyun.settle(text, false, code),
                Some(Fate::Lost) => continue,
            };
            it.app
                .vendor_posts(ALIYUN, &json!([receipt]))
                .await
                .expect(200);
        }
        for text in &spare {
            let receipt = match self.fates.pop_front() {
                None => it.tencent.settle(text, true, "DELIVRD"),
                Some(Fate::Fails(code)) => it.tencent.settle(text, false, code),
                Some(Fate::Lost) => continue,
            };
            it.app
                .vendor_posts(TENCENT, &json!([receipt]))
                .await
                .expect(200);
        }
        cards.len() + texts.len() + spare.len()
    }
}
