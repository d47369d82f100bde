//! Passwords: argon2id on threads of their own, so that sign-ins cannot starve the database.

mod hasher;

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use argon2::Params;
use domain::password::Profile;
use platform::{
    Randomness,
    config::{Argon2Config, PasswordProfile},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{mpsc, oneshot};

use crate::{problem::Problem, problem_code::ProblemCode};

use self::hasher::Hasher;
pub use self::hasher::Verdict;

/// Passwords waiting for a thread; more are told to come again. At some 15 a second and thread
/// nobody who is let in waits for long.
const WAITING: usize = 32;

/// Why a password was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting")]
pub struct Busy;

impl Busy {
    /// The answer to who came in a flood.
    pub fn problem(self) -> Problem {
        Problem::new(ProblemCode::Unavailable, self.to_string()).retry_after(2)
    }
}

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
        answer: oneshot::Sender<Verdict>,
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
    /// Starts `threads` threads; each takes `config.memory_kib` while passwords wait.
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
                .spawn(move || serve(&queue, Hasher::new(params)))?;
        }
        let mut noise = [0_u8; 48];
        randomness.fill(&mut noise);
        let (salt, output) = noise.split_at(16);
        Ok(Self {
            jobs,
            randomness,
            nobody: hasher::phc(&params, salt, output).into(),
        })
    }

    /// The hash of a new password, in PHC format.
    pub async fn hash(&self, password: SecretString) -> Result<String, Busy> {
        let answered = self.begin_hash(password)?;
        answered.await.ok().flatten().ok_or(Busy)
    }

    /// [`Self::hash`] where there is no runtime: command lines.
    pub fn hash_blocking(&self, password: SecretString) -> Result<String, Busy> {
        let answered = self.begin_hash(password)?;
        answered.blocking_recv().ok().flatten().ok_or(Busy)
    }

    fn begin_hash(
        &self,
        password: SecretString,
    ) -> Result<oneshot::Receiver<Option<String>>, Busy> {
        let mut salt = [0_u8; 16];
        self.randomness.fill(&mut salt);
        let (answer, answered) = oneshot::channel();
        let job = Job::Hash {
            password,
            salt,
            answer,
        };
        self.jobs.try_send(job).map_err(|_full| Busy)?;
        Ok(answered)
    }

    /// Whether the password fits `hash`, and whether that is to be made anew. `None` stands for an
    /// account that does not exist and takes as long as one that does.
    pub async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<Verdict, Busy> {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.as_ref().to_owned());
        let (answer, answered) = oneshot::channel();
        let job = Job::Verify {
            password,
            hash,
            answer,
        };
        self.jobs.try_send(job).map_err(|_full| Busy)?;
        let verdict = answered.await.map_err(|_closed| Busy)?;
        Ok(if exists { verdict } else { Verdict::NO })
    }
}

/// The rules for new passwords that `auth.password_profile` names.
pub const fn profile_of(profile: PasswordProfile) -> Profile {
    match profile {
        PasswordProfile::Standard => Profile::Standard,
        PasswordProfile::Level3 => Profile::Level3,
    }
}

fn serve(queue: &Mutex<mpsc::Receiver<Job>>, mut hasher: Hasher) {
    loop {
        let job = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        // A caller that went away costs no work; one that goes away meanwhile is not waited for.
        match job {
            None => return,
            Some(Job::Hash {
                password,
                salt,
                answer,
            }) => {
                if !answer.is_closed() {
                    let _ = answer.send(hasher.hash(password.expose_secret().as_bytes(), &salt));
                }
            }
            Some(Job::Verify {
                password,
                hash,
                answer,
            }) => {
                if !answer.is_closed() {
                    let _ = answer.send(hasher.verify(password.expose_secret().as_bytes(), &hash));
                }
            }
        }
        if none_waits(queue) {
            hasher.rest();
        }
    }
}

/// Whether no password waits. Who holds the queue waits for one itself, so there is none; to wait
/// for it would be to keep the memory until the next password comes.
fn none_waits(queue: &Mutex<mpsc::Receiver<Job>>) -> bool {
    queue.try_lock().map_or(true, |queue| queue.is_empty())
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::phc::PasswordHash;

    use super::*;

    fn passwords(memory_kib: u32) -> Passwords {
        let config = Argon2Config {
            memory_kib,
            iterations: 1,
            parallelism: 1,
        };
        Passwords::start(&config, 1, Randomness::seeded(1)).unwrap()
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = passwords(64);
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        for (password, expected) in [("correct horse", true), ("correct house", false)] {
            let verdict = passwords.verify(password.into(), Some(hash.clone())).await;
            assert_eq!(verdict.unwrap().fits, expected);
        }
    }

    #[tokio::test]
    async fn nobody_has_a_hash_that_costs_as_much_and_fits_nothing() {
        let passwords = passwords(64);
        let nobody = PasswordHash::new(&passwords.nobody).unwrap();
        assert_eq!(Params::try_from(&nobody).unwrap().m_cost(), 64);
        let verdict = passwords.verify("anything".into(), None).await;
        assert_eq!(verdict, Ok(Verdict::NO));
    }

    /// While another thread waits for the next password it holds the queue.
    #[test]
    fn whether_one_waits_is_known_without_waiting() {
        let (jobs, queue) = mpsc::channel(1);
        let queue = Mutex::new(queue);
        assert!(none_waits(&queue));
        let held = queue.lock().unwrap();
        assert!(none_waits(&queue));
        drop(held);
        let (answer, _answered) = oneshot::channel();
        let job = Job::Hash {
            password: "correct horse".into(),
            salt: [0; 16],
            answer,
        };
        assert!(jobs.try_send(job).is_ok());
        assert!(!none_waits(&queue));
    }

    /// A flood is turned away, not queued up: what is let in is answered.
    #[tokio::test]
    async fn beyond_those_waiting_passwords_are_turned_away() {
        let passwords = passwords(16 * 1024);
        let attempts = (0..3 * WAITING).map(|_| passwords.verify("anything".into(), None));
        let answers = futures_util::future::join_all(attempts).await;
        let (done, turned_away): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert!(done.len() >= WAITING, "{}", done.len());
        assert!(!turned_away.is_empty());
        assert_eq!(
            passwords.verify("anything".into(), None).await,
            Ok(Verdict::NO)
        );
    }
}
