//! The one list of routes: the server and the document are made from it.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig as DescribedConfig;

use crate::handlers as h;

macro_rules! routes {
    ($($handler:path),+ $(,)?) => {
        /// Registers every handler with the server.
        pub fn serve(config: &mut web::ServiceConfig) {
            $(config.service($handler);)+
        }

        /// Describes every handler for the document.
        pub fn describe(config: &mut DescribedConfig<'_>) {
            $(config.service($handler);)+
        }
    };
}

routes![
    h::sessions::create::create_session,
    h::sessions::refresh::refresh_session,
    h::sessions::delete::delete_session,
    h::offices::create::create_office,
    h::offices::list::list_offices,
    h::offices::get::get_office,
    h::offices::update::update_office,
    h::staff::create::create_staff,
    h::staff::list::list_staff,
    h::staff::get::get_staff,
    h::staff::update::update_staff,
    h::audit_entries::list::list_audit_entries,
    h::rule_packs::publish::publish_rule_pack,
    h::rule_packs::check::check_rule_pack,
    h::rule_packs::list::list_rule_packs,
    h::rule_packs::get::get_rule_pack,
    h::calendars::list::list_calendars,
    h::calendars::get::get_calendar,
    h::calendars::put::put_calendar,
    h::templates::list::list_templates,
    h::templates::preview::preview_template,
    h::templates::reset::reset_template,
    h::templates::put::put_template,
    h::clients::register::register_client,
    h::clients::list::list_clients,
    h::clients::get::get_client,
    h::clients::update::update_client,
    h::cases::register::register_case,
    h::cases::list::list_cases,
    h::cases::get::get_case,
    h::cases::report_in::report_in_case,
    h::cases::complete::complete_case,
    h::cases::terminate::terminate_case,
    h::cases::list_transitions::list_case_transitions,
    h::cases::replan::replan_case,
    h::schedule_previews::preview::preview_schedule,
    h::appointments::list_of_case::list_case_appointments,
    h::appointments::list::list_appointments,
    h::appointments::get::get_appointment,
    h::appointments::label::label_appointment,
    h::test_records::record::record_test,
    h::test_records::additional::record_additional_test,
    h::test_records::list::list_case_tests,
    h::test_records::get::get_test_record,
    h::excuses::request::request_excuse,
    h::excuses::list::list_excuses,
    h::excuses::get::get_excuse,
    h::excuses::decide::decide_excuse,
    h::excuses::withdraw::withdraw_excuse,
    h::escalations::list::list_escalations,
    h::escalations::get::get_escalation,
    h::escalations::statement::add_escalation_statement,
    h::escalations::submit::submit_escalation,
    h::escalations::sign_off::sign_off_escalation,
    h::escalations::dismiss::dismiss_escalation,
    h::escalations::refer::refer_escalation,
    h::escalations::outcome::close_escalation,
    h::messages::list::list_messages,
    h::messages::get::get_message,
    h::receipts::receive::receive_receipt,
    h::tasks::list::list_tasks,
    h::tasks::complete::complete_task,
    h::today::get::get_today,
    h::sandbox::clock::get_sandbox_clock,
    h::sandbox::move_clock::move_sandbox_clock,
    h::sandbox::outbox::list_sandbox_outbox,
];
