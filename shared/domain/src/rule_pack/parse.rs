//! From TOML text to a checked pack, with the line of every fault.
//!
//! serde stops at the first fault of form. To report them all, each one is noted and then mended
//! with the value the default pack has in that place, until the text has the form of a pack; the
//! mended pack is only used to look for faults of content elsewhere, never handed out.

use std::ops::Range;

use serde::Deserialize as _;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use super::{RuleError, RulePack, check};

/// Ends the mending of a text that is something else altogether.
const MOST_FAULTS_OF_FORM: usize = 100;

/// What a correct pack looks like.
const MODEL: &str = include_str!("../../rules/cn-default.toml");

pub(super) fn parse(text: &str) -> Result<RulePack, Vec<RuleError>> {
    let at = |span: Option<Range<usize>>, message: &str| {
        RuleError::at(text, span.map_or(0, |span| span.start), message)
    };
    let (table, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        return Err(syntax
            .iter()
            .map(|error| at(error.span(), error.message()))
            .collect());
    }
    let mut root = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
    let places = root.clone();
    let model = DeValue::Table(DeTable::parse_recoverable(MODEL).0.into_inner());
    let model = Spanned::new(0..0, model);
    let mut errors = Vec::new();
    let mut mended: Vec<String> = Vec::new();
    let pack = loop {
        let error = match read(&root) {
            Ok(pack) => break Some(pack),
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        let path = path_of(&root, &span, &mended);
        errors.push(at(Some(span), &explain(&path, error.message())));
        match mend(&mut root, &model, &path, error.message()) {
            Some(path) if errors.len() < MOST_FAULTS_OF_FORM && !mended.contains(&path) => {
                mended.push(path);
            }
            _ => break None,
        }
    };
    for fault in pack.iter().flat_map(check::check) {
        let consequence_of_a_mend = mended
            .iter()
            .any(|path| path.starts_with(&fault.pointer) || fault.pointer.starts_with(path));
        if !consequence_of_a_mend {
            errors.push(at(Some(span_at(&places, &fault.pointer)), &fault.message));
        }
    }
    errors.sort();
    match pack {
        Some(pack) if errors.is_empty() => Ok(pack),
        _ => Err(errors),
    }
}

/// serde's message, with the field it is about.
fn explain(path: &str, message: &str) -> String {
    let field = path.trim_start_matches('/').replace('/', ".");
    if message.starts_with("invalid type: map, expected a formatted date") {
        return format!("{field}: write a date in quotes, such as \"2026-01-31\"");
    }
    if field.is_empty() || message.starts_with("unknown field") {
        message.to_owned()
    } else {
        format!("{field}: {message}")
    }
}

fn read(root: &Spanned<DeValue<'_>>) -> Result<RulePack, toml::de::Error> {
    let table = root.get_ref().as_table().cloned().unwrap_or_default();
    RulePack::deserialize(Deserializer::from(Spanned::new(root.span(), table)))
}

/// JSON pointer of the innermost value or key that has this span. What was mended is left out: its
/// spans are of another text.
fn path_of(root: &Spanned<DeValue<'_>>, span: &Range<usize>, mended: &[String]) -> String {
    let mut found = String::new();
    let mut open = vec![(String::new(), root)];
    while let Some((path, node)) = open.pop() {
        if mended.contains(&path) {
            continue;
        }
        if node.span() == *span && path.len() >= found.len() {
            found.clone_from(&path);
        }
        match node.get_ref() {
            DeValue::Table(table) => {
                for (key, value) in table {
                    let path = format!("{path}/{}", key.get_ref());
                    if key.span() == *span && !mended.contains(&path) {
                        found.clone_from(&path);
                    }
                    open.push((path, value));
                }
            }
            DeValue::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(index, item)| (format!("{path}/{index}"), item)));
            }
            _ => {}
        }
    }
    found
}

/// Removes what is unknown, fills in what is missing, replaces what has the wrong form. Returns the
/// pointer of what was mended, or `None` if the model has nothing to mend it with.
fn mend<'i>(
    root: &mut Spanned<DeValue<'i>>,
    model: &Spanned<DeValue<'i>>,
    path: &str,
    message: &str,
) -> Option<String> {
    if message.starts_with("unknown field") {
        let (parent, key) = path.rsplit_once('/')?;
        let DeValue::Table(table) = node_at(root, parent)?.get_mut() else {
            return None;
        };
        return table.remove(key).map(|_| path.to_owned());
    }
    if let Some(rest) = message.strip_prefix("missing field `") {
        let field = rest.trim_end_matches('`');
        let pointer = format!("{path}/{field}");
        let value = model_at(model, &pointer)?.clone();
        let DeValue::Table(table) = node_at(root, path)?.get_mut() else {
            return None;
        };
        table.insert(Spanned::new(0..0, field.to_owned().into()), value);
        return Some(pointer);
    }
    let value = model_at(model, path)?.clone();
    let node = node_at(root, path)?;
    // The span stays, so that a later fault is still found here.
    *node.get_mut() = value.into_inner();
    Some(path.to_owned())
}

fn node_at<'n, 'i>(
    root: &'n mut Spanned<DeValue<'i>>,
    pointer: &str,
) -> Option<&'n mut Spanned<DeValue<'i>>> {
    pointer
        .split('/')
        .skip(1)
        .try_fold(root, |node, part| match node.get_mut() {
            DeValue::Table(table) => table.get_mut(part),
            DeValue::Array(items) => items.get_mut(part.parse::<usize>().ok()?),
            _ => None,
        })
}

/// The model's value for `pointer`; any element of a list is modelled by its first.
fn model_at<'n, 'i>(
    model: &'n Spanned<DeValue<'i>>,
    pointer: &str,
) -> Option<&'n Spanned<DeValue<'i>>> {
    pointer
        .split('/')
        .skip(1)
        .try_fold(model, |node, part| match node.get_ref() {
            DeValue::Table(table) => table.get(part),
            DeValue::Array(items) => items.first(),
            _ => None,
        })
}

/// Where the value at `pointer` stands, or the nearest value around it.
fn span_at(root: &Spanned<DeValue<'_>>, pointer: &str) -> Range<usize> {
    let mut node = root;
    for part in pointer.split('/').skip(1) {
        let inner = match node.get_ref() {
            DeValue::Table(table) => table.get(part),
            DeValue::Array(items) => part.parse().ok().and_then(|index: usize| items.get(index)),
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node.span()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors_of(text: &str) -> Vec<String> {
        parse(text)
            .unwrap_err()
            .iter()
            .map(RuleError::to_string)
            .collect()
    }

    fn line_of(text: &str, needle: &str) -> usize {
        text.lines().position(|line| line.contains(needle)).unwrap() + 1
    }

    #[test]
    fn faults_of_syntax_have_their_line() {
        let errors = errors_of("id = \"a\"\nversion = = 1\n");
        assert!(
            errors.iter().all(|error| error.starts_with("line 2: ")),
            "{errors:?}"
        );
    }

    #[test]
    fn every_fault_of_form_and_content_is_reported_at_once() {
        let text = MODEL
            .replace("version = 1", "version = \"one\"")
            .replace("title = \"全国通用规则\"\n", "")
            .replace("grace_working_days = 3", "grace_working_days = 99")
            .replace("days_away = 30", "days_aawy = 30\ndays_away = 30")
            .replace("measure = \"aftercare\"", "measure = \"after\"")
            .replace("steps_months = [2, 3, 6]", "steps_months = [2, 5, 6]")
            .replace("step = \"d-3\", days = -3", "step = \"d-3\", days = 3");
        let errors = errors_of(&text);
        let expect = |needle: &str, message: &str| {
            let start = format!("line {}: ", line_of(&text, needle));
            assert!(
                errors
                    .iter()
                    .any(|error| error.starts_with(&start) && error.contains(message)),
                "{start}{message} not in {errors:#?}"
            );
        };
        assert!(
            errors
                .iter()
                .any(|error| error.contains("missing field `title`"))
        );
        expect("version =", "version: invalid type");
        expect("grace_working_days", "0 to 30");
        expect("days_aawy", "unknown field");
        expect("measure = \"after\"", "unknown variant");
        expect("[2, 5, 6]", "divide 12");
        expect("\"d-3\"", "on or before the due day");
        assert_eq!(errors.len(), 7, "{errors:#?}");
    }

    #[test]
    fn a_bare_date_is_told_to_be_quoted() {
        let errors = errors_of(&MODEL.replace("\"2011-06-26\"", "2011-06-26"));
        let line = line_of(MODEL, "effective_from");
        let hint = "effective_from: write a date in quotes, such as \"2026-01-31\"";
        assert_eq!(errors, [format!("line {line}: {hint}")]);
    }

    #[test]
    fn a_text_that_is_no_pack_ends_with_errors() {
        let empty = errors_of("");
        assert_eq!(empty[0], "line 1: missing field `cadence`");
        assert!(
            empty.iter().all(|error| error.contains("missing field")),
            "{empty:#?}"
        );
        let other = errors_of("cadence = 3\nreminders = []\n[package]\nname = 1\n");
        assert!(
            other
                .iter()
                .any(|error| error.starts_with("line 1: cadence: ")),
            "{other:#?}"
        );
        assert!(
            other
                .iter()
                .any(|error| error.starts_with("line 3: unknown field"))
        );
    }
}
