//! Passwords: argon2id on threads of their own, so that sign-ins cannot starve the database.

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::{Refusal, RefusalCode};
use platform::{Randomness, config::Argon2Config};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{mpsc, oneshot};

/// Passwords waiting for a thread; more are told to come again.
const WAITING: usize = 64;

/// Shortest password, in characters (NIST SP 800-63B-4 §3.1.1.2).
const SHORTEST: usize = 12;
/// Longest password, in characters.
const LONGEST: usize = 128;

/// Why a password was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting")]
pub struct Busy;

/// Why there are no password threads.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The settings are outside what argon2 knows.
    #[error("auth.argon2: {0}")]
    Parameters(String),
    /// A thread could not be started.
    #[error("a password thread cannot be started")]
    Thread(#[from] io::Error),
}

enum Job {
    Hash {
        password: SecretString,
        salt: [u8; 16],
        answer: oneshot::Sender<Option<String>>,
    },
    Verify {
        password: SecretString,
        hash: String,
        answer: oneshot::Sender<bool>,
    },
}

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    jobs: mpsc::Sender<Job>,
    randomness: Randomness,
    /// A hash that no password has, as costly as a real one.
    nobody: Arc<str>,
}

impl Passwords {
    /// Starts `threads` threads; each uses `config.memory_kib` while it works.
    pub fn start(
        config: &Argon2Config,
        threads: usize,
        randomness: Randomness,
    ) -> Result<Self, PasswordError> {
        let params = Params::new(
            config.memory_kib,
            config.iterations,
            config.parallelism,
            None,
        )
        .map_err(|error| PasswordError::Parameters(error.to_string()))?;
        let (jobs, queue) = mpsc::channel(WAITING);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads.max(1) {
            let (queue, params) = (Arc::clone(&queue), params.clone());
            thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || serve(&queue, &params))?;
        }
        let mut noise = [0_u8; 48];
        randomness.fill(&mut noise);
        let (salt, output) = noise.split_at(16);
        let nobody = format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            config.memory_kib,
            config.iterations,
            config.parallelism,
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(output),
        );
        Ok(Self {
            jobs,
            randomness,
            nobody: nobody.into(),
        })
    }

    /// The hash of a new password, in PHC format.
    pub async fn hash(&self, password: SecretString) -> Result<String, Busy> {
        let mut salt = [0_u8; 16];
        self.randomness.fill(&mut salt);
        let (answer, answered) = oneshot::channel();
        self.jobs
            .try_send(Job::Hash {
                password,
                salt,
                answer,
            })
            .map_err(|_full| Busy)?;
        answered.await.ok().flatten().ok_or(Busy)
    }

    /// [`Self::hash`] where there is no runtime: command lines.
    pub fn hash_blocking(&self, password: SecretString) -> Result<String, Busy> {
        let mut salt = [0_u8; 16];
        self.randomness.fill(&mut salt);
        let (answer, answered) = oneshot::channel();
        self.jobs
            .try_send(Job::Hash {
                password,
                salt,
                answer,
            })
            .map_err(|_full| Busy)?;
        answered.blocking_recv().ok().flatten().ok_or(Busy)
    }

    /// Whether the password fits `hash`. `None` stands for an account that does not exist and takes
    /// as long as one that does.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Busy> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.as_ref().to_owned());
        let (answer, answered) = oneshot::channel();
        self.jobs
            .try_send(Job::Verify {
                password,
                hash,
                answer,
            })
            .map_err(|_full| Busy)?;
        let fits = answered.await.map_err(|_closed| Busy)?;
        Ok(fits && exists)
    }
}

/// Checks a new password.
///
/// # Errors
/// `invalid_value` at `/password` unless it has 12–128 characters and is not the username.
pub fn check_new(password: &SecretString, username: &str) -> Result<(), Refusal> {
    let text = password.expose_secret();
    let fault = if !(SHORTEST..=LONGEST).contains(&text.chars().count()) {
        "a password has 12 to 128 characters"
    } else if text.to_lowercase().contains(&username.to_lowercase()) {
        "a password does not contain the username"
    } else {
        return Ok(());
    };
    Err(Refusal::at(RefusalCode::InvalidValue, "/password", fault))
}

fn serve(queue: &Mutex<mpsc::Receiver<Job>>, params: &Params) {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    loop {
        let job = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        // A caller that went away is not waited for: `send` may fail.
        match job {
            None => return,
            Some(Job::Hash {
                password,
                salt,
                answer,
            }) => {
                let hash =
                    argon2.hash_password_with_salt(password.expose_secret().as_bytes(), &salt);
                let _ = answer.send(hash.ok().map(|hash| hash.to_string()));
            }
            Some(Job::Verify {
                password,
                hash,
                answer,
            }) => {
                let fits = PasswordHash::new(&hash).is_ok_and(|hash| {
                    argon2
                        .verify_password(password.expose_secret().as_bytes(), &hash)
                        .is_ok()
                });
                let _ = answer.send(fits);
            }
        }
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        let config = Argon2Config {
            memory_kib: 64,
            iterations: 1,
            parallelism: 1,
        };
        Passwords::start(&config, 1, Randomness::seeded(1)).unwrap()
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = passwords();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert!(
            passwords
                .verify("correct horse".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct house".into(), Some(hash))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horse".into(), Some("rubbish".into()))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_has_a_hash_that_costs_as_much_and_fits_nothing() {
        let passwords = passwords();
        assert!(PasswordHash::new(&passwords.nobody).is_ok());
        assert!(!passwords.verify("anything".into(), None).await.unwrap());
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert!(check_new(&"long enough, surely".into(), "li.na").is_ok());
        for text in ["", "short", "xxxx LI.NA xxxx", &"x".repeat(129)] {
            let refusal = check_new(&text.to_owned().into(), "li.na").unwrap_err();
            assert_eq!(refusal.pointer.as_deref(), Some("/password"));
        }
    }
}
