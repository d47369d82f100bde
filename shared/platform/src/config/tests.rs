mod contradictions;

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;

use super::*;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn env(pairs: &[(&str, &str)]) -> std::vec::IntoIter<(String, String)> {
    let owned: Vec<_> = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    owned.into_iter()
}

/// A file of its own for the calling test.
fn file(name: &str, text: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("tongxing-config-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    set_mode(&path, 0o600);
    path
}

fn set_mode(path: &Path, mode: u32) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, mode).unwrap();
}

fn load(path: &Path) -> Result<Config, ConfigError> {
    Config::load(Some(path), env(&[]))
}

/// A production installation with nothing wrong.
fn production() -> Config {
    let pairs = [
        (
            "TONGXING__DATABASE__URL",
            "postgres://tongxing:hunter2@db/tongxing",
        ),
        ("TONGXING__AUTH__KEYS_DIR", "/var/lib/tongxing/auth-keys"),
        ("TONGXING__SEALING__KEYS_FILE", "/run/secrets/keys"),
        ("TONGXING__SEALING__INDEX_KEY_FILE", "/run/secrets/index"),
        (
            "TONGXING__GATEWAY__WEBHOOK__URL",
            "https://sms.example.gov.cn/in?token=hunter2",
        ),
        ("TONGXING__GATEWAY__WEBHOOK__SECRET", SECRET),
    ];
    Config::load(None, env(&pairs)).unwrap()
}

fn problems(config: &Config) -> Vec<String> {
    match config.validate() {
        Ok(()) => Vec::new(),
        Err(ConfigError::Contradictions(problems)) => problems,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_defaults_load_and_name_what_an_installation_must_set() {
    let config = Config::defaults().unwrap();
    assert_eq!(config.profile, Profile::Production);
    assert_eq!(config.server.bind.to_string(), "127.0.0.1:8080");
    assert!(config.server.body_limit_bytes < 2 * 1024 * 1024);
    let problems = problems(&config).join("\n");
    for key in [
        "database.url",
        "keys_dir",
        "keys_file",
        "index_key_file",
        "webhook.url",
    ] {
        assert!(problems.contains(key), "{key} is missing in {problems}");
    }
}

#[test]
fn every_key_stands_in_the_defaults_file_with_a_comment_above() {
    // Keys without a default are written with `#` and no space in front.
    let mut uncommented = String::new();
    let mut last = "";
    for line in DEFAULTS.lines() {
        let key = line
            .strip_prefix('#')
            .filter(|rest| rest.starts_with(char::is_alphabetic));
        let line = key.unwrap_or(line);
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(last.starts_with("# "), "no comment above {line}");
        }
        // The two ways to give a secret exclude each other; here the shape is checked.
        uncommented.push_str(line);
        uncommented.push('\n');
        last = line;
    }
    let table: Config = toml::from_str(&uncommented).unwrap();
    assert!(
        !format!("{table:?}").contains("None"),
        "a key is not documented: {table:?}"
    );
}

#[test]
fn the_file_wins_over_the_defaults_and_the_environment_over_the_file() {
    let path = file(
        "layers.toml",
        "profile = \"sandbox\"\n[worker]\nclaim_batch = 7\njob_batch = 8\n[server]\nworkers = 3\n",
    );
    let pairs = [
        ("TONGXING__WORKER__JOB_BATCH", "9"),
        ("TONGXING__WORKER__IN_PROCESS", "true"),
        ("TONGXING__WORKER__SCHEDULE__REMIND", "0 0 * * * *"),
        ("TONGXING_OTHER", "ignored"),
        ("PATH", "/bin"),
    ];
    let config = Config::load(Some(&path), env(&pairs)).unwrap();
    assert_eq!(config.profile, Profile::Sandbox);
    assert_eq!((config.worker.claim_batch, config.worker.job_batch), (7, 9));
    assert!(config.worker.in_process);
    assert_eq!(config.worker.schedule.remind, "0 0 * * * *");
    assert_eq!(config.worker.claim_lease_seconds, 120);
}

#[test]
fn unknown_keys_are_fatal_and_named() {
    let path = file("unknown.toml", "[server]\nbnid = \"0.0.0.0:80\"\n");
    let error = load(&path).unwrap_err().to_string();
    assert!(
        error.contains("bnid") && error.contains("server"),
        "{error}"
    );
    let pairs = [("TONGXING__DATABASE__POOLSIZE", "3")];
    let error = Config::load(None, env(&pairs)).unwrap_err().to_string();
    assert!(
        error.contains("poolsize") && error.contains("database"),
        "{error}"
    );
    let pairs = [("TONGXING__DATABSE__URL", "x")];
    let error = Config::load(None, env(&pairs)).unwrap_err().to_string();
    assert!(error.contains("databse"), "{error}");
}

#[test]
fn a_value_of_the_wrong_kind_is_named_but_not_shown() {
    let pairs = [("TONGXING__GATEWAY__WEBHOOK", "hunter2")];
    let error = Config::load(None, env(&pairs)).unwrap_err().to_string();
    assert!(
        error.contains("webhook") && !error.contains("hunter2"),
        "{error}"
    );
    let pairs = [("TONGXING__DATABASE__POOL_SIZE", "many")];
    let error = Config::load(None, env(&pairs)).unwrap_err().to_string();
    assert!(error.contains("database.pool_size"), "{error}");
}

#[test]
fn a_syntax_error_has_its_line_and_not_its_text() {
    let path = file("syntax.toml", "[gateway.webhook]\nsecret = whsec_hunter2\n");
    let error = load(&path).unwrap_err().to_string();
    assert!(
        error.contains("line 2") && !error.contains("hunter2"),
        "{error}"
    );
}

#[test]
fn a_secret_file_is_read_without_its_line_break_and_only_alone() {
    let secret = file("webhook-secret", &format!("{SECRET}\n"));
    let path = file(
        "secret-file.toml",
        &format!(
            "[gateway.webhook]\nsecret_file = \"{}\"\n",
            secret.display()
        ),
    );
    let config = load(&path).unwrap();
    assert_eq!(
        config.gateway.webhook.secret.unwrap().expose_secret(),
        SECRET
    );
    assert!(config.gateway.webhook.receipt_secret.is_none());

    let both = [("TONGXING__GATEWAY__WEBHOOK__SECRET", SECRET)];
    let error = Config::load(Some(&path), env(&both))
        .unwrap_err()
        .to_string();
    assert!(error.contains("choose one"), "{error}");

    let gone = [("TONGXING__DATABASE__URL_FILE", "/nowhere/url")];
    let error = Config::load(None, env(&gone)).unwrap_err().to_string();
    assert!(
        error.contains("database.url_file") && error.contains("/nowhere/url"),
        "{error}"
    );
}

#[test]
fn production_refuses_a_secret_that_others_can_read_and_a_sandbox_does_not() {
    let secret = file("open-secret", SECRET);
    set_mode(&secret, 0o644);
    let secret = secret.display().to_string();
    let mut pairs = vec![("TONGXING__GATEWAY__WEBHOOK__SECRET_FILE", secret.as_str())];
    let error = Config::load(None, env(&pairs)).unwrap_err();
    assert!(matches!(error, ConfigError::Exposed(_)), "{error}");
    assert!(error.to_string().contains("gateway.webhook.secret_file"));

    let settings = "[database]\nurl = \"postgres://app:hunter2@db/tongxing\"\n";
    let path = file("open-settings.toml", settings);
    assert!(load(&path).is_ok());
    set_mode(&path, 0o644);
    let error = load(&path).unwrap_err().to_string();
    assert!(
        error.contains("settings file") && !error.contains("hunter2"),
        "{error}"
    );

    pairs.push(("TONGXING__PROFILE", "sandbox"));
    assert!(Config::load(Some(&path), env(&pairs)).is_ok());
}

#[test]
fn a_secret_of_digits_keeps_its_zeros() {
    let pairs = [("TONGXING__GATEWAY__WEBHOOK__SECRET", "007")];
    let config = Config::load(None, env(&pairs)).unwrap();
    assert_eq!(
        config.gateway.webhook.secret.unwrap().expose_secret(),
        "007"
    );
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", production());
    assert!(
        !shown.contains("hunter2") && !shown.contains("C2FVsBQ"),
        "{shown}"
    );
    assert!(shown.contains("REDACTED"));
}

#[test]
fn sealing_keys_are_read_newest_first_in_base64_or_hex() {
    let hex = "0f".repeat(32);
    let path = file(
        "keys",
        &format!("# rotated\n2026a:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n\n2025:{hex}\n"),
    );
    let sealing = SealingConfig {
        keys_file: Some(path),
        index_key_file: None,
    };
    let keys = sealing.sealing_keys().unwrap();
    let ids: Vec<_> = keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["2026a", "2025"]);
    assert_eq!(keys[0].key.expose_secret()[..2], [0x20, 0x21]);
    assert_eq!(*keys[1].key.expose_secret(), [15; 32]);
    assert_eq!(format!("{keys:?}"), "[SealingKey(2026a), SealingKey(2025)]");
    assert!(
        sealing
            .index_key()
            .unwrap_err()
            .to_string()
            .contains("index_key_file")
    );
}

#[test]
fn a_bad_key_file_is_refused_with_its_line_and_without_its_key() {
    let hex = "0f".repeat(32);
    let cases = [
        ("short", "a:hunter2".to_owned(), "line 1"),
        ("twice", format!("a:{hex}\na:{hex}"), "line 2"),
        ("no-id", hex.clone(), "line 1"),
        ("strange-id", format!("a b:{hex}"), "line 1"),
        ("empty", "# nothing\n".to_owned(), "holds no key"),
    ];
    for (name, text, expected) in cases {
        let path = file(name, &text);
        let sealing = SealingConfig {
            keys_file: Some(path),
            index_key_file: None,
        };
        let error = sealing.sealing_keys().unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
        assert!(
            !error.contains("hunter2") && !error.contains(&hex),
            "{name}: {error}"
        );
    }
    let path = file("index", &format!("{hex}\n"));
    let sealing = SealingConfig {
        keys_file: None,
        index_key_file: Some(path),
    };
    assert_eq!(*sealing.index_key().unwrap().expose_secret(), [15; 32]);
}

#[test]
fn lists_come_from_a_file_or_with_commas_from_the_environment() {
    let path = file(
        "lists.toml",
        "[server]\ntrusted_proxies = [\"10.0.0.1\", \"10.20.0.0/16\"]\n",
    );
    let config = load(&path).unwrap();
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert!(config.server.cors_origins.is_empty());
    let pairs = [
        ("TONGXING__SERVER__TRUSTED_PROXIES", "127.0.0.1, ::1"),
        ("TONGXING__SERVER__CORS_ORIGINS", "https://a.example"),
    ];
    let config = Config::load(Some(&path), env(&pairs)).unwrap();
    let proxies = &config.server.trusted_proxies;
    assert!(proxies[1].contains("::1".parse().unwrap()) && proxies.len() == 2);
    assert_eq!(config.server.cors_origins, ["https://a.example"]);

    let pairs = [("TONGXING__SERVER__TRUSTED_PROXIES", "1")];
    let error = Config::load(None, env(&pairs)).unwrap_err().to_string();
    assert!(error.contains("trusted_proxies"), "{error}");
}
