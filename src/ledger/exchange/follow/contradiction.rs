//! What it means that a published record does not continue a copy: damage here, a lie there, or a
//! fork that the log key signed, of which evidence is kept.
//!
//! Always holds: the copy's own events are verified first, so damage here accuses nobody; the
//! publisher is then verified from the first event on against the copy's checkpoint as a pin, so
//! the words and the evidence are those of `annals verify --pin`. Nothing is written but evidence,
//! beside the mark of the copy. Not here: the verdict on what is new (`pull_verdict`).
//! Source: FORMAT.md section 9, "Pin", "ForkEvidence".

use crate::archive::published::PublishedSource;
use crate::disk;
use crate::journal::Journal;
use crate::ledger::audit::evidence::{self, EvidenceFound};
use crate::ledger::audit::options::Audit;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader::{self, covered, pin_of};
use annals_core::event::record::hash;
use annals_core::hash::Hash;
use annals_core::pin::{MAX_PIN, Pin};
use annals_core::rule::{Fault, Rule};
use annals_core::verdict::Verdict;
use annals_core::verify::anchors::Anchors;
use annals_core::verify::source::{Source, SourceError};
use annals_core::verify::{Options, Report, verify};
use std::path::PathBuf;

/// A copy that is not continued by what is published.
pub struct Contradiction<'a> {
    /// The copy.
    pub paths: &'a Paths,
    /// The copy's own events, if it has some.
    pub own: Option<&'a Journal>,
    /// Where the record is published.
    pub published: &'a mut PublishedSource,
    /// The place, for messages.
    pub place: &'a str,
    /// Number of threads.
    pub jobs: usize,
}

impl Contradiction<'_> {
    /// The error, with the evidence that was kept; an error of reading is itself.
    pub fn error(self) -> LedgerError {
        self.explained().unwrap_or_else(|error| error)
    }

    fn explained(self) -> Result<LedgerError, LedgerError> {
        let pin = self.pin()?;
        let pinned = pin.as_ref().map(|pin| pin.checkpoint.size);
        let is_of = pin.as_ref().map(|pin| (pin.checkpoint.origin.clone(), pin.genesis));
        let Contradiction { paths, own, published, place, jobs } = self;
        // The whole record is read again: what was kept of it may be what is wrong.
        published.forget();
        published.look_again().map_err(LedgerError::Elsewhere)?;
        let anchors = Anchors {
            checkpoint: published.checkpoint().map(<[u8]>::to_vec),
            mark: None,
            pin: pin.map(|pin| pin.write().into_bytes()),
        };
        let report = verify(published, &anchors, Options::whole(jobs));
        let mut report = report.map_err(LedgerError::Elsewhere)?;
        published.set_unread_apart(&mut report.faults);
        if report.verdict() == Verdict::No
            && let Some(doubt) = published.doubt()
        {
            return Err(LedgerError::Elsewhere(doubt));
        }
        let audit = Audit { pin: Some(paths.following()), jobs, ..Audit::default() };
        let place = place.to_owned();
        let is_cut = |fault: &Fault| fault.rule == Rule::CutBelowPin;
        if let Some(own) = own.filter(|_| report.faults.iter().any(is_cut))
            && let Some((anchors, report)) = turned(paths, own, &anchors, &report, jobs)?
        {
            let size = published.size();
            let first = match first_difference(own, published) {
                Ok(FirstDifference::At(event)) => {
                    format!("; the first difference is event {event}")
                }
                _ => String::new(),
            };
            let why = format!(
                "the published root of size {size} is another than that of this copy{first}"
            );
            let faults = vec![Fault::of(Rule::ForkedFromPin, why)];
            let evidence = written(evidence::keep(&audit, own, &anchors, &report));
            return Ok(LedgerError::NotContinued { place, faults, evidence });
        }
        let evidence = written(evidence::keep(&audit, published, &anchors, &report));
        // Where one log key signed both, the evidence shows it.
        if evidence.is_none()
            && let Some((origin, genesis)) = is_of
            && let Some(fault) = another_record(&origin, &genesis, published, &report)?
        {
            return Ok(LedgerError::AnotherRecord { place, fault });
        }
        let mut faults = report.faults;
        let is_pin = |fault: &Fault| matches!(fault.rule, Rule::CutBelowPin | Rule::ForkedFromPin);
        if let (Some(own), Some(pinned)) = (own, pinned)
            && faults.iter().all(is_pin)
        {
            for fault in &mut faults {
                compare_with_copy(fault, own, published, pinned);
            }
        }
        if !faults.is_empty() {
            return Ok(match own {
                None => LedgerError::FaultyPublished { place, faults, seen: None },
                Some(_) => LedgerError::NotContinued { place, faults, evidence },
            });
        }
        let size = own.map_or(0, Journal::size);
        let signed = covered(reader::checkpoint(paths)?.as_deref()).unwrap_or(0);
        Ok(match published.size() < size {
            true => {
                LedgerError::PublishedBehind { place, published: published.size(), size, signed }
            }
            false => LedgerError::Outrun(format!("the record published at {place} was changed")),
        })
    }

    /// The copy's checkpoint as a pin, once its own events are verified; the pin of a pull that was
    /// stopped, where that is of more events.
    fn pin(&self) -> Result<Option<Pin>, LedgerError> {
        let Some(own) = self.own else { return Ok(None) };
        let checkpoint = reader::checkpoint(self.paths)?;
        let is_signed = checkpoint.is_some();
        let anchors = Anchors { checkpoint, ..Anchors::default() };
        let mut report = verify(own, &anchors, Options::whole(self.jobs))?;
        // A copy that is not whole yet has no checkpoint.
        report.faults.retain(|fault| is_signed || fault.rule != Rule::CheckpointForm);
        match report.faults.is_empty() {
            true => {
                let stopped = disk::read_optional(&self.paths.following_pin(), MAX_PIN as u64)?;
                let stopped = stopped.and_then(|bytes| Pin::parse(&bytes));
                let size = |pin: &Pin| pin.checkpoint.size;
                Ok(pin_of(&report, &anchors).into_iter().chain(stopped).max_by_key(size))
            }
            false => Err(LedgerError::Faulty(report.faults)),
        }
    }
}

/// Says a difference from the copy, which is compared as a pin, of the copy itself: nobody made a
/// pin, and the copy has every event. One of a pull that was stopped, which saw more events than
/// the copy has, stays as it is.
fn compare_with_copy(fault: &mut Fault, own: &Journal, published: &PublishedSource, pinned: u64) {
    let (here, there) = (own.size(), published.size());
    if here < pinned {
        return;
    }
    let sizes = format!("this copy has {here} events, {there} are published");
    let first = first_difference(own, published).unwrap_or_default();
    let same = here.min(there).checked_sub(1);
    match (fault.rule, first, same) {
        (Rule::CutBelowPin, FirstDifference::None, Some(0)) => {
            fault.why = format!("cut: {sizes}; the same: event 0");
        }
        (Rule::CutBelowPin, FirstDifference::None, Some(last)) => {
            fault.why = format!("cut: {sizes}; the same: events 0 to {last}");
        }
        (Rule::ForkedFromPin, FirstDifference::At(event), _) => {
            fault.why = format!("forked: {sizes}; the first difference is event {event}");
        }
        _ => {}
    }
}

/// Where what is published differs from a copy.
#[derive(Clone, Copy, Default)]
enum FirstDifference {
    /// That is not known: what is published could not be read.
    #[default]
    Unknown,
    /// Nowhere in the events that both have.
    None,
    /// At this event.
    At(u64),
}

/// The first event that is published otherwise than it is in the copy, of those that both have.
fn first_difference(
    own: &Journal,
    published: &PublishedSource,
) -> Result<FirstDifference, SourceError> {
    for (here, there) in Source::entries(own, 0)?.zip(published.entries(0)?) {
        let ((position, here), (_, there)) = (here?, there?);
        if here.record != there.record {
            return Ok(FirstDifference::At(position));
        }
    }
    Ok(FirstDifference::None)
}

/// The fault of a record that is not the one of the copy, by its name or by its first event.
fn another_record(
    origin: &str,
    genesis: &Hash,
    published: &PublishedSource,
    report: &Report,
) -> Result<Option<Fault>, LedgerError> {
    use Rule::{CutBelowPin, ForkedFromPin, PinOrigin};
    let is_of_pin = |fault: &Fault| matches!(fault.rule, CutBelowPin | ForkedFromPin | PinOrigin);
    if !report.faults.iter().all(is_of_pin) {
        return Ok(None);
    }
    let named = report.state.fold.ledger.as_ref().map(|ledger| &*ledger.origin);
    if let Some(named) = named.filter(|named| **named != *origin) {
        let why = format!("expected the record {origin}, found {named}");
        return Ok(Some(Fault::of(Rule::PinOrigin, why)));
    }
    if !report.faults.iter().any(|fault| fault.rule == Rule::ForkedFromPin) {
        return Ok(None);
    }
    let Some(first) = published.walk(0).map_err(LedgerError::Elsewhere)?.next() else {
        return Ok(None);
    };
    let first = first.map_err(LedgerError::Elsewhere)?;
    let found = first.entries.first().map(|entry| hash(&entry.record));
    Ok(found.filter(|found| found != genesis).map(|found| {
        let why = format!("expected the event 0 of this copy, {genesis}, found another, {found}");
        Fault::of(Rule::ForkedFromPin, why)
    }))
}

/// Where fewer events are published than are here, the copy compared with what is published as a
/// pin: the anchors and the report, if these are two histories. A pin of the copy has no root of
/// each smaller size; the copy itself has.
fn turned(
    paths: &Paths,
    own: &Journal,
    published: &Anchors,
    report: &Report,
    jobs: usize,
) -> Result<Option<(Anchors, Report)>, LedgerError> {
    let Some(pin) = pin_of(report, published) else { return Ok(None) };
    let checkpoint = reader::checkpoint(paths)?;
    let anchors = Anchors { checkpoint, mark: None, pin: Some(pin.write().into_bytes()) };
    let judged = verify(own, &anchors, Options::whole(jobs))?;
    let is_fork = judged.faults.iter().any(|fault| fault.rule == Rule::ForkedFromPin);
    Ok(is_fork.then_some((anchors, judged)))
}

fn written(found: EvidenceFound) -> Option<PathBuf> {
    match found {
        EvidenceFound::Written(path, _) => Some(path),
        EvidenceFound::None | EvidenceFound::NotWritten(_) => None,
    }
}
