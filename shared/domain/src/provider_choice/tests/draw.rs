//! Which of several that are ready.

use super::*;

#[test]
fn a_spare_is_used_only_where_no_other_is_ready() {
    let mut accounts = all();
    accounts[2].weight = 0;
    for unit in [0.0, 0.5, 0.999] {
        let choice = choose(&accounts, &wanted(BY_PHONE, &[]), unit);
        assert_eq!(sent(choice, &accounts).0, "a");
    }
    accounts[1].standing = Standing::Resting(later(60));
    let choice = choose(&accounts, &wanted(BY_PHONE, &[]), 0.0);
    assert_eq!(sent(choice, &accounts).0, "b");
}

#[test]
fn the_weights_share_the_messages() {
    let mut accounts = all();
    accounts[1].weight = 70;
    accounts[2].weight = 30;
    let of_a = (0..1000)
        .map(|number| f64::from(number) / 1000.0)
        .filter(|unit| {
            let choice = choose(&accounts, &wanted(BY_PHONE, &[]), *unit);
            sent(choice, &accounts).0 == "a"
        })
        .count();
    assert_eq!(of_a, 700);
}

/// What the client accepted is kept for when nothing else leads there by WeChat.
#[test]
fn an_account_that_takes_an_acceptance_gives_way_to_one_that_does_not() {
    let subscribe = Account {
        needs_credit: true,
        ..account("subscribe", Channel::Wechat)
    };
    let template = account("template", Channel::Wechat);
    let chosen = |accounts: &[Account<'static>], tried: &[Tried<'_>]| {
        let all = [0.0, 0.5, 0.99].map(|unit| {
            let choice = choose(accounts, &wanted(OPEN, tried), unit);
            sent(choice, accounts).0
        });
        assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
        all[0]
    };
    let both = [subscribe, template];
    assert_eq!(chosen(&both, &[]), "template");
    let failed = [failed("template", HopCause::PermanentFailure)];
    assert_eq!(chosen(&both, &failed), "subscribe");
    let resting = Account {
        standing: Standing::Resting(later(60)),
        ..template
    };
    assert_eq!(chosen(&[subscribe, resting], &[]), "subscribe");
    // Whoever gives it no share wants it only where no other is ready.
    let spare = Account {
        weight: 0,
        ..template
    };
    assert_eq!(chosen(&[subscribe, spare], &[]), "subscribe");
}
