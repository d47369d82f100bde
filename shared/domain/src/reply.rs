//! What somebody means who answers a message.
//!
//! A machine acts on few words only, and on none that stands in a sentence: "我确认不了" is no
//! confirmation. Whatever is not plain is for a person to read. The words are data
//! (`wording/replies.toml`).

use std::sync::LazyLock;

use chrono::TimeDelta;
use serde::Deserialize;

use crate::{
    Channel, coded,
    wording::{half_width, is_invisible},
};

/// For how long an answer is taken to be about the last message (ours): the longest stretch between
/// two reminders of one date is four days, and the date itself is three days later.
pub const ANSWERS_WITHIN: TimeDelta = TimeDelta::days(7);

/// Longest answer that is kept, in characters; a longer one is cut. A text message has ten parts of 67
/// at most.
const LONGEST: usize = 1_000;

coded! {
    /// What an answer to a message means.
    ReplyMeaning {
        /// The client knows of the date.
        Confirm = "confirm",
        /// The client asks for another date.
        Reschedule = "reschedule",
        /// No more messages by this channel.
        Stop = "stop",
        /// Messages by this channel again.
        Return = "return",
        /// Somebody may be in danger.
        Help = "help",
        /// Anything else.
        Other = "other",
    }
}

coded! {
    /// What an answer did.
    ReplyEffect {
        /// The appointment is confirmed.
        Confirmed = "confirmed",
        /// Nothing more goes out by the channel.
        Stopped = "stopped",
        /// Messages go out by the channel again.
        Resumed = "resumed",
        /// Nothing: a person reads it.
        Task = "task",
    }
}

coded! {
    /// Why an answer that has a plain meaning was left to a person.
    ReplyDoubt {
        /// Nobody of the agency has this number or account.
        UnknownSender = "unknown_sender",
        /// Several clients have it.
        SharedNumber = "shared_number",
        /// Nobody has verified that it is the client's.
        UnverifiedNumber = "unverified_number",
        /// It is about no appointment that is still ahead.
        NothingAhead = "nothing_ahead",
        /// What it answers did not state the date, or went to a number that was in doubt.
        DateNotStated = "date_not_stated",
        /// What it asks for is so already, or only people may do it.
        NotByReply = "not_by_reply",
    }
}

/// What an answer means, and by which word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Understood {
    /// What it means.
    pub meaning: ReplyMeaning,
    /// The word of the table that says so; none where nothing does.
    pub by: Option<&'static str>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    confirm: Vec<String>,
    stop: Vec<String>,
    #[serde(rename = "return")]
    back: Vec<String>,
    reschedule: Vec<String>,
    negation: Vec<String>,
    help: Vec<String>,
}

#[expect(
    clippy::expect_used,
    reason = "shipped data, read by every test of this module"
)]
static SHIPPED: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("../wording/replies.toml")).expect("the shipped table is valid")
});

/// What an answer means. Danger comes first, wherever it is spoken of; then the words that act, which
/// stand alone; then the wish for another date.
pub fn understand(text: &str) -> Understood {
    let words: &'static Words = &SHIPPED;
    let said = letters(text);
    let whole = |of: &'static [String]| of.iter().find(|word| **word == said);
    let within = |of: &'static [String]| of.iter().find(|word| said.contains(word.as_str()));
    let meant = |meaning, by: &'static String| Understood {
        meaning,
        by: Some(by),
    };
    if let Some(by) = within(&words.help) {
        return meant(ReplyMeaning::Help, by);
    }
    for (of, meaning) in [
        (&words.confirm, ReplyMeaning::Confirm),
        (&words.stop, ReplyMeaning::Stop),
        (&words.back, ReplyMeaning::Return),
    ] {
        if let Some(by) = whole(of) {
            return meant(meaning, by);
        }
    }
    match (within(&words.reschedule), within(&words.negation)) {
        (Some(by), None) => meant(ReplyMeaning::Reschedule, by),
        _ => Understood {
            meaning: ReplyMeaning::Other,
            by: None,
        },
    }
}

/// Whether people read what somebody writes whom nobody knows. A text message comes from somebody who
/// has the number of ours, so a person looks. To an account at WeChat whoever follows it writes about
/// anything: of that only danger is heard (ours).
pub const fn is_read_of_strangers(channel: Channel, meaning: ReplyMeaning) -> bool {
    match channel {
        Channel::Wechat => matches!(meaning, ReplyMeaning::Help),
        _ => true,
    }
}

/// An answer as it is kept: what it says, without what shows nothing, and not without end.
pub fn kept(text: &str) -> String {
    let shown = |c: &char| *c == '\n' || !(c.is_control() || is_invisible(*c));
    text.trim().chars().filter(shown).take(LONGEST).collect()
}

/// Small half-width letters and digits, nothing else.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| !is_invisible(*c))
        .map(half_width)
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use ReplyMeaning as M;

    fn meaning(text: &str) -> ReplyMeaning {
        understand(text).meaning
    }

    #[test]
    fn plain_answers_are_understood_however_they_are_dressed_up() {
        for (text, expected) in [
            ("1", M::Confirm),
            (" １ 。", M::Confirm),
            ("【1】", M::Confirm),
            ("确认!", M::Confirm),
            ("收 到", M::Confirm),
            ("td", M::Stop),
            ("ＴＤ", M::Stop),
            ("T", M::Stop),
            ("n\n", M::Stop),
            ("退\u{200B}订", M::Stop),
            ("恢复", M::Return),
            ("订阅。", M::Return),
            ("改期", M::Reschedule),
            ("李老师，我想改期可以吗？", M::Reschedule),
            ("能不能换个时间", M::Reschedule),
            ("那天来不了，改天行不行", M::Reschedule),
            ("不改期了", M::Other),
            ("救命", M::Help),
            ("我不想活了", M::Help),
            ("1 救命", M::Help),
        ] {
            assert_eq!(meaning(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_plain_is_for_a_person() {
        for text in [
            "",
            " ",
            "。",
            "2",
            "11",
            "01",
            "1号去",
            "我确认不了",
            "没收到",
            "不退订",
            "退订改期",
            "TDX",
            "No",
            "恢复得怎么样",
            "🙏",
            "王小明明天来",
        ] {
            let understood = understand(text);
            assert_ne!(understood.meaning, M::Confirm, "{text:?}");
            assert_ne!(understood.meaning, M::Stop, "{text:?}");
            assert_ne!(understood.meaning, M::Return, "{text:?}");
        }
        let nothing = Understood {
            meaning: M::Other,
            by: None,
        };
        assert_eq!(understand("你好"), nothing);
    }

    #[test]
    fn the_word_that_decided_is_named() {
        assert_eq!(understand(" Ｔｄ！").by, Some("td"));
        assert_eq!(understand("我明天想改期").by, Some("改期"));
        assert_eq!(understand("活不下去了").by, Some("活不下去"));
    }

    /// Else a word could never be met, or would mean two things.
    #[test]
    fn every_word_of_the_table_is_in_its_plain_form_and_means_one_thing() {
        let words: &Words = &SHIPPED;
        for (of, expected) in [
            (&words.confirm, M::Confirm),
            (&words.stop, M::Stop),
            (&words.back, M::Return),
            (&words.reschedule, M::Reschedule),
            (&words.help, M::Help),
        ] {
            for word in of {
                assert_eq!(letters(word), *word);
                assert_eq!(meaning(word), expected, "{word}");
            }
        }
        assert!(words.negation.iter().all(|word| letters(word) == *word));
    }

    #[test]
    fn of_strangers_at_wechat_only_danger_is_heard() {
        for meaning in M::ALL {
            let heard = is_read_of_strangers(Channel::Wechat, *meaning);
            assert_eq!(heard, *meaning == M::Help, "{meaning}");
            assert!(is_read_of_strangers(Channel::Sms, *meaning), "{meaning}");
        }
    }

    #[test]
    fn what_is_kept_shows_what_was_said_and_ends() {
        assert_eq!(kept("  我\u{200B}想\u{7}改期\n谢谢 "), "我想改期\n谢谢");
        assert_eq!(kept(&"好".repeat(5_000)).chars().count(), LONGEST);
    }

    fn full_width(text: &str) -> String {
        let wide = |c: char| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
            other => other,
        };
        text.chars().map(wide).collect()
    }

    proptest! {
        #[test]
        fn nothing_acts_but_a_word_of_the_table(text in "\\PC{0,12}") {
            let words: &Words = &SHIPPED;
            let acting = [&words.confirm, &words.stop, &words.back];
            let acts = matches!(meaning(&text), M::Confirm | M::Stop | M::Return);
            let is_word = acting.iter().any(|of| of.contains(&letters(&text)));
            prop_assert!(!acts || is_word);
        }

        #[test]
        fn blanks_marks_width_and_case_change_nothing(
            index in 0_usize..200,
            before in "[ 。，,.!！\\n【】\u{3000}\u{200B}]{0,4}",
            after in "[ 。，,.!！\\n【】\u{3000}\u{200B}]{0,4}",
        ) {
            let words: &Words = &SHIPPED;
            let all: Vec<&String> = [&words.confirm, &words.stop, &words.back, &words.reschedule, &words.help]
                .into_iter()
                .flatten()
                .collect();
            let word = all[index % all.len()];
            for form in [word.clone(), full_width(word), word.to_uppercase()] {
                let dressed = format!("{before}{form}{after}");
                prop_assert_eq!(understand(&dressed), understand(word), "{}", dressed);
            }
        }

        #[test]
        fn danger_is_heard_in_any_sentence(before in "\\PC{0,20}", after in "\\PC{0,20}") {
            let text = format!("{before}救命{after}");
            prop_assert_eq!(meaning(&text), M::Help);
        }

        #[test]
        fn what_is_kept_has_an_end_and_no_control(text in any::<String>()) {
            let kept = kept(&text);
            prop_assert!(kept.chars().count() <= LONGEST);
            prop_assert!(kept.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
