//! Who the messages of a soak go to.

use std::collections::HashMap;

use casework::{
    Work, WorkError,
    consents::{self, Said},
};
use chrono::{Days, TimeDelta};
use domain::{
    CaseId, CaseStatus, Channel, ClientId, Measure, MessageKind, MessageStatus, PhoneState, Sex,
    WechatBindingId,
    consent::{ConsentChannel, ConsentPurpose},
    subscription_credit::CreditChange,
    template::TemplateGateway,
    wechat::WechatApp,
};
use serde_json::json;
use storage::{
    cases::{self, Case},
    clients::{self, Client},
    messages::{self, Message},
    provider_templates::{self, ProviderTemplate},
    subscription_credits::{self, CreditEvent},
    wechat_bindings::{self, Account, WechatBinding},
};

use super::vendors::{
    ALIYUN, ALIYUN_TEMPLATE, MINI_PROGRAM, SERVICE_ACCOUNT, TENCENT, TENCENT_TEMPLATE, Vendors,
    WECHAT_TEMPLATE,
};
use crate::{TestApp, fakes::wechat::APP_ID};

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

/// Whom messages go to.
pub(super) struct Site {
    /// Clients by their openid.
    pub open_ids: HashMap<String, ClientId>,
    /// Messages to clients.
    pub messages: usize,
}

impl Site {
    /// Clients who have yet to report in, and so many messages to them, the first due now.
    pub fn plant(app: &TestApp, vendors: &Vendors, messages: usize) -> Self {
        file_texts(app);
        let mut site = Self {
            open_ids: HashMap::new(),
            messages,
        };
        for number in 0..messages.div_ceil(EACH) {
            let most = EACH.min(messages - number * EACH);
            let open_id = (number % ONE_IN == 0).then(|| format!("o-soak-{number:0>20}"));
            let accepts = number % (2 * ONE_IN) == 0;
            let client = app.write(|work| {
                let (client, case) = client_with_case(work, app, number)?;
                if let Some(open_id) = &open_id {
                    let binding = bind(work, client, open_id)?;
                    for one in (0..ACCEPTED).filter(|_| accepts) {
                        accept(work, binding, one)?;
                    }
                }
                let due: Vec<Message> = (0..most)
                    .map(|wave| message(work, app, client, case, wave))
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
    let person = app.seed().staff("agency_admin");
    for (account, gateway, template, name, variable) in filed {
        app.write(|work| {
            let filed = ProviderTemplate {
                agency_id: work.agency,
                provider: account.to_owned(),
                kind: MessageKind::ReportInReminder,
                step: STEP.to_owned(),
                gateway,
                provider_template_id: template.to_owned(),
                params: json!([{ "name": name, "variable": variable }]),
                variable_chars: None,
                body: format!("您预约的服务请于{{{variable}}}前到站办理。"),
                version: 1,
                updated_by: person,
                updated_at: work.now,
                removed_at: None,
            };
            assert!(provider_templates::save(work.tx, &filed, None)?);
            Ok(())
        });
    }
}

fn client_with_case(
    work: &mut Work<'_, '_>,
    app: &TestApp,
    number: usize,
) -> Result<(ClientId, CaseId), WorkError> {
    let (now, today) = (work.now, work.now.date_naive());
    let (office, caseworker) = (app.seed().office, app.seed().staff("caseworker"));
    let client = Client {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: office,
        caseworker_id: Some(caseworker),
        name: "王小明".to_owned(),
        sex: Sex::Male,
        birth_date: None,
        id_number: None,
        phone: Some(format!("139{number:0>8}")),
        phone_sms_ok: true,
        phone_state: PhoneState::Verified,
        version: 1,
        created_by: caseworker,
        created_at: now,
        updated_at: now,
        frozen_from: None,
    };
    clients::insert(work.tx, &client)?;
    let case = Case {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id: client.id,
        office_id: office,
        caseworker_id: caseworker,
        measure: Measure::CommunityTreatment,
        rule_pack: "cn-default".to_owned(),
        rule_pack_version: 1,
        term_months: 36,
        document_no: "2025-1".to_owned(),
        issuing_authority: "东山县公安局".to_owned(),
        issued_on: today,
        received_on: today,
        printed_term_ends_on: None,
        status: CaseStatus::Ordered,
        report_in_due_on: today + Days::new(14),
        report_in_closes_at: now + TimeDelta::days(15),
        report_in_provisional: false,
        report_in_why: serde_json::Value::Null,
        reported_in_on: None,
        agreement_signed_on: None,
        term_starts_on: None,
        term_ends_on: None,
        next_check_at: None,
        next_remind_at: None,
        version: 1,
        created_by: caseworker,
        created_at: now,
        updated_at: now,
        ended_at: None,
        frozen_from: None,
    };
    cases::insert(work.tx, &case)?;
    Ok((client.id, case.id))
}

fn bind(
    work: &mut Work<'_, '_>,
    client_id: ClientId,
    open_id: &str,
) -> Result<WechatBindingId, WorkError> {
    let binding = WechatBinding {
        agency_id: work.agency,
        id: work.ids.next(),
        client_id,
        app: WechatApp::ServiceAccount,
        app_id: APP_ID.to_owned(),
        bound_at: work.now,
        last_used_at: work.now,
        ended_at: None,
        ended_reason: None,
    };
    let account = Account {
        open_id,
        union_id: None,
    };
    wechat_bindings::insert(work.tx, &binding, &account)?;
    let today = work.now.date_naive();
    let said = Said {
        channel: ConsentChannel::Paper,
        on: today,
        today,
    };
    consents::give(work, client_id, ConsentPurpose::Wechat, "wechat-1", said)?;
    Ok(binding.id)
}

fn accept(
    work: &mut Work<'_, '_>,
    binding_id: WechatBindingId,
    number: usize,
) -> Result<(), WorkError> {
    let event = CreditEvent {
        agency_id: work.agency,
        id: work.ids.next(),
        binding_id,
        template_id: WECHAT_TEMPLATE.to_owned(),
        change: CreditChange::Granted,
        dedupe_key: format!("granted:{binding_id}:{number}"),
        happened_at: work.now,
        recorded_at: work.now,
    };
    assert!(subscription_credits::note(work.tx, &event)?);
    Ok(())
}

fn message(
    work: &mut Work<'_, '_>,
    app: &TestApp,
    client: ClientId,
    case: CaseId,
    wave: usize,
) -> Message {
    let at = work.now + APART * i32::try_from(wave).unwrap();
    Message {
        agency_id: work.agency,
        id: work.ids.next(),
        office_id: app.seed().office,
        client_id: Some(client),
        staff_id: None,
        case_id: Some(case),
        appointment_id: None,
        dedupe_key: format!("soak:{case}:{wave}"),
        kind: MessageKind::ReportInReminder,
        step: STEP.to_owned(),
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
