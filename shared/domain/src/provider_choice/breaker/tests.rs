use proptest::prelude::*;

use super::*;

fn start() -> DateTime<Utc> {
    "2026-06-12T01:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

/// A breaker after these signs, one a second.
fn after_signs(signs: &[Sign]) -> Breaker {
    let mut breaker = Breaker::default();
    for (second, sign) in (0..).zip(signs) {
        breaker.record(*sign, after(second));
    }
    breaker
}

#[test]
fn five_failures_in_a_row_open_it_for_a_minute() {
    let mut breaker = after_signs(&[Sign::Works; 100]);
    for second in 100..104 {
        assert_eq!(breaker.record(Sign::Fails, after(second)), None);
    }
    assert_eq!(breaker.record(Sign::Fails, after(104)), Some(Turn::Opened));
    assert_eq!(breaker.rests_until(after(104)), Some(after(164)));
    assert_eq!(breaker.rests_until(after(163)), Some(after(164)));
    assert_eq!(breaker.rests_until(after(164)), None);
}

#[test]
fn three_quarters_of_five_calls_open_it_and_less_does_not() {
    use Sign::{Fails as F, Works as W};
    assert!(!after_signs(&[F, F, F]).is_open());
    assert!(!after_signs(&[F, F, W, F]).is_open());
    assert!(after_signs(&[F, F, W, F, F]).is_open());
    assert!(!after_signs(&[F, F, W, W, F, F]).is_open());
    assert!(after_signs(&[F, F, W, F, W, F, F, F]).is_open());
}

#[test]
fn what_is_older_than_five_minutes_does_not_count() {
    let mut breaker = after_signs(&[Sign::Fails, Sign::Fails, Sign::Fails, Sign::Works]);
    assert_eq!(
        breaker.clone().record(Sign::Fails, after(60)),
        Some(Turn::Opened)
    );
    assert_eq!(breaker.record(Sign::Fails, after(400)), None);
}

#[test]
fn after_a_minute_five_messages_try_and_five_successes_close_it() {
    let mut breaker = after_signs(&[Sign::Fails; 5]);
    let again = after(64);
    for _ in 0..5 {
        assert_eq!(breaker.rests_until(again), None);
        breaker.take(again);
    }
    assert_eq!(breaker.rests_until(again), Some(after(124)));
    for _ in 0..4 {
        assert_eq!(breaker.record(Sign::Works, again), None);
        assert_eq!(breaker.rests_until(again), None, "its place is free again");
    }
    assert_eq!(breaker.record(Sign::Works, again), Some(Turn::Closed));
    assert!(!breaker.is_open());
    assert_eq!(breaker.record(Sign::Fails, again), None, "it starts anew");
}

#[test]
fn a_failing_try_opens_it_again() {
    let mut breaker = after_signs(&[Sign::Fails; 5]);
    breaker.take(after(64));
    assert_eq!(breaker.record(Sign::Fails, after(65)), Some(Turn::Opened));
    assert_eq!(breaker.rests_until(after(66)), Some(after(125)));
}

#[test]
fn tries_that_never_come_back_are_made_anew() {
    let mut breaker = after_signs(&[Sign::Fails; 5]);
    for _ in 0..5 {
        breaker.take(after(64));
    }
    assert_eq!(breaker.rests_until(after(123)), Some(after(124)));
    assert_eq!(breaker.rests_until(after(124)), None);
    breaker.take(after(124));
    assert_eq!(breaker.rests_until(after(124)), None, "four more may");
}

#[test]
fn what_an_operator_has_to_mend_opens_it_at_once_and_one_message_tries() {
    let mut breaker = after_signs(&[Sign::Works; 50]);
    let opened = breaker.record(Sign::Misconfigured, after(50));
    assert_eq!(opened, Some(Turn::OpenedMisconfigured));
    assert!(breaker.is_misconfigured());
    assert_eq!(breaker.record(Sign::Misconfigured, after(51)), None);
    assert_eq!(breaker.rests_until(after(52)), Some(after(650)));
    breaker.take(after(650));
    assert_eq!(breaker.rests_until(after(650)), Some(after(710)));
    assert_eq!(breaker.record(Sign::Works, after(651)), Some(Turn::Closed));
}

#[test]
fn calls_under_way_when_it_opened_change_nothing() {
    let mut breaker = after_signs(&[Sign::Fails; 5]);
    let before = breaker.rests_until(after(10));
    assert_eq!(breaker.record(Sign::Fails, after(10)), None);
    assert_eq!(breaker.record(Sign::Works, after(11)), None);
    assert_eq!(breaker.rests_until(after(12)), before);
}

#[test]
fn slowness_counts_only_while_others_are_quick() {
    assert_eq!(Sign::of(Some(Failure::Unknown), true), Sign::Fails);
    let as_all = Sign::of(Some(Failure::Unknown), false);
    let breaker = after_signs(&[as_all; 50]);
    assert!(!breaker.is_open() && !breaker.is_quick(after(50)));
    assert!(after_signs(&[Sign::Works, Sign::Works, as_all]).is_quick(after(3)));
}

proptest! {
    #[test]
    fn numbers_texts_and_quotas_never_open_it(
        failures in prop::collection::vec(
            prop::sample::select(vec![None, Some(Failure::Permanent), Some(Failure::Quota)]),
            0..200,
        ),
        quick in any::<bool>(),
    ) {
        let signs: Vec<Sign> = failures.into_iter().map(|it| Sign::of(it, quick)).collect();
        let breaker = after_signs(&signs);
        prop_assert!(!breaker.is_open());
    }

    #[test]
    fn it_never_rests_longer_than_ten_minutes_and_always_comes_back(
        steps in prop::collection::vec(
            (
                0i64..200,
                prop::sample::select(vec![
                    Sign::Works, Sign::Fails, Sign::SlowAsAll, Sign::Misconfigured, Sign::Nothing,
                ]),
                any::<bool>(),
            ),
            0..100,
        ),
    ) {
        let mut breaker = Breaker::default();
        let mut now = start();
        for (wait, sign, taken) in steps {
            now += TimeDelta::seconds(wait);
            if taken && breaker.rests_until(now).is_none() {
                breaker.take(now);
            }
            let before = breaker.clone();
            let turn = breaker.record(sign, now);
            prop_assert_eq!(turn == Some(Turn::Closed), before.is_open() && !breaker.is_open());
            if let Some(until) = breaker.rests_until(now) {
                prop_assert!(now < until && until <= now + MISCONFIGURED_FOR);
                prop_assert_eq!(breaker.rests_until(until), None);
            }
        }
        // Whatever was, a message a minute that works closes it.
        for _ in 0..20 {
            now += MISCONFIGURED_FOR;
            breaker.take(now);
            breaker.record(Sign::Works, now);
        }
        prop_assert!(!breaker.is_open());
    }
}
