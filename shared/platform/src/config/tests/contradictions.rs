//! What fits no installation, though each value alone is a good one.

use super::*;

#[test]
fn a_sound_installation_is_accepted() {
    assert_eq!(problems(&production()), Vec::<String>::new());
}

#[test]
fn a_lease_no_longer_than_the_send_time_out_is_refused() {
    let mut config = production();
    config.worker.claim_lease_seconds = config.gateway.webhook.timeout_seconds;
    assert!(problems(&config).concat().contains("claim_lease_seconds"));
    config.worker.claim_lease_seconds += 1;
    assert!(problems(&config).is_empty());
}

/// Tencent Cloud takes signatures of the last five minutes only.
#[test]
fn a_lease_that_a_signature_might_not_outlive_is_refused() {
    let mut config = production();
    config.worker.claim_lease_seconds = 241;
    assert!(problems(&config).concat().contains("claim_lease_seconds"));
    config.worker.claim_lease_seconds = 240;
    assert!(problems(&config).is_empty());
}

#[test]
fn production_refuses_each_sandbox_part_and_names_all_at_once() {
    let mut config = production();
    config.gateway.kind = GatewayKind::Recording;
    config.sandbox.manual_clock = true;
    config.database.synchronous = Synchronous::Off;
    config.gateway.webhook.url = Some("http://10.0.0.8/in".into());
    config.sealing.keys_file = None;
    config.auth.argon2.memory_kib = 64;
    let found = problems(&config);
    assert_eq!(found.len(), 6, "{found:?}");
    config.profile = Profile::Sandbox;
    assert_eq!(problems(&config), Vec::<String>::new());
}

#[test]
fn a_webhook_without_url_or_with_a_strange_secret_is_refused_in_any_profile() {
    let mut config = production();
    config.profile = Profile::Sandbox;
    config.gateway.webhook.url = None;
    config.gateway.webhook.secret = Some("hunter2".into());
    let found = problems(&config);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(!found.concat().contains("hunter2"));
}

#[test]
fn a_bad_schedule_a_bad_scheme_and_zeros_are_refused() {
    let mut config = production();
    config.worker.schedule.purge = "0 3 * * *".into();
    config.database.url = Some("mysql://db".into());
    config.worker.concurrency = 0;
    let found = problems(&config);
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn half_a_certificate_and_what_is_no_origin_are_refused() {
    let mut config = production();
    config.server.cors_origins = vec![
        "https://app.example.gov.cn".into(),
        "http://127.0.0.1:3000".into(),
    ];
    assert_eq!(problems(&config), Vec::<String>::new());
    for strange in [
        "*",
        "https://*",
        "https://*.example.cn",
        "https://a.example/",
        "https://A.example",
        "a.example",
        "null",
        "https://",
    ] {
        config.server.cors_origins = vec![strange.into()];
        assert!(problems(&config).concat().contains("origin"), "{strange}");
    }
    config.server.cors_origins.clear();
    config.server.tls.cert_file = Some("tls.crt".into());
    assert!(problems(&config).concat().contains("key_file"));
    config.server.tls.key_file = Some("tls.key".into());
    assert_eq!(problems(&config), Vec::<String>::new());
}
