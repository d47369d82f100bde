//! `tongxing admin create-staff`.

use std::io::{self, BufRead as _};

use api::{
    auth::{Passwords, password::profile_of},
    failure::Failure,
    services::staff::{self, NewStaff},
};
use casework::{
    Actor, PackCache, Request, Work,
    record::{self, AuditOutcome},
};
use domain::{
    AgencyId, IdMint, OfficeId, Role, Sex,
    password::{self, Profile},
};
use platform::{Clock, Config, Randomness};
use secrecy::{ExposeSecret as _, SecretString};
use storage::agencies;
use worker::open;

use super::{Failed, out};

/// Where a password may come from instead of a generator.
const PASSWORD_ENV: &str = "TONGXING_PASSWORD";

/// The staff member to be. The password comes from the environment (`TONGXING_PASSWORD`) or from
/// stdin; else one is made and printed once.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The agency's id.
    #[arg(long)]
    agency: AgencyId,
    /// 3–64 of a–z 0–9 . _ - @
    #[arg(long)]
    username: String,
    /// As colleagues know them.
    #[arg(long)]
    display_name: String,
    /// `caseworker`, `supervisor`, `agency_admin`, `security_admin` or `auditor`.
    #[arg(long)]
    role: Role,
    /// The office's id; caseworkers need one, and supervisors without an area.
    #[arg(long)]
    office: Option<OfficeId>,
    /// The area code, 6, 9 or 12 digits, of a supervisor of several offices.
    #[arg(long)]
    area: Option<String>,
    /// `female` or `male`; needed of those who collect samples.
    #[arg(long)]
    sex: Option<Sex>,
    /// Read the password from the first line of stdin.
    #[arg(long)]
    password_stdin: bool,
}

/// Makes the account; prints its id, and a password that was made up.
pub fn run(arguments: Arguments, config: &Config) -> Result<(), Failed> {
    let store = open::migrated_store(config)?;
    let (now, randomness) = (Clock::System.now(), Randomness::from_os()?);
    let username = staff::username(&arguments.username)?;
    let profile = profile_of(config.auth.password_profile);
    let (password, made_up) = match given_password(arguments.password_stdin)? {
        Some(given) => {
            password::check(given.expose_secret(), profile, &[&username], "/password")?;
            (given, false)
        }
        None => (make_up(&randomness, profile, &username)?, true),
    };
    let passwords = Passwords::start(&config.auth.argon2, 1, randomness.clone())?;
    // Not on the runtime's own threads: this waits.
    let given = password.clone();
    let password_hash =
        std::thread::scope(|scope| scope.spawn(|| passwords.hash_blocking(given)).join())
            .map_err(|_panicked| "the password could not be hashed")??;
    let new = NewStaff {
        username,
        password_hash,
        display_name: arguments.display_name,
        role: arguments.role,
        office_id: arguments.office,
        area_code: arguments.area,
        sex: arguments.sex,
        phone: None,
        notices: None,
    };
    let packs = PackCache::default();
    let made = store.write_in(arguments.agency, |tx| {
        if agencies::get(tx, arguments.agency)?.is_none() {
            return Err(Failure::not_found("agency"));
        }
        let mut work = Work {
            tx,
            packs: &packs,
            agency: arguments.agency,
            now,
            actor: Actor::system(),
            ids: IdMint::new(now, randomness.seed()),
            request: Request::none(),
        };
        let made = staff::create(&mut work, &new)?;
        let (id, done) = (Some(made.id.to_string()), AuditOutcome::Done);
        record::audit(
            &mut work,
            "create_staff",
            "staff",
            id,
            done,
            Some("command_line"),
        )?;
        Ok(made)
    });
    let made = made.map_err(Failure::into_words)?;
    out::say(made.id.to_string())?;
    if made_up {
        out::say(format!(
            "password (shown once): {}",
            password.expose_secret()
        ))?;
    }
    Ok(())
}

fn given_password(from_stdin: bool) -> Result<Option<SecretString>, Failed> {
    if from_stdin {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        return Ok(Some(line.trim_end_matches(['\r', '\n']).into()));
    }
    Ok(std::env::var(PASSWORD_ENV).ok().map(Into::into))
}

/// 120 random bits that the rules take. Few are made in vain: those without a digit where the
/// profile wants one, and those that hold a very short username.
fn make_up(
    randomness: &Randomness,
    profile: Profile,
    username: &str,
) -> Result<SecretString, Failed> {
    (0..100)
        .map(|_| letters(randomness))
        .find(|made| password::check(made, profile, &[username], "/password").is_ok())
        .map(Into::into)
        .ok_or_else(|| "no password could be made up: give one".into())
}

/// 24 letters and digits that do not look alike, in fours.
fn letters(randomness: &Randomness) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 24];
    randomness.fill(&mut bytes);
    let fours: Vec<String> = bytes
        .chunks(4)
        .map(|four| {
            let letters = four
                .iter()
                .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
            letters.map(|letter| char::from(*letter)).collect()
        })
        .collect();
    fours.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_is_taken_by_every_profile() {
        let randomness = Randomness::seeded(1);
        for profile in [Profile::Standard, Profile::Level3] {
            for _ in 0..200 {
                let made = make_up(&randomness, profile, "admin").unwrap();
                let made = made.expose_secret();
                password::check(made, profile, &["admin"], "/password").unwrap();
                assert_eq!(made.len(), 29);
            }
        }
    }
}
