//! One test, two databases.

use std::{future::Future, panic};

use tokio::runtime::Builder;

use crate::{Backend, app::Setup};

/// Makes of each `async fn name(app: TestApp)` or `async fn name(setup: Setup)` the tests
/// `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($argument:ident: $kind:ident) $body:block)+) => {
        $(
            $(#[$meta])*
            async fn $name($argument: $crate::$kind) $body

            mod $name {
                #[test]
                fn sqlite() {
                    $crate::on($crate::Backend::Sqlite, $crate::require!($kind, super::$name));
                }

                #[test]
                fn postgres() {
                    $crate::on($crate::Backend::Postgres, $crate::require!($kind, super::$name));
                }
            }
        )+
    };
}

/// How a test gets what it asks for.
#[doc(hidden)]
#[macro_export]
macro_rules! require {
    (TestApp, $test:path) => {
        |setup: $crate::Setup| async move { $test(setup.start().await).await }
    };
    (Setup, $test:path) => {
        |setup: $crate::Setup| $test(setup)
    };
}

/// Runs a test on one database, then looks whether it left something behind. Left out where there
/// is no PostgreSQL ([`crate::cluster::admin_url`] says so).
pub fn on<T, F>(backend: Backend, test: T)
where
    T: FnOnce(Setup) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let Some(setup) = Setup::new(backend) else {
        return;
    };
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let started = setup.started();
        let ended = tokio::spawn(test(setup)).await;
        let apps = std::mem::take(&mut *started.lock().unwrap());
        for app in apps {
            app.stop().await;
            if ended.is_ok() {
                app.assert_nothing_overdue();
            }
        }
        if let Err(failure) = ended {
            panic::resume_unwind(failure.into_panic());
        }
    });
}
