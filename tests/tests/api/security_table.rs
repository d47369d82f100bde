//! `api/SECURITY.md` names tests and files that exist, and leaves nothing empty.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Folders whose files the table may name, and whose tests.
const FOLDERS: [&str; 4] = ["tests", "api", "worker", "shared"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Names of functions, with the files that have one.
type Functions = BTreeMap<String, Vec<PathBuf>>;

/// Of all functions in the sources below a folder.
fn functions(folder: &Path, names: &mut Functions) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for rest in text.split("fn ").skip(1) {
                let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                let end = rest
                    .find(|letter: char| !is_part(letter))
                    .unwrap_or(rest.len());
                let files = names.entry(rest[..end].to_owned()).or_default();
                files.push(path.with_extension(""));
            }
        }
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_file(word: &str) -> bool {
    let endings = [".rs", ".md", ".toml", ".sql", ".txt", ".json", ".lock"];
    let is_below = |folder: &str| word.starts_with(&format!("{folder}/"));
    word == ".ci/run"
        || FOLDERS.into_iter().any(is_below)
        || (!word.contains(' ') && endings.iter().any(|ending| word.ends_with(ending)))
}

/// Whether there is a function of this path, the last modules of which lead to its file.
fn exists(names: &Functions, test: &str) -> bool {
    let (modules, name) = test.rsplit_once("::").unwrap_or(("", test));
    let leads_to = |file: &PathBuf| {
        let mut places = file.iter();
        let mut parts = modules
            .split("::")
            .filter(|part| !matches!(*part, "" | "tests"));
        parts.all(|part| places.any(|place| place.to_str() == Some(part)))
    };
    names
        .get(name)
        .is_some_and(|files| files.iter().any(leads_to))
}

/// `1.2.10` as numbers, so that it comes after `1.2.9`.
fn number(id: &str) -> Vec<u32> {
    id.split('.').map(|part| part.parse().unwrap()).collect()
}

#[test]
fn every_row_names_what_exists() {
    let root = root();
    let text = fs::read_to_string(root.join("api/SECURITY.md")).unwrap();
    let mut names = Functions::new();
    for folder in FOLDERS {
        functions(&root.join(folder), &mut names);
    }
    let mut faults = Vec::new();
    for word in text.lines().flat_map(quoted).filter(|word| is_file(word)) {
        if !root.join(word).exists() {
            faults.push(format!("{word} does not exist"));
        }
    }
    let mut last = Vec::new();
    let mut rows = 0;
    let lines = text.lines().filter(|line| line.starts_with('|'));
    for line in lines.filter(|line| !line.starts_with("| id |") && !line.starts_with("|---")) {
        let inner = line.trim_matches('|');
        let cells: Vec<_> = inner.split('|').map(str::trim).collect();
        if cells.len() != 4 || cells.contains(&"") {
            faults.push(format!("four cells, none empty: {line}"));
            continue;
        }
        let (id, shown) = (number(cells[0]), cells[3]);
        if id <= last {
            faults.push(format!("{} is out of order", cells[0]));
        }
        last = id;
        rows += 1;
        if let Some(reason) = ["reason: ", "not met"]
            .into_iter()
            .find_map(|start| shown.strip_prefix(start))
        {
            if reason.len() < 10 {
                faults.push(format!("{} has no reason", cells[0]));
            }
            continue;
        }
        // What is missing beside a test is told in words.
        let tests = shown.split("; not met").next().unwrap_or(shown);
        if quoted(tests).next().is_none() {
            faults.push(format!("{} has neither test nor reason", cells[0]));
        }
        for test in quoted(tests) {
            if !exists(&names, test) {
                faults.push(format!("{}: there is no test {test}", cells[0]));
            }
        }
    }
    assert!(rows > 100, "{rows} rows");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
