//! Rule packs, calendars, texts, and the steps of cases.

use chrono::NaiveDate;
use domain::{ActorKind, MessageKind, TransitionId, template::TextStatus};
use storage::{
    AnyId, StorageError,
    calendars::{self, CalendarYear},
    rule_packs::{self, PublishedPack},
    template_versions::{self, Reviewed, TemplateVersion},
    templates::{self, SavedTemplate},
    transitions::{self, Transition},
};

use crate::database::{at, mint, on_each};

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
}

#[test]
fn a_published_version_stays_and_the_latest_in_effect_is_found() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let pack = |id: &str, version, from| PublishedPack {
            agency_id: agency,
            pack_id: id.to_owned(),
            pack_version: version,
            title: "默认".to_owned(),
            citation: "条例".to_owned(),
            document: format!("version = {version}"),
            effective_from: from,
            published_at: at(0),
            published_by: None,
        };
        let packs = [
            pack("cn-default", 1, day(1)),
            pack("cn-default", 2, day(10)),
            pack("cn-x", 1, day(1)),
        ];
        for pack in &packs {
            store.write(|tx| rule_packs::insert(tx, pack)).unwrap();
        }
        let again = store.write(|tx| rule_packs::insert(tx, &packs[0]));
        assert!(matches!(again, Err(StorageError::Duplicate(_))));
        let latest = |on| {
            let found = store
                .read(|tx| rule_packs::latest(tx, agency, "cn-default", on))
                .unwrap();
            found.map(|pack| pack.pack_version)
        };
        assert_eq!(latest(day(9)), Some(1));
        assert_eq!(latest(day(10)), Some(2));
        assert_eq!(latest(day(1) - chrono::TimeDelta::days(1)), None);
        let last = |id| {
            store
                .read(|tx| rule_packs::last_version(tx, agency, id))
                .unwrap()
        };
        assert_eq!((last("cn-default"), last("cn-y")), (Some(2), None));
        let one = store
            .read(|tx| rule_packs::get(tx, agency, "cn-default", 2))
            .unwrap()
            .unwrap();
        assert_eq!(
            (one.document.as_str(), one.effective_from),
            ("version = 2", day(10))
        );
        let page = |after, limit| -> Vec<_> {
            let page = store
                .read(|tx| rule_packs::list(tx, agency, after, limit))
                .unwrap();
            page.into_iter()
                .map(|pack| (pack.pack_id, pack.pack_version))
                .collect()
        };
        let all = packs.map(|pack| (pack.pack_id, pack.pack_version));
        assert_eq!(page(None, 9), all);
        assert_eq!(page(Some(("cn-default", 1)), 1), all[1..2]);
        assert_eq!(page(Some(("cn-default", 2)), 9), all[2..]);
    });
}

#[test]
fn a_year_loaded_again_takes_the_place_of_the_first() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let li = database.staff(agency, "li").id;
        let mut year = CalendarYear {
            agency_id: agency,
            year: 2027,
            notice: "国办发明电".to_owned(),
            source: "https://www.gov.cn/".to_owned(),
            document: serde_json::json!({"holidays": ["2027-01-01"]}),
            loaded_at: at(0),
            loaded_by: None,
        };
        store.write(|tx| calendars::upsert(tx, &year)).unwrap();
        year.document = serde_json::json!({"holidays": []});
        year.loaded_by = Some(li);
        store.write(|tx| calendars::upsert(tx, &year)).unwrap();
        let years = store.read(|tx| calendars::list(tx, agency)).unwrap();
        assert_eq!(years.len(), 1);
        assert_eq!(
            (&years[0].document, years[0].loaded_by),
            (&year.document, Some(li))
        );
        assert!(
            store
                .read(|tx| calendars::get(tx, agency, 2027))
                .unwrap()
                .is_some()
        );
        assert!(
            store
                .read(|tx| calendars::get(tx, agency, 2028))
                .unwrap()
                .is_none()
        );
    });
}

#[test]
fn a_text_is_saved_over_the_version_that_was_seen() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let li = database.staff(agency, "li").id;
        let text = |body: &str| SavedTemplate {
            agency_id: agency,
            kind: MessageKind::AppointmentReminder,
            step: "d0".to_owned(),
            body: body.to_owned(),
            version: 0,
            updated_by: li,
            updated_at: at(0),
            removed_at: None,
        };
        let save = |body, expected| {
            let text = text(body);
            store
                .write(|tx| templates::save(tx, &text, expected))
                .unwrap()
        };
        let count = |expected| {
            let text = text("not in force");
            store
                .write(|tx| templates::advance(tx, &text, expected))
                .unwrap()
        };
        assert!(!save("nothing to change yet", 1));
        assert!(!count(Some(1)));
        assert!(count(None));
        assert!(!count(None));
        assert!(save("three", 1));
        assert!(!save("four", 1));
        assert!(!count(Some(1)));
        let kind = MessageKind::AppointmentReminder;
        let stored = || {
            let found = store.read(|tx| templates::get(tx, agency, kind, "d0"));
            let found = found.unwrap().unwrap();
            (found.body, found.version, found.removed_at)
        };
        let shown = || store.read(|tx| templates::list(tx, agency)).unwrap().len();
        assert_eq!(stored(), ("three".to_owned(), 2, None));
        assert_eq!(shown(), 1);
        let digest = MessageKind::StaffDigest;
        assert!(
            store
                .read(|tx| templates::get(tx, agency, digest, "d0"))
                .unwrap()
                .is_none()
        );
        let remove = |version| {
            store
                .write(|tx| templates::remove(tx, agency, kind, "d0", version, at(5)))
                .unwrap()
        };
        assert!(!remove(1));
        assert!(remove(2));
        assert!(!remove(2));
        assert!(!remove(3));
        assert_eq!((stored().2, shown()), (Some(at(5)), 0));

        // The count goes on: no version ever stands for two texts.
        assert!(!count(None));
        assert!(count(Some(3)));
        assert_eq!((stored().2, shown()), (Some(at(5)), 0));
        assert!(save("five", 4));
        assert_eq!(stored(), ("five".to_owned(), 5, None));
        assert_eq!(shown(), 1);
    });
}

#[test]
fn a_draft_is_one_at_a_time_and_never_reviewed_by_whoever_wrote_it() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let [li, wang] = ["li", "wang"].map(|name| database.staff(agency, name).id);
        let kind = MessageKind::StaffDigest;
        let draft = |version| TemplateVersion {
            agency_id: agency,
            kind,
            step: "daily".to_owned(),
            version,
            body: "您今天有待办事项".to_owned(),
            status: TextStatus::Draft,
            written_by: li,
            written_at: at(0),
            reviewed_by: None,
            reviewed_at: None,
            note: None,
        };
        let insert = |version| {
            let draft = draft(version);
            store.write(|tx| template_versions::insert(tx, &draft))
        };
        assert!(insert(1).is_err(), "nothing keeps count yet");
        let step = SavedTemplate {
            agency_id: agency,
            kind,
            step: "daily".to_owned(),
            body: String::new(),
            version: 0,
            updated_by: li,
            updated_at: at(0),
            removed_at: None,
        };
        let counted = store.write(|tx| templates::advance(tx, &step, None));
        assert!(counted.unwrap());
        insert(1).unwrap();
        assert!(insert(2).is_err(), "another one waits");

        let review = |by| {
            let reviewed = Reviewed {
                status: TextStatus::Active,
                by,
                at: at(9),
                note: None,
            };
            let step = (kind, "daily", 1);
            store.write(|tx| template_versions::review(tx, agency, step, &reviewed))
        };
        assert!(review(li).is_err(), "not even the database lets it");
        assert!(review(wang).unwrap());
        assert!(!review(wang).unwrap(), "it is no draft any more");
        let found = store.read(|tx| template_versions::of_step(tx, agency, kind, "daily"));
        let found = found.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].status, found[0].reviewed_by),
            (TextStatus::Active, Some(wang))
        );
    });
}

#[test]
fn the_steps_of_an_object_come_back_in_order_with_their_reasons() {
    on_each(|database| {
        let (store, agency) = (database.store(), database.agency(1));
        let mut ids = mint(1);
        let (case, other): (AnyId, AnyId) = (ids.next(), ids.next());
        let mut step = |object, reason: Option<&str>| {
            let step = Transition {
                agency_id: agency,
                id: ids.next(),
                object_kind: "case".to_owned(),
                object_id: object,
                from_status: "ordered".to_owned(),
                to_status: "active".to_owned(),
                at: at(0),
                actor_kind: ActorKind::System,
                actor_id: None,
                document: None,
                reason: reason.map(str::to_owned),
            };
            store.write(|tx| transitions::insert(tx, &step)).unwrap();
            step.id
        };
        let first: TransitionId = step(case, Some("王小明"));
        let second = step(case, None);
        step(other, None);
        let page = |after| {
            store
                .read(|tx| transitions::list(tx, agency, case, after, 9))
                .unwrap()
        };
        let steps = page(None);
        assert_eq!(
            steps.iter().map(|step| step.id).collect::<Vec<_>>(),
            [first, second]
        );
        assert_eq!(steps[0].reason.as_deref(), Some("王小明"));
        assert_eq!(steps[0].actor_kind, ActorKind::System);
        assert!(!format!("{:?}", steps[0]).contains("王小明"));
        assert_eq!(page(Some(first)).len(), 1);
    });
}
