//! Files with secrets that others can read, refused where people depend on the process.
//!
//! Whoever runs something else on the machine must not find the keys lying open (OWASP ASVS 5.0,
//! 13.3.2). Only the owner may write such a file, and only the owner and the group may read it, as
//! PostgreSQL and OpenSSH ask of theirs.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::ConfigError;

/// Writing by the group, and everything by others.
const TOO_MUCH: u32 = 0o027;
/// Files named by the settings that are for everybody to see.
const PUBLIC: [&str; 1] = ["cert_file"];
/// The directory of signing keys; every file in it is one.
const KEYS_DIR: &str = "keys_dir";
/// The address of the database: a secret, where it has a password in it.
const URL: &str = "url";

/// Refuses files of these settings that others can read, naming all of them at once. `written` is
/// the settings file with what stands in it: a file of secrets where it has one. What is not there,
/// or cannot be looked at, is left to whoever needs it.
///
/// # Errors
/// [`ConfigError::Exposed`].
pub(super) fn check(settings: &Table, written: Option<(&Path, &Table)>) -> Result<(), ConfigError> {
    let mut files = Vec::new();
    if let Some((path, table)) = written
        && holds_secret(table)
    {
        files.push(("the settings file".to_owned(), path.to_owned()));
    }
    collect(settings, "", &mut files);
    let exposed: Vec<String> = files
        .iter()
        .filter_map(|(what, path)| Some((what, path, mode(path)?)))
        .filter(|(.., mode)| mode & TOO_MUCH != 0)
        .map(|(what, path, mode)| {
            let path = path.display();
            format!("{path} ({what}) has mode {mode:04o}: chmod 600 {path}")
        })
        .collect();
    if exposed.is_empty() {
        Ok(())
    } else {
        Err(ConfigError::Exposed(exposed))
    }
}

fn mode(path: &Path) -> Option<u32> {
    // Of what a link leads to: a link itself is open to everybody.
    let found = fs::metadata(path).ok()?;
    found.is_file().then(|| found.permissions().mode() & 0o7777)
}

/// Every file with a secret that a table names, with its key.
fn collect(table: &Table, above: &str, files: &mut Vec<(String, PathBuf)>) {
    for (name, value) in table {
        let key = format!("{above}{name}");
        match value {
            Value::Table(section) => collect(section, &format!("{key}."), files),
            Value::Array(items) => {
                for section in items.iter().filter_map(Value::as_table) {
                    collect(section, &format!("{key}."), files);
                }
            }
            Value::String(path) if name == KEYS_DIR => {
                let entries = fs::read_dir(path).into_iter().flatten().flatten();
                files.extend(entries.map(|entry| (key.clone(), entry.path())));
            }
            Value::String(path) if is_secret_file(name) => files.push((key, path.into())),
            _ => {}
        }
    }
}

fn is_secret_file(name: &str) -> bool {
    name.ends_with("_file") && !PUBLIC.contains(&name)
}

/// Whether a secret stands in the table itself.
fn holds_secret(table: &Table) -> bool {
    table.iter().any(|(name, value)| match value {
        Value::Table(section) => holds_secret(section),
        Value::Array(items) => items.iter().filter_map(Value::as_table).any(holds_secret),
        Value::String(text) if name == URL => text.contains('@'),
        _ => {
            let endings = ["_secret", "callback_token", "callback_aes_key"];
            name == "secret" || endings.into_iter().any(|ending| name.ends_with(ending))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of its own for the calling test.
    fn file(name: &str, mode: u32) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("tongxing-private-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join(name);
        fs::write(&path, "hunter2").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn naming(key: &str, path: &Path) -> Table {
        let text = format!("[section]\n{key} = {:?}\n", path.display().to_string());
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn a_file_that_others_read_or_the_group_writes_is_refused_by_name() {
        for (mode, is_refused) in [
            (0o400, false),
            (0o600, false),
            (0o640, false),
            (0o440, false),
            (0o644, true),
            (0o604, true),
            (0o660, true),
            (0o602, true),
            (0o601, true),
        ] {
            let path = file(&format!("mode-{mode:o}"), mode);
            let settings = naming("secret_file", &path);
            let error = check(&settings, None).err().map(|error| error.to_string());
            assert_eq!(error.is_some(), is_refused, "{mode:o}");
            if let Some(error) = error {
                let shown = path.display().to_string();
                assert!(
                    error.contains(&shown) && error.contains("section.secret_file"),
                    "{error}"
                );
                assert!(
                    error.contains("chmod 600") && !error.contains("hunter2"),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn all_are_named_at_once_also_the_keys_in_a_directory_and_what_a_link_leads_to() {
        let open = file("open", 0o644);
        let link = open.with_file_name(format!("link-{}", std::process::id()));
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(&open, &link).unwrap();
        let keys = open.with_file_name("keys");
        fs::create_dir_all(&keys).unwrap();
        fs::write(keys.join("a.pk8"), "hunter2").unwrap();
        fs::set_permissions(keys.join("a.pk8"), fs::Permissions::from_mode(0o640)).unwrap();
        fs::write(keys.join("b.pk8"), "hunter2").unwrap();
        fs::set_permissions(keys.join("b.pk8"), fs::Permissions::from_mode(0o666)).unwrap();
        let settings: Table = toml::from_str(&format!(
            "[sealing]\nindex_key_file = {link:?}\n[auth]\nkeys_dir = {keys:?}\n\
             [[providers]]\nsecret_file = {open:?}\n[tls]\ncert_file = {open:?}\n",
        ))
        .unwrap();
        let Err(ConfigError::Exposed(found)) = check(&settings, None) else {
            panic!("three are open to others");
        };
        assert_eq!(found.len(), 3, "{found:?}");
        let found = found.join("\n");
        for expected in ["sealing.index_key_file", "b.pk8", "providers.secret_file"] {
            assert!(found.contains(expected), "{expected}: {found}");
        }
    }

    #[test]
    fn what_is_not_there_is_left_to_whoever_needs_it() {
        let nowhere = Path::new("/nowhere/at/all");
        assert!(check(&naming("keys_file", nowhere), None).is_ok());
        assert!(check(&naming("keys_dir", nowhere), None).is_ok());
    }

    /// A settings file without a secret may be read by everybody.
    #[test]
    fn a_settings_file_is_looked_at_where_it_holds_a_secret() {
        let path = file("settings.toml", 0o644);
        let none = Table::new();
        for (text, holds) in [
            ("profile = \"production\"", false),
            ("[database]\nurl = \"sqlite://var/tongxing.db\"", false),
            ("[database]\nurl = \"postgres://db/tongxing\"", false),
            (
                "[database]\nurl = \"postgres://app:hunter2@db/tongxing\"",
                true,
            ),
            ("[gateway.webhook]\nreceipt_secret = \"whsec_a\"", true),
            ("[[providers]]\nsecret = \"a\"", true),
            ("[[providers]]\ncallback_token = \"a\"", true),
            ("[[providers]]\nprevious_callback_aes_key = \"a\"", true),
            ("[gateway.webhook]\nsecret_file = \"/nowhere\"", false),
        ] {
            let table: Table = toml::from_str(text).unwrap();
            let refused = check(&none, Some((&path, &table))).is_err();
            assert_eq!(refused, holds, "{text}");
        }
    }
}
