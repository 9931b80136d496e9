//! The events of a proof: each alone, and each with those beside it in the file.
//!
//! Always holds: an event is judged by the rules of a record where they need nothing that is not
//! in the file, and by those of a proof; each rule is told once for an event. Not here: the
//! checkpoint and trust (`trust`). Source: FORMAT.md section 12.

use crate::event::args::{Args, LedgerOpened};
use crate::event::body::{Captured, Content, Evidence};
use crate::event::record::{Place, Statement};
use crate::event::vocabulary::Type;
use crate::hash::Hash;
use crate::key::{KeyCache, Possession, PublicKey, ThreadKeys, possession_bytes};
use crate::merkle::Inclusion;
use crate::quote::{Quotation, Text};
use crate::rule::{Fault, Rule};
use crate::verify::examine::{self, BodyFound, Examined, check_signatures};
use crate::verify::proof::form::Proof;
use crate::verify::proof::outcome::ProofOutcome;
use crate::verify::proof::outcome::{body, in_form, names};
use std::collections::{BTreeMap, HashMap};

type Broken = Vec<(Rule, String)>;
type Events = BTreeMap<u64, Examined>;

/// Reads every event and checks its signature.
pub fn examine(proof: &Proof) -> Events {
    let mut all: Vec<Examined> =
        proof.events.iter().map(|shown| examine::examine(&shown.entry)).collect();
    let ring = KeyCache::default();
    check_signatures(&mut all, &mut ThreadKeys::new(&ring));
    proof.events.iter().map(|shown| shown.position).zip(all).collect()
}

/// What the judgement of one event needs of the file.
struct OtherEvents<'a> {
    proof: &'a Proof,
    events: &'a Events,
    opened: Option<&'a (PublicKey, LedgerOpened)>,
    texts: HashMap<u64, Option<Text>>,
}

/// Judges every event.
pub fn judge(proof: &Proof, opened: Option<&(PublicKey, LedgerOpened)>, judged: &mut ProofOutcome) {
    let events = std::mem::take(&mut judged.events);
    let mut around = OtherEvents { proof, events: &events, opened, texts: HashMap::new() };
    for shown in &proof.events {
        let Some(examined) = events.get(&shown.position) else { continue };
        let mut broken: Broken = examined.reading.faults.clone();
        let checkpoint = &proof.checkpoint;
        let (index, size) = (shown.position, checkpoint.size);
        let inclusion = Inclusion { index, size, path: shown.path.clone() };
        if !inclusion.holds(&examined.reading.hash, &checkpoint.root) {
            let why = format!("not shown to be in the tree of size {size} that was signed");
            broken.push((Rule::ProofInclusion, why));
        }
        if let Some((place, statement)) = in_form(examined) {
            around.chain(shown.position, (place, statement), &mut broken);
            broken.extend(examined.signature.iter().cloned());
            around.signer(shown.position, statement, &mut broken);
            around.content((shown.position, examined, statement), judged, &mut broken);
        }
        if let Some(bytes) = proof.documents.get(&shown.position) {
            around.document(shown.position, bytes, &mut broken);
        }
        broken.sort();
        broken.dedup_by_key(|(rule, _)| *rule);
        let at = |(rule, why)| Fault::at(shown.position, rule, why);
        judged.faults.extend(broken.into_iter().map(at));
    }
    judged.events = events;
    let fact = judged.statement(proof.fact);
    if fact.is_none_or(|fact| fact.kind != Type::FactAsserted) {
        let why = format!("event {} is not here as a fact.asserted in form", proof.fact);
        judged.faults.push(Fault::of(Rule::ProofFact, why));
    }
}

impl OtherEvents<'_> {
    fn hash(&self, position: u64) -> Option<Hash> {
        self.events.get(&position).map(|examined| examined.reading.hash)
    }

    /// Rules 1002 and 1004.
    fn chain(&self, position: u64, event: (&Place, &Statement), broken: &mut Broken) {
        let (place, statement) = event;
        if place.seq != position {
            let why = format!("stands under {position} and says {}", place.seq);
            broken.push((Rule::ProofPosition, why));
        }
        let before = position.checked_sub(1).and_then(|before| self.hash(before));
        let parted = place.prev.is_none() != (position == 0)
            || before.is_some_and(|hash| place.prev != Some(hash));
        let seen = statement.base.checked_sub(1).and_then(|last| self.hash(last));
        if parted || seen.is_some_and(|hash| statement.after != Some(hash)) {
            let why = "prev or after is not the hash of the event in this file";
            broken.push((Rule::ProofLink, why.to_owned()));
        }
    }

    /// Rule 1008.
    fn signer(&self, position: u64, statement: &Statement, broken: &mut Broken) {
        let founder = self.events.get(&0).and_then(in_form).map(|(_, first)| first.by);
        let recovery = self.opened.and_then(|(_, opened)| opened.recovery);
        let recovers = matches!(statement.kind, Type::EditorEnrolled | Type::EditorRevoked)
            && recovery == Some(statement.by.digest());
        let mut earlier = self.events.range(..position).filter_map(|(_, event)| in_form(event));
        let enrols = |said: &Statement| {
            said.kind == Type::EditorEnrolled && names(said) == Some(statement.by)
        };
        if founder != Some(statement.by) && !recovers && !earlier.any(|(_, said)| enrols(said)) {
            let why = format!("no enrolment of {} stands before it here", statement.by);
            broken.push((Rule::ProofSigner, why));
        }
    }

    /// Rules 104, 410, 601, 602, 609, 612 and 1009.
    fn content(
        &mut self,
        event: (u64, &Examined, &Statement),
        judged: &mut ProofOutcome,
        broken: &mut Broken,
    ) {
        let (position, examined, statement) = event;
        if let (Args::LedgerRekeyed(args), Some((_, opened))) = (&statement.args, self.opened) {
            let origin: &str = &opened.origin;
            let message = possession_bytes(Possession::Log, origin, &args.log_key, origin);
            let key = args.log_key.accept();
            if !key.is_some_and(|key| key.verifies(&message, &args.possession)) {
                let why = "possession is not the new log key's signature".to_owned();
                broken.push((Rule::LogPossession, why));
            }
        }
        if let BodyFound::Bad(rule, why) = &examined.body {
            broken.push((*rule, why.clone()));
        }
        let Some(body) = body(examined, statement) else {
            if matches!(examined.body, BodyFound::Good(_)) {
                let why = "the body is of another signer or type".to_owned();
                broken.push((Rule::BodySigner, why));
            }
            return;
        };
        if let (Args::EditorEnrolled(args), Content::EditorEnrolled(named), Some((_, opened))) =
            (&statement.args, &body.content, self.opened)
        {
            let kind = Possession::Editor;
            let message = possession_bytes(kind, &opened.origin, &args.key, &named.name);
            let key = args.key.accept();
            if !key.is_some_and(|key| key.verifies(&message, &args.possession)) {
                let why = "possession is not the enrolled key's over the name in the body";
                broken.push((Rule::Possession, why.to_owned()));
            }
        }
        self.evidence(position, evidence_of(&body.content), judged, broken);
    }

    fn evidence(
        &mut self,
        position: u64,
        evidence: &[Evidence],
        judged: &mut ProofOutcome,
        broken: &mut Broken,
    ) {
        let mut quoted: BTreeMap<u64, Vec<Quotation<'_>>> = BTreeMap::new();
        for entry in evidence {
            let named = entry.document;
            let captured = self.events.get(&named).and_then(in_form);
            if named >= position || captured.is_none_or(|(_, s)| s.kind != Type::DocumentCaptured) {
                let why =
                    format!("document {named}, which it names, was not captured before it here");
                broken.push((Rule::ProofDocument, why));
            } else if let (Some(quote), Some(span)) = (&entry.quote, &entry.span) {
                quoted.entry(named).or_default().push(Quotation { quote, span });
            }
        }
        for (named, quotations) in quoted {
            let media_type = self.media_type(named, position);
            let (Some(media_type), Some(text)) = (media_type, self.text(named)) else {
                judged.not_checkable += quotations.len() as u64;
                continue;
            };
            let checked = match text {
                _ if media_type != "text/plain" => {
                    vec![Err(format!("is {media_type}, not text/plain"))]
                }
                None => vec![Err("is not UTF-8".to_owned())],
                Some(text) => text.check_all(&quotations),
            };
            judged.quotations += checked.iter().filter(|checked| checked.is_ok()).count() as u64;
            let broken_ones = checked.into_iter().filter_map(Result::err);
            let told = |why| (Rule::Quotation, format!("document {named}: {why}"));
            broken.extend(broken_ones.map(told));
        }
    }

    /// Rule 606.
    fn document(&self, position: u64, bytes: &[u8], broken: &mut Broken) {
        let (length, found) = (bytes.len() as u64, Hash::of(&[bytes]));
        let why = match self.captured(position) {
            Some(captured) if (captured.sha256, captured.bytes) == (found, length) => return,
            Some(captured) => format!(
                "expected {} bytes of {}, found {length} bytes of {found}",
                captured.bytes, captured.sha256
            ),
            None => "nothing here says which document was captured".to_owned(),
        };
        broken.push((Rule::DocumentDigest, why));
    }

    fn captured(&self, position: u64) -> Option<&Captured> {
        let examined = self.events.get(&position)?;
        match &body(examined, in_form(examined)?.1)?.content {
            Content::DocumentCaptured(captured) => Some(captured),
            _ => None,
        }
    }

    /// The media type of a document as the event at `position` finds it.
    fn media_type(&self, document: u64, position: u64) -> Option<String> {
        let mut found = self.captured(document)?.media_type.to_string();
        for examined in self.events.range(..position).map(|(_, examined)| examined) {
            let Some((_, said)) = in_form(examined) else { continue };
            let of_it = matches!(&said.args, Args::DocumentDescribed(a) if a.document == document);
            if let (true, Some(body)) = (of_it, body(examined, said))
                && let Content::DocumentDescribed(described) = &body.content
            {
                found = described.media_type.to_string();
            }
        }
        Some(found)
    }

    /// The text of a document that is here and is the captured one: `Some(None)` if it is no text.
    fn text(&mut self, document: u64) -> Option<Option<&Text>> {
        let bytes = self.proof.documents.get(&document)?;
        let mut broken = Broken::new();
        self.document(document, bytes, &mut broken);
        if !broken.is_empty() {
            return None;
        }
        let text = self.texts.entry(document).or_insert_with(|| Text::new(bytes.clone()));
        Some(text.as_ref())
    }
}

/// The evidence that a body names.
pub fn evidence_of(content: &Content) -> &[Evidence] {
    let optional = match content {
        Content::FactAsserted(body) => return &body.fact.evidence,
        Content::FactCorrected(body) => return &body.fact.evidence,
        Content::FactConfirmed(body) => &body.evidence,
        Content::FactDisputed(body) => &body.evidence,
        Content::FactUpheld(body) => &body.evidence,
        Content::FactReinstated(body) => &body.evidence,
        _ => return &[],
    };
    optional.as_deref().unwrap_or_default()
}
