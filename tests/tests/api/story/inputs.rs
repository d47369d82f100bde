//! What each operation of the story is asked: path and body. One table of all operations.

use api::auth::{TotpSecret, totp::step_at};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{
    app::PASSWORD,
    client::BORN,
    fakes::wechat::{Callback, callback},
    steps::id_of,
    vendors::{ALIYUN, PATH_SECRET, SERVICE_ACCOUNT, receipts_path, wechat_path},
};

use super::{FILED, OWN_TEXT, STEP, World};

impl World {
    #[expect(clippy::too_many_lines, reason = "one entry per operation")]
    pub(super) fn of_the_agency(&self, operation: &str, foreign: bool) -> Option<(String, Value)> {
        let seed = self.app.seed();
        let office = if foreign {
            seed.foreign.office
        } else {
            seed.office
        };
        let year = if foreign { 2028 } else { 2027 };
        let pack = if foreign { "cn-foreign" } else { "cn-slower" };
        let document = domain::rule_pack::shipped()[0].1;
        let document = document.replace("\"cn-default\"", &format!("\"{pack}\""));
        let mut text = OWN_TEXT.to_owned();
        if foreign {
            text = text.replace("您好", "好");
        }
        let (path, body): (&str, Value) = match operation {
            "create_session" => (
                "/v1/sessions",
                json!({ "username": "caseworker", "password": PASSWORD }),
            ),
            "refresh_session" => (
                "/v1/sessions/refresh",
                json!({ "refresh_token": self.id("refresh") }),
            ),
            "delete_session" | "get_session" => ("/v1/sessions/current", Value::Null),
            "list_sessions" => ("/v1/sessions", Value::Null),
            "end_session" => return Some((self.one("sessions", "session"), Value::Null)),
            "change_password" => (
                "/v1/sessions/current/password",
                json!({ "current_password": PASSWORD, "new_password": "quite another password" }),
            ),
            "set_my_notices" => (
                "/v1/sessions/current/notices",
                json!({ "notices": { "channel": "wecom", "address": "li.na" } }),
            ),
            "begin_second_factor" => (
                "/v1/sessions/current/second-factor",
                json!({ "password": PASSWORD }),
            ),
            "confirm_second_factor" => {
                let secret = TotpSecret::decode(self.id("secret")).unwrap();
                let code = secret.code_at(step_at(self.app.sign_in_clock().now()));
                let path = "/v1/sessions/current/second-factor/confirmation".to_owned();
                return Some((path, json!({ "totp": code })));
            }
            "reset_second_factor" => {
                let caseworker = seed.staff("caseworker");
                return Some((format!("/v1/staff/{caseworker}/second-factor"), Value::Null));
            }
            "reset_password" => {
                let path = self.one("staff", "staff") + "/password";
                return Some((path, json!({ "password": "a temporary password" })));
            }
            "list_staff_sessions" | "end_staff_sessions" => {
                return Some((self.one("staff", "staff") + "/sessions", Value::Null));
            }
            "create_office" => (
                "/v1/offices",
                json!({
                    "name": "城南服务站", "area_code": "330103", "phone": "0571-88880001",
                    "message_signature": "城南服务站",
                }),
            ),
            "list_offices" => ("/v1/offices", Value::Null),
            "get_office" => return Some((self.one("offices", "office"), Value::Null)),
            "update_office" => {
                let body = json!({ "phone": "0571-88880002" });
                return Some((self.one("offices", "office"), body));
            }
            "create_staff" => (
                "/v1/staff",
                json!({
                    "username": format!("{pack}.person"), "password": "another long password",
                    "display_name": "陈老师", "role": "caseworker", "office_id": office,
                }),
            ),
            "list_staff" => ("/v1/staff", Value::Null),
            "get_staff" => return Some((self.one("staff", "staff"), Value::Null)),
            "update_staff" => {
                return Some((
                    self.one("staff", "staff"),
                    json!({ "display_name": "程老师" }),
                ));
            }
            "create_cover" => {
                let seed = self.app.seed();
                let body = json!({
                    "absent_id": seed.staff("colleague"), "covering_id": seed.staff("caseworker"),
                    "starts_on": "2025-09-01", "ends_on": "2025-09-12",
                });
                return Some(("/v1/covers".to_owned(), body));
            }
            "list_covers" => ("/v1/covers", Value::Null),
            "get_cover" | "end_cover" => return Some((self.one("covers", "cover"), Value::Null)),
            "set_message_budget" => {
                let path = self.one("offices", "office") + "/message-budget";
                return Some((path, json!({ "monthly": 3000 })));
            }
            "get_message_budget" => {
                return Some((
                    self.one("offices", "office") + "/message-budget",
                    Value::Null,
                ));
            }
            "create_sending_pause" => (
                "/v1/sending-pauses",
                json!({ "office_id": office, "reason": "平台割接" }),
            ),
            "list_sending_pauses" => ("/v1/sending-pauses", Value::Null),
            "get_sending_pause" | "end_sending_pause" => {
                return Some((self.one("sending-pauses", "sending pause"), Value::Null));
            }
            "create_integrator" => (
                "/v1/integrators",
                json!({ "name": "统计平台", "scopes": ["read_cases"] }),
            ),
            "list_integrators" => ("/v1/integrators", Value::Null),
            "get_integrator" => return Some((self.one("integrators", "integrator"), Value::Null)),
            "rotate_integrator_secret" => {
                let path = self.one("integrators", "integrator") + "/secret";
                return Some((path, json!({})));
            }
            "deactivate_integrator" => {
                let path = self.one("integrators", "integrator") + "/deactivation";
                return Some((path, json!({})));
            }
            "publish_rule_pack" => ("/v1/rule-packs", json!({ "document": document })),
            "check_rule_pack" => ("/v1/rule-packs/checks", json!({ "document": document })),
            "list_rule_packs" => ("/v1/rule-packs", Value::Null),
            "get_rule_pack" => ("/v1/rule-packs/cn-slower/1", Value::Null),
            "put_calendar" => {
                let body = json!({
                    "year": year, "notice": "关于部分节假日安排的通知", "source": "https://www.gov.cn/",
                    "holidays": { format!("{year}-01-01"): "元旦" },
                });
                return Some((format!("/v1/calendars/{year}"), body));
            }
            "list_calendars" => ("/v1/calendars", Value::Null),
            "get_calendar" => ("/v1/calendars/2027", Value::Null),
            "put_template" => (STEP, json!({ "text": text })),
            "review_template" => {
                let version: i64 = self.id("draft").parse().unwrap();
                let body = json!({ "version": version, "decision": "approve" });
                return Some((format!("{STEP}/review"), body));
            }
            "put_provider_template" => (
                FILED,
                json!({
                    "gateway": "aliyun", "params": [],
                    "template_id": if foreign { "SMS_200002" } else { "SMS_100001" },
                }),
            ),
            "delete_provider_template" => (FILED, Value::Null),
            "list_provider_templates" => ("/v1/provider-templates", Value::Null),
            "reset_template" => (STEP, Value::Null),
            "list_templates" => ("/v1/templates", Value::Null),
            "preview_template" => (
                "/v1/templates/previews",
                json!({ "kind": "appointment_reminder", "step": "d-3", "text": text }),
            ),
            "preview_schedule" => (
                "/v1/schedule-previews",
                json!({
                    "measure": "community_treatment", "reported_in_on": "2025-09-05",
                    "term_months": 36,
                }),
            ),
            "list_audit_entries" => ("/v1/audit-entries", Value::Null),
            "list_retention_reports" => ("/v1/retention-reports", Value::Null),
            "export_audit_entries" => ("/v1/audit-entries/export", Value::Null),
            "get_sandbox_clock" => ("/v1/sandbox/clock", Value::Null),
            "move_sandbox_clock" => ("/v1/sandbox/clock", json!({ "advance": "P1D" })),
            "list_sandbox_outbox" => ("/v1/sandbox/outbox", Value::Null),
            _ => return None,
        };
        Some((path.to_owned(), body))
    }

    fn one(&self, collection: &str, name: &str) -> String {
        format!("/v1/{collection}/{}", self.id(name))
    }

    pub(super) fn of_the_family(&self, operation: &str) -> Option<(String, Value)> {
        let client = |rest: &str| format!("{}/{rest}", self.one("clients", "client"));
        let contact = || self.one("family-contacts", "family contact");
        Some(match operation {
            "record_consent" => (
                client("consents"),
                json!({
                    "purpose": "family_contact", "text_version": "family-2025-01",
                    "channel": "paper",
                }),
            ),
            "list_consents" => (client("consents"), Value::Null),
            "list_check_ins" => (client("check-ins"), Value::Null),
            "withdraw_consent" => (
                client("consents/withdrawals"),
                json!({ "purpose": "family_contact", "channel": "phone" }),
            ),
            "add_family_contact" => (
                client("family-contacts"),
                json!({
                    "name": "李秀英", "phone": "13900003333", "relation": "parent",
                    "scope": "appointments_only", "ends_on": "2026-08-31",
                }),
            ),
            "list_family_contacts" => (client("family-contacts"), Value::Null),
            "get_family_contact" | "end_family_contact" => (contact(), Value::Null),
            _ => return None,
        })
    }

    pub(super) fn of_clients(&self, operation: &str) -> Option<(String, Value)> {
        let (path, body) = match operation {
            "request_client_code" => ("/v1/client-sessions/otp", json!({ "phone": "13900006666" })),
            "create_client_session" => (
                "/v1/client-sessions",
                json!({ "phone": "13900005555", "code": self.id("code"), "birth_date": BORN }),
            ),
            "create_wechat_session" => (
                "/v1/client-sessions/wechat",
                json!({ "code": self.id("wechat code") }),
            ),
            "refresh_client_session" => (
                "/v1/client-sessions/refresh",
                json!({ "refresh_token": self.id("client refresh") }),
            ),
            "delete_client_session" => ("/v1/client-sessions/current", Value::Null),
            "get_me" => ("/v1/me", Value::Null),
            "list_my_appointments" => ("/v1/me/appointments", Value::Null),
            "confirm_my_appointment" => {
                let path = format!("/v1/me/appointments/{}/confirm", id_of(&self.items[0]));
                return Some((path, json!({})));
            }
            "get_my_ledger" => ("/v1/me/ledger", Value::Null),
            "create_my_check_in" => ("/v1/me/check-ins", json!({ "note": "已到站" })),
            "request_my_excuse" => (
                "/v1/me/excuses",
                json!({ "appointment_id": id_of(&self.items[0]), "reason_code": "illness" }),
            ),
            "request_my_help" => ("/v1/me/help-requests", json!({ "text": "想了解就业培训" })),
            "request_my_correction" => (
                "/v1/me/corrections",
                json!({ "topic": "phone", "text": "电话换了" }),
            ),
            "list_my_sessions" => ("/v1/me/sessions", Value::Null),
            "end_my_session" => {
                let path = format!("/v1/me/sessions/{}", id_of(&self.items[0]));
                return Some((path, Value::Null));
            }
            "give_my_consent" => (
                "/v1/me/consents",
                json!({ "purpose": "app_extras", "text_version": "extras-2026-01" }),
            ),
            "list_my_consents" => ("/v1/me/consents", Value::Null),
            "withdraw_my_consent" => (
                "/v1/me/consents/withdrawals",
                json!({ "purpose": "app_extras" }),
            ),
            "bind_my_wechat" => (
                "/v1/me/wechat-bindings",
                json!({ "code": self.app.wechat().code("sun") }),
            ),
            "list_my_wechat_bindings" => ("/v1/me/wechat-bindings", Value::Null),
            "unbind_my_wechat" => {
                let path = format!("/v1/me/wechat-bindings/{}", id_of(&self.items[0]));
                return Some((path, Value::Null));
            }
            "export_me" => ("/v1/me/export", Value::Null),
            _ => return None,
        };
        Some((path.to_owned(), body))
    }

    pub(super) fn of_the_case(&self, operation: &str) -> Option<(String, Value)> {
        let case = |rest: &str| format!("/v1/cases/{}{rest}", self.id("case"));
        Some(match operation {
            "register_client" => (
                "/v1/clients".to_owned(),
                json!({
                    "name": "王小明", "sex": "male", "id_number": "11010519900307283X",
                    "phone": "13900001111", "phone_confirmed": true,
                }),
            ),
            "list_clients" => ("/v1/clients".to_owned(), Value::Null),
            "search_clients" => (
                "/v1/clients/search".to_owned(),
                json!({ "q": "11010519900307283X" }),
            ),
            "get_client" => (self.one("clients", "client"), Value::Null),
            "reveal_client" => (
                format!("{}/reveal", self.one("clients", "client")),
                json!({ "fields": ["id_number", "phone"], "reason": "identity_check" }),
            ),
            "update_client" => (
                self.one("clients", "client"),
                json!({ "phone_sms_ok": true }),
            ),
            "register_case" => (
                format!("/v1/clients/{}/cases", self.id("client")),
                json!({
                    "measure": "community_treatment", "term_months": 36,
                    "office_id": self.app.seed().office,
                    "caseworker_id": self.app.seed().staff("caseworker"),
                    "decision": {
                        "document_no": "东公(社)字〔2025〕12号", "issuing_authority": "东山县公安局",
                        "issued_on": "2025-08-28", "received_on": "2025-09-01",
                    },
                }),
            ),
            "list_cases" => ("/v1/cases".to_owned(), Value::Null),
            "get_case" => (case(""), Value::Null),
            "report_in_case" => (
                case("/report-in"),
                json!({ "reported_in_on": "2025-09-05" }),
            ),
            "list_case_transitions" => (case("/transitions"), Value::Null),
            "replan_case" => (
                case("/replans"),
                json!({ "rule_pack": "cn-default", "reason": "核对" }),
            ),
            "list_case_appointments" => (case("/appointments"), Value::Null),
            "record_additional_test" => (case("/test-records"), self.a_test()),
            "list_case_tests" => (case("/test-records"), Value::Null),
            "terminate_case" => (
                case("/termination"),
                json!({ "kind": "imprisonment", "reason": "移送执行" }),
            ),
            "list_frozen_cases" => ("/v1/frozen-cases".to_owned(), Value::Null),
            "open_frozen_case" => (
                format!("/v1/cases/{}/openings", self.id("short case")),
                json!({
                    "reason_code": "supervision", "document_no": "检查字5号",
                    "ends_on": "2026-03-10",
                }),
            ),
            "complete_case" => (
                format!("/v1/cases/{}/completion", self.id("short case")),
                json!({ "document_no": "解字7号" }),
            ),
            _ => return None,
        })
    }

    fn a_test(&self) -> Value {
        let seed = self.app.seed();
        json!({
            "sample": "urine", "method": "on_site", "collected_at": self.app.now(),
            "collector_ids": [seed.staff("caseworker"), seed.staff("supervisor")],
            "result": "negative", "client_signed": true,
        })
    }

    pub(super) fn of_appointments(&self, operation: &str) -> Option<(String, Value)> {
        Some(match operation {
            "list_appointments" => ("/v1/appointments".to_owned(), Value::Null),
            "get_appointment" => {
                let id = id_of(&self.items[0]);
                (format!("/v1/appointments/{id}"), Value::Null)
            }
            "record_test" => (self.of_item(0, "test-records"), self.a_test()),
            "get_test_record" => (self.one("test-records", "test record"), Value::Null),
            "request_excuse" => (
                self.of_item(1, "excuses"),
                json!({ "reason_code": "illness", "note": "住院" }),
            ),
            "list_excuses" => ("/v1/excuses".to_owned(), Value::Null),
            "get_excuse" => (self.one("excuses", "excuse"), Value::Null),
            "withdraw_excuse" => (
                self.one("excuses", "excuse") + "/withdrawal",
                json!({ "reason": "本人撤回" }),
            ),
            "decide_excuse" => (
                self.one("excuses", "excuse") + "/decision",
                json!({ "decision": "reject", "reason": "没有证明" }),
            ),
            "label_appointment" => (
                self.of_item(1, "label"),
                json!({ "label": "evaded_or_refused", "reason": "本人表示不来" }),
            ),
            "list_messages" => ("/v1/messages".to_owned(), Value::Null),
            "get_message" => (self.one("messages", "message"), Value::Null),
            "resend_message" => (
                self.one("messages", "given up") + "/resend",
                json!({ "reason": "号码已更正" }),
            ),
            "receive_receipt" => (
                format!("/v1/agencies/{}/receipts", self.app.seed().agency),
                json!({
                    "type": "message.delivered", "timestamp": self.app.now(),
                    "data": { "id": self.id("message") },
                }),
            ),
            "receive_vendor_replies" => (
                format!("/v1/gateways/{ALIYUN}/{PATH_SECRET}/replies"),
                json!([{ "phone_number": "13900001111", "content": "你好", "sequence_id": "8813" }]),
            ),
            "receive_vendor_receipts" => (
                receipts_path(ALIYUN, PATH_SECRET),
                json!([{
                    "phone_number": "13900001111", "success": true, "err_code": "DELIVERED",
                    "biz_id": "900619746936498440^0",
                }]),
            ),
            "check_wechat_callback" => (
                wechat_path(SERVICE_ACCOUNT, &self.wechat_call()),
                Value::Null,
            ),
            "receive_wechat_callback" => {
                let call = self.wechat_call();
                (wechat_path(SERVICE_ACCOUNT, &call), json!(call.body))
            }
            "receive_reply" => (
                format!("/v1/agencies/{}/replies", self.app.seed().agency),
                json!({
                    "type": "reply.received", "timestamp": self.app.now(),
                    "data": { "id": "r-1", "from": "13900001111", "text": "你好" },
                }),
            ),
            "list_tasks" => ("/v1/tasks".to_owned(), Value::Null),
            "get_task" => (self.one("tasks", "task"), Value::Null),
            "complete_task" => (
                self.one("tasks", "task") + "/done",
                json!({ "outcome": "done" }),
            ),
            "get_today" => ("/v1/today".to_owned(), Value::Null),
            _ => return None,
        })
    }

    /// An event of somebody nobody knows.
    fn wechat_call(&self) -> Callback {
        let event = "<xml><FromUserName>o-1</FromUserName><CreateTime>1</CreateTime>\
            <MsgType>event</MsgType><Event>unsubscribe</Event></xml>";
        callback(event, self.app.sign_in_clock().now())
    }

    pub(super) fn of_the_escalation(&self, operation: &str) -> Option<(String, Value)> {
        let (step, body) = match operation {
            "list_escalations" => return Some(("/v1/escalations".to_owned(), Value::Null)),
            "get_escalation" => ("", Value::Null),
            "add_escalation_statement" => {
                ("/statement", json!({ "statement": "本人称因打工无法前来" }))
            }
            "submit_escalation" => ("/submit", json!({ "reason": "已核查" })),
            "sign_off_escalation" => ("/sign-off", json!({ "reason": "同意上报" })),
            "dismiss_escalation" => ("/dismiss", json!({ "reason": "已面谈" })),
            "refer_escalation" => (
                "/referral",
                json!({
                    "receipt_no": "收2026-3", "police_unit": "城东派出所", "officer": "陈警官",
                    "handed_over_at": self.app.now(),
                }),
            ),
            "close_escalation" => {
                let today = (self.app.now() + TimeDelta::hours(8)).date_naive();
                let body = json!({
                    "decision": "continue", "document_no": "东公(决)字〔2026〕1号",
                    "decided_on": today,
                });
                ("/outcome", body)
            }
            _ => return None,
        };
        Some((self.one("escalations", "escalation") + step, body))
    }
}
