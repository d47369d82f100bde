//! `tongxing rules check FILE`: every fault of a rule pack, each with its line.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use domain::rule_pack::RulePack;

/// Checks the rule pack in `file` and writes what it found to `out`: one line per fault as
/// `file:line:column: message`, or one line that says that it is in order.
///
/// Answers 0 for a pack without faults and 1 for one with faults.
///
/// # Errors
/// When the file cannot be read as text, or `out` cannot be written.
pub fn run(file: &Path, out: &mut impl Write) -> io::Result<ExitCode> {
    let name = file.display();
    let text = fs::read_to_string(file)
        .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
    match RulePack::parse(&text) {
        Ok(pack) => {
            writeln!(
                out,
                "{name}: {} version {} has no faults",
                pack.id, pack.version
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults {
                writeln!(
                    out,
                    "{name}:{}:{}: {}",
                    fault.line, fault.column, fault.message
                )?;
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (ExitCode, String) {
        let file = std::env::temp_dir().join(format!("tongxing-rules-{}.toml", text.len()));
        fs::write(&file, text).unwrap();
        let mut out = Vec::new();
        let code = run(&file, &mut out).unwrap();
        fs::remove_file(&file).unwrap();
        (code, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_pack_without_faults_ends_with_0() {
        for (id, text) in domain::rule_pack::shipped() {
            let (code, out) = check(text);
            assert_eq!(code, ExitCode::SUCCESS, "{out}");
            assert!(
                out.contains(&format!("{id} version 1 has no faults")),
                "{out}"
            );
        }
    }

    #[test]
    fn every_fault_is_a_line_and_ends_with_1() {
        let (_, text) = domain::rule_pack::shipped().first().unwrap();
        let text = text
            .replace("grace_working_days = 3", "grace_working_days = 99")
            .replace("days_away = 30", "days_away = 30\nfoo = 1");
        let line = text
            .lines()
            .position(|line| line == "grace_working_days = 99")
            .unwrap()
            + 1;
        let (code, out) = check(&text);
        assert_eq!(code, ExitCode::FAILURE);
        assert_eq!(out.lines().count(), 2, "{out}");
        assert!(out.contains(&format!(".toml:{line}:")), "{out}");
        assert!(out.contains("unknown field"), "{out}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = run(Path::new("no-such-pack.toml"), &mut Vec::new()).unwrap_err();
        assert!(
            error.to_string().starts_with("no-such-pack.toml: "),
            "{error}"
        );
    }
}
