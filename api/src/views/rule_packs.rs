//! Rule packs as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    StaffId,
    rule_pack::{RuleError, RulePack},
};
use serde::{Deserialize, Serialize};
use storage::rule_packs::PublishedPack;
use utoipa::ToSchema;

/// A rule pack to be published.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRulePack {
    /// The pack as TOML text. Every fault in it is answered with its line.
    #[schema(example = "id = \"cn-default\"\nversion = 2\n…")]
    pub document: String,
}

/// One published version of a rule pack. It never changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RulePackView {
    /// Stable id.
    #[schema(example = "cn-default")]
    pub id: String,
    /// Version, from 1.
    #[schema(example = 1)]
    pub version: i32,
    /// Its title.
    pub title: String,
    /// Where its numbers come from.
    pub citation: String,
    /// First local day on which new cases get it.
    pub effective_from: NaiveDate,
    /// UTC.
    pub published_at: DateTime<Utc>,
    /// Who published it; `null`: it ships with the product.
    pub published_by: Option<StaffId>,
}

/// One published version with its rules.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RulePackDetail {
    /// What lists show.
    #[serde(flatten)]
    pub pack: RulePackView,
    /// The TOML text as it was published.
    pub document: String,
    /// The rules in it.
    pub rules: RulePack,
}

/// What publishing a document would say.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RulePackCheck {
    /// Whether it could be published now.
    pub valid: bool,
    /// The pack's id; `null` where the text cannot be read as a pack.
    #[schema(example = "cn-default")]
    pub id: Option<String>,
    /// Its version; `null` where the text cannot be read as a pack.
    #[schema(example = 2)]
    pub version: Option<u32>,
    /// Every fault, in the order of the lines.
    pub errors: Vec<RuleError>,
    /// What keeps nobody from publishing it, and should be looked at: steps that nobody wrote a text for.
    #[schema(example = json!(["step d-10 of appointment_reminder has no text: the short one with the date goes out"]))]
    pub warnings: Vec<String>,
}

impl RulePackCheck {
    /// With these faults, of a text that could not be read as a pack.
    pub fn faulty(errors: Vec<RuleError>) -> Self {
        Self {
            valid: errors.is_empty(),
            id: None,
            version: None,
            errors,
            warnings: Vec::new(),
        }
    }
}

impl From<&PublishedPack> for RulePackView {
    fn from(pack: &PublishedPack) -> Self {
        Self {
            id: pack.pack_id.clone(),
            version: pack.pack_version,
            title: pack.title.clone(),
            citation: pack.citation.clone(),
            effective_from: pack.effective_from,
            published_at: pack.published_at,
            published_by: pack.published_by,
        }
    }
}
