//! The agency, its office and its staff.

use casework::{Actor, Request, Work, WorkError, rules};
use domain::{AgencyId, IdMint, Role, Sex, StaffId, staff_notice::StaffNotices};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value, json};
use storage::{agencies, staff};

use super::{error::DemoError, http::Api, json::text, site::Site};

/// How somebody signs in.
#[derive(Debug, Clone, Serialize)]
pub struct Login {
    /// What they may do.
    pub role: Role,
    /// Their name.
    pub username: &'static str,
    /// Made up anew for every demo.
    pub password: String,
    /// As colleagues know them.
    #[serde(skip)]
    pub display_name: &'static str,
    /// Their access token.
    #[serde(skip)]
    pub token: String,
    /// Who they are.
    #[serde(skip)]
    pub id: String,
}

/// Everybody who works here.
#[derive(Debug)]
pub struct People {
    /// The county-level body.
    pub agency: String,
    /// 城东服务站.
    pub office: String,
    /// 李娜, who looks after the cases.
    pub caseworker: Login,
    /// 周敏, a nurse, who is the second person at every test.
    pub nurse: Login,
    /// 陈主任, who heads the office.
    pub supervisor: Login,
    /// Keeps offices, staff and rules; sees no client.
    pub admin: Login,
    /// Keeps accounts, and makes those of auditors; sees no client.
    pub security: Login,
    /// Reads the audit trail and nothing else.
    pub auditor: Login,
}

impl People {
    /// The agency and its two administrators are made as `tongxing admin` makes them; everybody else
    /// by one of them through the API.
    pub async fn settle_in(site: &Site, api: &Api) -> Result<Self, DemoError> {
        let mut admin = first_login(site, Role::AgencyAdmin, "admin", "管理员");
        let mut security = first_login(site, Role::SecurityAdmin, "security", "安全管理员");
        let agency = found_agency(site, [&mut admin, &mut security]).await?;
        for login in [&mut admin, &mut security] {
            login.token = api.sign_in(login.username, &login.password).await?;
        }
        let office = json!({
            "name": "城东街道服务站",
            "area_code": "330102",
            "phone": "0571-88880000",
            "message_signature": "城东服务站",
        });
        let office = api.post(&admin.token, "/v1/offices", office).await?;
        let office = text(&office, "/id")?.to_owned();
        let hire = async |username, display_name, role, sex| {
            let by = match role {
                Role::Auditor => &security,
                _ => &admin,
            };
            let login = first_login(site, role, username, display_name);
            employ(api, &by.token, login, sex, &office).await
        };
        Ok(Self {
            agency,
            caseworker: hire("lina", "李老师", Role::Caseworker, Sex::Female).await?,
            nurse: hire("zhoumin", "周护士", Role::Caseworker, Sex::Female).await?,
            supervisor: hire("chen", "陈主任", Role::Supervisor, Sex::Male).await?,
            auditor: hire("wuying", "吴审计", Role::Auditor, Sex::Female).await?,
            admin,
            security,
            office,
        })
    }

    /// The ids that `--json` prints of them.
    pub fn ids(&self) -> Map<String, Value> {
        let staff: Map<_, _> = self
            .logins()
            .map(|login| (login.username.to_owned(), json!(login.id)))
            .collect();
        let ids = [
            ("agency", json!(self.agency)),
            ("office", json!(self.office)),
            ("staff", staff.into()),
        ];
        ids.map(|(name, id)| (name.to_owned(), id))
            .into_iter()
            .collect()
    }

    /// Every login.
    pub fn logins(&self) -> impl Iterator<Item = &Login> {
        [
            &self.caseworker,
            &self.nurse,
            &self.supervisor,
            &self.admin,
            &self.security,
            &self.auditor,
        ]
        .into_iter()
    }
}

async fn employ(
    api: &Api,
    admin: &str,
    mut login: Login,
    sex: Sex,
    office: &str,
) -> Result<Login, DemoError> {
    let office = (login.role != Role::Auditor).then_some(office);
    // Whoever makes an account knows its first password, so it is good for nothing but a change.
    let first = format!("{}-first", login.password);
    let body = json!({
        "username": login.username,
        "password": first,
        "display_name": login.display_name,
        "role": login.role,
        "sex": sex,
        "office_id": office,
    });
    let made = api.post(admin, "/v1/staff", body).await?;
    text(&made, "/id")?.clone_into(&mut login.id);
    let token = api.sign_in(login.username, &first).await?;
    let change = json!({ "current_password": first, "new_password": login.password });
    api.put(&token, "/v1/sessions/current/password", change)
        .await?;
    login.token = api.sign_in(login.username, &login.password).await?;
    Ok(login)
}

/// A login to be, with a password of its own.
fn first_login(
    site: &Site,
    role: Role,
    username: &'static str,
    display_name: &'static str,
) -> Login {
    Login {
        role,
        username,
        password: password(site),
        display_name,
        token: String::new(),
        id: String::new(),
    }
}

/// The agency with its rule packs, and those who may do the rest; answers its id.
async fn found_agency(site: &Site, first: [&mut Login; 2]) -> Result<String, DemoError> {
    let now = site.clock.now();
    let mut ids = IdMint::new(now, site.randomness.seed());
    let agency: AgencyId = ids.next();
    let mut accounts = Vec::new();
    for login in first {
        let id: StaffId = ids.next();
        login.id = id.to_string();
        let password = SecretString::from(login.password.clone());
        let password_hash = site
            .passwords
            .hash(password)
            .await
            .map_err(DemoError::start)?;
        accounts.push(staff::Staff {
            agency_id: agency,
            id,
            office_id: None,
            username: login.username.to_owned(),
            password_hash,
            display_name: login.display_name.to_owned(),
            role: login.role,
            sex: None,
            phone: None,
            active: true,
            version: 1,
            created_at: now,
            updated_at: now,
            area_code: None,
            notices: StaffNotices::Text,
        });
    }
    site.store
        .write_in(agency, |tx| {
            let mut work = Work {
                tx,
                packs: &site.packs,
                agency,
                now,
                actor: Actor::system(),
                ids: IdMint::new(now, site.randomness.seed()),
                request: Request::none(),
            };
            let row = agencies::Agency {
                id: agency,
                name: "城东区".to_owned(),
                created_at: now,
            };
            agencies::insert(work.tx, &row)?;
            rules::publish_shipped(&mut work)?;
            for account in &accounts {
                staff::insert(work.tx, account)?;
            }
            Ok::<_, WorkError>(())
        })
        .map_err(DemoError::start)?;
    Ok(agency.to_string())
}

/// Four groups of four characters that are not mistaken for each other.
fn password(site: &Site) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut noise = [0_u8; 16];
    site.randomness.fill(&mut noise);
    let letters: Vec<char> = noise
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}
