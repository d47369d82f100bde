//! TLS, where no proxy stands in front: certificates from files, renewed ones taken over while
//! serving.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use platform::config::TlsConfig;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

/// Why a certificate cannot be used. Shows nothing of the key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {0}")]
    Read(PathBuf, #[source] io::Error),
    /// A file holds no PEM of the expected kind.
    #[error("{0} holds no usable PEM")]
    Pem(PathBuf, #[source] pem::Error),
    /// The key is of an unknown kind, or not that of the certificate.
    #[error("the certificate and its key cannot be used together")]
    Unusable(#[source] rustls::Error),
}

/// TLS 1.2 and 1.3 by the files of `config`; `None` without files.
///
/// # Errors
/// [`TlsError`].
pub fn server_config(config: &TlsConfig) -> Result<Option<ServerConfig>, TlsError> {
    let (Some(cert), Some(key)) = (&config.cert_file, &config.key_file) else {
        return Ok(None);
    };
    let provider = Arc::new(aws_lc_rs::default_provider());
    let files = Files {
        cert: cert.clone(),
        key: key.clone(),
        provider: Arc::clone(&provider),
    };
    let interval = Duration::from_secs(config.reload_seconds);
    let renewing = Renewing::load(files, interval)?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TlsError::Unusable)?;
    let resolver = Arc::new(renewing);
    Ok(Some(
        builder.with_no_client_auth().with_cert_resolver(resolver),
    ))
}

#[derive(Debug)]
struct Files {
    cert: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
}

/// What the files held: certificate, key.
type Contents = (Vec<u8>, Vec<u8>);

impl Files {
    fn read(&self) -> Result<Contents, TlsError> {
        let read =
            |path: &Path| fs::read(path).map_err(|error| TlsError::Read(path.to_path_buf(), error));
        Ok((read(&self.cert)?, read(&self.key)?))
    }

    fn parse(&self, (cert, key): &Contents) -> Result<Arc<CertifiedKey>, TlsError> {
        let pem = |path: &Path| {
            let path = path.to_path_buf();
            |error| TlsError::Pem(path, error)
        };
        let mut chain = Vec::new();
        for cert in CertificateDer::pem_slice_iter(cert) {
            chain.push(cert.map_err(pem(&self.cert))?);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(pem(&self.key))?;
        CertifiedKey::from_der(chain, key, &self.provider)
            .map(Arc::new)
            .map_err(TlsError::Unusable)
    }
}

/// A certificate that follows its files. They are looked at when somebody connects, and no more
/// often than every `interval`.
#[derive(Debug)]
struct Renewing {
    files: Files,
    interval: Duration,
    current: Mutex<Current>,
}

struct Current {
    key: Arc<CertifiedKey>,
    /// What was found last, whether it was usable or not.
    seen: Contents,
    looked: Instant,
}

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Current(..)")
    }
}

impl Renewing {
    fn load(files: Files, interval: Duration) -> Result<Self, TlsError> {
        let seen = files.read()?;
        let key = files.parse(&seen)?;
        Ok(Self {
            files,
            interval,
            current: Mutex::new(Current {
                key,
                seen,
                looked: Instant::now(),
            }),
        })
    }

    fn current(&self) -> Arc<CertifiedKey> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= self.interval {
            current.looked = Instant::now();
            if let Err(error) = self.renew(&mut current) {
                // Perhaps only one of the two files is new yet: the old pair goes on.
                tracing::warn!(%error, "the renewed certificate is not usable");
            }
        }
        Arc::clone(&current.key)
    }

    fn renew(&self, current: &mut Current) -> Result<(), TlsError> {
        let found = self.files.read()?;
        if found == current.seen {
            return Ok(());
        }
        let parsed = self.files.parse(&found);
        current.seen = found;
        current.key = parsed?;
        tracing::info!("the certificate was renewed");
        Ok(())
    }
}

impl ResolvesServerCert for Renewing {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}
