//! What the events of WeChat say.

use domain::delivery::ReceiptOutcome;

use crate::wechat::callback::{
    Answered, CallbackError, Event, Form, Notice, event, notice_of, read as parse,
};

fn read(xml: &str) -> Result<Notice, CallbackError> {
    event::read(&parse::document(xml.as_bytes()).unwrap())
}

fn event(parts: &str) -> Result<Event, CallbackError> {
    let head = "<FromUserName>o-1</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>";
    read(&format!("<xml>{head}{parts}</xml>")).map(|notice| notice.event)
}

#[test]
fn answers_to_the_dialog_are_read_in_both_forms() {
    let expected =
        [("T1", true), ("T2", false), ("T3", false)].map(|(template, accepted)| Answered {
            template_id: template.to_owned(),
            accepted,
        });
    let item = |template: &str, word: &str| {
        format!(
            "<List><TemplateId>{template}</TemplateId>\
             <SubscribeStatusString>{word}</SubscribeStatusString></List>"
        )
    };
    let list = item("T1", "accept") + &item("T2", "reject") + &item("T3", "accepted");
    for (word, wrapper) in [
        ("subscribe_msg_popup_event", "SubscribeMsgPopupEvent"),
        ("subscribe_msg_change_event", "SubscribeMsgChangeEvent"),
    ] {
        let read = event(&format!(
            "<Event>{word}</Event><{wrapper}>{list}</{wrapper}>"
        ));
        let answered = match read.unwrap() {
            Event::SubscribeAsked(it) if word.contains("popup") => it,
            Event::SubscribeChanged(it) if word.contains("change") => it,
            other => panic!("{other:?}"),
        };
        assert_eq!(answered, expected);
    }
    let json = r#"{"FromUserName":"o-1","CreateTime":1610969440,"MsgType":"event",
        "Event":"subscribe_msg_popup_event","List":[
        {"TemplateId":"T1","SubscribeStatusString":"accept","PopupScene":"0"},
        {"TemplateId":"T2","SubscribeStatusString":"reject"},{"TemplateId":"T3"}]}"#;
    let Event::SubscribeAsked(answered) = read(json).unwrap().event else {
        panic!("not answers")
    };
    assert_eq!(answered, expected);
}

#[test]
fn only_success_is_a_delivery() {
    for (status, outcome) in [
        ("success", ReceiptOutcome::Delivered),
        (" success ", ReceiptOutcome::Delivered),
        ("Success", ReceiptOutcome::UndeliveredTemporary),
        ("success!", ReceiptOutcome::UndeliveredTemporary),
        ("failed: user block", ReceiptOutcome::UndeliveredPermanent),
        ("failed:freq limit", ReceiptOutcome::UndeliveredTemporary),
        ("", ReceiptOutcome::UndeliveredTemporary),
    ] {
        let parts = format!(
            "<Event>TEMPLATESENDJOBFINISH</Event><MsgID>0</MsgID><Status>{status}</Status>"
        );
        let Event::TemplateSent(finished) = event(&parts).unwrap() else {
            panic!("not a receipt")
        };
        assert_eq!(
            (finished.outcome, finished.provider_message_id),
            (outcome, None),
            "{status}"
        );
    }
    for (code, outcome) in [
        ("0", ReceiptOutcome::Delivered),
        ("00", ReceiptOutcome::UndeliveredTemporary),
        ("", ReceiptOutcome::UndeliveredTemporary),
        ("-1", ReceiptOutcome::UndeliveredTemporary),
        ("43101", ReceiptOutcome::UndeliveredPermanent),
    ] {
        let parts = format!(
            "<Event>subscribe_msg_sent_event</Event><SubscribeMsgSentEvent><List>\
             <TemplateId>T1</TemplateId><MsgID>7</MsgID><ErrorCode>{code}</ErrorCode>\
             </List></SubscribeMsgSentEvent>"
        );
        let Event::SubscribeSent(sent) = event(&parts).unwrap() else {
            panic!("not a receipt")
        };
        assert_eq!(sent[0].1.outcome, outcome, "{code}");
    }
}

#[test]
fn who_follows_and_who_no_longer_does_is_read() {
    assert!(matches!(
        event("<Event>unsubscribe</Event>"),
        Ok(Event::Unfollowed)
    ));
    assert!(matches!(
        event("<Event>subscribe</Event>"),
        Ok(Event::Follows { begins: true })
    ));
    for uses in ["CLICK", "VIEW", "SCAN", "view_miniprogram"] {
        let parts = format!("<Event>{uses}</Event><EventKey>k</EventKey>");
        assert!(
            matches!(event(&parts), Ok(Event::Follows { begins: false })),
            "{uses}"
        );
    }
}

#[test]
fn a_repetition_is_told_and_two_of_one_second_are_not_one() {
    let identity_at = |seconds: u32, parts: &str| {
        let head = format!("<FromUserName>o-1</FromUserName><CreateTime>{seconds}</CreateTime>");
        let message = format!("<xml>{head}{parts}</xml>");
        let message = parse::document(message.as_bytes()).unwrap();
        event::identity(&message, &event::read(&message).unwrap())
    };
    let identity = |parts: &str| identity_at(1, parts);
    let sent = |id: u8| {
        format!(
            "<MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event>\
             <SubscribeMsgSentEvent><List><TemplateId>T1</TemplateId><MsgID>{id}</MsgID></List>\
             </SubscribeMsgSentEvent>"
        )
    };
    assert_eq!(identity(&sent(1)), identity(&sent(1).replace("><", "> <")));
    assert_ne!(identity(&sent(1)), identity(&sent(2)));
    let text = |id: u8| format!("<MsgType>text</MsgType><Content>1</Content><MsgId>{id}</MsgId>");
    assert_ne!(identity(&text(1)), identity(&text(2)));
    // Of whoever uses the menu one call an hour is enough; following anew is another thing.
    let does = |word: &str| format!("<MsgType>event</MsgType><Event>{word}</Event>");
    let (click, view, follows) = (does("CLICK"), does("VIEW"), does("subscribe"));
    assert_eq!(identity_at(3_599, &click), identity_at(0, &view));
    assert_ne!(identity_at(3_600, &click), identity_at(0, &click));
    assert_ne!(identity_at(1, &follows), identity_at(0, &follows));
}

#[test]
fn what_is_not_known_is_nothing_and_what_is_broken_is_refused() {
    for parts in [
        "<Event>LOCATION</Event>",
        "<Event>a_new_event</Event>",
        "<Event>unsubscribed</Event>",
    ] {
        assert!(matches!(event(parts), Ok(Event::Other)), "{parts}");
    }
    let broken = [
        "<xml><CreateTime>1</CreateTime><MsgType>event</MsgType><Event>a</Event></xml>",
        "<xml><FromUserName>王 先生</FromUserName><CreateTime>1</CreateTime><MsgType>image</MsgType></xml>",
        "<xml><FromUserName>o-1</FromUserName><MsgType>image</MsgType></xml>",
        "<xml><FromUserName>o-1</FromUserName><CreateTime>9e9</CreateTime><MsgType>image</MsgType></xml>",
        "<xml><FromUserName>o-1</FromUserName><CreateTime>1</CreateTime></xml>",
        "<xml><FromUserName>o-1</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType></xml>",
        "<xml><FromUserName>o-1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType></xml>",
    ];
    for xml in broken {
        assert_eq!(read(xml).unwrap_err(), CallbackError::Malformed, "{xml}");
    }
}

/// Where the person is, and what they showed, is not ours to hold.
#[test]
fn of_what_is_no_text_only_that_it_came_is_kept() {
    for (word, parts, form, shown) in [
        (
            "image",
            "<PicUrl>http://mmbiz.qpic.cn/1</PicUrl><MediaId>m1</MediaId>",
            Form::Image,
            "[图片]",
        ),
        (
            "voice",
            "<Recognition>救命</Recognition>",
            Form::Voice,
            "[语音]",
        ),
        (
            "location",
            "<Location_X>23.134521</Location_X><Label>某路1号</Label>",
            Form::Location,
            "[位置]",
        ),
    ] {
        let xml = format!(
            "<xml><FromUserName>o-1</FromUserName><CreateTime>1</CreateTime>\
             <MsgType>{word}</MsgType><MsgId>7</MsgId>{parts}</xml>"
        );
        let notice = read(&xml).unwrap();
        let kept = event::kept(&notice, xml);
        assert!(
            !["qpic", "m1", "救命", "23.1", "某路"]
                .iter()
                .any(|it| kept.contains(it)),
            "{kept}"
        );
        let again = notice_of(&kept).unwrap();
        assert_eq!(format!("{again:?}"), format!("{notice:?}"));
        let Event::NotText {
            message_id,
            form: read,
        } = again.event
        else {
            panic!("{word}")
        };
        assert_eq!(
            (message_id.as_str(), read, read.shown()),
            ("7", form, shown)
        );
    }
}
