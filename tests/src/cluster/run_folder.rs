//! A folder that all test binaries of one `cargo test` share, and that goes when it ends.

use std::{
    env,
    fs::{self, File},
    os::unix::{fs::PermissionsExt as _, process::parent_id},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// Kilobytes that must be free in memory-backed storage for it to be used.
const ENOUGH_KIB: u64 = 2 * 1024 * 1024;

/// Waits for the owner to end, stops what was started, and clears up.
const WATCHER: &str = r#"
( while kill -0 "$1" 2>/dev/null; do sleep 1; done
  if [ -f "$2/stop.sh" ]; then sh "$2/stop.sh"; fi
  rm -rf "$2" ) &
"#;

/// The folder of this run. In memory where there is room.
pub fn path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(make)
}

/// The name of this run: letters, digits and `_`.
pub fn key() -> String {
    let owner = owner();
    let began = stat(owner).map_or_else(String::new, |(_, began)| format!("_{began}"));
    format!("{owner}{began}")
}

/// What `make` answered the first time any binary of this run asked for `name`.
pub fn once(name: &str, make: impl FnOnce(&Path) -> String) -> String {
    let folder = path();
    let (lock, done) = (
        folder.join(format!("{name}.lock")),
        folder.join(format!("{name}.done")),
    );
    let lock = File::create(lock).unwrap();
    lock.lock().unwrap();
    if let Ok(answer) = fs::read_to_string(&done) {
        return answer;
    }
    let answer = make(folder);
    fs::write(&done, &answer).unwrap();
    answer
}

fn make() -> PathBuf {
    let folder = place().join(format!("tongxing-tests-{}", key()));
    // Two binaries may be here at once; both go on with the same folder.
    if fs::create_dir(&folder).is_ok() {
        // A server that runs as another user must get through.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o711)).unwrap();
        let watching = Command::new("sh")
            .args(["-c", WATCHER, "watch"])
            .arg(owner().to_string())
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(
            watching.unwrap().success(),
            "the watcher of {} did not start",
            folder.display()
        );
    }
    folder
}

/// The process whose end is the end of the run: cargo, which runs several test binaries one after
/// the other, or else this process itself.
fn owner() -> u32 {
    let parent = parent_id();
    match stat(parent) {
        Some((name, _)) if name.starts_with("cargo") => parent,
        _ => std::process::id(),
    }
}

/// A process's name and when it began, so that a reused number is not taken for it. `None` where
/// the system does not tell.
fn stat(process: u32) -> Option<(String, String)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (head, tail) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    // Field 22 of proc(5); the tail begins with field 3.
    let began = tail.split_whitespace().nth(19)?;
    Some((name.to_owned(), began.to_owned()))
}

fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if free_kib(memory).is_some_and(|free| free >= ENOUGH_KIB) {
        memory.to_owned()
    } else {
        env::temp_dir()
    }
}

fn free_kib(folder: &Path) -> Option<u64> {
    let shown = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let shown = String::from_utf8(shown.stdout).ok()?;
    shown
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()
}
