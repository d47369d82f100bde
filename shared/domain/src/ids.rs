//! Identifiers: UUIDv7, one type per kind of object so that they cannot be mixed up.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The identifier of an object of kind `K`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// Wraps a UUID that is known to name an object of kind `K`.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<K> FromStr for Id<K> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::from_uuid)
    }
}
impl<K> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(&self.0, serializer)
    }
}
impl<'de, K> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Uuid as serde::Deserialize>::deserialize(deserializer).map(Self::from_uuid)
    }
}

#[cfg(feature = "schema")]
impl<K> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .description(Some("UUIDv7 (RFC 9562)"))
            .examples(["01985c1e-7a30-7c11-9f0e-3b1d5a7c2e44"])
            .into()
    }
}
#[cfg(feature = "schema")]
impl<K> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

macro_rules! ids {
    ($($(#[$meta:meta])* $kind:ident $id:ident),+ $(,)?) => {
        /// Markers of the kinds of object that have an identifier.
        pub mod kind {
            $(#[doc = concat!("Kind of [`super::", stringify!($id), "`].")]
            #[derive(Debug)] pub enum $kind {})+
        }
        $($(#[$meta])* pub type $id = Id<kind::$kind>;)+
    };
}

ids! {
    /// The tenant.
    Agency AgencyId,
    /// A place where cases are executed.
    Office OfficeId,
    /// A person with an account.
    Staff StaffId,
    /// A sign-in of a staff member.
    Session SessionId,
    /// One refresh token of a session.
    RefreshToken RefreshTokenId,
    /// The person in the programme.
    Client ClientId,
    /// A sign-in of a client.
    ClientSession ClientSessionId,
    /// A client's WeChat account, bound for signing in.
    WechatBinding WechatBindingId,
    /// One change of the messages a client allowed a mini program to send.
    CreditEvent CreditEventId,
    /// One thing that a provider posted to us.
    GatewayPost GatewayPostId,
    /// A one-time code for a sign-in of a client.
    SignInCode SignInCodeId,
    /// A client's own act of being there.
    CheckIn CheckInId,
    /// One measure on one client.
    Case CaseId,
    /// One dated obligation.
    Appointment AppointmentId,
    /// One sample taken and its result.
    TestRecord TestRecordId,
    /// A request that an appointment not count as missed.
    Excuse ExcuseId,
    /// A file opened when a threshold is reached.
    Escalation EscalationId,
    /// One outgoing text to one recipient.
    Message MessageId,
    /// One try at handing a message to a gateway.
    Attempt AttemptId,
    /// One delivery receipt from a gateway.
    Receipt ReceiptId,
    /// What somebody answered to a message.
    Reply ReplyId,
    /// Something a person has to do.
    Task TaskId,
    /// One step in the life of a case or an escalation.
    Transition TransitionId,
    /// One entry of the audit trail.
    AuditEntry AuditEntryId,
    /// Another system with access of its own.
    Integrator IntegratorId,
    /// One secret of an integrator.
    Credential CredentialId,
    /// One stretch of covering for an absent colleague.
    Cover CoverId,
    /// A stop of an office's or a gateway's sending.
    SendingPause SendingPauseId,
    /// One entry of the ledger of consents.
    Consent ConsentId,
    /// A member of a client's family who may be told something.
    FamilyContact FamilyContactId,
    /// What lets a frozen file be read for a while.
    FileOpening FileOpeningId,
    /// What a rule of retention did on a day.
    RetentionReport RetentionReportId,
}

/// Makes the identifiers of one unit of work: UUIDv7 (RFC 9562) whose time is the unit's `now` and
/// whose 74 random bits start at a seed and count up, so ids sort in the order they were made.
#[derive(Debug, Clone)]
pub struct IdMint {
    millis: u64,
    counter: u128,
}

impl IdMint {
    /// A mint for one unit of work. `seed` comes from the process's randomness.
    pub fn new(now: DateTime<Utc>, seed: u128) -> Self {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        // The top bit stays free so that counting up never overflows the 74 bits.
        Self {
            millis,
            counter: seed & ((1 << 73) - 1),
        }
    }

    /// The next identifier.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator has one item type; a mint makes ids of every kind"
    )]
    pub fn next<K>(&mut self) -> Id<K> {
        self.counter = self.counter.wrapping_add(1);
        let rand_a = (self.counter >> 62) & 0xFFF;
        let rand_b = self.counter & ((1 << 62) - 1);
        let bits =
            (u128::from(self.millis) << 80) | (7 << 76) | (rand_a << 64) | (2 << 62) | rand_b;
        Id::from_uuid(Uuid::from_u128(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_unique_and_ordered() {
        let mut mint = IdMint::new(
            DateTime::from_timestamp_millis(1_750_000_000_123).unwrap(),
            u128::MAX,
        );
        let first: CaseId = mint.next();
        let second: CaseId = mint.next();
        assert!(first < second);
        assert_eq!(first.uuid().get_version_num(), 7);
        assert_eq!(first.uuid().get_variant(), uuid::Variant::RFC4122);
    }
}
