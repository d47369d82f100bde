//! What the rules of retention work on: what is over, what there is, and deleting it in batches.

use chrono::{DateTime, Utc};
use diesel::{dsl::count_star, prelude::*};
use domain::{AgencyId, retention::RetentionSubject as Subject};

use crate::{
    audit_log, cases, client_sessions,
    error::StorageError,
    family_contacts, gateway_posts, idempotency, refresh_tokens, replies,
    schema::{
        attempts, client_sessions as client_sign_ins, consents, idempotency_keys,
        refresh_tokens as tokens, replies as answers, sessions as sign_ins,
    },
    sessions,
    store::Tx,
    types::bind,
    with_conn,
};

/// Counts the rows of a tenant's table that meet conditions.
macro_rules! count {
    ($tx:expr, $agency:expr, $table:ident $(, $condition:expr)?) => {
        with_conn!($tx, c => $table::table
            .filter($table::agency_id.eq(bind($agency)))
            $(.filter($condition))?
            .select(count_star())
            .first::<i64>(*c))
    };
}

/// Deletes about `limit` rows whose event was before `before` (UTC); answers how many. Of what is
/// never deleted there are none.
pub fn delete(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    subject: Subject,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<usize, StorageError> {
    match subject {
        Subject::KeptAnswers => idempotency::purge_expired(tx, agency, before, limit),
        Subject::RefreshTokens => refresh_tokens::purge(tx, agency, before, limit),
        Subject::Sessions => sessions::purge(tx, agency, before, limit),
        Subject::ClientSessions => client_sessions::purge(tx, agency, before, limit),
        Subject::FamilyContacts => family_contacts::purge(tx, agency, before, limit),
        Subject::GatewayPosts => gateway_posts::purge(tx, before, limit),
        Subject::Replies => replies::purge(tx, agency, before, limit),
        Subject::AuditTrail | Subject::Consents | Subject::DeliveryProof | Subject::CaseFiles => {
            Ok(0)
        }
    }
}

/// How many rows had their event before `before` (UTC).
pub fn count_over(
    tx: &mut Tx<'_>,
    agency: AgencyId,
    subject: Subject,
    before: DateTime<Utc>,
) -> Result<i64, StorageError> {
    match subject {
        Subject::KeptAnswers => Ok(count!(
            tx,
            agency,
            idempotency_keys,
            idempotency_keys::expires_at.le(bind(before))
        )?),
        Subject::RefreshTokens => Ok(count!(
            tx,
            agency,
            tokens,
            tokens::expires_at.lt(bind(before))
        )?),
        Subject::Sessions => Ok(count!(
            tx,
            agency,
            sign_ins,
            sign_ins::expires_at
                .lt(bind(before))
                .or(sign_ins::revoked_at
                    .is_not_null()
                    .and(sign_ins::revoked_at.assume_not_null().lt(bind(before))))
        )?),
        Subject::ClientSessions => Ok(count!(
            tx,
            agency,
            client_sign_ins,
            client_sign_ins::expires_at.lt(bind(before))
        )?),
        Subject::FamilyContacts => family_contacts::count_over(tx, agency, before),
        Subject::GatewayPosts => gateway_posts::count_over(tx, before),
        Subject::Replies => Ok(count!(
            tx,
            agency,
            answers,
            answers::received_at.lt(bind(before))
        )?),
        Subject::CaseFiles => cases::count_to_freeze(tx, agency, before),
        Subject::AuditTrail | Subject::Consents | Subject::DeliveryProof => Ok(0),
    }
}

/// How many rows there are.
pub fn count(tx: &mut Tx<'_>, agency: AgencyId, subject: Subject) -> Result<i64, StorageError> {
    Ok(match subject {
        Subject::KeptAnswers => count!(tx, agency, idempotency_keys)?,
        Subject::RefreshTokens => count!(tx, agency, tokens)?,
        Subject::Sessions => count!(tx, agency, sign_ins)?,
        Subject::ClientSessions => count!(tx, agency, client_sign_ins)?,
        Subject::FamilyContacts => family_contacts::count(tx, agency)?,
        Subject::GatewayPosts => gateway_posts::count(tx)?,
        Subject::Replies => count!(tx, agency, answers)?,
        // Without gaps from 1: its end is its number.
        Subject::AuditTrail => audit_log::head(tx, agency)?.map_or(0, |head| head.seq),
        Subject::Consents => count!(tx, agency, consents)?,
        Subject::DeliveryProof => count!(tx, agency, attempts)?,
        // Those that a rule has still to freeze.
        Subject::CaseFiles => cases::count_not_frozen(tx, agency)?,
    })
}
