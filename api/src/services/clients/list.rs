use casework::Work;
use domain::{
    ClientId,
    contact::{IdNumber, Phone},
    page::ListScope,
};
use storage::{
    Scope,
    clients::{self, Client},
};

use crate::{
    extract::page::{self, Page},
    failure::Failure,
    views::clients::{ClientItem, ListClientsQuery},
};

/// A page of the clients within the caller's reach, in the order they were registered.
pub fn list(
    work: &mut Work<'_, '_>,
    mut scope: Scope,
    asked: &ListClientsQuery,
) -> Result<Page<ClientItem>, Failure> {
    let exact = asked.q.as_deref().map(normal);
    let office = asked.office_id.map(|office| office.to_string());
    let filters: Vec<(&str, &str)> = [("q", exact.as_deref()), ("office_id", office.as_deref())]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let list = ListScope {
        list: "list_clients",
        filters: &filters,
    };
    let limit = page::limit(asked.limit)?;
    let after = page::after(asked.cursor.as_deref(), &list)?;
    let beyond_reach = match (scope.office, asked.office_id) {
        (Some(own), Some(asked)) => own != asked,
        _ => false,
    };
    if beyond_reach {
        return Ok(Page {
            items: Vec::new(),
            next_cursor: None,
        });
    }
    scope.office = asked.office_id.or(scope.office);
    let rows = clients::list(
        work.tx,
        work.agency,
        scope,
        exact.as_deref(),
        after.map(|cursor| ClientId::from_uuid(cursor.id)),
        limit.rows_to_fetch(),
    )?;
    let key = |client: &Client| (Vec::new(), client.id.uuid());
    Ok(Page::cut(rows, limit, &list, key, ClientItem::from))
}

/// What was typed, as it is stored: a telephone or identity number normalised, else a name.
fn normal(text: &str) -> String {
    if let Ok(phone) = Phone::parse(text) {
        return phone.as_str().to_owned();
    }
    match IdNumber::parse(text) {
        Ok(number) => number.as_str().to_owned(),
        Err(_a_name) => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn looks_up_what_is_stored_however_it_is_typed() {
        assert_eq!(normal("+86 138-0013-8000"), "13800138000");
        assert_eq!(normal("110105 19491231 002x"), "11010519491231002X");
        assert_eq!(normal(" 王小明 "), "王小明");
    }
}
