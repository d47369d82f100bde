use chrono::TimeDelta;
use domain::{
    IdMint,
    provider_choice::{BY_TEXT, Reach, Tried, Wechat},
};
use gateways::{Failure, RecordingGateway};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-06-12T01:00:00Z".parse().unwrap()
}

fn account(name: &str, per_second: Option<u32>) -> Provider {
    Provider {
        name: name.to_owned(),
        per_second,
        ..Provider::of(Arc::new(RecordingGateway::new(1)))
    }
}

fn office(number: u128) -> OfficeId {
    IdMint::new(now(), number).next()
}

fn wanted<'a>(at: DateTime<Utc>, tried: &'a [Tried<'a>]) -> Wanted<'a> {
    Wanted {
        rungs: BY_TEXT,
        reach: Reach {
            wechat: Wechat::NotBound,
            phone: true,
        },
        tried,
        failures_before_call: 3,
        not_after: now() + TimeDelta::hours(10),
        now: at,
    }
}

fn choose(providers: &Providers, at: DateTime<Utc>, urgent: bool) -> Choice {
    let draw = Draw {
        office: office(1),
        paused: &HashSet::new(),
        person: None,
        recent: None,
        tries: &[],
        urgent,
        unit: 0.0,
    };
    providers.choose(draw, &wanted(at, &[]), |_| Says::All)
}

/// The place of the account that gets a message.
fn place(providers: &Providers, at: DateTime<Utc>) -> usize {
    match choose(providers, at, false) {
        Choice::Send { account, .. } => account,
        other => panic!("{other:?}"),
    }
}

fn fails(providers: &Providers, place: usize, class: Failure) {
    let failed = Err(SendError::new(class, "scripted"));
    providers.record(place, Some(&failed), now());
}

#[test]
fn an_account_that_fails_five_times_is_gone_around_for_a_minute() {
    let spare = Provider {
        weight: 0,
        ..account("b", None)
    };
    let providers = Providers::new(vec![account("a", None), spare], []);
    for _ in 0..5 {
        assert_eq!(place(&providers, now()), 0);
        fails(&providers, 0, Failure::Transient);
    }
    assert_eq!(place(&providers, now()), 1);
    assert_eq!(place(&providers, now() + TimeDelta::seconds(60)), 0);
}

#[test]
fn slowness_rests_an_account_only_while_another_is_quick() {
    let both = || Providers::new(vec![account("a", None), account("b", None)], []);
    let taken = Ok(Accepted {
        provider_message_id: None,
        delivered: true,
    });
    let (slow, gone_around) = (both(), both());
    gone_around.record(1, Some(&taken), now());
    for _ in 0..5 {
        fails(&slow, 0, Failure::Unknown);
        fails(&gone_around, 0, Failure::Unknown);
    }
    assert_eq!(place(&slow, now()), 0);
    assert_eq!(place(&gone_around, now()), 1);
}

#[test]
fn who_waits_for_a_pace_is_told_a_whole_second_and_what_is_urgent_goes() {
    let providers = Providers::new(vec![account("a", Some(2))], []);
    for _ in 0..2 {
        assert_eq!(place(&providers, now()), 0);
    }
    let told: Vec<_> = (0..4).map(|_| choose(&providers, now(), false)).collect();
    let at = |seconds| Choice::Wait {
        account: 0,
        until: now() + TimeDelta::seconds(seconds),
        waits_for: WaitsFor::Pace,
    };
    assert_eq!(told, [at(1), at(2), at(2), at(3)]);
    assert!(matches!(
        choose(&providers, now(), true),
        Choice::Send { .. }
    ));
}

/// An alert that the platform drops without a word would be lost.
#[test]
fn a_member_of_staff_gets_no_more_in_a_minute_than_the_account_passes_on() {
    let limited = Provider {
        per_person_a_minute: Some(3),
        ..account("a", None)
    };
    let providers = Providers::new(vec![limited], []);
    let people: [StaffId; 2] = [1, 2].map(|seed| IdMint::new(now(), seed).next());
    let choose = |person, seconds| {
        let draw = Draw {
            office: office(1),
            paused: &HashSet::new(),
            person: Some(person),
            recent: None,
            tries: &[],
            urgent: false,
            unit: 0.0,
        };
        let at = now() + TimeDelta::seconds(seconds);
        match providers.choose(draw, &wanted(at, &[]), |_| Says::All) {
            Choice::Send { .. } => None,
            Choice::Wait { until, .. } => Some((until - now()).num_seconds()),
            Choice::Call(cause) => panic!("{cause}"),
        }
    };
    let sent = [0, 10, 20, 30, 59, 60, 61, 70].map(|seconds| choose(people[0], seconds));
    let later = [None, None, None, Some(60), Some(60), None, Some(70), None];
    assert_eq!(sent, later);
    assert_eq!(choose(people[1], 30), None, "somebody else");
}

/// Two who share a number get the same neutral text: the vendor would refuse the second.
#[test]
fn a_number_gets_its_next_message_when_the_gap_and_the_day_are_over() {
    let spaced = Provider {
        per_number_gap: Some(TimeDelta::seconds(31)),
        ..account("a", None)
    };
    let limited = Provider {
        per_number_a_day: Some(2),
        ..spaced.clone()
    };
    let counts = |account: &Provider| Providers::new(vec![account.clone()], []).count_numbers();
    assert!(counts(&spaced) && counts(&limited) && !counts(&account("a", None)));
    let at = |seconds: i64| now() + TimeDelta::seconds(seconds);
    let choose = |account: &Provider, by: &str, sent: &[i64], seconds: i64| {
        let sent: Vec<_> = sent.iter().map(|seconds| at(*seconds)).collect();
        let recent = Recent::from([(by.to_owned(), sent)]);
        let draw = Draw {
            office: office(1),
            paused: &HashSet::new(),
            person: None,
            recent: Some(&recent),
            tries: &[],
            urgent: false,
            unit: 0.0,
        };
        let providers = Providers::new(vec![account.clone()], []);
        match providers.choose(draw, &wanted(at(seconds), &[]), |_| Says::All) {
            Choice::Send { .. } => None,
            Choice::Wait { until, .. } => Some((until - now()).num_seconds()),
            Choice::Call(cause) => panic!("{cause}"),
        }
    };
    let later = [0, 30, 31].map(|seconds| choose(&spaced, "a", &[0, -40], seconds));
    assert_eq!(later, [Some(31), Some(31), None]);
    assert_eq!(choose(&spaced, "b", &[0], 0), None, "by another account");
    assert_eq!(choose(&spaced, "a", &[], 0), None);
    // The later of the two: 20 hours ago leaves four, and almost a day ago ten seconds.
    assert_eq!(choose(&limited, "a", &[0, -72_000], 40), Some(14_400));
    assert_eq!(choose(&limited, "a", &[0, -86_390], 5), Some(31));
}

#[test]
fn an_office_has_weights_of_its_own() {
    let own = HashMap::from([("b".to_owned(), 5)]);
    let accounts = vec![account("a", None), account("b", None)];
    let providers = Providers::new(accounts, [(office(1), own)]);
    assert_eq!(place(&providers, now()), 1);
    let of_another = Draw {
        office: office(2),
        paused: &HashSet::new(),
        person: None,
        recent: None,
        tries: &[],
        urgent: false,
        unit: 0.0,
    };
    let choice = providers.choose(of_another, &wanted(now(), &[]), |_| Says::All);
    assert!(matches!(choice, Choice::Send { account: 0, .. }));
}

#[test]
fn messages_are_planned_for_the_text_channel() {
    let single = Providers::single(Arc::new(RecordingGateway::new(1)));
    assert_eq!(single.channel(), Channel::Recording);
    assert!(!single.file_texts() && single.named("recording").is_some());
    assert_eq!(Providers::new(Vec::new(), []).channel(), Channel::CallTask);
}
