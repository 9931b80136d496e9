//! The verdict on a proof for people and as JSON.
//!
//! Always holds: words of the record are shown only if no rule is broken, and are attributed to the
//! record only if trust is not missing; the first line and the last give the state of the fact by
//! the acts in the file. Not here: the verdict itself (`verify::proof`).

use crate::cli::commands::verify::trust::GivenTrust;
use crate::cli::render::{aim, reason_and_place, words};
use crate::cli::terminal::{
    CliError, Exit, Format, counted, json, moment, out, seconds_as_moment, visible, wrapped,
};
use crate::ledger::audit::prove::left_out;
use crate::ledger::query::row::Named;
use annals_core::event::args::Args;
use annals_core::event::body::{Content, Evidence, Fact, Hop, When};
use annals_core::event::vocabulary::{Relation, Vouch};
use annals_core::fold::operation::Triple;
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use annals_core::mailed::{MAILED, mail_change};
use annals_core::rule::Rule;
use annals_core::state::Status;
use annals_core::time::Time;
use annals_core::tlog::to_base64;
use annals_core::verdict::Verdict;
use annals_core::verify::proof::{
    FactStatus, OtherRecord, Proof, ProofOutcome, StatedRelation, fact_status, verify_proof,
};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// The limits of a proof.
const LIMITS: &str = "a proof shows what is in the record, not that nothing else is, nor that the \
                      record keeps its rules: for that, annals verify of the whole record";
/// The limit of a status.
const BY_ITS_ACTS: &str = "by the acts in this file; later ones may exist";

/// Verifies a proof and prints the verdict.
pub fn run(format: Format, bytes: &[u8], given: &GivenTrust) -> Result<Exit, CliError> {
    let judged = verify_proof(bytes, &given.context);
    let unread = given.unread_policy.as_deref();
    let mut out = out(format);
    match format {
        Format::Text => text(&mut out, bytes, &judged, unread)?,
        _ => json(&mut out, &ProofReport::of(&judged, unread))?,
    }
    out.flush()?;
    Ok(Exit::from(overall(&judged, unread)))
}

/// The verdict on the proof; "could not tell" if the policy was not read and nothing is wrong.
fn overall(judged: &ProofOutcome, unread: Option<&str>) -> Verdict {
    match judged.verdict() {
        Verdict::Yes | Verdict::TrustMissing if unread.is_some() => Verdict::CouldNotTell,
        other => other,
    }
}

/// The state of the fact, if the file holds.
fn standing(judged: &ProofOutcome) -> Option<FactStatus> {
    judged.proof.as_ref().filter(|_| judged.faults.is_empty()).map(fact_status)
}

/// The verdict, and the status that belongs to it.
fn verdict_text(judged: &ProofOutcome, unread: Option<&str>) -> String {
    if let Some(changed) = judged.changed {
        return format!("could not tell: {changed}");
    }
    match standing(judged) {
        Some(stands) => format!("{}; by the acts here it is {stands}", verdict(judged, unread)),
        None => verdict(judged, unread),
    }
}

/// Whether nothing is wrong but that the pin is of another record.
fn is_of_other_pin(judged: &ProofOutcome) -> bool {
    let mut faults = judged.faults.iter().peekable();
    faults.peek().is_some() && faults.all(|fault| fault.rule == Rule::PinOrigin)
}

fn verdict(judged: &ProofOutcome, unread: Option<&str>) -> String {
    let other = judged.trust.other_records.first();
    let other = other.map(|other| visible(&other.to_string()));
    let text = match overall(judged, unread) {
        Verdict::Yes => "yes: the fact is in the signed record",
        Verdict::No => "no: the proof does not hold",
        Verdict::Forked => "no: this is not the record that was pinned",
        Verdict::TrustMissing => match other {
            Some(other) => return format!("could not trust: it holds by itself, and {other}"),
            None => {
                "could not trust: it holds by itself, and what was asked for beside it is missing"
            }
        },
        _ if judged.later_version.is_some() => "could not tell: a newer program is needed",
        _ if judged.faults.is_empty() => {
            "could not tell: it holds by itself, and the policy was not read"
        }
        _ => match other.filter(|_| is_of_other_pin(judged)) {
            Some(other) => return format!("could not tell: {other}"),
            None => "could not tell: what it was compared with is damaged",
        },
    };
    text.to_owned()
}

fn text(
    out: &mut dyn Write,
    bytes: &[u8],
    judged: &ProofOutcome,
    unread: Option<&str>,
) -> Result<(), CliError> {
    if let Some(version) = judged.later_version {
        writeln!(out, "proof: version {version}, this program knows version 1")?;
    }
    for fault in &judged.faults {
        writeln!(out, "fault: {}", visible(&fault.to_string()))?;
    }
    if let Some(proof) = judged.proof.as_ref().filter(|_| judged.faults.is_empty()) {
        fact(out, judged, proof, &fact_status(proof))?;
        around(out, judged, proof)?;
    }
    if let Some(why) = unread {
        writeln!(out, "policy: not checked: {}", visible(why))?;
    }
    if overall(judged, unread) == Verdict::No
        && let Some(change) = mail_change(bytes)
    {
        writeln!(out, "what to do: {change}; {MAILED}")?;
    }
    for OtherRecord { what, .. } in &judged.trust.other_records {
        let option = what.replace(' ', "-");
        writeln!(out, "what to do: name the {what} of the proof's record with --{option}")?;
    }
    Ok(writeln!(out, "{}", verdict_text(judged, unread))?)
}

/// Writes the fact, its acts, and their signers.
fn fact(
    out: &mut dyn Write,
    judged: &ProofOutcome,
    proof: &Proof,
    stands: &FactStatus,
) -> Result<(), CliError> {
    let acts = acts(judged, proof.fact);
    // A fact that does not stand has the words of its assertion.
    let present = stands.revision.unwrap_or(proof.fact);
    let first = format!("fact {}: {stands}, {BY_ITS_ACTS}", proof.fact);
    writeln!(out, "{}", wrapped(&first, 0))?;
    let line = format!("{}{}", who(judged, stands, proof.fact), undone(stands, proof.fact));
    writeln!(out, "{}", wrapped(&line, 2))?;
    if present != proof.fact {
        writeln!(out, "  as corrected by event {present}:")?;
    }
    match fact_at(judged, present) {
        Some(fact) => {
            writeln!(out, "{}", wrapped(&visible(&fact.claim), 4))?;
            for line in attributes(fact) {
                writeln!(out, "{}", wrapped(&line, 4))?;
            }
            for evidence in &fact.evidence {
                let about = CitedDocument::of(judged, stands, evidence.document, present);
                writeln!(out, "{}", wrapped(&quoted(&about, evidence), 4))?;
            }
        }
        None => writeln!(out, "    [its words are not in this file]")?,
    }
    for act in acts.iter().filter(|act| **act != proof.fact) {
        let line = format!("{act}: {}{}", who(judged, stands, *act), undone(stands, *act));
        writeln!(out, "{}", wrapped(&line, 2))?;
    }
    for line in revoked(judged, stands) {
        writeln!(out, "{}", wrapped(&line, 2))?;
    }
    writeln!(out, "signers")?;
    let mut keys: Vec<PublicKey> = Vec::new();
    for (act, by) in acts.iter().filter_map(|act| Some((*act, judged.statement(*act)?.by))) {
        if !keys.contains(&by) {
            // The name at the first act of the key in this file, and the last one.
            writeln!(out, "    {by} {}", name(judged, stands, &by, act))?;
            keys.push(by);
        }
    }
    Ok(())
}

/// Writes the anchors of the proof, and its omissions.
fn around(out: &mut dyn Write, judged: &ProofOutcome, proof: &Proof) -> Result<(), CliError> {
    let (checkpoint, trust) = (&proof.checkpoint, &judged.trust);
    let (events, size, origin) = (proof.events.len(), checkpoint.size, &checkpoint.origin);
    writeln!(out, "in the record {origin} of size {size}, as are {events} events of this file")?;
    let key = judged.log_keys.first().map(PublicKey::to_string).unwrap_or_default();
    match trust.named_by.is_empty() {
        true => writeln!(out, "signed by log key {key}, which nobody else names")?,
        false => writeln!(out, "signed by log key {key}, named by {}", trust.named_by.join(", "))?,
    }
    for (name, seconds) in &trust.witnesses {
        writeln!(out, "cosigned by {} at {}", visible(name), seconds_as_moment(*seconds))?;
    }
    if trust.ignored_lines > 0 {
        let lines = match trust.ignored_lines {
            1 => "1 signature line".to_owned(),
            more => format!("{more} signature lines"),
        };
        writeln!(out, "ignored: {lines} of unknown keys")?;
    }
    if judged.quotations > 0 {
        let hold = if judged.quotations == 1 { "holds" } else { "hold" };
        writeln!(out, "quotations: {} {hold} in the documents here", judged.quotations)?;
    }
    if judged.not_checkable > 0 {
        let quotations = counted(judged.not_checkable, "quotation");
        writeln!(out, "not checkable: {quotations}, whose documents are not here")?;
    }
    match left_out(proof) {
        Some(what) => writeln!(out, "{}", wrapped(&format!("left out: {what}"), 0))?,
        None => writeln!(out, "left out: nothing")?,
    }
    writeln!(out, "{}", wrapped(LIMITS, 0))?;
    for missing in &trust.missing {
        writeln!(out, "missing: {}", visible(missing))?;
    }
    Ok(())
}

/// The fact's own events: its assertion, and its acts by position.
fn acts(judged: &ProofOutcome, fact: u64) -> BTreeSet<u64> {
    let mut own = BTreeSet::from([fact]);
    for position in judged.events.keys() {
        let Some(statement) = judged.statement(*position) else { continue };
        let word = statement.kind.as_str();
        let acting = word.starts_with("fact.") || word.starts_with("relation.");
        let acting = acting || word.starts_with("body.");
        if acting && statement.args.positions().iter().any(|on| own.contains(on)) {
            own.insert(*position);
        }
    }
    own
}

/// The last revision of the fact in the proof.
fn fact_at(judged: &ProofOutcome, position: u64) -> Option<&Fact> {
    judged.body(position)?.content.fact()
}

/// Who says so in the document, what the editor vouches for, and when it was so.
fn attributes(fact: &Fact) -> [String; 3] {
    let voice = || "the document says so in its own voice".to_owned();
    [
        format!(
            "according to the document: {}",
            words::attribution(fact.attribution.as_deref().unwrap_or_default())
                .unwrap_or_else(voice)
        ),
        format!("vouched for: {}", words::vouch(Some(fact.vouch))),
        format!("when it was so: {}", words::when(&fact.when)),
    ]
}

/// A document that the present words cite, by the events of the file.
#[derive(Serialize)]
struct CitedDocument {
    document: u64,
    /// Its title by its last description that counts.
    title: Option<String>,
    /// Its title when the present words were signed, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    title_before: Option<String>,
    sha256: Option<Hash>,
    suspect: bool,
    /// The descriptions that count and are later than the present words.
    described_anew: Vec<u64>,
}

impl CitedDocument {
    fn of(
        judged: &ProofOutcome,
        stands: &FactStatus,
        document: u64,
        revision: u64,
    ) -> CitedDocument {
        let (mut title, mut before, mut sha256) = (None, None, None);
        let mut described_anew = Vec::new();
        for at in judged.events.keys().filter(|at| **at >= document) {
            let args = judged.statement(*at).map(|statement| &statement.args);
            match args {
                Some(Args::DocumentDescribed(args)) if args.document == document => {}
                _ if *at == document => {}
                _ => continue,
            }
            let content = judged.body(*at).map(|body| &body.content);
            let last = match content {
                Some(Content::DocumentCaptured(about)) => {
                    sha256 = Some(about.sha256);
                    &about.title
                }
                Some(Content::DocumentDescribed(about)) if !stands.undone.contains_key(at) => {
                    &about.title
                }
                _ => continue,
            };
            if *at > revision {
                described_anew.push(*at);
            } else {
                before = Some(last.to_string());
            }
            title = Some(last.to_string());
        }
        let title_before = before.filter(|before| title.as_ref() != Some(before));
        let suspect = stands.suspect_documents.contains(&document);
        CitedDocument { document, title, title_before, sha256, suspect, described_anew }
    }
}

fn quoted(about: &CitedDocument, evidence: &Evidence) -> String {
    let CitedDocument { document, title, title_before, sha256, suspect, described_anew } = about;
    let mut named = format!("document {document}");
    if let Some(title) = title {
        let before = title_before.as_ref().map(|before| format!(", before “{}”", visible(before)));
        named.push_str(&format!(" ({}{})", visible(title), before.unwrap_or_default()));
    }
    if !described_anew.is_empty() {
        let events: Vec<String> = described_anew.iter().map(u64::to_string).collect();
        named.push_str(&format!(", described anew by {}", events.join(", ")));
    }
    if *suspect {
        named.push_str(", suspect: its capture rests on a stolen or lost key");
    }
    let sha256 = sha256.map(|sha256| format!(", sha256 {sha256}")).unwrap_or_default();
    let quote = evidence.quote.as_ref();
    let quote = quote.map(|quote| format!("{} — ", visible(&quote.exact))).unwrap_or_default();
    format!("{}: {quote}{named}{sha256}", evidence.stance)
}

/// The name of a key's holder at an event, and the last one in the file, for people.
fn name(judged: &ProofOutcome, stands: &FactStatus, key: &PublicKey, position: u64) -> Named {
    let Named { then, now } = named(judged, stands, key, position);
    Named { then: visible(&then), now: now.as_deref().map(visible) }
}

/// The name of a key's holder just before an event, and the last one in the file if it differs.
fn named(judged: &ProofOutcome, stands: &FactStatus, key: &PublicKey, position: u64) -> Named {
    let at = |position| {
        let name = judged.name(key, position, &stands.undoings);
        name.unwrap_or_else(|| "the recovery key".to_owned())
    };
    let (then, now) = (at(position), at(u64::MAX));
    let now = (then != now).then_some(now);
    Named { then, now }
}

/// That an event was undone, and by which.
fn undone(stands: &FactStatus, event: u64) -> String {
    stands.undone.get(&event).map(|by| format!(", undone by event {by}")).unwrap_or_default()
}

/// An event's act, signer and time, with its reason, what it is about and its words.
fn who(judged: &ProofOutcome, stands: &FactStatus, position: u64) -> String {
    let Some(statement) = judged.statement(position) else { return String::new() };
    let reading = judged.events.get(&position).map(|event| &event.reading);
    let when = reading.and_then(|reading| reading.place.as_ref()).map(|place| moment(place.at));
    let kind = statement.kind.as_str();
    let did = kind.strip_prefix("fact.").unwrap_or(kind).replace('.', " ");
    let by = name(judged, stands, &statement.by, position);
    let reason = match &statement.args {
        Args::FactRelated(args) => Some(format!("{} {} {}", args.from, args.rel, args.to)),
        args => reason_and_place(args),
    };
    // Of a fact that was corrected, an act on its first words names them too.
    let is_corrected = stands.revision.is_some_and(|revision| revision != stands.fact);
    let own: &[u64] = match &statement.args {
        Args::FactConfirmed(_) | Args::FactDisputed(_) | Args::FactRetracted(_) if is_corrected => {
            &[]
        }
        _ => &[stands.fact],
    };
    let why = reason.into_iter().chain(aim(&statement.args, own));
    let why: Vec<String> = why.chain(documents(judged, position)).collect();
    let why = if why.is_empty() { String::new() } else { format!(": {}", why.join(", ")) };
    let words = judged.body(position).and_then(|body| body.content.statement());
    let words = words.map(|words| format!(", “{}”", visible(words))).unwrap_or_default();
    format!("{did} by {by}, {}{why}{words}", when.unwrap_or_default())
}

/// The documents that an act on the fact gives as evidence.
fn documents(judged: &ProofOutcome, position: u64) -> Vec<String> {
    let content = judged.body(position).map(|body| &body.content);
    let of_words = matches!(content, Some(Content::FactAsserted(_) | Content::FactCorrected(_)));
    let rows = content.filter(|_| !of_words).map(Content::evidence).unwrap_or_default();
    rows.iter().map(|row| format!("document {} {}", row.document, row.stance)).collect()
}

/// The lines about revoked keys that signed events of the proof.
fn revoked(judged: &ProofOutcome, stands: &FactStatus) -> Vec<String> {
    let mut found = Vec::new();
    for position in judged.events.keys() {
        let Some(statement) = judged.statement(*position) else { continue };
        let Args::EditorRevoked(args) = &statement.args else { continue };
        let name = name(judged, stands, &args.key, *position);
        let undone = undone(stands, *position);
        let suspect = args.suspect_from.map(|from| format!(", suspect from {from} on"));
        let suspect = suspect.unwrap_or_default();
        found.push(format!(
            "{position}: the key of {name} revoked: {}{suspect}{undone}",
            args.reason
        ));
    }
    found
}

/// The verdict as JSON.
#[derive(Serialize)]
struct ProofReport {
    verdict: String,
    exit: Exit,
    fact: Option<u64>,
    status: Option<Status>,
    status_by: Vec<u64>,
    corrected: u32,
    suspect: bool,
    undone: Vec<ToldUndone>,
    related: Vec<ToldRelated>,
    revision: Option<u64>,
    claim: Option<String>,
    /// Of the present words, as of a fact in other answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    vouch: Option<Vouch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<When>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attribution: Vec<Hop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<CitedDocument>,
    origin: Option<String>,
    size: Option<u64>,
    root: Option<String>,
    log_key: Option<PublicKey>,
    named_by: Vec<String>,
    witnesses: Vec<ProofWitness>,
    missing: Vec<String>,
    /// Why the policy was not read, if one was given and cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_unread: Option<String>,
    events: Vec<ToldEvent>,
    left_out: Option<String>,
    quotations: u64,
    not_checkable: u64,
    ignored_lines: usize,
    later_version: Option<u64>,
    changed: Option<String>,
    faults: Vec<ProofFault>,
}

#[derive(Serialize)]
struct ProofWitness {
    name: String,
    time: u64,
}

/// An act of the fact that a suspect revocation undid.
#[derive(Serialize)]
struct ToldUndone {
    event: u64,
    by: u64,
}

/// A relation to another fact.
#[derive(Serialize)]
struct ToldRelated {
    event: u64,
    from: u64,
    rel: Relation,
    to: u64,
}

#[derive(Serialize)]
struct ToldEvent {
    event: u64,
    hash: Hash,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    by: Option<PublicKey>,
    /// The name of its signer just before it.
    name: String,
    /// The last name of its signer in the file, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_now: Option<String>,
    at: Option<Time>,
    of_fact: bool,
    /// The suspect revocation that undid it.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<u64>,
}

#[derive(Serialize)]
struct ProofFault {
    rule: u16,
    name: &'static str,
    position: Option<u64>,
    why: String,
}

impl ProofReport {
    fn of(judged: &ProofOutcome, unread: Option<&str>) -> ProofReport {
        let proof = judged.proof.as_ref();
        let holds = proof.filter(|_| judged.faults.is_empty());
        let acts = holds.map(|proof| acts(judged, proof.fact)).unwrap_or_default();
        let stands = standing(judged).unwrap_or_default();
        let present = stands.revision.or(holds.map(|proof| proof.fact));
        let words = holds.and(present).and_then(|at| fact_at(judged, at));
        let cited: BTreeSet<u64> =
            words.iter().flat_map(|fact| &fact.evidence).map(|row| row.document).collect();
        let document = |document: &u64| {
            CitedDocument::of(judged, &stands, *document, present.unwrap_or_default())
        };
        let event = |position: &u64| {
            let reading = &judged.events.get(position)?.reading;
            let by = judged.statement(*position).map(|statement| statement.by);
            let name = by.map(|by| named(judged, &stands, &by, *position)).unwrap_or_default();
            Some(ToldEvent {
                event: *position,
                hash: reading.hash,
                kind: judged.statement(*position).map(|statement| statement.kind.as_str()),
                by,
                name: name.then,
                name_now: name.now,
                at: reading.place.map(|place| place.at),
                of_fact: acts.contains(position),
                undone_by: stands.undone.get(position).copied(),
            })
        };
        let undone =
            |event: &u64| Some(ToldUndone { event: *event, by: *stands.undone.get(event)? });
        let related = |related: &StatedRelation| {
            let Triple { from, rel, to } = related.triple;
            ToldRelated { event: related.event, from, rel, to }
        };
        let checkpoint = holds.map(|proof| &proof.checkpoint);
        let shown = judged.events.keys().filter(|_| holds.is_some());
        let witness =
            |(name, time): &(String, u64)| ProofWitness { name: name.clone(), time: *time };
        ProofReport {
            verdict: verdict_text(judged, unread),
            exit: Exit::from(overall(judged, unread)),
            fact: holds.map(|proof| proof.fact),
            status: stands.status,
            corrected: stands.corrected,
            suspect: stands.suspect,
            undone: acts.iter().filter_map(undone).collect(),
            related: stands.related.iter().map(related).collect(),
            revision: present,
            status_by: stands.by.clone(),
            claim: words.map(|fact| fact.claim.to_string()),
            vouch: words.map(|fact| fact.vouch),
            when: words.and_then(|fact| fact.when.clone()),
            attribution: words.and_then(|fact| fact.attribution.clone()).unwrap_or_default(),
            documents: cited.iter().map(document).collect(),
            origin: checkpoint.map(|checkpoint| checkpoint.origin.clone()),
            size: checkpoint.map(|checkpoint| checkpoint.size),
            root: checkpoint.map(|checkpoint| to_base64(&checkpoint.root.0)),
            log_key: judged.log_keys.first().copied(),
            named_by: judged.trust.named_by.clone(),
            witnesses: judged.trust.witnesses.iter().map(witness).collect(),
            missing: judged.trust.missing.clone(),
            policy_unread: unread.map(str::to_owned),
            events: shown.filter_map(event).collect(),
            left_out: holds.and_then(left_out),
            quotations: judged.quotations,
            not_checkable: judged.not_checkable,
            ignored_lines: judged.trust.ignored_lines,
            later_version: judged.later_version,
            changed: judged.changed.map(|changed| changed.to_string()),
            faults: judged.faults.iter().map(fault_text).collect(),
        }
    }
}

fn fault_text(fault: &annals_core::rule::Fault) -> ProofFault {
    let (rule, name) = (fault.rule.number(), fault.rule.name());
    ProofFault { rule, name, position: fault.position, why: fault.why.clone() }
}
