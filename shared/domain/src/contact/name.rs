//! Names: checked, masked, and as a text addresses their bearer.

use crate::{Refusal, RefusalCode, Sex};

/// Checks a client's name and trims it.
///
/// # Errors
/// `invalid_value` at `/name` unless it has 1–50 characters and no control or invisible ones.
pub fn client_name(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let fault = if name.is_empty() {
        "a name is needed"
    } else if name.chars().count() > 50 {
        "a name has at most 50 characters"
    } else if name
        .chars()
        .any(|c| c.is_control() || crate::wording::is_invisible(c))
    {
        "a name has no control or invisible characters"
    } else {
        return Ok(name.to_owned());
    };
    Err(Refusal::at(RefusalCode::InvalidValue, "/name", fault))
}

/// A name for lists that others may see: the surname and one star, whatever the length (`王*`).
pub fn mask_name(name: &str) -> String {
    let shown = surname(name).map_or_else(|| name.chars().take(1).collect(), str::to_owned);
    format!("{shown}*")
}

/// How a text addresses a client: `王先生`, `欧阳女士`. A name that is not a Han surname and given name
/// is left out (`女士`): a full name would disclose more than a text needs.
pub fn salutation(name: &str, sex: Sex) -> String {
    let title = match sex {
        Sex::Female => "女士",
        Sex::Male => "先生",
    };
    format!("{}{title}", surname(name).unwrap_or_default())
}

const COMPOUND_SURNAMES: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "宇文",
    "长孙", "端木", "轩辕", "夏侯", "闻人", "东郭", "南宫", "独孤", "澹台", "濮阳", "淳于", "单于",
    "太史", "申屠", "公冶", "宗政", "钟离", "鲜于", "闾丘", "司空", "百里", "呼延", "西门", "赫连",
    "公羊", "拓跋", "左丘", "东野", "万俟", "歐陽", "諸葛",
];

/// The surname of a Han name of two to four characters.
fn surname(name: &str) -> Option<&str> {
    let name = name.trim();
    let length = name.chars().count();
    if !(2..=4).contains(&length) || !name.chars().all(is_han) {
        return None;
    }
    let compound = COMPOUND_SURNAMES
        .iter()
        .any(|compound| name.starts_with(compound));
    let characters = if compound && length > 2 { 2 } else { 1 };
    let end = name
        .char_indices()
        .nth(characters)
        .map_or(name.len(), |(at, _)| at);
    name.get(..end)
}

pub(crate) const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salutations_use_the_surname_only() {
        assert_eq!(salutation("王小明", Sex::Male), "王先生");
        assert_eq!(salutation("欧阳娜娜", Sex::Female), "欧阳女士");
        assert_eq!(salutation("欧阳", Sex::Male), "欧先生");
        assert_eq!(salutation("阿依古丽·买买提", Sex::Female), "女士");
        assert_eq!(salutation("John", Sex::Male), "先生");
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(client_name(" 王小明 ").unwrap(), "王小明");
        assert!(client_name(&"王".repeat(50)).is_ok());
        for text in ["", "  ", "王\n小明", "王\u{200B}小明", &"王".repeat(51)] {
            assert_eq!(
                client_name(text).unwrap_err().pointer.as_deref(),
                Some("/name")
            );
        }
    }
}
