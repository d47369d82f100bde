//! Migrations go up, down and up again, under the same names on both backends.

use storage::migrate;

use crate::database::on_each;

#[test]
fn migrations_go_up_down_and_up_again() {
    on_each(|database| {
        let store = database.store();
        assert!(!migrate::is_pending(store).unwrap());
        assert!(migrate::up(store).unwrap().is_empty());
        let mut down = migrate::down(store).unwrap();
        assert!(!down.is_empty());
        assert!(migrate::is_pending(store).unwrap());
        let up = migrate::up(store).unwrap();
        down.reverse();
        assert_eq!(up, down);
    });
}

#[test]
fn both_backends_have_the_same_migrations() {
    let names = |backend: &str| {
        let folder = format!("{}/../migrations/{backend}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
