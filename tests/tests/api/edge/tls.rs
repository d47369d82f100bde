//! TLS without a proxy in front.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use reqwest::{Certificate, Client, Method, tls::Version};
use tests::{Setup, TestApp, on_both};

/// A folder of its own for the calling test, gone afterwards.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tongxing-tls-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A new certificate for `localhost`, put where the server looks; answers it for a client.
    fn renew(&self) -> Certificate {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        write(&self.at("tls.crt"), &made.cert.pem());
        write(&self.at("tls.key"), &made.signing_key.serialize_pem());
        Certificate::from_pem(made.cert.pem().as_bytes()).unwrap()
    }

    fn configured(&self, setup: Setup) -> Setup {
        setup.with(|config| {
            let tls = &mut config.server.tls;
            tls.cert_file = Some(self.at("tls.crt"));
            tls.key_file = Some(self.at("tls.key"));
            tls.reload_seconds = 0;
        })
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

fn url(app: &TestApp) -> String {
    let request = app.request(Method::GET, "/").build().unwrap();
    format!("https://localhost:{}/livez", request.url().port().unwrap())
}

/// A client that trusts this certificate alone, on a new connection.
fn client(trusted: &Certificate, version: Version) -> Client {
    Client::builder()
        .no_proxy()
        .tls_certs_only([trusted.clone()])
        .tls_version_min(version)
        .tls_version_max(version)
        .resolve("localhost", ([127, 0, 0, 1], 0).into())
        .build()
        .unwrap()
}

async fn is_served(app: &TestApp, trusted: &Certificate) -> bool {
    let request = client(trusted, Version::TLS_1_3).get(url(app));
    request.send().await.is_ok()
}

on_both! {
    async fn it_speaks_tls_and_nothing_else(setup: Setup) {
        let files = Files::new();
        let trusted = files.renew();
        let app = files.configured(setup).start().await;
        for version in [Version::TLS_1_2, Version::TLS_1_3] {
            let answer = client(&trusted, version).get(url(&app)).send().await.unwrap();
            let promise = &answer.headers()["strict-transport-security"];
            assert_eq!(promise, "max-age=31536000; includeSubDomains");
            assert_eq!(answer.text().await.unwrap(), "ok");
        }
        let plain = app.request(Method::GET, "/livez").send().await;
        assert!(plain.is_err(), "{plain:?}");
    }

    async fn a_renewed_certificate_is_taken_over_while_serving(setup: Setup) {
        let files = Files::new();
        let first = files.renew();
        let app = files.configured(setup).start().await;
        assert!(is_served(&app, &first).await);
        let second = files.renew();
        assert!(is_served(&app, &second).await);
        assert!(!is_served(&app, &first).await, "the old one is not shown any more");

        // Half a renewal, rubbish, or no file at all: the last good pair goes on.
        let key = std::fs::read_to_string(files.at("tls.key")).unwrap();
        let third = files.renew();
        let new_key = std::fs::read_to_string(files.at("tls.key")).unwrap();
        write(&files.at("tls.key"), &key);
        assert!(is_served(&app, &second).await);
        write(&files.at("tls.key"), "rubbish");
        assert!(is_served(&app, &second).await);
        std::fs::remove_file(files.at("tls.key")).unwrap();
        assert!(is_served(&app, &second).await);
        write(&files.at("tls.key"), &new_key);
        assert!(is_served(&app, &third).await);
    }
}
