//! Approved templates: what each variable lets in, by a table of its own (help.aliyun.com 2806243; the
//! lengths of names and of free texts as users of the service report them), and how long a text may be.

use std::collections::BTreeMap;

use domain::channel_limits::aliyun::VariableRule;
use serde_json::Value;

use crate::fakes::mainland::{has_link, is_han, is_mobile, signed};

/// What a template is when it was approved.
#[derive(Debug)]
pub(super) struct Template {
    /// With `${name}` where a variable stands.
    text: String,
    /// The vendor's word for the kind of each variable.
    variables: BTreeMap<String, &'static str>,
}

/// What a variable of a kind lets in.
struct Kind {
    word: &'static str,
    /// In characters.
    least: usize,
    most: usize,
    lets_in: fn(&str) -> bool,
}

const fn kind(word: &'static str, least: usize, most: usize, lets_in: fn(&str) -> bool) -> Kind {
    Kind {
        word,
        least,
        most,
        lets_in,
    }
}

const KINDS: [Kind; 8] = [
    kind("numberCaptcha", 4, 6, |value| of(value, digit)),
    kind("time", 1, 30, |value| {
        // Dates with the sign of the year are refused by carriers.
        let mark = |c: char| "-/:： 月日时分秒点上下午晚早中".contains(c);
        value.contains(digit) && of(value, |c| digit(c) || mark(c))
    }),
    kind("name", 2, 5, |value| of(value, is_han)),
    kind("user_nick", 1, 20, is_free),
    kind("unit_name", 1, 20, |value| of(value, is_han)),
    kind("phone_number2", 5, 15, |value| {
        let digits = value.chars().filter(|c| digit(*c)).count();
        of(value, |c| digit(c) || c == '-') && (5..=13).contains(&digits)
    }),
    kind("other_number2", 1, 35, |value| {
        of(value, |c| c.is_ascii_alphanumeric())
    }),
    kind("others", 1, 35, is_free),
];

fn of(value: &str, lets_in: impl Fn(char) -> bool) -> bool {
    value.chars().all(lets_in)
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// No mobile number and no address at another service.
fn is_free(value: &str) -> bool {
    let small = value.to_lowercase();
    let leads_away = ["qq", "微信", "wechat", "weixin"];
    let mut runs = value.split(|c: char| !digit(c));
    !leads_away.iter().any(|word| small.contains(word)) && !runs.any(is_mobile)
}

impl Template {
    /// With the text and the kinds of its variables.
    pub fn new(text: &str, variables: &[(&str, VariableRule)]) -> Self {
        let variables = variables
            .iter()
            .map(|(name, rule)| ((*name).to_owned(), rule.as_str()));
        Self {
            text: text.to_owned(),
            variables: variables.collect(),
        }
    }

    /// Whether it is of one-time codes.
    pub fn is_code(&self) -> bool {
        self.variables.values().any(|word| *word == "numberCaptcha")
    }

    /// Each variable once, a text, by its kind; and the whole text.
    ///
    /// # Errors
    /// The vendor's code.
    pub fn fill(
        &self,
        signature: &str,
        params: &Value,
    ) -> Result<(BTreeMap<String, String>, String), &'static str> {
        let params = params.as_object().ok_or("isv.INVALID_JSON_PARAM")?;
        let (mut filled, mut text) = (BTreeMap::new(), self.text.clone());
        for (name, word) in &self.variables {
            let value = params.get(name).ok_or("isv.TEMPLATE_MISSING_PARAMETERS")?;
            let value = value.as_str().ok_or("isv.INVALID_JSON_PARAM")?;
            check(word, value)?;
            text = text.replace(&format!("${{{name}}}"), value);
            filled.insert(name.clone(), value.to_owned());
        }
        let text = signed(signature, &text).ok_or("isv.PARAM_LENGTH_LIMIT")?;
        Ok((filled, text))
    }
}

fn check(word: &str, value: &str) -> Result<(), &'static str> {
    let illegal = "isv.TEMPLATE_PARAMS_ILLEGAL";
    let kind = KINDS.iter().find(|kind| kind.word == word).ok_or(illegal)?;
    let odd = |c: char| c.is_control() || "【】\u{200b}\u{200d}\u{feff}".contains(c);
    if has_link(value) {
        return Err("isv.PARAM_NOT_SUPPORT_URL");
    }
    if value.trim().is_empty() || value.contains(odd) || !(kind.lets_in)(value) {
        return Err(illegal);
    }
    match value.chars().count() {
        length if length > kind.most => Err("isv.PARAM_LENGTH_LIMIT"),
        length if length < kind.least => Err(illegal),
        _ => Ok(()),
    }
}
