//! The verdict on a bag: its files, its record by the same verifier, and the files derived from it.
//!
//! Always holds: the record is verified like any other; every file beside the ledger's own is
//! derived again and compared; only what an audit of a ledger writes is written. Not here: texts
//! for people (`cli`). Source: FORMAT.md section 14.

use crate::archive::bag::note::BagText;
use crate::archive::bag::read::{BagSizes, Checked, check, read, sizes};
use crate::archive::bag::target::NullBagTarget;
use crate::archive::bag::{Bagger, DECLARATION, INFO, MANIFEST, NOTE, PAYLOAD, TAG_MANIFEST};
use crate::disk::is_there;
use crate::journal::GIT_IN_LEDGER;
use crate::keys::Mark;
use crate::ledger::audit::options::Audit;
use crate::ledger::audit::{AuditReport, AuditSubject, StoreFound, audit};
use crate::ledger::error::LedgerError;
use crate::ledger::exchange::export::part::RecordEnd;
use crate::ledger::exchange::export::{Derived, derive, info};
use crate::ledger::exchange::steps::Steps;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use annals_core::event::record::hash;
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::pin::{LogKeys, signed_by};
use annals_core::rule::{Fault, Rule};
use annals_core::state::State;
use annals_core::tlog::{Checkpoint, Note, Signed};
use annals_core::transfer::{Changed, changed, changed_text};
use annals_core::verdict::Verdict;
use annals_core::verify::Report;
use annals_core::verify::source::Source;
use annals_core::version_line::later;
use std::path::Path;

/// The file of earlier checkpoints in a bag.
const CHECKPOINTS: &str = "data/ledger/checkpoints";

/// The state of the log key's signature of a bag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoteStatus {
    /// The log key signed this tag manifest, for this record.
    Yes,
    /// There is no note.
    Unsigned,
    /// There is a note, and the record that it is of cannot be read.
    Unjudged,
    /// The note is wrong; the reason.
    No(String),
    /// The note is of a later version, which this program cannot verify.
    Later(String),
    /// The note, or the tag manifest, was changed in transit.
    Changed(String),
}

/// The verdict on a bag.
pub struct BagAudit {
    /// The record in the bag; an error if it cannot be read.
    pub record: Result<BagRecord, LedgerError>,
    /// The check of its files.
    pub checked: Checked,
    /// Further faults: files that do not follow from the record, one line for each.
    pub wrong: Vec<String>,
    /// The number of derived files that follow from the record.
    pub derived: u64,
    /// The number of earlier checkpoints that hold.
    pub checkpoints: u64,
    /// The signature of the log key.
    pub note: NoteStatus,
    /// The number of events in the bag, and of the record that it was taken from, by its own
    /// account.
    pub sizes: Option<BagSizes>,
}

/// The record in a bag, and its verdict.
pub struct BagRecord {
    /// The record.
    pub record: Record,
    /// Its verdict.
    pub audit: AuditReport,
}

impl BagAudit {
    /// Every fault of the bag itself, file by file.
    pub fn all_wrong(&self) -> impl Iterator<Item = &str> {
        let note = match &self.note {
            NoteStatus::No(why) | NoteStatus::Later(why) | NoteStatus::Changed(why) => {
                Some(why.as_str())
            }
            _ => None,
        };
        let wrong = self.checked.wrong.iter().chain(&self.wrong).map(String::as_str);
        wrong.chain(note)
    }

    /// The files that follow neither from the record nor from the form of a bag, where there is no
    /// note: nothing signed vouches for these.
    pub fn unsigned_files(&self) -> Vec<&str> {
        if self.note != NoteStatus::Unsigned {
            return Vec::new();
        }
        let is_compared = |name: &&str| [DECLARATION, INFO, MANIFEST].contains(name);
        let tags = self.checked.tags.iter().map(String::as_str);
        tags.filter(|name| !is_compared(name)).collect()
    }

    /// The overall verdict: that of the record if it is "forked" or "no"; "no" if the note does not
    /// hold; "could not tell" if a file is wrong, or the note is of a later version; else that of
    /// the record.
    pub fn verdict(&self) -> Verdict {
        let record =
            self.record.as_ref().map_or_else(LedgerError::verdict, |it| it.audit.verdict());
        match record {
            Verdict::Forked | Verdict::No => record,
            _ if matches!(self.note, NoteStatus::No(_)) => Verdict::No,
            _ if self.all_wrong().next().is_some() => Verdict::CouldNotTell,
            other => other,
        }
    }
}

/// The paths of the ledger in a bag; it has no keys.
pub fn paths_in(bag: &Path) -> Paths {
    let payload = bag.join(PAYLOAD);
    Paths::new(payload.join("ledger"), Some(payload.join("keys")))
}

/// Audits a whole bag.
pub fn audit_bag(bag: &Path, options: &Audit, steps: Steps<'_>) -> Result<BagAudit, LedgerError> {
    let files = Files { bag, checked: check(bag)?, sizes: sizes(bag)?, note: read(bag, NOTE)? };
    let BagRecord { record, mut audit } = match audit_record(&files, options, steps)? {
        Ok(record) => record,
        Err(error) => {
            let Files { checked, sizes, note, .. } = files;
            let note = note.map_or(NoteStatus::Unsigned, |_| NoteStatus::Unjudged);
            let (wrong, derived, checkpoints) = (Vec::new(), 0, 0);
            let record = Err(error);
            return Ok(BagAudit { record, checked, wrong, derived, checkpoints, note, sizes });
        }
    };
    let note = files.note_status(&record, &audit.report)?;
    let mut wrong: Vec<String> = files.size_fault(&record, &audit.report).into_iter().collect();
    let checkpoints = files.checkpoints(&record, &audit.report, &mut wrong)?;
    let mut derived = 0;
    if audit.report.faults.iter().all(is_of_pin) && audit.report.later_version.is_none() {
        let end = RecordEnd::from(&audit.report);
        // The state is folded again on the way; two of them may be too large.
        drop(std::mem::take(&mut audit.report.state));
        let compared = files.compare_derived(&record, &end, steps, &mut wrong)?;
        wrong.extend(files.info_fault(&end, &compared.about)?);
        (derived, audit.report.state) = (compared.equal, compared.state);
    }
    let Files { checked, sizes, .. } = files;
    let record = Ok(BagRecord { record, audit });
    Ok(BagAudit { record, checked, wrong, derived, checkpoints, note, sizes })
}

/// Audits the record in a bag; the inner error is that it cannot be read.
fn audit_record(
    files: &Files<'_>,
    options: &Audit,
    steps: Steps<'_>,
) -> Result<Result<BagRecord, LedgerError>, LedgerError> {
    let journal = paths_in(files.bag).ledger.join("journal");
    if !is_there(&journal)? {
        return Ok(Err(LedgerError::NotFound(format!(
            "expected the record of a bag in {}, found no folder there: the bag is damaged; take \
             another copy of it",
            journal.display()
        ))));
    }
    let mut record = match Record::open_for_verdict(paths_in(files.bag)) {
        Ok(record) => record,
        Err(error) => return Ok(Err(error)),
    };
    let sizes = files.sizes.filter(|sizes| sizes.bag == record.size() && sizes.record > sizes.bag);
    record.part_of = sizes.map(|sizes| sizes.record);
    let progress = |done| steps.jump("verify", done);
    let mut audit = audit(&record, options, Some(&progress))?;
    if let AuditSubject::Ledger(ledger) = &mut audit.subject
        && options.store
        && !is_there(&record.paths.store())?
    {
        ledger.store = StoreFound::NotCompared("a bag has none".to_owned());
    }
    // A file .gitattributes there would be one that no manifest lists.
    for fault in &mut audit.report.faults {
        if let Some(why) = fault.why.strip_suffix(GIT_IN_LEDGER) {
            fault.why = why.to_owned();
        }
    }
    Ok(Ok(BagRecord { record, audit }))
}

/// The files of a bag beside those of the record, which they are compared with.
struct Files<'a> {
    bag: &'a Path,
    checked: Checked,
    sizes: Option<BagSizes>,
    note: Option<Vec<u8>>,
}

/// The files that are derived from a record, compared with those in a bag.
struct DerivedComparison {
    /// The number of files that follow from the record.
    equal: u64,
    /// The values that the derived files are made of.
    about: Derived,
    /// The state of the record.
    state: State,
}

impl Files<'_> {
    /// The fault of the sizes in `bag-info.txt`, unless the record was not read to its end.
    fn size_fault(&self, record: &Record, report: &Report) -> Option<String> {
        let is_short = |fault: &Fault| fault.rule == Rule::Short;
        let is_cut = record.source.changed().is_some() || report.faults.iter().any(is_short);
        let fits = |sizes: &BagSizes| sizes.bag == report.size && sizes.bag <= sizes.record;
        (!is_cut && !self.sizes.as_ref().is_some_and(fits)).then(|| {
            format!(
                "{INFO}: expected Annals-Size {}, and an Annals-Record-Size that is not smaller",
                report.size
            )
        })
    }

    /// Derives every file beside the ledger's own again, and compares it; adds the faults.
    fn compare_derived(
        &self,
        record: &Record,
        end: &RecordEnd,
        steps: Steps<'_>,
        wrong: &mut Vec<String>,
    ) -> Result<DerivedComparison, LedgerError> {
        let mut target = NullBagTarget;
        let mut bag = Bagger::new(&mut target);
        let (about, state) = derive(record, end, &mut bag, steps)?;
        let mut equal = 0;
        for (name, file) in bag.filed() {
            match self.checked.manifest.get(&format!("{PAYLOAD}/{name}")) {
                Some(digest) if *digest == file.digest => equal += 1,
                Some(_) => wrong.push(format!(
                    "{PAYLOAD}/{name}: it is not what follows from the record in this bag"
                )),
                // The file exists and is not in the manifest, which the manifest's check reports.
                None if is_there(&self.bag.join(PAYLOAD).join(name))? => {}
                None => wrong.push(format!("{PAYLOAD}/{name}: expected it, found none")),
            }
        }
        for name in self.checked.manifest.keys() {
            let inside = name.strip_prefix("data/").unwrap_or(name);
            if !bag.filed().contains_key(inside) && !is_of_ledger(inside) {
                wrong.push(format!("{name}: it is no part of a bag of a record"));
            }
        }
        Ok(DerivedComparison { equal, about, state })
    }

    /// Compares `bag-info.txt` with the derived one; the size of the whole record is taken from the
    /// file. Returns the fault.
    fn info_fault(&self, end: &RecordEnd, about: &Derived) -> Result<Option<String>, LedgerError> {
        let (bytes, files) = (self.checked.payload_bytes, self.checked.payload_files);
        let Some(sizes) = self.sizes.filter(|_| files == self.checked.manifest.len() as u64) else {
            return Ok(None);
        };
        let of_info = |why: &String| why.starts_with(&format!("{INFO}: "));
        if self.checked.wrong.iter().any(of_info) {
            return Ok(None);
        }
        let expected = info::lines(end, sizes.record, about, &format!("{bytes}.{files}"));
        let differs = read(self.bag, INFO)?.as_deref() != Some(expected.as_bytes());
        let why = || format!("{INFO}: it is not what follows from the record in this bag");
        Ok(differs.then(why))
    }

    /// Checks that each earlier checkpoint is of this record and signed by the log key of its size;
    /// adds the faults. Returns the number of those that hold.
    fn checkpoints(
        &self,
        record: &Record,
        report: &Report,
        wrong: &mut Vec<String>,
    ) -> Result<u64, LedgerError> {
        let mut holding = 0;
        let Some(ledger) = &report.state.fold.ledger else { return Ok(holding) };
        let text = read(self.bag, CHECKPOINTS)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut marks = Vec::new();
        for (line, at) in text.split_inclusive('\n').zip(1_u64..) {
            let mark = line.strip_suffix('\n').and_then(Mark::parse);
            let last = marks.last().map_or(1, |last: &Mark| last.size);
            match mark.filter(|mark| mark.origin == ledger.origin && mark.size <= report.size) {
                Some(mark) if mark.size >= last => marks.push(mark),
                _ => wrong.push(format!(
                    "{CHECKPOINTS}: line {at}: expected a checkpoint of this record, of at most \
                     {} events and no smaller than the one before",
                    report.size
                )),
            }
        }
        let mut marks = marks.iter().peekable();
        let mut tree = Tree::default();
        for entry in record.source.entries(0)? {
            tree.push(hash(&entry?.1.record));
            while let Some(mark) = marks.next_if(|mark| mark.size <= tree.size()) {
                match holds(mark, &tree, &report.log) {
                    true => holding += 1,
                    false => wrong.push(format!(
                        "{CHECKPOINTS}: the one of size {} does not hold",
                        mark.size
                    )),
                }
            }
        }
        Ok(holding)
    }

    /// Whether the log key signed this bag.
    fn note_status(&self, record: &Record, report: &Report) -> Result<NoteStatus, LedgerError> {
        let Some(bytes) = &self.note else { return Ok(NoteStatus::Unsigned) };
        if record.source.changed().is_some() {
            let why = format!("{NOTE}: it is not judged, for the journal is not");
            return Ok(NoteStatus::Changed(why));
        }
        let no = |why: &str| Ok(NoteStatus::No(format!("{NOTE}: {why}")));
        let is_formless = |_: &Changed| Note::parse(bytes).is_none();
        if let Some(changed) = changed(bytes).or(changed_text(bytes).filter(is_formless)) {
            return Ok(NoteStatus::Changed(format!("{NOTE}: {changed}")));
        }
        if read(self.bag, TAG_MANIFEST)?.as_deref().and_then(changed_text).is_some() {
            return Ok(NoteStatus::Changed(format!(
                "{NOTE}: it is not judged, for {TAG_MANIFEST} is not"
            )));
        }
        let note = Note::parse(bytes);
        if let Some(version) = note.as_ref().and_then(|note| later(note.text.as_bytes(), "bag")) {
            let why = format!("it is of version {version}, this program knows version 1");
            return Ok(NoteStatus::Later(format!("{NOTE}: {why}")));
        }
        let text = note.as_ref().and_then(|note| BagText::parse(&note.text));
        let (Some(note), Some(text)) = (note, text) else {
            return no("expected a signed note over a bag, found none in form");
        };
        let Some(ledger) = &report.state.fold.ledger else {
            return no(
                "the record in this bag has no opening, so no log key that could have signed it",
            );
        };
        match &self.checked.tag_manifest {
            None => return no(&format!("it cannot be compared: {TAG_MANIFEST} is not there")),
            Some(digest) if *digest != text.digest => {
                return no("it is signed for another tag manifest than the one that is here");
            }
            Some(_) => {}
        }
        if text.origin != *ledger.origin || (text.size, text.root) != (report.size, report.root) {
            return no("it is signed for another record than the one in this bag");
        }
        match self.sizes {
            None => {
                return no(&format!("it cannot be compared: {INFO} is not there or has no sizes"));
            }
            Some(sizes) if sizes.record != text.of => {
                return no("it is signed for a part of another record than bag-info.txt says");
            }
            Some(_) => {}
        }
        match signed_by(&note, &ledger.origin, &ledger.log_key) {
            Signed::Yes => Ok(NoteStatus::Yes),
            _ => no("the log key of this record did not sign it"),
        }
    }
}

/// Whether a fault is one of the pin, which the record in a bag may be compared with: the files
/// that are derived from the record do not depend on it.
pub fn is_of_pin(fault: &Fault) -> bool {
    use Rule::{CutBelowPin, ForkedFromPin, PinDamaged, PinOrigin};
    matches!(fault.rule, CutBelowPin | ForkedFromPin | PinDamaged | PinOrigin)
}

/// Whether a mark is the head of this tree, signed by the log key of its size.
fn holds(mark: &Mark, tree: &Tree, log: &[LogKeys]) -> bool {
    let keys = log.iter().rev().find(|keys| keys.size <= mark.size);
    let Mark { origin, size, root, .. } = mark;
    let text = Checkpoint { origin: origin.to_string(), size: *size, root: *root }.text();
    let note = Note { text, signatures: vec![mark.signature()] };
    let signed = |keys: &LogKeys| signed_by(&note, origin, &keys.key) == Signed::Yes;
    (*size, *root) == (tree.size(), tree.root()) && keys.is_some_and(signed)
}

/// Whether a file of the payload has a name that a ledger's file may have.
pub fn is_of_ledger(name: &str) -> bool {
    let Some(name) = name.strip_prefix("ledger/") else { return false };
    let digits = |text: &str| text.len() == 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    let log = |name: &str| name.strip_suffix(".log").is_some_and(digits);
    match name.split_once('/') {
        Some(("journal", name)) => log(name),
        Some(("document", name)) => Hash::parse(name).is_some(),
        _ => matches!(name, "checkpoint" | "checkpoints"),
    }
}
