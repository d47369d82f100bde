//! Settings that are each valid and together are not.

use secrecy::{ExposeSecret as _, SecretString};

use super::{Config, ConfigError, GatewayKind, Profile, Synchronous};

/// Longest lease of a claimed message, in seconds. A call is signed for the instant of the claim and may be
/// made as late as the end of the lease; Tencent Cloud takes signatures of the last five minutes only, by its
/// own clock.
const LONGEST_LEASE: u64 = 240;

impl Config {
    /// Refuses contradictions, naming all of them at once, so that an installation is not mended
    /// one restart at a time.
    ///
    /// # Errors
    /// [`ConfigError::Contradictions`].
    pub fn validate(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        self.check_amounts(&mut problems);
        self.check_server(&mut problems);
        self.check_database(&mut problems);
        self.check_sessions(&mut problems);
        self.client_sign_in.check(&mut problems);
        self.check_worker(&mut problems);
        self.check_webhook(&mut problems);
        self.check_providers(&mut problems);
        let in_production = self.profile == Profile::Production;
        self.wechat.mini_program.check(in_production, &mut problems);
        if in_production {
            self.check_production(&mut problems);
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Contradictions(problems))
        }
    }

    fn check_amounts(&self, problems: &mut Vec<String>) {
        let positive: [(&str, bool); 23] = [
            ("server.body_limit_bytes", self.server.body_limit_bytes > 0),
            ("server.head_limit_bytes", self.server.head_limit_bytes > 0),
            (
                "server.header_timeout_seconds",
                self.server.header_timeout_seconds > 0,
            ),
            (
                "server.body_timeout_seconds",
                self.server.body_timeout_seconds > 0,
            ),
            (
                "server.request_timeout_seconds",
                self.server.request_timeout_seconds > 0,
            ),
            (
                "server.keep_alive_seconds",
                self.server.keep_alive_seconds > 0,
            ),
            ("server.max_connections", self.server.max_connections > 0),
            ("server.max_pending", self.server.max_pending > 0),
            (
                "server.address_requests_per_minute",
                self.server.address_requests_per_minute > 0,
            ),
            (
                "server.requests_per_minute",
                self.server.requests_per_minute > 0,
            ),
            (
                "server.sign_ins_per_minute",
                self.server.sign_ins_per_minute > 0,
            ),
            ("database.pool_size", self.database.pool_size > 0),
            (
                "auth.access_token_seconds",
                self.auth.access_token_seconds > 0,
            ),
            ("auth.hash_threads", self.auth.hash_threads > 0),
            ("worker.claim_batch", self.worker.claim_batch > 0),
            ("worker.job_batch", self.worker.job_batch > 0),
            ("worker.concurrency", self.worker.concurrency > 0),
            (
                "worker.emergency_minutes",
                self.worker.emergency_minutes > 0,
            ),
            (
                "worker.monitor.stale_after_seconds",
                self.worker.monitor.stale_after_seconds > 0,
            ),
            (
                "worker.monitor.overdue_after_minutes",
                self.worker.monitor.overdue_after_minutes > 0,
            ),
            ("gateway.recording.keep", self.gateway.recording.keep > 0),
            (
                "gateway.webhook.timeout_seconds",
                self.gateway.webhook.timeout_seconds > 0,
            ),
            (
                "gateway.webhook.connect_timeout_seconds",
                self.gateway.webhook.connect_timeout_seconds > 0,
            ),
        ];
        let zero = positive.iter().filter(|(_, positive)| !positive);
        problems.extend(zero.map(|(key, _)| format!("{key} is 0")));
    }

    fn check_server(&self, problems: &mut Vec<String>) {
        let server = &self.server;
        if server.tls.cert_file.is_some() != server.tls.key_file.is_some() {
            problems.push("server.tls needs both cert_file and key_file, or neither".to_owned());
        }
        let strange = server.cors_origins.iter().filter(|it| !is_origin(it));
        problems.extend(strange.map(|origin| {
            format!(
                "server.cors_origins holds {origin:?}: an origin is http:// or https:// with a host \
                 and perhaps a port, in small letters and without a star"
            )
        }));
    }

    fn check_database(&self, problems: &mut Vec<String>) {
        let Some(url) = &self.database.url else {
            problems.push("database.url (or database.url_file) is not set".to_owned());
            return;
        };
        let known = ["sqlite://", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| starts_with(url, scheme)) {
            problems.push("database.url starts with neither sqlite:// nor postgres://".to_owned());
        }
    }

    fn check_sessions(&self, problems: &mut Vec<String>) {
        let auth = &self.auth;
        let idle_seconds = u64::from(auth.session_idle_minutes) * 60;
        if u64::from(auth.session_absolute_hours) * 3600 < idle_seconds {
            problems.push(
                "auth.session_absolute_hours is shorter than auth.session_idle_minutes".to_owned(),
            );
        }
        if u64::from(auth.access_token_seconds) > idle_seconds {
            problems.push(
                "auth.access_token_seconds is longer than auth.session_idle_minutes".to_owned(),
            );
        }
        // RFC 9106 §3.1: at least 8 KiB of memory per lane.
        let argon2 = &auth.argon2;
        if argon2.iterations == 0
            || argon2.parallelism == 0
            || argon2.memory_kib < argon2.parallelism.saturating_mul(8)
        {
            problems.push(
                "auth.argon2 needs iterations, parallelism, and 8 KiB of memory per lane"
                    .to_owned(),
            );
        }
    }

    fn check_worker(&self, problems: &mut Vec<String>) {
        let lease = self.worker.claim_lease_seconds;
        let timeout = self.gateway.webhook.timeout_seconds;
        if lease <= timeout {
            problems.push(format!(
                "worker.claim_lease_seconds ({lease}) must be longer than \
                 gateway.webhook.timeout_seconds ({timeout}): a message could be sent twice"
            ));
        }
        if lease > LONGEST_LEASE {
            problems.push(format!(
                "worker.claim_lease_seconds ({lease}) is more than {LONGEST_LEASE}: a call could be made \
                 when its signature is too old for the provider"
            ));
        }
        for (job, expression) in self.worker.schedule.entries() {
            if expression.split_whitespace().count() != 6 {
                problems.push(format!("worker.schedule.{job} does not have six fields"));
            }
        }
    }

    fn check_webhook(&self, problems: &mut Vec<String>) {
        let webhook = &self.gateway.webhook;
        if webhook.connect_timeout_seconds > webhook.timeout_seconds {
            problems.push(
                "gateway.webhook.connect_timeout_seconds is longer than \
                 gateway.webhook.timeout_seconds"
                    .to_owned(),
            );
        }
        let secrets = [
            ("secret", &webhook.secret),
            ("receipt_secret", &webhook.receipt_secret),
        ];
        for (key, secret) in secrets {
            if secret
                .as_ref()
                .is_some_and(|secret| !starts_with(secret, "whsec_"))
            {
                problems.push(format!("gateway.webhook.{key} does not start with whsec_"));
            }
        }
        // Where accounts are listed, messages leave by them.
        if self.gateway.kind != GatewayKind::Webhook || !self.providers.is_empty() {
            return;
        }
        match &webhook.url {
            None => problems
                .push("gateway.kind is \"webhook\" but gateway.webhook.url is not set".to_owned()),
            Some(url) if !starts_with(url, "https://") && !starts_with(url, "http://") => {
                problems
                    .push("gateway.webhook.url starts with neither https:// nor http://".into());
            }
            Some(_) => {}
        }
        if webhook.secret.is_none() {
            problems.push(
                "gateway.kind is \"webhook\" but gateway.webhook.secret (or secret_file) is not \
                 set"
                .to_owned(),
            );
        }
    }

    fn check_production(&self, problems: &mut Vec<String>) {
        let mut refuse = |wrong: bool, problem: &str| {
            if wrong {
                problems.push(format!("profile is \"production\" but {problem}"));
            }
        };
        refuse(
            self.gateway.kind == GatewayKind::Recording && self.providers.is_empty(),
            "gateway.kind is \"recording\": nobody would be reminded",
        );
        refuse(self.sandbox.manual_clock, "sandbox.manual_clock is true");
        refuse(self.sandbox.starts_at.is_some(), "sandbox.starts_at is set");
        refuse(
            self.database.synchronous == Synchronous::Off,
            "database.synchronous is \"off\": a power cut could lose the file",
        );
        refuse(
            self.gateway
                .webhook
                .url
                .as_ref()
                .is_some_and(|url| starts_with(url, "http://")),
            "gateway.webhook.url is http://: names and numbers would travel in the open",
        );
        refuse(self.auth.keys_dir.is_none(), "auth.keys_dir is not set");
        refuse(
            self.sealing.keys_file.is_none(),
            "sealing.keys_file is not set",
        );
        refuse(
            self.sealing.index_key_file.is_none(),
            "sealing.index_key_file is not set",
        );
        refuse(
            !self.auth.requires_second_factor(),
            "auth.require_second_factor is false: a guessed password would open clients' files",
        );
        // OWASP password storage: argon2id with no less than 19 MiB and 2 passes.
        refuse(
            self.auth.argon2.memory_kib < 19_456 || self.auth.argon2.iterations < 2,
            "auth.argon2 is under 19456 KiB or 2 passes: passwords would be cheap to guess",
        );
    }
}

/// RFC 6454 §6.2, as browsers send it.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':')
    };
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(allowed))
}

fn starts_with(secret: &SecretString, prefix: &str) -> bool {
    let text = secret.expose_secret();
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
