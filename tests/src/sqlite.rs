//! SQLite: a file per test, copied from one that is migrated once per run.

use std::{fs, path::PathBuf};

use crate::{cluster::run_folder, database};

/// A file in a folder of its own.
#[derive(Debug)]
pub struct SqliteDatabase {
    pub(crate) url: String,
    folder: PathBuf,
}

impl SqliteDatabase {
    pub(crate) fn fresh() -> Self {
        let folder = run_folder::path().join(database::fresh_name());
        fs::create_dir(&folder).unwrap();
        let file = folder.join("data.db");
        fs::copy(template(), &file).unwrap();
        Self {
            url: format!("sqlite://{}", file.display()),
            folder,
        }
    }
}

fn template() -> String {
    let name = format!("template-{}.db", database::fingerprint("sqlite"));
    run_folder::once(&name, |folder| {
        let file = folder.join(&name).display().to_string();
        database::migrate_to_newest(&format!("sqlite://{file}"));
        file
    })
}

impl Drop for SqliteDatabase {
    fn drop(&mut self) {
        // A connection that closes late may be writing its side files; the run's folder goes anyway.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
