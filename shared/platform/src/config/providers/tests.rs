use super::super::{Config, ConfigError};

/// What is wrong with the accounts of a settings file.
fn problems(name: &str, text: &str) -> Vec<String> {
    let dir = std::env::temp_dir().join(format!("tongxing-providers-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    let env = [
        ("TONGXING__PROFILE", "sandbox"),
        ("TONGXING__DATABASE__URL", "sqlite://x.db"),
    ];
    let env = env.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let config = Config::load(Some(&path), env.into_iter()).unwrap();
    match config.validate() {
        Ok(()) => Vec::new(),
        Err(ConfigError::Contradictions(problems)) => problems,
        Err(other) => panic!("{other}"),
    }
}

const GOOD: &str = r#"
    [[providers]]
    name = "aliyun-main"
    kind = "aliyun"
    weight = 70
    per_second = 50
    key_id = "LTAI"
    secret = "hunter2"

    [[providers]]
    name = "town-hall"
    kind = "webhook"
    url = "https://sms.example.gov.cn/in"
    secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    [[office_providers]]
    office_id = "0190163d-8694-739b-aea5-966c26f8ad90"
    weights = { town-hall = 1 }
"#;

#[test]
fn accounts_that_are_complete_need_no_gateway_beside_them() {
    assert_eq!(problems("good.toml", GOOD), Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_accounts_is_named_all_at_once() {
    let text = GOOD
        .replace("key_id = \"LTAI\"", "timeout_seconds = 120")
        .replace("per_second = 50", "per_second = 0")
        .replace("name = \"town-hall\"", "name = \"aliyun-main\"")
        .replace("secret = \"hunter2\"", "");
    let problems = problems("bad.toml", &text).join("\n");
    for expected in [
        "providers.aliyun-main: key_id is not set",
        "providers.aliyun-main: secret (or secret_file) is not set",
        "providers.aliyun-main: per_second or per_number_a_day is 0",
        "two of the providers are named \"aliyun-main\"",
        "there is no provider \"town-hall\"",
        "must be longer than the timeout_seconds of providers.aliyun-main",
    ] {
        assert!(
            problems.contains(expected),
            "{expected} is missing in {problems}"
        );
    }
    assert!(!problems.contains("hunter2"));
}

/// Others sign what they post: there is nothing to confirm.
#[test]
fn only_accounts_that_sign_nothing_confirm_receipts() {
    let with = |key_of: &str| {
        let setting = "confirm_receipts = false";
        GOOD.replace(key_of, &format!("{key_of}\n    {setting}"))
    };
    let aliyun = with("kind = \"aliyun\"");
    assert_eq!(problems("confirm.toml", &aliyun), Vec::<String>::new());
    let refused = problems("believe.toml", &with("kind = \"webhook\"")).join("\n");
    assert!(
        refused.contains(
            "providers.town-hall: confirm_receipts is of \"aliyun\" and \"tencent\" only"
        ),
        "{refused}"
    );
}

const FOR_STAFF: &str = r#"
    [[providers]]
    name = "wecom"
    kind = "wecom"
    corp_id = "ww1"
    agent_id = 1000002
    secret = "corp"

    [[providers]]
    name = "mail"
    kind = "email"
    host = "smtp.example.gov.cn"
    tls = "starttls"
    user = "notice"
    from = "城东服务站 <notice@example.gov.cn>"
    secret = "hunter2"
"#;

#[test]
fn accounts_for_staff_stand_beside_one_for_clients() {
    let both = format!("{GOOD}{FOR_STAFF}");
    assert_eq!(problems("both.toml", &both), Vec::<String>::new());
    let alone = problems("alone.toml", FOR_STAFF).join("\n");
    assert!(alone.contains("lead to staff only"), "{alone}");
    let bad = both
        .replace("corp_id = \"ww1\"", "")
        .replace("from = ", "region = ")
        .replace("user = \"notice\"", "");
    let bad = problems("bad-staff.toml", &bad).join("\n");
    for expected in [
        "providers.wecom: corp_id is not set",
        "providers.mail: from is not set",
        "providers.mail: user and secret (or secret_file) is not set",
    ] {
        assert!(bad.contains(expected), "{expected} is missing in {bad}");
    }
    assert!(!bad.contains("hunter2"));
}

#[test]
fn in_production_mail_goes_in_the_open_to_this_machine_only() {
    let said = |host: &str| {
        let text = format!("{GOOD}{FOR_STAFF}")
            .replace("smtp.example.gov.cn", host)
            .replace("\"starttls\"", "\"none\"");
        let mut config = Config::defaults().unwrap();
        let table: toml::Table = text.parse().unwrap();
        config.providers = table["providers"].clone().try_into().unwrap();
        let mut problems = Vec::new();
        config.check_providers(&mut problems);
        problems.join("\n")
    };
    assert!(said("smtp.example.gov.cn").contains("tls is \"none\""));
    assert!(!said("127.0.0.1").contains("tls is \"none\""));
}

#[test]
fn what_a_vendor_posts_to_is_not_guessed() {
    let with = |secret: &str| {
        GOOD.replace(
            "key_id = \"LTAI\"",
            &format!("key_id = \"LTAI\"\ncallback_secret = \"{secret}\""),
        )
    };
    let long = "0123456789abcdefghijABCDEFGHI-_x";
    assert_eq!(problems("callback.toml", &with(long)), Vec::<String>::new());
    for bad in [
        &long[1..],
        &long.replace('x', "/"),
        &long.replace('x', "密"),
    ] {
        let problems = problems("callback-bad.toml", &with(bad)).join("\n");
        assert!(problems.contains("callback_secret is not 32"), "{problems}");
        assert!(!problems.contains("0123456789"), "{problems}");
    }
    let text = with(long).replace("kind = \"aliyun\"", "kind = \"recording\"");
    let problems = problems("callback-kind.toml", &text).join("\n");
    assert!(problems.contains("have a callback_secret"), "{problems}");
}

#[test]
fn what_wechat_signs_with_is_whole() {
    let token = "callback_token = \"0123456789abcdef\"\n";
    let key = format!("callback_aes_key = \"{}\"\n", "k".repeat(43));
    let previous = format!(
        "previous_{}",
        key.replace('k', "j")
            .replace("callbacj_aes_jey", "callback_aes_key")
    );
    let with = |lines: &str| {
        format!(
            "[[providers]]\nname = \"service\"\nkind = \"wechat_template\"\napp_id = \"wx\"\n\
             secret = \"hunter2\"\n{lines}"
        )
    };
    let found = |file: &str, lines: &str| problems(file, &with(lines)).join("\n");
    assert_eq!(found("signed.toml", &format!("{token}{key}{previous}")), "");
    assert_eq!(found("unsigned.toml", ""), "");
    for (file, lines, expected) in [
        ("no-key.toml", token.to_owned(), "are given together"),
        ("no-token.toml", key.clone(), "are given together"),
        ("only-previous.toml", previous.clone(), "are given together"),
        (
            "short.toml",
            format!("callback_token = \"abc\"\n{key}"),
            "16 to 32",
        ),
        (
            "odd-key.toml",
            format!("{token}callback_aes_key = \"{}=\"\n", "k".repeat(42)),
            "is not 43 letters",
        ),
    ] {
        let problems = found(file, &lines);
        assert!(problems.contains(expected), "{file}: {problems}");
        assert!(
            !problems.contains("kkk") && !problems.contains("abcdef"),
            "{problems}"
        );
    }
    let other = with(&format!("{token}{key}")).replace("wechat_template", "recording");
    let other = problems("other.toml", &other).join("\n");
    assert!(other.contains("only accounts at WeChat"), "{other}");
}

#[test]
fn in_production_an_account_sends_and_not_in_the_open() {
    let text = GOOD
        .replace("https://sms", "http://sms")
        .replace("kind = \"aliyun\"", "kind = \"recording\"");
    let mut config = Config::defaults().unwrap();
    let table: toml::Table = text.parse().unwrap();
    config.providers = table["providers"].clone().try_into().unwrap();
    let mut problems = Vec::new();
    config.check_providers(&mut problems);
    let problems = problems.join("\n");
    assert!(problems.contains("nobody would be reminded"), "{problems}");
    assert!(problems.contains("url is not https://"), "{problems}");
}

const MINI_PROGRAM: &str = r#"
    [[providers]]
    name = "mini-program"
    kind = "wechat_subscribe"
    app_id = "wx1234567890abcdef"
    secret = "hunter2"
    page = "pages/visits/index?from=reminder"
    miniprogram_state = "trial"
"#;

#[test]
fn what_a_subscribe_message_opens_is_a_page_of_the_mini_program() {
    assert_eq!(problems("page.toml", MINI_PROGRAM), Vec::<String>::new());
    let no_page = "page is no path of a mini program";
    for (name, wrong, expected) in [
        ("slash.toml", "\"/pages/visits\"", no_page),
        ("empty.toml", "\"\"", no_page),
        ("space.toml", "\"pages/visits index\"", no_page),
    ] {
        let text = MINI_PROGRAM.replace("\"pages/visits/index?from=reminder\"", wrong);
        let problems = problems(name, &text).join("\n");
        assert!(problems.contains(expected), "{problems}");
    }
    let elsewhere = MINI_PROGRAM.replace("wechat_subscribe", "wechat_template");
    let problems = problems("elsewhere.toml", &elsewhere).join("\n");
    assert!(
        problems.contains("page is of \"wechat_subscribe\" only"),
        "{problems}"
    );
}
