//! Who the messages of a soak go to.

mod clients;
mod staff;

use std::collections::HashMap;

use casework::Work;
use chrono::TimeDelta;
use domain::{
    Channel, ClientId, MessageKind, MessageStatus, StaffId, staff_notice::StaffNotices,
    template::TemplateGateway,
};
use serde_json::json;
use storage::messages::{self, Message};

use self::{
    clients::{accept, client_with_case},
    staff::colleague,
};
use super::vendors::{
    ALIYUN, ALIYUN_TEMPLATE, MINI_PROGRAM, SERVICE_ACCOUNT, TENCENT, TENCENT_TEMPLATE, Vendors,
    WECHAT_TEMPLATE,
};
use crate::{
    TestApp,
    past_the_api::{Filed, bind, consent},
};

/// Messages to one client, one in each wave.
const EACH: usize = 8;
/// Waves are so far apart: a vendor takes the same text to a number once in a while only.
const APART: TimeDelta = TimeDelta::minutes(20);
/// The step that all of them are of.
const STEP: &str = "d-2";
/// Of so many clients one bound the service account; of twice as many one also accepted messages of the
/// mini program.
const ONE_IN: usize = 3;
/// Messages that such a client accepted.
const ACCEPTED: usize = 3;
/// One of so many messages is for staff, by turns by WeCom and by e-mail.
const TO_STAFF: usize = 20;

/// What the keys of the messages begin with.
pub(super) const PLANTED: &str = "soak:";

/// Whom messages go to.
pub(super) struct Site {
    /// Clients by their openid.
    pub open_ids: HashMap<String, ClientId>,
    /// Staff by their user id at WeCom.
    pub users: HashMap<String, StaffId>,
    /// Messages to clients and staff.
    pub messages: usize,
}

impl Site {
    /// Clients who have yet to report in, some staff, and so many messages to them, the first due now.
    pub fn plant(app: &TestApp, vendors: &Vendors, messages: usize) -> Self {
        file_texts(app);
        let mut site = Self {
            open_ids: HashMap::new(),
            users: HashMap::new(),
            messages,
        };
        let to_staff = messages / TO_STAFF;
        for number in 0..to_staff {
            site.alert(app, vendors, number);
        }
        let to_clients = messages - to_staff;
        for number in 0..to_clients.div_ceil(EACH) {
            let most = EACH.min(to_clients - number * EACH);
            let open_id = (number % ONE_IN == 0).then(|| format!("o-soak-{number:0>20}"));
            let accepts = number % (2 * ONE_IN) == 0;
            let client = app.write(|work| {
                let (client, case) = client_with_case(work, app, number)?;
                if let Some(open_id) = &open_id {
                    let binding = bind(work, client, open_id)?;
                    consent(work, client)?;
                    for one in (0..ACCEPTED).filter(|_| accepts) {
                        accept(work, binding, one)?;
                    }
                }
                let due: Vec<Message> = (0..most)
                    .map(|wave| Message {
                        client_id: Some(client),
                        case_id: Some(case),
                        ..message(work, app, MessageKind::ReportInReminder, STEP, wave)
                    })
                    .collect();
                assert_eq!(messages::insert_once(work.tx, &due)?, most);
                Ok(client)
            });
            if let Some(open_id) = open_id {
                vendors.wechat.follow(&open_id);
                for _ in (0..ACCEPTED).filter(|_| accepts) {
                    vendors.wechat.accept(&open_id, WECHAT_TEMPLATE);
                }
                site.open_ids.insert(open_id, client);
            }
        }
        site
    }

    /// One member of staff, and something that does not wait for the morning.
    fn alert(&mut self, app: &TestApp, vendors: &Vendors, number: usize) {
        let user = format!("user-{number}");
        let (channel, notices) = if number.is_multiple_of(2) {
            vendors.wecom.employ(&user);
            (Channel::Wecom, StaffNotices::Wecom(user.clone()))
        } else {
            let address = format!("{user}@example.gov.cn");
            (Channel::Email, StaffNotices::Email(address))
        };
        let person = app.write(|work| {
            let person = colleague(work, app, number, notices.clone())?;
            let alert = Message {
                staff_id: Some(person),
                channel,
                ..message(
                    work,
                    app,
                    MessageKind::StaffAlert,
                    "escalation",
                    number % EACH,
                )
            };
            assert_eq!(messages::insert_once(work.tx, &[alert])?, 1);
            Ok(person)
        });
        self.users.insert(user, person);
    }
}

/// The text is filed with every account that sends nothing else.
fn file_texts(app: &TestApp) {
    let filed = [
        (
            ALIYUN,
            TemplateGateway::Aliyun,
            ALIYUN_TEMPLATE,
            "day",
            "date",
        ),
        (
            TENCENT,
            TemplateGateway::Tencent,
            TENCENT_TEMPLATE,
            "1",
            "date",
        ),
        (
            SERVICE_ACCOUNT,
            TemplateGateway::Wechat,
            WECHAT_TEMPLATE,
            "date1",
            "day",
        ),
        (
            MINI_PROGRAM,
            TemplateGateway::Wechat,
            WECHAT_TEMPLATE,
            "date1",
            "day",
        ),
    ];
    for (account, gateway, template, name, variable) in filed {
        let filed = Filed {
            account,
            gateway,
            kind: MessageKind::ReportInReminder,
            step: STEP,
            template,
            params: json!([{ "name": name, "variable": variable }]),
            text: &format!("您预约的服务请于{{{variable}}}前到站办理。"),
        };
        filed.file(app);
    }
}

/// A message to nobody yet, due in its wave.
fn message(
    work: &mut Work<'_, '_>,
    app: &TestApp,
    kind: MessageKind,
    step: &str,
    wave: usize,
) -> Message {
    let at = work.now + APART * i32::try_from(wave).unwrap();
    let id = work.ids.next();
    Message {
        agency_id: work.agency,
        id,
        office_id: app.seed().office,
        client_id: None,
        staff_id: None,
        case_id: None,
        appointment_id: None,
        dedupe_key: format!("{PLANTED}{id}"),
        kind,
        step: step.to_owned(),
        channel: Channel::Sms,
        status: MessageStatus::Scheduled,
        planned_for: at,
        not_after: at + TimeDelta::days(3),
        shifted_from: None,
        shift_reason: None,
        hop_cause: None,
        next_action_at: Some(at),
        attempt_count: 0,
        fence: 0,
        status_reason: None,
        final_at: None,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    }
}
