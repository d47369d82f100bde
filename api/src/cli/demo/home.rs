//! Where a demo keeps its database.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::error::DemoError;

/// Tells a demo's directory from any other.
const MARK: &str = "tongxing-demo";

/// A directory of the demo's own.
#[derive(Debug)]
pub struct Home {
    directory: PathBuf,
    /// Whether it is removed at the end.
    passing: bool,
}

impl Home {
    /// `asked`, made if it is missing and begun anew if it is an earlier demo's; else a fresh
    /// temporary directory.
    ///
    /// # Errors
    /// [`DemoError::ForeignDirectory`] rather than touch anything that is not a demo's.
    pub fn open(asked: Option<&Path>) -> Result<Self, DemoError> {
        match asked {
            None => Self::temporary(),
            Some(directory) => Self::given(directory),
        }
    }

    fn temporary() -> Result<Self, DemoError> {
        let parent = std::env::temp_dir();
        for number in 0_u32.. {
            let directory = parent.join(format!("{MARK}-{}-{number}", std::process::id()));
            match fs::create_dir(&directory) {
                Ok(()) => {
                    let home = Self {
                        directory,
                        passing: true,
                    };
                    return home.marked();
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DemoError::File(directory, error)),
            }
        }
        Err(DemoError::ForeignDirectory(parent))
    }

    fn given(directory: &Path) -> Result<Self, DemoError> {
        let refuse = |error| DemoError::File(directory.to_owned(), error);
        fs::create_dir_all(directory).map_err(refuse)?;
        let ours = directory.join(MARK).is_file();
        let mut entries = fs::read_dir(directory).map_err(refuse)?;
        if !ours && entries.next().is_some() {
            return Err(DemoError::ForeignDirectory(directory.to_owned()));
        }
        let home = Self {
            directory: directory.to_owned(),
            passing: false,
        };
        for suffix in ["", "-wal", "-shm"] {
            let mut file = home.database().into_os_string();
            file.push(suffix);
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refuse(error)),
                _ => {}
            }
        }
        home.marked()
    }

    fn marked(self) -> Result<Self, DemoError> {
        let mark = self.directory.join(MARK);
        fs::write(
            &mark,
            "Made by `tongxing demo`. Everybody in it is made up.\n",
        )
        .map_err(|error| DemoError::File(mark, error))?;
        Ok(self)
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.directory.join("demo.db")
    }
}

/// Takes a temporary directory away.
impl Drop for Home {
    fn drop(&mut self) {
        if self.passing {
            // What stays in the temporary directory is the system's to tidy.
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_not_a_demos_is_left_alone() {
        let parent = Home::open(None).unwrap();
        let theirs = parent.directory.join("theirs");
        fs::create_dir(&theirs).unwrap();
        fs::write(theirs.join("demo.db"), "precious").unwrap();
        let refused = Home::open(Some(&theirs));
        assert!(matches!(refused, Err(DemoError::ForeignDirectory(_))));
        assert_eq!(
            fs::read_to_string(theirs.join("demo.db")).unwrap(),
            "precious"
        );

        let ours = parent.directory.join("ours");
        let home = Home::open(Some(&ours)).unwrap();
        fs::write(home.database(), "an earlier demo").unwrap();
        drop(home);
        let again = Home::open(Some(&ours)).unwrap();
        assert!(!again.database().exists());
        let directory = parent.directory.clone();
        drop(parent);
        assert!(!directory.exists());
    }
}
