//! Identifiers whose kind is told by another column of the row.

/// The identifier of some object; a neighbouring `…_kind` field says of which kind.
pub type AnyId = domain::ids::Id<()>;
