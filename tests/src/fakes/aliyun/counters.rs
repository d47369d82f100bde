//! How much a number gets (help.aliyun.com 44335). One-time codes under one signature count by the minute
//! and the hour of the clock and by the day, those of all signatures by the day; notices count by
//! signature, template and day. A day is 24 hours from the first that counts. What was taken counts,
//! whatever the carrier makes of it.

use chrono::{DateTime, TimeDelta, Utc};

use super::Taken;
use crate::fakes::mainland::local;

/// Notices by one template under one signature that a number may get in a day.
pub const NOTICES_A_DAY: usize = 50;
/// One-time codes under one signature that a number may get in a minute, an hour and a day.
pub const CODES_A_MINUTE: usize = 1;
/// See [`CODES_A_MINUTE`].
pub const CODES_AN_HOUR: usize = 5;
/// See [`CODES_A_MINUTE`].
pub const CODES_A_DAY: usize = 10;
/// One-time codes that a number may get in a day, whoever signs them.
pub const ALL_CODES_A_DAY: usize = 40;

/// Which window of a number is full, and what it holds, if `next` does not fit into it any more.
pub(super) fn full(
    before: &[Taken],
    next: &Taken,
    is_code: impl Fn(&str) -> bool,
) -> Option<(&'static str, usize)> {
    let of_number = before.iter().filter(|one| one.to == next.to);
    if !is_code(&next.template) {
        let same = of_number
            .filter(|one| (&one.signature, &one.template) == (&next.signature, &next.template));
        let today = in_a_day(same, next.at);
        return (today >= NOTICES_A_DAY).then_some(("天", NOTICES_A_DAY));
    }
    let codes: Vec<&Taken> = of_number.filter(|one| is_code(&one.template)).collect();
    let signed = || {
        codes
            .iter()
            .copied()
            .filter(|one| one.signature == next.signature)
    };
    let by_clock = |form: &str| {
        let window = |at| local(at).format(form).to_string();
        let now = window(next.at);
        signed().filter(|one| window(one.at) == now).count()
    };
    [
        ("分钟", CODES_A_MINUTE, by_clock("%F %H:%M")),
        ("小时", CODES_AN_HOUR, by_clock("%F %H")),
        ("天", CODES_A_DAY, in_a_day(signed(), next.at)),
        (
            "天",
            ALL_CODES_A_DAY,
            in_a_day(codes.iter().copied(), next.at),
        ),
    ]
    .into_iter()
    .find(|(_, most, taken)| taken >= most)
    .map(|(window, most, _)| (window, most))
}

/// How many of these count in the day that an instant lies in: a day begins with the first one after the
/// day before has ended.
fn in_a_day<'a>(taken: impl Iterator<Item = &'a Taken>, now: DateTime<Utc>) -> usize {
    let (mut begin, mut count) = (None, 0);
    for one in taken {
        match begin {
            Some(begin) if one.at - begin < TimeDelta::hours(24) => count += 1,
            _ => (begin, count) = (Some(one.at), 1),
        }
    }
    match begin {
        Some(begin) if now - begin < TimeDelta::hours(24) => count,
        _ => 0,
    }
}
