//! Who sends the load, and about what.

use std::net::SocketAddr;

use domain::{AgencyId, AppointmentId, AppointmentStatus, OfficeId, Role, StaffId};
use storage::{Scope, StorageError, Store, agencies, appointments, offices, staff};

use crate::{
    Outcome, data,
    traffic::{self, Connection},
};

/// Somebody who sends requests.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Signs in with.
    pub username: String,
    /// As the yardstick is told.
    pub agency: AgencyId,
    /// As the yardstick is told.
    pub staff: StaffId,
    /// Where they work.
    pub office: OfficeId,
    /// Open appointments within their reach.
    pub open: Vec<AppointmentId>,
    /// Two people of the office who take tests.
    pub collectors: [StaffId; 2],
    /// What they show the product.
    pub token: String,
}

/// So many caseworkers of different offices, and so many supervisors, spread over the agency.
pub fn find(
    store: &Store,
    caseworkers: usize,
    supervisors: usize,
) -> Outcome<(Vec<Caller>, Vec<Caller>)> {
    let mut found = (Vec::new(), Vec::new());
    let pages = store.read(|tx| {
        let mut pages = Vec::new();
        for agency in agencies::list_ids(tx)? {
            for office in offices::list(tx, agency, None, None, 10_000)? {
                pages.push((agency, office.id));
            }
        }
        Ok::<_, StorageError>(pages)
    })?;
    let apart = (pages.len() / caseworkers.max(supervisors).max(1)).max(1);
    for (agency, office) in pages.into_iter().step_by(apart) {
        let (people, open) = store.read(|tx| {
            let people = staff::list(tx, agency, Some(office), None, 1000)?;
            let filter = appointments::Filter {
                office: Some(office),
                statuses: vec![AppointmentStatus::Open],
                ..appointments::Filter::default()
            };
            let open = appointments::list(tx, agency, Scope::default(), &filter, None, 1000)?;
            Ok::<_, StorageError>((people, open))
        })?;
        let mut workers = people
            .iter()
            .filter(|person| person.role == Role::Caseworker);
        let (Some(one), Some(other)) = (workers.next(), workers.next()) else {
            continue;
        };
        let caller = |person: &staff::Staff, open: Vec<AppointmentId>| Caller {
            username: person.username.clone(),
            agency,
            staff: person.id,
            office,
            open,
            collectors: [one.id, other.id],
            token: String::new(),
        };
        if found.0.len() < caseworkers {
            let own = open.iter().filter(|item| item.caseworker_id == one.id);
            found.0.push(caller(one, own.map(|item| item.id).collect()));
        }
        let head = people.iter().find(|person| person.role == Role::Supervisor);
        if let Some(head) = head.filter(|_| found.1.len() < supervisors) {
            found
                .1
                .push(caller(head, open.iter().map(|item| item.id).collect()));
        }
    }
    Ok(found)
}

/// Signs everybody in.
pub async fn sign_in(to: SocketAddr, callers: &mut [Caller]) -> Outcome<()> {
    let mut connection = Connection::open(to).await?;
    for caller in callers {
        let status = connection.exchange(&sign_in_request(caller)).await?;
        let answer: serde_json::Value = serde_json::from_slice(connection.body())?;
        let token = answer
            .get("access_token")
            .and_then(serde_json::Value::as_str);
        token
            .ok_or_else(|| format!("sign-in: {status} {answer}"))?
            .clone_into(&mut caller.token);
    }
    Ok(())
}

/// The bytes of a sign-in.
pub fn sign_in_request(caller: &Caller) -> Vec<u8> {
    let body =
        serde_json::json!({ "username": caller.username, "password": data::PASSWORD }).to_string();
    traffic::post("/v1/sessions", None, None, &body)
}

/// Gives everybody what the yardstick wants in the place of a token.
pub fn introduce(callers: &mut [Caller]) {
    for caller in callers {
        caller.token = format!("{}.{}.{}", caller.agency, caller.staff, caller.office);
    }
}
