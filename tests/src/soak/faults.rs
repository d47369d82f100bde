//! What goes wrong at the vendors, and how often: far more than in a bad week, but for the faults after
//! which nobody can tell whether a message was taken. Those are what makes messages go out twice where
//! a vendor neither knows a repetition nor can be asked.

use std::time::Duration;

use platform::Randomness;
use serde_json::Value;

use crate::{
    Reply,
    fakes::{aliyun, smtp::SmtpReply, tencent, wechat::Scripted, wecom, wire::Reaction},
};

/// Longer than the workers wait.
const TOO_LATE: Duration = Duration::from_millis(2_500);
/// Late, and in time.
const LATE: Duration = Duration::from_millis(200);

/// Draws a fault by its share of a thousand calls; mostly none.
fn draw<A: Clone>(random: &Randomness, faults: &[(f64, A)]) -> Option<A> {
    let mut rest = random.unit() * 1_000.0;
    let hit = faults.iter().find(|(share, _)| {
        rest -= share;
        rest < 0.0
    });
    hit.map(|(_, fault)| fault.clone())
}

/// A source of faults of its own for each vendor.
fn chance<A: Clone + Send + 'static>(
    seed: u64,
    faults: Vec<(f64, A)>,
) -> impl FnMut() -> Option<A> + Send + 'static {
    let random = Randomness::seeded(seed);
    move || draw(&random, &faults)
}

pub(super) fn aliyun(seed: u64) -> impl FnMut() -> Option<aliyun::Act> + Send + 'static {
    use aliyun::Act;
    let late = |wait| Act::TakeThen(Reaction::Late(wait, Value::Null));
    chance(
        seed ^ 1,
        vec![
            (15.0, Act::Refuse(503, "ServiceUnavailable", "refused")),
            (8.0, Act::Refuse(200, "isp.SYSTEM_ERROR", "refused")),
            (5.0, Act::Refuse(400, "Throttling.User", "refused")),
            (
                3.0,
                Act::Refuse(200, "isv.MOBILE_NUMBER_ILLEGAL", "refused"),
            ),
            (
                2.0,
                Act::Refuse(200, "isv.BLACK_KEY_CONTROL_LIMIT", "refused"),
            ),
            (0.2, Act::Refuse(403, "isv.AMOUNT_NOT_ENOUGH", "refused")),
            (5.0, Act::Instead(Reaction::Reset)),
            (5.0, Act::Instead(Reaction::Drop)),
            (5.0, Act::TakeThen(Reaction::Drop)),
            (2.0, late(TOO_LATE)),
            (3.0, Act::TakeThen(Reaction::Answer(200, Value::Null))),
        ],
    )
}

pub(super) fn tencent(seed: u64) -> impl FnMut() -> Option<tencent::Act> + Send + 'static {
    use tencent::Act;
    chance(
        seed ^ 2,
        vec![
            (15.0, Act::RefuseCall("InternalError.OtherError")),
            (8.0, Act::RefuseCall("RequestLimitExceeded")),
            (
                5.0,
                Act::RefuseNumbers("LimitExceeded.PhoneNumberDailyLimit"),
            ),
            (
                3.0,
                Act::RefuseNumbers("FailedOperation.PhoneNumberInBlacklist"),
            ),
            (
                2.0,
                Act::RefuseNumbers("InvalidParameterValue.IncorrectPhoneNumber"),
            ),
            (
                0.2,
                Act::RefuseNumbers("FailedOperation.InsufficientBalanceInSmsPackage"),
            ),
            (5.0, Act::Instead(Reaction::Reset)),
            (5.0, Act::Instead(Reaction::Drop)),
            (0.5, Act::TakeThen(Reaction::Drop)),
        ],
    )
}

pub(super) fn wechat(seed: u64) -> impl FnMut() -> Option<Scripted> + Send + 'static {
    chance(
        seed ^ 3,
        vec![
            (15.0, Scripted::Errcode(-1)),
            (5.0, Scripted::Status(502)),
            (5.0, Scripted::TokenExpired),
            (5.0, Scripted::Errcode(43_004)),
            (5.0, Scripted::Errcode(43_101)),
            (5.0, Scripted::Reset),
            (5.0, Scripted::TakeSlowly(LATE)),
            (0.5, Scripted::TakeThenDrop),
            (0.5, Scripted::TakeThenBabble),
        ],
    )
}

pub(super) fn platform(seed: u64) -> impl FnMut() -> Option<Reply> + Send + 'static {
    chance(
        seed ^ 4,
        vec![
            (15.0, Reply::Refuse(503)),
            (5.0, Reply::TooMany(40)),
            (3.0, Reply::Refuse(422)),
            (0.2, Reply::Refuse(401)),
            (5.0, Reply::Reset),
            (5.0, Reply::AcceptThenDrop),
            (2.0, Reply::Slow(TOO_LATE)),
            (5.0, Reply::Slow(LATE)),
        ],
    )
}

pub(super) fn wecom(seed: u64) -> impl FnMut() -> Option<wecom::Act> + Send + 'static {
    use wecom::Act;
    chance(
        seed ^ 6,
        vec![
            (15.0, Act::Instead(wecom::refused(-1))),
            (5.0, Act::Instead(wecom::refused(81_013))),
            (5.0, Act::Instead(Reaction::Reset)),
            (5.0, Act::TakeThen(Reaction::Drop)),
        ],
    )
}

pub(super) fn mail(seed: u64) -> impl FnMut() -> Option<SmtpReply> + Send + 'static {
    chance(
        seed ^ 7,
        vec![
            (15.0, SmtpReply::Data(451)),
            (5.0, SmtpReply::Recipient(550)),
            (5.0, SmtpReply::Drop),
            (0.5, SmtpReply::TakeThenDrop),
        ],
    )
}
