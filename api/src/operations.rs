//! The table of operations: who may, what it does, and what it can answer.
//!
//! Extractors enforce it, the document is completed from it, and tests take their coverage from it.

use domain::{RefusalCode, role::Permission};

use crate::problem_code::ProblemCode;

/// Method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or makes a step.
    Post,
    /// Changes the fields given.
    Patch,
    /// Replaces.
    Put,
    /// Ends.
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Open,
    /// Staff whose role has the permission ([`domain::role`]).
    Staff(Permission),
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing and shows no client's file.
    Read,
    /// Changes nothing and shows a client's file: one audit entry.
    ReadFile,
    /// Changes something: one audit entry.
    Mutation,
    /// Changes nothing, though its input comes as a body.
    Compute,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// `verb_resource`: the `operationId`, the handler's name, and the `action` of the audit trail.
    pub id: &'static str,
    /// Method.
    pub method: Method,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    /// What it does.
    pub effect: Effect,
    /// Kind of object, for the audit trail.
    pub object: &'static str,
    /// Refusals of the rules that are its own; those of its shape are added by [`Self::problems`].
    pub refusals: &'static [RefusalCode],
    /// Problems beyond the rules that are its own.
    pub others: &'static [ProblemCode],
}

/// A marker type of an operation, for extractors.
pub trait Op: 'static {
    /// The row of the table.
    const OPERATION: &'static Operation;
}

impl Operation {
    /// Whether it takes a JSON body.
    pub const fn has_body(&self) -> bool {
        matches!(self.method, Method::Post | Method::Patch | Method::Put)
    }

    /// Whether the same request may be sent again under an `Idempotency-Key`.
    pub const fn takes_idempotency_key(&self) -> bool {
        matches!(self.method, Method::Post)
            && matches!(self.effect, Effect::Mutation)
            && matches!(self.access, Access::Staff(_))
    }

    /// Whether each call leaves one entry in the audit trail.
    pub const fn is_audited(&self) -> bool {
        matches!(self.effect, Effect::Mutation | Effect::ReadFile)
    }

    /// Every problem it can answer, sorted, each once.
    pub fn problems(&self) -> Vec<ProblemCode> {
        use ProblemCode as P;
        let mut codes = vec![P::Internal, P::Unavailable, P::TooManyRequests];
        if matches!(self.access, Access::Staff(_)) {
            codes.extend([P::Unauthenticated, P::TokenExpired, P::Forbidden]);
        }
        if self.has_body() {
            codes.extend([
                P::UnsupportedMediaType,
                P::MalformedJson,
                P::UnknownField,
                P::PayloadTooLarge,
                P::Refused(RefusalCode::InvalidValue),
            ]);
        }
        if self.path.contains('{') {
            codes.push(P::Refused(RefusalCode::NotFound));
        }
        if matches!(self.method, Method::Get) {
            codes.push(P::InvalidQuery);
        }
        if self.takes_idempotency_key() {
            codes.extend([P::IdempotencyKeyReused, P::InvalidHeader]);
        }
        if matches!(self.method, Method::Patch) {
            codes.extend([P::StaleVersion, P::InvalidHeader]);
        }
        codes.extend(self.others);
        codes.extend(self.refusals.iter().copied().map(P::Refused));
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// Writes the table: one line per operation. Makes a marker type per operation and [`ALL`].
macro_rules! operations {
    ($(
        $(#[$meta:meta])*
        $marker:ident = $id:ident: $method:ident $path:literal, $access:expr, $effect:ident $object:literal
        $(, refuses [$($refusal:ident),* $(,)?])? $(, also [$($other:ident),* $(,)?])?;
    )+) => {
        $(
            #[doc = concat!("`", stringify!($id), "`: ", $path)]
            $(#[$meta])*
            #[derive(Debug)]
            pub enum $marker {}

            impl Op for $marker {
                const OPERATION: &'static Operation = &Operation {
                    id: stringify!($id),
                    method: Method::$method,
                    path: $path,
                    access: $access,
                    effect: Effect::$effect,
                    object: $object,
                    refusals: &[$($(RefusalCode::$refusal),*)?],
                    others: &[$($(ProblemCode::$other),*)?],
                };
            }
        )+

        /// Every operation, in the order of the document.
        pub const ALL: &[&Operation] = &[$(<$marker as Op>::OPERATION),+];
    };
}

const fn may(permission: Permission) -> Access {
    Access::Staff(permission)
}

use Access::Open;
use Permission as P;

operations! {
    CreateSession = create_session: Post "/v1/sessions", Open, Mutation "session",
        also [InvalidCredentials];
    CreateOffice = create_office: Post "/v1/offices", may(P::ManageOffices), Mutation "office",
        refuses [InvalidPhone, WordingRefused];
    ListOffices = list_offices: Get "/v1/offices", may(P::ListOffices), Read "office",
        also [InvalidCursor];
    GetSandboxClock = get_sandbox_clock: Get "/v1/sandbox/clock", may(P::ReadSelf), Read "sandbox",
        refuses [NotFound];
    MoveSandboxClock = move_sandbox_clock: Post "/v1/sandbox/clock", may(P::ReadSelf),
        Compute "sandbox", refuses [NotFound];
    ListSandboxOutbox = list_sandbox_outbox: Get "/v1/sandbox/outbox", may(P::ReadSelf),
        Read "sandbox", refuses [NotFound], also [InvalidCursor];
}
