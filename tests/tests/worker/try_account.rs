//! `tongxing-worker try-account`: one text by hand, over a real socket.

use std::{fs, process::Output};

use domain::channel_limits::aliyun::VariableRule;
use platform::Clock;
use tests::{
    TestApp,
    fakes::aliyun::{Act, FakeAliyun, KEY_ID, SECRET},
    on_both, program,
};

const NUMBER: &str = "+8613800138000";
const DAY: &str = "6月1日";

/// Runs the program; answers how it ended and all it said.
async fn tell(
    app: &TestApp,
    aliyun: &FakeAliyun,
    (account, day): (&'static str, &'static str),
) -> (Option<i32>, String) {
    let folder = program::folder();
    let environment = program::settings(app, "tongxing_worker", &folder);
    let settings = folder.join("settings.toml");
    let text = format!(
        "profile = \"sandbox\"\n[[providers]]\nname = \"main\"\nkind = \"aliyun\"\nurl = \"{}\"\n\
         key_id = \"{KEY_ID}\"\nsecret = \"{SECRET}\"\nallow_private_addresses = true\n",
        aliyun.url()
    );
    fs::write(&settings, text).unwrap();
    let told = tokio::task::spawn_blocking(move || {
        let mut command = program::command("tongxing-worker", &environment);
        let (config, to) = (settings.as_os_str(), ["--to", NUMBER]);
        command.args(["try-account", account]).args(to);
        command.args([
            "--text",
            "【城东服务站】您好,您预约的服务请于6月1日前到站办理。",
        ]);
        command.args(["--template", "SMS_1", "--param", &format!("day={day}")]);
        command.arg("--config").arg(config).output().unwrap()
    });
    let Output {
        status,
        stdout,
        stderr,
    } = told.await.unwrap();
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8(said).unwrap())
}

on_both! {
    async fn a_text_by_hand_says_what_the_vendor_says(app: TestApp) {
        let aliyun = FakeAliyun::start(Clock::System).await;
        aliyun.approve_signature("城东服务站");
        let (code, said) = tell(&app, &aliyun, ("main", DAY)).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains("refused: configuration isv.SMS_TEMPLATE_ILLEGAL"),
            "{said}"
        );
        assert!(
            !said.contains("13800138000") && !said.contains(SECRET),
            "{said}"
        );

        aliyun.approve_template("SMS_1", &[("day", VariableRule::Time)]);
        let (code, said) = tell(&app, &aliyun, ("main", DAY)).await;
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("taken: reference "), "{said}");
        assert_eq!(aliyun.taken().len(), 1);

        aliyun.script([Act::Refuse(200, "isv.AMOUNT_NOT_ENOUGH", "refused")]);
        let (code, said) = tell(&app, &aliyun, ("main", DAY)).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("isv.AMOUNT_NOT_ENOUGH"), "{said}");

        let before = aliyun.taken().len();
        let (code, said) = tell(&app, &aliyun, ("main", "戒毒")).await;
        assert_eq!(code, Some(1), "{said}");
        assert_eq!(aliyun.taken().len(), before, "{said}");

        let (code, said) = tell(&app, &aliyun, ("nobody", DAY)).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("no account is named \"nobody\""), "{said}");
    }
}
