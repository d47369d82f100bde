//! The yardstick: the least that could answer the same requests. A bare actix handler, one hop to a
//! pooled connection, SQL written by hand and prepared once, rows straight into JSON. It checks no
//! token, permission or rule, seals nothing and chains no audit trail.
//! Unless told `--no-row-security` it names its agency to the database in each transaction, as the product
//! does.

mod reads;
mod record;
mod sql;

use std::net::SocketAddr;

use actix_web::{
    App, HttpRequest, HttpServer,
    error::{ErrorBadRequest, ErrorInternalServerError},
    web,
};
use diesel::{
    PgConnection,
    connection::SimpleConnection as _,
    r2d2::{ConnectionManager, Pool},
};

use self::sql::Key;
use crate::{
    Outcome,
    serve::{ServeArguments, listening},
};

type Answered<T> = Result<T, diesel::result::Error>;

#[derive(Clone)]
struct Database {
    pool: Pool<ConnectionManager<PgConnection>>,
    row_security: bool,
}

/// What stands in the place of a token: agency, staff member, office.
struct Who {
    agency: Key,
    staff: Key,
    office: Key,
}

fn who(request: &HttpRequest) -> Option<Who> {
    let header = request.headers().get("authorization")?.to_str().ok()?;
    let mut ids = header
        .strip_prefix("Bearer ")?
        .split('.')
        .map(|id| id.parse().ok().map(Key));
    Some(Who {
        agency: ids.next()??,
        staff: ids.next()??,
        office: ids.next()??,
    })
}

/// The server.
pub fn run(asked: &ServeArguments) -> Outcome<()> {
    let database = Database {
        pool: Pool::builder()
            .max_size(asked.pool())
            .test_on_check_out(false)
            .build(ConnectionManager::new(asked.url()))?,
        row_security: asked.row_security(),
    };
    let workers = match asked.workers() {
        0 => std::thread::available_parallelism()?.get(),
        given => given,
    };
    let threads = usize::try_from(asked.pool())?.div_ceil(workers).max(1);
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(database.clone()))
                .route("/v1/appointments/{id}", web::get().to(reads::one))
                .route("/v1/appointments", web::get().to(reads::page))
                .route("/v1/today", web::get().to(reads::today))
                .route(
                    "/v1/appointments/{id}/test-records",
                    web::post().to(record::record),
                )
        })
        .workers(workers)
        .worker_max_blocking_threads(threads)
        .bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        listening(server.addrs().first().copied().ok_or("no address")?)?;
        server.run().await?;
        Ok(())
    })
}

/// Reads: in a transaction only where the wall needs one.
async fn on_database<T: Send + 'static>(
    database: &web::Data<Database>,
    agency: Key,
    work: impl FnOnce(&mut PgConnection) -> Answered<T> + Send + 'static,
) -> actix_web::Result<T> {
    let begin = database.row_security.then_some("BEGIN READ ONLY");
    run_on(database, agency, begin, work).await
}

/// Changes something, all or nothing.
async fn in_transaction<T: Send + 'static>(
    database: &web::Data<Database>,
    agency: Key,
    work: impl FnOnce(&mut PgConnection) -> Answered<T> + Send + 'static,
) -> actix_web::Result<T> {
    run_on(database, agency, Some("BEGIN"), work).await
}

async fn run_on<T: Send + 'static>(
    database: &web::Data<Database>,
    agency: Key,
    begin: Option<&'static str>,
    work: impl FnOnce(&mut PgConnection) -> Answered<T> + Send + 'static,
) -> actix_web::Result<T> {
    let database = web::Data::clone(database);
    web::block(move || {
        let mut conn = database.pool.get().map_err(|error| error.to_string())?;
        let run = || {
            match begin {
                Some(begin) if database.row_security => conn.batch_execute(&format!(
                    "{begin}; SET LOCAL tongxing.agency = '{}'",
                    agency.0
                ))?,
                Some(begin) => conn.batch_execute(begin)?,
                None => {}
            }
            let done = work(&mut conn)?;
            if begin.is_some() {
                conn.batch_execute("COMMIT")?;
            }
            Ok::<_, diesel::result::Error>(done)
        };
        run().map_err(|error| error.to_string())
    })
    .await?
    .map_err(ErrorInternalServerError)
}

fn caller(request: &HttpRequest) -> actix_web::Result<Who> {
    who(request).ok_or_else(|| ErrorBadRequest("who?"))
}
