mod draw;
mod says;

use proptest::prelude::*;

use super::*;

fn now() -> DateTime<Utc> {
    "2026-06-12T01:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

const fn account(name: &'static str, channel: Channel) -> Account<'static> {
    Account {
        name,
        channel,
        weight: 1,
        knows_repetition: false,
        says: Says::All,
        needs_credit: false,
        standing: Standing::Ready,
    }
}

/// WeChat, and two accounts for text messages.
fn all() -> [Account<'static>; 3] {
    [
        account("wechat", Channel::Wechat),
        account("a", Channel::Sms),
        account("b", Channel::Sms),
    ]
}

const OPEN: Reach = Reach {
    wechat: Wechat::Open,
    phone: true,
};

const BY_PHONE: Reach = Reach {
    wechat: Wechat::NotBound,
    phone: true,
};

fn wanted<'a>(reach: Reach, tried: &'a [Tried<'a>]) -> Wanted<'a> {
    Wanted {
        rungs: TO_CLIENT,
        reach,
        tried,
        failures_before_call: 3,
        not_after: later(86_400),
        now: now(),
    }
}

const fn failed(account: &str, cause: HopCause) -> Tried<'_> {
    Tried {
        account,
        ended: Ended::ForGood(cause),
    }
}

const fn for_now(account: &str, failure: Failure) -> Tried<'_> {
    Tried {
        account,
        ended: Ended::ForNow(failure),
    }
}

/// The name, cause and lastness of a choice to send.
fn sent(choice: Choice, accounts: &[Account<'static>]) -> (&'static str, Option<HopCause>, bool) {
    match choice {
        Choice::Send {
            account,
            hop,
            is_last,
        } => (accounts[account].name, hop, is_last),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_ladder_goes_down_one_by_one_and_ends_with_a_person() {
    let accounts = all();
    let permanent = HopCause::PermanentFailure;
    let tries = [
        failed("wechat", permanent),
        failed("a", HopCause::NoReceipt),
        failed("b", permanent),
    ];
    let expected = [
        ("wechat", None, false),
        ("a", Some(permanent), false),
        ("b", Some(HopCause::NoReceipt), true),
    ];
    for (made, expected) in expected.into_iter().enumerate() {
        let choice = choose(&accounts, &wanted(OPEN, &tries[..made]), 0.0);
        assert_eq!(sent(choice, &accounts), expected);
    }
    let end = choose(&accounts, &wanted(OPEN, &tries), 0.0);
    assert_eq!(end, Choice::Call(permanent));
}

#[test]
fn wechat_is_passed_over_with_its_reason_and_a_client_without_it_never_hopped() {
    let accounts = all();
    for (wechat, cause) in [
        (Wechat::NotBound, None),
        (Wechat::NoConsent, Some(HopCause::NoConsent)),
        (Wechat::NoCredit, Some(HopCause::NoCredit)),
    ] {
        let reach = Reach {
            wechat,
            phone: true,
        };
        let choice = choose(&accounts, &wanted(reach, &[]), 0.0);
        assert_eq!(sent(choice, &accounts), ("a", cause, false));
    }
}

#[test]
fn without_a_number_wechat_is_last_and_without_both_a_person_phones() {
    let accounts = all();
    let only_wechat = Reach {
        wechat: Wechat::Open,
        phone: false,
    };
    let choice = choose(&accounts, &wanted(only_wechat, &[]), 0.0);
    assert_eq!(sent(choice, &accounts), ("wechat", None, true));
    for (wechat, cause) in [
        (Wechat::NotBound, HopCause::NoUsableNumber),
        (Wechat::NoConsent, HopCause::NoConsent),
    ] {
        let reach = Reach {
            wechat,
            phone: false,
        };
        let choice = choose(&accounts, &wanted(reach, &[]), 0.0);
        assert_eq!(choice, Choice::Call(cause));
    }
}

#[test]
fn an_account_that_failed_for_now_gives_way_to_the_other_and_has_its_turn_again() {
    let accounts = all();
    let tries = [
        for_now("a", Failure::Transient),
        for_now("b", Failure::Configuration),
    ];
    let second = choose(&accounts, &wanted(BY_PHONE, &tries[..1]), 0.0);
    let provider = Some(HopCause::ProviderFailed);
    assert_eq!(sent(second, &accounts), ("b", provider, false));
    let third = choose(&accounts, &wanted(BY_PHONE, &tries), 0.0);
    let configuration = Some(HopCause::Configuration);
    assert_eq!(sent(third, &accounts), ("a", configuration, false));
}

#[test]
fn after_an_unknown_end_the_account_that_knows_a_repetition_comes_first() {
    let mut accounts = all();
    let tries = [for_now("b", Failure::Unknown)];
    let choice = choose(&accounts, &wanted(BY_PHONE, &tries), 0.0);
    assert_eq!(sent(choice, &accounts).0, "a");
    accounts[2].knows_repetition = true;
    let choice = choose(&accounts, &wanted(BY_PHONE, &tries), 0.0);
    assert_eq!(sent(choice, &accounts), ("b", None, false));
}

#[test]
fn a_resting_account_is_gone_around_and_waited_for_only_where_none_is_left() {
    let mut accounts = all();
    accounts[0].standing = Standing::Resting(later(60));
    accounts[1].standing = Standing::Resting(later(30));
    let choice = choose(&accounts, &wanted(OPEN, &[]), 0.0);
    let provider = Some(HopCause::ProviderFailed);
    assert_eq!(sent(choice, &accounts), ("b", provider, false));
    accounts[2].standing = Standing::Resting(later(90));
    let wait = Choice::Wait {
        account: 1,
        until: later(30),
        waits_for: WaitsFor::Rest,
    };
    assert_eq!(choose(&accounts, &wanted(OPEN, &[]), 0.0), wait);
    // People's stop is the reason only where it is the whole one.
    accounts[1].standing = Standing::Paused(later(30));
    assert_eq!(choose(&accounts, &wanted(OPEN, &[]), 0.0), wait);
    accounts[0].standing = Standing::Paused(later(60));
    accounts[2].standing = Standing::Paused(later(90));
    let stopped = Choice::Wait {
        account: 1,
        until: later(30),
        waits_for: WaitsFor::Pause,
    };
    assert_eq!(choose(&accounts, &wanted(OPEN, &[]), 0.0), stopped);
    let soon = Wanted {
        not_after: later(30),
        ..wanted(OPEN, &[])
    };
    let call = Choice::Call(HopCause::ProviderFailed);
    assert_eq!(choose(&accounts, &soon, 0.0), call);
}

#[test]
fn a_pace_is_waited_for_a_little_before_going_down() {
    let mut accounts = all();
    accounts[0].standing = Standing::Paced(later(60));
    let wait = Choice::Wait {
        account: 0,
        until: later(60),
        waits_for: WaitsFor::Pace,
    };
    assert_eq!(choose(&accounts, &wanted(OPEN, &[]), 0.0), wait);
    accounts[0].standing = Standing::Paced(later(61));
    let choice = choose(&accounts, &wanted(OPEN, &[]), 0.0);
    assert_eq!(sent(choice, &accounts).0, "a");
    // Another account of the same rung takes over at once.
    accounts[1].standing = Standing::Paced(later(1));
    let choice = choose(&accounts, &wanted(BY_PHONE, &[]), 0.0);
    assert_eq!(sent(choice, &accounts).0, "b");
}

#[test]
fn codes_and_staff_get_no_wechat() {
    let accounts = all();
    let code = Wanted {
        rungs: BY_TEXT,
        ..wanted(OPEN, &[])
    };
    let choice = choose(&accounts, &code, 0.0);
    assert_eq!(sent(choice, &accounts), ("a", None, false));
}

fn any_account(name: &'static str) -> impl Strategy<Value = Account<'static>> {
    (
        prop::sample::select(vec![Channel::Wechat, Channel::Sms, Channel::Webhook]),
        0u32..3,
        any::<[bool; 2]>(),
        prop::sample::select(vec![Says::Nothing, Says::NoDate, Says::All]),
        prop_oneof![
            3 => Just(Standing::Ready),
            1 => (1i64..7200).prop_map(|seconds| Standing::Resting(later(seconds))),
            1 => (1i64..7200).prop_map(|seconds| Standing::Paced(later(seconds))),
            1 => (1i64..7200).prop_map(|seconds| Standing::Paused(later(seconds))),
        ],
    )
        .prop_map(
            move |(channel, weight, [knows_repetition, needs_credit], says, standing)| Account {
                weight,
                knows_repetition,
                says,
                needs_credit,
                standing,
                ..account(name, channel)
            },
        )
}

fn any_tried() -> impl Strategy<Value = Tried<'static>> {
    let ended = prop_oneof![
        prop::sample::select(HopCause::ALL).prop_map(Ended::ForGood),
        prop::sample::select(Failure::ALL).prop_map(Ended::ForNow),
    ];
    (prop::sample::select(vec!["1", "2", "3", "4"]), ended)
        .prop_map(|(account, ended)| Tried { account, ended })
}

proptest! {
    #[test]
    fn whatever_is_chosen_may_be_and_nothing_that_could_go_is_left_to_a_person(
        accounts in (any_account("1"), any_account("2"), any_account("3"), any_account("4"))
            .prop_map(<[Account<'static>; 4]>::from),
        tried in prop::collection::vec(any_tried(), 0..5),
        wechat in prop::sample::select(vec![
            Wechat::Open, Wechat::NotBound, Wechat::NoConsent, Wechat::NoCredit,
        ]),
        phone in any::<bool>(),
        lasts in 1i64..7200,
        unit in 0.0f64..1.0,
    ) {
        let reach = Reach { wechat, phone };
        let wanted = Wanted { not_after: later(lasts), ..wanted(reach, &tried) };
        let spent = tried.iter().filter(|it| ended_for_good(it)).count();
        let may = |account: &Account<'_>| {
            account.says != Says::Nothing
                && spent < 3
                && (if account.channel == Channel::Wechat { wechat == Wechat::Open } else { phone })
                && !tried.iter().any(|it| it.account == account.name && ended_for_good(it))
        };
        match choose(&accounts, &wanted, unit) {
            Choice::Send { account, is_last, hop } => {
                let chosen = &accounts[account];
                prop_assert!(may(chosen) && chosen.standing == Standing::Ready);
                let ready = |it: &Account<'_>| may(it) && it.standing == Standing::Ready;
                prop_assert!(
                    chosen.says == Says::All
                        || wanted.repeats(chosen)
                        || !accounts.iter().any(|it| ready(it) && it.says == Says::All)
                );
                let others = accounts.iter().any(|it| it.name != chosen.name && may(it));
                prop_assert_eq!(is_last, !others || spent == 2);
                if let Some(last) = tried.last() {
                    prop_assert_eq!(hop.is_some(), last.account != chosen.name);
                }
            }
            Choice::Wait { until, .. } => {
                prop_assert!(now() < until && until < wanted.not_after);
                prop_assert!(accounts.iter().any(|it| may(it) && it.standing != Standing::Ready));
            }
            Choice::Call(_) => {
                let could_go = |it: &Account<'_>| match it.standing {
                    Standing::Ready => true,
                    Standing::Resting(at) | Standing::Paced(at) | Standing::Paused(at) => at < wanted.not_after,
                };
                prop_assert!(!accounts.iter().any(|it| may(it) && could_go(it)));
            }
        }
    }
}
