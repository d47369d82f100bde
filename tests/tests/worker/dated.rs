//! A reminder states its date wherever it can, also where nobody wrote a text for it or it does not fit.

use domain::{
    Channel, MessageKind, Role,
    template::{TemplateGateway, TextStatus},
};
use serde_json::json;
use storage::{
    template_versions::{self, TemplateVersion},
    templates::{self, SavedTemplate},
};
use tests::{TestApp, on_both};
use worker::{Provider, Providers};

use crate::{
    scripted::Scripted,
    story::{CLIENT, before_the_first_reminder, under_another_pack},
};

const DATED: &str = "【城东服务站】您预约的服务请最晚于10月9日到站办理,如有疑问请与服务站联系。";

/// The texts that the client was sent, oldest first.
fn texts(app: &TestApp) -> Vec<String> {
    let sent = app.sent().into_iter();
    sent.filter(|it| it.recipient == CLIENT)
        .map(|it| it.text)
        .collect()
}

on_both! {
    async fn an_account_of_short_variables_states_the_date(setup: Setup) {
        let sms = Scripted::new("sms", Channel::Sms);
        let filing = Provider {
            files: Some(TemplateGateway::Tencent),
            ..sms.provider(1)
        };
        let app = setup.with_providers(Providers::new(vec![filing], [])).start().await;
        let admin = app.login(Role::AgencyAdmin).await;
        for (step, params) in [
            ("dated", json!([{ "name": "1", "variable": "date" }])),
            ("neutral", json!([])),
        ] {
            let path = format!("/v1/provider-templates/sms/appointment_reminder/{step}");
            let body = json!({ "gateway": "tencent", "template_id": step, "params": params });
            app.put(&admin, &path, body).await.expect(200);
        }
        before_the_first_reminder(&app).await;
        app.advance("2025-09-30T09:00").await;
        let sent = sms.taken();
        assert_eq!(sent[0].text, DATED);
        let filled = sent[0].template.clone().unwrap();
        assert_eq!(filled.provider_template_id, "dated");
        assert_eq!(filled.params, [("1".to_owned(), "10月9日".to_owned())]);
    }

    async fn a_step_without_a_text_states_the_date(app: TestApp) {
        under_another_pack(&app, ("\"wd-1\"", "\"wd-2\"")).await;
        app.advance("2025-09-30T12:00").await;
        assert_eq!(texts(&app), [DATED]);
    }

    /// There were no reviews once, and a reminder could be without its date.
    async fn an_old_text_without_the_date_gives_way_to_the_one_that_ships(app: TestApp) {
        let person = app.seed().staff("agency_admin");
        app.write(|work| {
            let (kind, step) = (MessageKind::AppointmentReminder, "wd-1");
            let old = SavedTemplate {
                agency_id: work.agency,
                kind,
                step: step.to_owned(),
                body: "{name}您好,请按时到站。".to_owned(),
                version: 0,
                updated_by: person,
                updated_at: work.now,
                removed_at: None,
            };
            assert!(templates::advance(work.tx, &old, None)?);
            assert!(templates::save(work.tx, &old, 1)?);
            let version = TemplateVersion {
                agency_id: work.agency,
                kind,
                step: step.to_owned(),
                version: 2,
                body: old.body,
                status: TextStatus::Active,
                written_by: person,
                written_at: work.now,
                reviewed_by: None,
                reviewed_at: None,
                note: None,
            };
            template_versions::insert(work.tx, &version)?;
            Ok(())
        });
        let admin = app.login(Role::AgencyAdmin).await;
        let list = app.get(&admin, "/v1/templates").await.expect(200);
        let mut items = list["items"].as_array().unwrap().iter();
        let shown = items.find(|it| it["step"] == "wd-1").unwrap();
        assert_eq!(shown["source"], "shipped");
        before_the_first_reminder(&app).await;
        app.advance("2025-09-30T09:00").await;
        let sent = texts(&app);
        assert!(sent[0].contains("10月9日17:00前"), "{sent:?}");
    }
}
