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
    h::offices::create::create_office,
    h::offices::list::list_offices,
    h::sandbox::clock::get_sandbox_clock,
    h::sandbox::move_clock::move_sandbox_clock,
    h::sandbox::outbox::list_sandbox_outbox,
];
