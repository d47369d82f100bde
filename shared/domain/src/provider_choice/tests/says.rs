//! What accounts can say of a message.

use super::*;

#[test]
fn an_account_without_a_text_for_the_message_is_no_rung() {
    let mut accounts = all();
    accounts[0].says = Says::Nothing;
    accounts[2].says = Says::Nothing;
    let choice = choose(&accounts, &wanted(OPEN, &[]), 0.9);
    let configuration = Some(HopCause::Configuration);
    assert_eq!(sent(choice, &accounts), ("a", configuration, true));
    accounts[1].says = Says::Nothing;
    let call = Choice::Call(HopCause::Configuration);
    assert_eq!(choose(&accounts, &wanted(OPEN, &[]), 0.0), call);
}

#[test]
fn what_states_the_date_goes_before_all_that_does_not() {
    let mut accounts = all();
    accounts[0].says = Says::NoDate;
    accounts[1].says = Says::NoDate;
    accounts[1].weight = 99;
    let unproven = Some(HopCause::NoticeUnproven);
    for unit in [0.0, 0.999] {
        let choice = choose(&accounts, &wanted(OPEN, &[]), unit);
        assert_eq!(sent(choice, &accounts), ("b", unproven, false));
        // In one rung it is no hop.
        let choice = choose(&accounts, &wanted(BY_PHONE, &[]), unit);
        assert_eq!(sent(choice, &accounts), ("b", None, false));
    }
    // Where it rests or failed for good, the others are better than nothing.
    accounts[2].standing = Standing::Resting(later(60));
    let failed_before = Some(HopCause::ProviderFailed);
    let choice = choose(&accounts, &wanted(OPEN, &[]), 0.0);
    assert_eq!(sent(choice, &accounts), ("wechat", failed_before, false));
    let tries = [failed("b", HopCause::PermanentFailure)];
    accounts[2].standing = Standing::Ready;
    let choice = choose(&accounts, &wanted(OPEN, &tries), 0.0);
    let permanent = Some(HopCause::PermanentFailure);
    assert_eq!(sent(choice, &accounts), ("wechat", permanent, false));
}

#[test]
fn where_nothing_states_the_date_the_ladder_is_as_ever() {
    let mut accounts = all();
    for account in &mut accounts {
        account.says = Says::NoDate;
    }
    let choice = choose(&accounts, &wanted(OPEN, &[]), 0.0);
    assert_eq!(sent(choice, &accounts), ("wechat", None, false));
    let choice = choose(&accounts, &wanted(BY_PHONE, &[]), 0.0);
    assert_eq!(sent(choice, &accounts), ("a", None, false));
}

#[test]
fn a_repetition_that_is_known_goes_before_the_date() {
    let mut accounts = all();
    accounts[1].says = Says::NoDate;
    accounts[1].knows_repetition = true;
    let tries = [for_now("a", Failure::Unknown)];
    let choice = choose(&accounts, &wanted(BY_PHONE, &tries), 0.0);
    assert_eq!(sent(choice, &accounts), ("a", None, false));
}
