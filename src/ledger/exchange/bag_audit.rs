//! The verdict on a bag: its files, its record by the same verifier, and the files derived from it.
//!
//! Always holds: the record is verified like any other; every file beside the ledger's own is
//! derived again and compared; only what an audit of a ledger writes is written. Not here: texts
//! for people (`cli`). Source: FORMAT.md section 14.

use crate::archive::bag::note::BagText;
use crate::archive::bag::read::{Checked, check, read, sizes};
use crate::archive::bag::target::NoGround;
use crate::archive::bag::{Bagger, INFO, NOTE, PAYLOAD, TAG_MANIFEST};
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
pub enum Vouched {
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
    /// The record in the bag and its verdict; an error if it cannot be read.
    pub audited: Result<(Record, AuditReport), LedgerError>,
    /// The check of its files.
    pub checked: Checked,
    /// Further faults: files that do not follow from the record, one line for each.
    pub wrong: Vec<String>,
    /// The number of derived files that follow from the record.
    pub derived: u64,
    /// The number of earlier checkpoints that hold.
    pub checkpoints: u64,
    /// The signature of the log key.
    pub vouched: Vouched,
    /// The values that the derived files are made of.
    about: Derived,
    /// The number of events in the bag, and of the record that it was taken from, by its own
    /// account.
    pub size: Option<(u64, u64)>,
}

impl BagAudit {
    /// Every fault of the bag itself, file by file.
    pub fn all_wrong(&self) -> impl Iterator<Item = &str> {
        let note = match &self.vouched {
            Vouched::No(why) | Vouched::Later(why) | Vouched::Changed(why) => Some(why.as_str()),
            _ => None,
        };
        let wrong = self.checked.wrong.iter().chain(&self.wrong).map(String::as_str);
        wrong.chain(note)
    }

    /// The overall verdict: that of the record if it is "forked" or "no"; "no" if the note does not
    /// hold; "could not tell" if a file is wrong, or the note is of a later version; else that of
    /// the record.
    pub fn verdict(&self) -> Verdict {
        let record =
            self.audited.as_ref().map_or_else(LedgerError::verdict, |(_, it)| it.verdict());
        match record {
            Verdict::Forked | Verdict::No => record,
            _ if matches!(self.vouched, Vouched::No(_)) => Verdict::No,
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
    let checked = check(bag)?;
    let mut bagged = BagAudit {
        audited: Err(LedgerError::NoLedger(paths_in(bag).ledger)),
        checked,
        wrong: Vec::new(),
        derived: 0,
        checkpoints: 0,
        vouched: match read(bag, NOTE)? {
            Some(_) => Vouched::Unjudged,
            None => Vouched::Unsigned,
        },
        about: Derived::default(),
        size: sizes(bag)?,
    };
    let journal = paths_in(bag).ledger.join("journal");
    if !is_there(&journal)? {
        bagged.audited = Err(LedgerError::NotFound(format!(
            "expected the record of a bag in {}, found no folder there: the bag is damaged; take \
             another copy of it",
            journal.display()
        )));
        return Ok(bagged);
    }
    let mut record = match Record::open_for_verdict(paths_in(bag)) {
        Ok(record) => record,
        Err(error) => {
            bagged.audited = Err(error);
            return Ok(bagged);
        }
    };
    let of = bagged.size.filter(|(size, _)| *size == record.size()).map(|(_, of)| of);
    record.part_of = of.filter(|of| *of > record.size());
    let progress = |done| steps.jump("verify", done);
    let mut audited = audit(&record, options, Some(&progress))?;
    if let AuditSubject::Ledger(ledger) = &mut audited.subject
        && options.store
        && !is_there(&record.paths.store())?
    {
        ledger.store = StoreFound::NotCompared("a bag has none".to_owned());
    }
    // A file .gitattributes there would be one that no manifest lists.
    for fault in &mut audited.report.faults {
        if let Some(why) = fault.why.strip_suffix(GIT_IN_LEDGER) {
            fault.why = why.to_owned();
        }
    }
    let report = &audited.report;
    bagged.vouched = match record.source.changed() {
        Some(_) if read(bag, NOTE)?.is_some() => {
            Vouched::Changed(format!("{NOTE}: it is not judged, for the journal is not"))
        }
        _ => vouched(bag, report, &bagged)?,
    };
    let is_short = record.source.changed().is_some()
        || report.faults.iter().any(|fault| fault.rule == Rule::Short);
    match bagged.size {
        _ if is_short => {}
        Some((size, of)) if size == report.size && size <= of => {}
        _ => bagged.wrong.push(format!(
            "{INFO}: expected Annals-Size {}, and an Annals-Record-Size that is not smaller",
            report.size
        )),
    }
    bagged.earlier(bag, &record, report)?;
    if report.faults.iter().all(is_of_pin) && report.later_version.is_none() {
        let end = RecordEnd::from(report);
        // The state is folded again on the way; two of them may be too large.
        drop(std::mem::take(&mut audited.report.state));
        audited.report.state = bagged.compare(bag, &record, &end, steps)?;
        bagged.info(bag, &end)?;
    }
    bagged.audited = Ok((record, audited));
    Ok(bagged)
}

impl BagAudit {
    /// Derives every file beside the ledger's own again, and compares it; returns the record's
    /// state.
    fn compare(
        &mut self,
        folder: &Path,
        record: &Record,
        end: &RecordEnd,
        steps: Steps<'_>,
    ) -> Result<State, LedgerError> {
        let mut ground = NoGround;
        let mut bag = Bagger::new(&mut ground);
        let (about, state) = derive(record, end, &mut bag, steps)?;
        self.about = about;
        for (name, file) in bag.filed() {
            match self.checked.manifest.get(&format!("{PAYLOAD}/{name}")) {
                Some(digest) if *digest == file.digest => self.derived += 1,
                Some(_) => self.wrong.push(format!(
                    "{PAYLOAD}/{name}: it is not what follows from the record in this bag"
                )),
                // Where it is there, the manifest lacks it, which is reported.
                None if is_there(&folder.join(PAYLOAD).join(name))? => {}
                None => self.wrong.push(format!("{PAYLOAD}/{name}: expected it, found none")),
            }
        }
        for name in self.checked.manifest.keys() {
            let inside = name.strip_prefix("data/").unwrap_or(name);
            if !bag.filed().contains_key(inside) && !is_of_ledger(inside) {
                self.wrong.push(format!("{name}: it is no part of a bag of a record"));
            }
        }
        Ok(state)
    }

    /// Compares `bag-info.txt` with the derived one; the size of the whole record is taken from the
    /// file.
    fn info(&mut self, bag: &Path, end: &RecordEnd) -> Result<(), LedgerError> {
        let (bytes, files) = self.checked.payload;
        let Some((_, of)) = self.size.filter(|_| files == self.checked.manifest.len() as u64)
        else {
            return Ok(());
        };
        let of_info = |why: &String| why.starts_with(&format!("{INFO}: "));
        if self.checked.wrong.iter().any(of_info) {
            return Ok(());
        }
        let expected = info::lines(end, of, &self.about, &format!("{bytes}.{files}"));
        if read(bag, INFO)?.as_deref() != Some(expected.as_bytes()) {
            let why = "it is not what follows from the record in this bag";
            self.wrong.push(format!("{INFO}: {why}"));
        }
        Ok(())
    }

    /// Checks that each earlier checkpoint is of this record and signed by the log key of its size.
    fn earlier(&mut self, bag: &Path, record: &Record, report: &Report) -> Result<(), LedgerError> {
        let Some(ledger) = &report.state.fold.ledger else { return Ok(()) };
        let text = read(bag, CHECKPOINTS)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut marks = Vec::new();
        for (line, at) in text.split_inclusive('\n').zip(1_u64..) {
            let mark = line.strip_suffix('\n').and_then(Mark::parse);
            let last = marks.last().map_or(1, |last: &Mark| last.size);
            match mark.filter(|mark| mark.origin == ledger.origin && mark.size <= report.size) {
                Some(mark) if mark.size >= last => marks.push(mark),
                _ => self.wrong.push(format!(
                    "{CHECKPOINTS}: line {at}: expected a checkpoint of this record, of at most \
                     {} events and no smaller than the one before",
                    report.size
                )),
            }
        }
        let mut marks = marks.iter().peekable();
        let mut tree = Tree::default();
        for span in record.source.walk(0)? {
            for entry in span?.entries {
                tree.push(hash(&entry.record));
                while let Some(mark) = marks.next_if(|mark| mark.size <= tree.size()) {
                    match holds(mark, &tree, &report.log) {
                        true => self.checkpoints += 1,
                        false => self.wrong.push(format!(
                            "{CHECKPOINTS}: the one of size {} does not hold",
                            mark.size
                        )),
                    }
                }
            }
        }
        Ok(())
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

fn vouched(bag: &Path, report: &Report, bagged: &BagAudit) -> Result<Vouched, LedgerError> {
    let Some(bytes) = read(bag, NOTE)? else { return Ok(Vouched::Unsigned) };
    let no = |why: &str| Ok(Vouched::No(format!("{NOTE}: {why}")));
    let is_formless = |_: &Changed| Note::parse(&bytes).is_none();
    if let Some(changed) = changed(&bytes).or(changed_text(&bytes).filter(is_formless)) {
        return Ok(Vouched::Changed(format!("{NOTE}: {changed}")));
    }
    if read(bag, TAG_MANIFEST)?.as_deref().and_then(changed_text).is_some() {
        return Ok(Vouched::Changed(format!(
            "{NOTE}: it is not judged, for {TAG_MANIFEST} is not"
        )));
    }
    let note = Note::parse(&bytes);
    if let Some(version) = note.as_ref().and_then(|note| later(note.text.as_bytes(), "bag")) {
        let why = format!("it is of version {version}, this program knows version 1");
        return Ok(Vouched::Later(format!("{NOTE}: {why}")));
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
    match &bagged.checked.tag_manifest {
        None => return no(&format!("it cannot be compared: {TAG_MANIFEST} is not there")),
        Some(digest) if *digest != text.digest => {
            return no("it is signed for another tag manifest than the one that is here");
        }
        Some(_) => {}
    }
    if text.origin != *ledger.origin || (text.size, text.root) != (report.size, report.root) {
        return no("it is signed for another record than the one in this bag");
    }
    match bagged.size {
        None => return no(&format!("it cannot be compared: {INFO} is not there or has no sizes")),
        Some((_, of)) if of != text.of => {
            return no("it is signed for a part of another record than bag-info.txt says");
        }
        Some(_) => {}
    }
    match signed_by(&note, &ledger.origin, &ledger.log_key) {
        Signed::Yes => Ok(Vouched::Yes),
        _ => no("the log key of this record did not sign it"),
    }
}
