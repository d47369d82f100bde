//! What the platform lets into fields: two tables made apart from each other agree.

use domain::channel_limits::wechat::check;
use tests::fakes::wechat::fits;

const FIELDS: [&str; 12] = [
    "thing1",
    "number2",
    "letter3",
    "symbol4",
    "character_string5",
    "phone_number6",
    "car_number7",
    "name8",
    "phrase9",
    "time10",
    "date11",
    "amount12",
];

const VALUES: [&str; 44] = [
    "预约服务提醒",
    "请尽快联系办理",
    "待办理",
    "请致电A",
    "王先生",
    "王1",
    "Mr. Alexander Wang",
    "Alexandros Papadopoulos",
    "王王王王王王王王王王王",
    "0",
    "12",
    "12.50",
    "1.2.3",
    "1.",
    "十二",
    "ABC",
    "A1",
    "★☆",
    "★☆★☆★☆",
    "2026-0001/A",
    "编号1",
    "0571-88880000",
    "+86-0571-88880000",
    "+86-0571-888800001",
    "零五七一",
    "浙A12345",
    "浙A123456789",
    "2026年1月16日",
    "2026年1月16日 09:00",
    "2026-01-16 09:00~2026-01-16 17:00",
    "2026-01-16",
    "2026/1/16",
    "1月16日",
    "1月16日 9:00",
    "6月12日17:00前",
    "2026年1月16日~",
    "15:01",
    "15:01:30",
    "¥12.50元",
    "元",
    "第一行\n第二行",
    "",
    "字字字字字字字字字字字字字字字字字字字字",
    "字字字字字字字字字字字字字字字字字字字字字",
];

#[test]
fn the_platform_takes_what_we_let_through_and_nothing_else() {
    for field in FIELDS {
        let differs = |value: &&str| fits(field, value) != check(field, value).is_ok();
        let differing: Vec<&str> = VALUES.into_iter().filter(differs).collect();
        assert!(differing.is_empty(), "{field}: {differing:?}");
    }
}
