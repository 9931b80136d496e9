//! Bodies: all free text of an event, salted and committed by digest.
//!
//! Always holds: a [`Body`] has the fields of its type in the order of FORMAT.md section 4, within
//! bounds. Not here: whether it is the committed body (`verify`). Source: FORMAT.md sections 3, 4.

use crate::event::canonical::{self, FormError, integer, list, optional_list};
use crate::event::spelling::{FurtherMembers, SpellingReader};
use crate::event::vocabulary::{AgentType, Basis, Reliability, Stance, Translator, Type, Vouch};
use crate::hash::{Hash, append_hex};
use crate::key::PublicKey;
use crate::text::in_quotes;
use crate::text::{Edtf, Lang, MediaType, Uri, Verbatim, Words};
use crate::time::Time;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// The greatest number of bytes of a body.
pub const MAX_BODY: usize = 1 << 20;
/// The greatest number of bytes of a document.
pub const MAX_DOCUMENT: u64 = 64 << 20;

const OPENING: &str =
    r#"expected a body that begins {"salt":"<64 hex>","by":"<64 hex>","type":"…""#;

/// A short text: 1 to 2,000 code points.
pub type Short = Words<2_000>;
/// A statement: 1 to 20,000 code points.
pub type Long = Words<20_000>;

/// An event's body.
#[derive(Clone, PartialEq, Debug)]
pub struct Body {
    /// 32 random bytes: nobody can guess a body from its digest.
    pub salt: Hash,
    /// The signer of the event.
    pub by: PublicKey,
    /// The fields of its type.
    pub content: Content,
}

macro_rules! contents {
    ($($name:ident { $($(#[$attr:meta])* $field:ident: $kind:ty,)* })*) => {
        $(
            #[doc = concat!("Content of the body of `", stringify!($name), "`; see FORMAT.md.")]
            #[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[allow(missing_docs)]
            pub struct $name { $($(#[$attr])* pub $field: $kind,)* }
        )*
    };
}

macro_rules! content_of {
    ($($name:ident: $content:ty;)*) => {
        /// The content of a body; the variant is the event's type.
        #[derive(Clone, PartialEq, Debug, Serialize)]
        #[serde(untagged)]
        pub enum Content {
            $(#[doc = concat!("Of `", stringify!($name), "`.")] $name($content),)*
        }

        impl Content {
            /// The type that this content belongs to.
            pub fn kind(&self) -> Type {
                match self { $(Content::$name(_) => Type::$name,)* }
            }

            /// Reads the content of `kind` from JSON.
            pub fn parse(kind: Type, json: &str) -> Result<Content, serde_json::Error> {
                Ok(match kind { $(Type::$name => Content::$name(serde_json::from_str(json)?),)* })
            }

            /// Reads the content of `kind` from what follows the type of a body in its one
            /// spelling.
            fn read(kind: Type, rest: &str) -> Option<Content> {
                let mut reader = SpellingReader::new(rest);
                let members = FurtherMembers(&mut reader);
                let content = match kind {
                    $(Type::$name => Content::$name(<$content>::deserialize(members).ok()?),)*
                };
                reader.at_end().then_some(content)
            }
        }
    };
}

impl Content {
    /// What it quotes or cites, in order; empty for a type without evidence.
    pub fn evidence(&self) -> &[Evidence] {
        match self {
            Content::FactAsserted(content) => &content.fact.evidence,
            Content::FactCorrected(content) => &content.fact.evidence,
            Content::FactConfirmed(content) => content.evidence.as_deref().unwrap_or_default(),
            Content::FactDisputed(content)
            | Content::FactUpheld(content)
            | Content::FactReinstated(content) => content.evidence.as_deref().unwrap_or_default(),
            _ => &[],
        }
    }

    /// The fact that it asserts, or the corrected one; `None` for another type.
    pub fn fact(&self) -> Option<&Fact> {
        match self {
            Content::FactAsserted(content) => Some(&content.fact),
            Content::FactCorrected(content) => Some(&content.fact),
            _ => None,
        }
    }

    /// Takes the fact that it asserts, or the corrected one, out of it.
    pub fn into_fact(self) -> Option<Fact> {
        match self {
            Content::FactAsserted(content) => Some(content.fact),
            Content::FactCorrected(content) => Some(content.fact),
            _ => None,
        }
    }

    /// The words in which an act gives its reason; `None` for a type without them, and where an
    /// optional one was left out.
    pub fn statement(&self) -> Option<&str> {
        match self {
            Content::FactDisputed(content)
            | Content::FactUpheld(content)
            | Content::FactReinstated(content) => Some(&content.statement),
            Content::FactRetracted(content)
            | Content::RelationWithdrawn(content)
            | Content::BodyRedacted(content)
            | Content::EditorRevoked(content)
            | Content::LedgerRekeyed(content)
            | Content::LedgerRetimed(content)
            | Content::LedgerUpgraded(content) => Some(&content.statement),
            Content::FactCorrected(content) => Some(&content.statement),
            Content::DocumentDescribed(content) => Some(&content.statement),
            Content::FactRelated(content) => content.statement.as_deref(),
            Content::BodyReleased(content) => content.because.as_deref(),
            _ => None,
        }
    }
}

content_of! {
    LedgerOpened: Opened;
    LedgerChanged: Changed;
    LedgerRekeyed: Stated;
    LedgerRetimed: Stated;
    LedgerUpgraded: Stated;
    EditorEnrolled: Named;
    EditorChanged: Named;
    EditorRevoked: Stated;
    DocumentCaptured: Captured;
    DocumentDescribed: Described;
    FactAsserted: Asserted;
    FactConfirmed: Confirmed;
    FactDisputed: Argued;
    FactUpheld: Argued;
    FactCorrected: Corrected;
    FactRetracted: Stated;
    FactReinstated: Argued;
    FactRelated: Related;
    RelationWithdrawn: Stated;
    BodyReleased: Released;
    BodyRedacted: Stated;
}

contents! {
    Opened {
        title: Short,
        licence: Short,
        name: Short,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrections_policy: Option<Short>,
    }
    Changed {
        title: Short,
        licence: Short,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        corrections_policy: Option<Short>,
    }
    Stated { statement: Long, }
    Named { name: Short, }
    Asserted { fact: Fact, }
    Confirmed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[serde(deserialize_with = "optional_list")]
        evidence: Option<Vec<Evidence>>,
    }
    Argued {
        statement: Long,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[serde(deserialize_with = "optional_list")]
        evidence: Option<Vec<Evidence>>,
    }
    Corrected { statement: Long, fact: Fact, }
    Related {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<Long>,
    }
    Released {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Long>,
    }
    Fact {
        claim: Words<4_000>,
        lang: Lang,
        vouch: Vouch,
        #[serde(deserialize_with = "supported")]
        evidence: Vec<Evidence>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[serde(deserialize_with = "optional_list")]
        attribution: Option<Vec<Hop>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<When>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[serde(deserialize_with = "optional_list")]
        topics: Option<Vec<Topic>>,
    }
    Quote {
        exact: Verbatim<1, 20_000>,
        prefix: Verbatim<0, 2_000>,
        suffix: Verbatim<0, 2_000>,
    }
    Span {
        #[serde(deserialize_with = "integer")]
        start: u64,
        #[serde(deserialize_with = "integer")]
        end: u64,
    }
    Translation { lang: Lang, text: Verbatim<1, 20_000>, by: Translator, }
    Hop {
        agent: Short,
        agent_type: AgentType,
        act: Short,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Short>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Uri>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unnamed_because: Option<Short>,
    }
    Topic {
        name: Short,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Uri>,
    }
}

macro_rules! descriptions {
    ($($name:ident { $($(#[$attr:meta])* $field:ident: $kind:ty,)* })*) => { contents! { $($name {
        $($(#[$attr])* $field: $kind,)*
        media_type: MediaType,
        title: Short,
        lang: Lang,
        captured_at: Time,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[serde(deserialize_with = "some_integer")]
        derived_from: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<Short>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<Uri>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publisher: Option<Short>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[serde(deserialize_with = "optional_list")]
        authors: Option<Vec<Short>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        published: Option<Dating>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived_at: Option<Uri>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rights: Option<Short>,
    })* } };
}

descriptions! {
    Captured {
        sha256: Hash,
        #[serde(deserialize_with = "document_bytes")]
        bytes: u64,
    }
    Described { statement: Long, }
}

/// A document as evidence for or against a claim.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "EvidenceFields")]
#[allow(missing_docs)]
pub struct Evidence {
    pub document: u64,
    pub stance: Stance,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<Translation>,
}

/// The time of a claim, as the document gives it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "WhenFields")]
#[allow(missing_docs)]
pub struct When {
    pub edtf: Option<Edtf>,
    pub as_written: Option<Verbatim<1, 2_000>>,
    pub basis: Basis,
}

/// The date of publication of a document.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "DatingFields")]
#[allow(missing_docs)]
pub struct Dating {
    pub edtf: Option<Edtf>,
    pub as_written: Option<Verbatim<1, 2_000>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceFields {
    #[serde(deserialize_with = "integer")]
    document: u64,
    stance: Stance,
    quote: Option<Quote>,
    span: Option<Span>,
    reliability: Option<Reliability>,
    translation: Option<Translation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenFields {
    edtf: Option<Edtf>,
    as_written: Option<Verbatim<1, 2_000>>,
    basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatingFields {
    edtf: Option<Edtf>,
    as_written: Option<Verbatim<1, 2_000>>,
}

impl TryFrom<EvidenceFields> for Evidence {
    type Error = &'static str;
    fn try_from(fields: EvidenceFields) -> Result<Evidence, &'static str> {
        let EvidenceFields { document, stance, quote, span, reliability, translation } = fields;
        if quote.is_some() != span.is_some() {
            return Err("quote and span stand together or not at all");
        }
        Ok(Evidence { document, stance, quote, span, reliability, translation })
    }
}

impl TryFrom<WhenFields> for When {
    type Error = &'static str;
    fn try_from(fields: WhenFields) -> Result<When, &'static str> {
        let WhenFields { edtf, as_written, basis } = fields;
        if edtf.is_none() && as_written.is_none() {
            return Err("edtf and as_written are not both null");
        }
        Ok(When { edtf, as_written, basis })
    }
}

impl TryFrom<DatingFields> for Dating {
    type Error = &'static str;
    fn try_from(fields: DatingFields) -> Result<Dating, &'static str> {
        let DatingFields { edtf, as_written } = fields;
        if edtf.is_none() && as_written.is_none() {
            return Err("edtf and as_written are not both null");
        }
        Ok(Dating { edtf, as_written })
    }
}

fn some_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    integer(deserializer).map(Some)
}

fn document_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match integer(deserializer)? {
        bytes if bytes <= MAX_DOCUMENT => Ok(bytes),
        bytes => Err(D::Error::custom(format!(
            "a document has at most {MAX_DOCUMENT} bytes, found {bytes}"
        ))),
    }
}

fn supported<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Evidence>, D::Error> {
    let evidence: Vec<Evidence> = list(deserializer)?;
    let supports = |entry: &Evidence| entry.stance == Stance::Supports && entry.quote.is_some();
    if !evidence.iter().any(supports) {
        return Err(D::Error::custom("at least one evidence supports the claim with a quote"));
    }
    Ok(evidence)
}

impl Body {
    /// The canonical JSON of the body (FORMAT.md section 1), without LF.
    pub fn to_bytes(&self) -> Vec<u8> {
        write(&self.salt, &self.by, &self.content)
    }

    /// Reads a body of the type that it names, in its one spelling.
    pub fn parse(bytes: &[u8]) -> Result<Body, FormError> {
        if bytes.len() > MAX_BODY {
            return Err(format!("a body has at most {MAX_BODY} bytes, found {}", bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| format!("not UTF-8: {error}"))?;
        let (salt, by, word, rest) = cut_opening(text).ok_or(OPENING)?;
        let kind = Type::parse(word).ok_or_else(|| format!("unknown type {}", in_quotes(word)))?;
        if let Some(content) = Content::read(kind, rest) {
            return Ok(Body { salt, by, content });
        }
        let json = match rest.strip_prefix(',') {
            Some(fields) => format!("{{{fields}"),
            None => format!("{{{rest}"),
        };
        let content = Content::parse(kind, &json).map_err(|error| error.to_string())?;
        canonical::compare(&content, json.as_bytes())?;
        if rest.starts_with(',') == (json.len() == 2) {
            return Err("not in its one spelling: a comma without fields, or none".to_owned());
        }
        Ok(Body { salt, by, content })
    }
}

/// The one spelling, without LF, of a body of these parts.
pub fn write(salt: &Hash, by: &PublicKey, content: &Content) -> Vec<u8> {
    let mut out = Vec::with_capacity(canonical::USUAL);
    out.extend_from_slice(br#"{"salt":""#);
    append_hex(&salt.0, &mut out);
    out.extend_from_slice(br#"","by":""#);
    append_hex(&by.0, &mut out);
    out.extend_from_slice(br#"","type":""#);
    out.extend_from_slice(content.kind().as_str().as_bytes());
    out.push(b'"');
    // The members of the content follow in the same object.
    let opening = out.len();
    canonical::append(content, &mut out);
    match out.get(opening..) {
        Some(b"{}") => _ = out.remove(opening),
        Some([_, ..]) => out[opening] = b',',
        _ => {}
    }
    out
}

/// Cuts a body's text into salt, signer, type and what follows the type's closing quote.
fn cut_opening(text: &str) -> Option<(Hash, PublicKey, &str, &str)> {
    let rest = text.strip_prefix(r#"{"salt":""#)?;
    let salt = Hash::parse(rest.get(..64)?)?;
    let rest = rest.get(64..)?.strip_prefix(r#"","by":""#)?;
    let by = PublicKey::parse(rest.get(..64)?)?;
    let rest = rest.get(64..)?.strip_prefix(r#"","type":""#)?;
    let (word, rest) = rest.split_once('"')?;
    Some((salt, by, word, rest))
}
