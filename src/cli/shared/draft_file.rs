//! Draft files: typed input, kept in a file until it is written, so that an error loses nothing.
//!
//! Always holds: the file is private; it says for which record and whose key it was typed, and
//! after which event; its name is printed if the drafts were not written; it is removed once they
//! are, by whatever command. Not here: the content.

use crate::cli::terminal::ask::{UnfinishedLine, unsaved_answers};
use crate::cli::terminal::{
    CliError, Context, Exit, Global, ask, note, shown_path, visible, wrapped,
};
use crate::disk::{self, FileMode};
use crate::keys::{KeyFolder, KeyName};
use crate::ledger::error::{KeptEvents, LedgerError, Refusal};
use crate::ledger::file_kind::FileKind;
use crate::ledger::query::{View, no_fact, subjects_of};
use crate::ledger::shell_word::shell_path;
use crate::ledger::write::draft::{
    Draft, DraftForm, Input, Name, PlacedDraft, Separator, read_json_lines, read_table, read_toml,
};
use crate::ledger::write::draft_input::{FileAccess, LoadedInput, Reach};
use crate::ledger::write::outbox::submission_name;
use crate::ledger::write::same_meaning;
use crate::ledger::write::writer::Writer;
use annals_core::event::args::Args;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::key::PublicKey;
use std::collections::BTreeSet;
use std::io;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of drafts that are not written yet.
pub struct DraftFile {
    path: PathBuf,
    ours: bool,
    /// The first line of the file, where it has one.
    origin: Option<DraftOrigin>,
    /// The options of the command.
    global: Global,
    /// Whether a command that signs these drafts needs a name of a key.
    needs_by: bool,
}

impl DraftFile {
    /// Creates a file beside the keys, with this ending and these first bytes.
    pub fn new(context: &Context, ending: &str, first: &str) -> Result<DraftFile, CliError> {
        let paths = context.paths()?;
        paths.expect_ledger()?;
        paths.expect_own_folders()?;
        let folder = paths.drafts();
        if !disk::is_folder_at(&folder)? {
            disk::create_dir(&folder).map_err(LedgerError::from)?;
        }
        // An error in reading the record is reported where its answer is needed.
        let origin = DraftOrigin::typed(context).ok().flatten();
        let line = origin.as_ref().filter(|_| !first.is_empty()).map(DraftOrigin::line);
        let first = line.unwrap_or_default() + first;
        let now = context.clock.peek();
        let needs_by = needs_by(context);
        let stamp = now.as_str().get(..19).unwrap_or_default().replace(':', "-");
        for count in 1.. {
            let more = if count == 1 { String::new() } else { format!("-{count}") };
            let path = folder.join(format!("{stamp}{more}.{ending}"));
            match disk::write_new(&path, first.as_bytes(), FileMode::Private) {
                Err(error) if error.is_there_already() => {}
                Err(error) => return Err(LedgerError::from(error).into()),
                Ok(()) => {
                    let global = context.global.clone();
                    return Ok(DraftFile { path, ours: true, origin, global, needs_by });
                }
            }
        }
        Err(CliError::usage("no name is free for a file of drafts"))
    }

    /// The file that keeps these drafts: one that keeps the same already, or a new one.
    pub fn keep(context: &Context, drafts: &[Draft]) -> Result<DraftFile, CliError> {
        let origin = DraftOrigin::typed(context).ok().flatten();
        let signs = |origin: &DraftOrigin| (origin.record, origin.by.clone());
        let same = kept_files(&context.paths()?.drafts())?.into_iter().find(|path| {
            let is_same = read_kept(path).is_some_and(|kept| kept == drafts);
            let of_file = DraftOrigin::of(path).ok().flatten();
            is_same && of_file.as_ref().map(signs) == origin.as_ref().map(signs)
        });
        let kept = match same {
            Some(path) => {
                let (global, needs_by) = (context.global.clone(), needs_by(context));
                DraftFile { path, ours: true, origin, global, needs_by }
            }
            None => DraftFile::new(context, "jsonl", "")?,
        };
        kept.save(drafts)?;
        Ok(kept)
    }

    /// Opens an existing file; it is removed later only if this program created it.
    pub fn there(context: &Context, path: &Path) -> Result<DraftFile, CliError> {
        let drafts = context.paths()?.drafts();
        let real = |folder: &Path| folder.canonicalize().map_err(disk::error("look at", folder));
        let ours = match path.parent() {
            Some(folder) if disk::is_folder_at(&drafts)? && disk::is_folder_at(folder)? => {
                real(&drafts)? == real(folder)?
            }
            _ => false,
        };
        let global = context.global.clone();
        let path = path.to_owned();
        Ok(DraftFile { path, ours, origin: None, global, needs_by: false })
    }

    /// The drafts of an existing file, which is read once. Drafts that were typed for another
    /// record are refused; a note names another key that was to sign them.
    pub fn read(&mut self, context: &Context) -> Result<Input, CliError> {
        let text = read_text(&self.path)?;
        self.begins_with(context, text.lines().next().and_then(DraftOrigin::parse))?;
        Ok(drafts_of(&self.path, &text))
    }

    /// Refuses drafts of another record, as [`DraftFile::read`] does, without reading them.
    pub fn expect_here(&mut self, context: &Context) -> Result<(), CliError> {
        self.begins_with(context, DraftOrigin::of(&self.path)?)
    }

    fn begins_with(
        &mut self,
        context: &Context,
        origin: Option<DraftOrigin>,
    ) -> Result<(), CliError> {
        if let Some(origin) = &origin {
            origin.expect_here(context, &self.path)?;
        }
        self.origin = origin;
        Ok(())
    }

    /// Of drafts that name a fact which was corrected after they were typed: a note where the
    /// present words are shown and asked about, otherwise a refusal.
    pub fn expect_words(
        &self,
        context: &Context,
        input: &Input,
        is_dry_run: bool,
    ) -> Result<(), CliError> {
        let Some(last) = self.origin.as_ref().and_then(|origin| origin.last) else { return Ok(()) };
        let facts = input.drafts.iter().flat_map(|placed| {
            let Draft { fact, from, to, .. } = &placed.draft;
            [fact, from, to].into_iter().flatten()
        });
        let of_record = |name: &Name| match name {
            Name::Position(position) => Some(*position),
            Name::Ref(_) => None,
        };
        let facts: BTreeSet<u64> = facts.filter_map(of_record).collect();
        if facts.is_empty() {
            return Ok(());
        }
        let record = context.record()?;
        for fact in facts {
            let view = View::some(&record, record.size(), &subjects_of(fact))?;
            let by = view.state().fold.fact_of_revision(fact).map(|fact| fact.revision);
            let Some(by) = by.filter(|by| *by > last) else { continue };
            let why =
                format!("fact {fact} has other words since these drafts were typed: event {by}");
            if is_dry_run || ask::on_terminal() && !context.global.yes {
                note(wrapped(&format!("note: {why}"), 0));
                continue;
            }
            let read = context.global.command(&format!("show {fact}"));
            let why = format!(
                "{why}; {read} shows them; on a terminal, without --yes, they are shown and asked \
                 about"
            );
            return Err(LedgerError::Refused(vec![Refusal::of(why)]).into());
        }
        Ok(())
    }

    /// Whether it stands in the folder of drafts.
    pub fn is_ours(&self) -> bool {
        self.ours
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the drafts in the file by these.
    pub fn save(&self, drafts: &[Draft]) -> Result<(), CliError> {
        let line = self.origin.as_ref().filter(|_| !drafts.is_empty()).map(DraftOrigin::line);
        let mut text = line.unwrap_or_default();
        for draft in drafts {
            text.push_str(&serde_json::to_string(draft).map_err(io::Error::other)?);
            text.push('\n');
        }
        disk::replace(&self.path, text.as_bytes(), FileMode::Private).map_err(LedgerError::from)?;
        unsaved_answers::forget();
        Ok(())
    }

    /// Keeps a line that is not finished in a file beside the drafts.
    pub fn save_line(&self, line: &UnfinishedLine) -> Result<(), CliError> {
        let text = serde_json::to_string(line).map_err(io::Error::other)?;
        let saved = disk::replace(&self.line_path(), text.as_bytes(), FileMode::Private);
        Ok(saved.map_err(LedgerError::from)?)
    }

    /// The line that was not finished when the drafts were left.
    pub fn unfinished_line(&self) -> Option<UnfinishedLine> {
        let bytes = disk::read_optional(&self.line_path(), LINE_BOUND).ok().flatten()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Removes that line.
    pub fn forget_line(&self) -> Result<(), CliError> {
        remove(&self.line_path())
    }

    fn line_path(&self) -> PathBuf {
        self.path.with_extension("line")
    }

    /// Removes the file if this program created it and its drafts were written.
    pub fn written(self, outcome: Result<Exit, CliError>, dry_run: bool) -> Result<Exit, CliError> {
        if self.ours && !dry_run && matches!(outcome, Ok(Exit::Yes)) {
            self.drop()?;
        }
        outcome
    }

    /// Ends the use: removes the file if its drafts were written or it has none, or where the
    /// outbox has them; otherwise prints its name, and the command that submits it.
    pub fn end(
        self,
        outcome: Result<Exit, CliError>,
        how: &str,
        dry_run: bool,
    ) -> Result<Exit, CliError> {
        let empty = std::fs::metadata(&self.path).is_ok_and(|file| file.len() == 0);
        match (&outcome, dry_run) {
            _ if empty => self.drop()?,
            (Ok(Exit::Yes), false) if self.ours => self.drop()?,
            (Ok(Exit::Yes), false) => {}
            (Err(error), false) if self.ours && is_in_outbox(error) => self.drop()?,
            _ if !disk::is_there(&self.path)? => {}
            _ => {
                let (path, file) = (shown_path(&self.path), shell_path(&self.path));
                let by = self.origin.as_ref().and_then(|origin| origin.by.as_deref());
                let by = self.global.editor.as_deref().or(by);
                let by = by.or(self.needs_by.then_some("NAME"));
                let enter = self.global.signing_command(&format!("append {how}{file}"), by);
                let give_up = if self.ours {
                    format!(" (or remove the file: rm {file})")
                } else {
                    String::new()
                };
                note(format!("note: your drafts are kept in {path}; {enter}{give_up}"));
            }
        }
        outcome
    }

    /// Removes the file.
    pub fn drop(&self) -> Result<(), CliError> {
        if self.ours {
            remove(&self.line_path())?;
        }
        remove(&self.path)
    }
}

/// Whether several keys here can sign, and none is named.
fn needs_by(context: &Context) -> bool {
    let needs = || {
        let record = context.record()?;
        let view = View::some(&record, record.size(), &no_fact)?;
        context.needs_by(&view.state().fold.roster)
    };
    // An error in reading the record is reported where its answer is needed.
    context.global.editor.is_none() && needs().unwrap_or(false)
}

/// Removes a file if it exists.
fn remove(path: &Path) -> Result<(), CliError> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause.into()),
        _ => Ok(()),
    }
}

/// Whether an error leaves the events signed in the outbox, which sends them: nothing is to be
/// entered again.
fn is_in_outbox(error: &CliError) -> bool {
    let CliError::Ledger(LedgerError::NotSent { kept, .. }) = error else { return false };
    *kept == KeptEvents::ByOutbox
}

/// For which record drafts were typed, and whose key was to sign them: the first line of a file.
#[derive(Clone, Debug)]
pub struct DraftOrigin {
    /// The record's name.
    origin: String,
    /// The hash of its first event.
    record: Hash,
    /// The last event when they were typed.
    last: Option<u64>,
    /// The name of the key that the command named, or of the only one there that could sign.
    by: Option<String>,
}

/// How the first line begins.
const TYPED_FOR: &str = "# typed for ";
/// How many of the first bytes are read to find it.
const LINE_START: u64 = 1_024;

impl DraftOrigin {
    /// The origin of drafts that are typed now, with the only key that may sign, if no editor is
    /// named; `None` if there is no record here.
    fn typed(context: &Context) -> Result<Option<DraftOrigin>, CliError> {
        let Some(here) = DraftOrigin::here(context)? else { return Ok(None) };
        if here.by.is_some() {
            return Ok(Some(here));
        }
        let record = context.record()?;
        let view = View::some(&record, record.size(), &no_fact)?;
        let signers = context.signers(&view.state().fold.roster)?;
        let by = match signers.as_slice() {
            [(name, _)] => Some(name.to_string()),
            _ => None,
        };
        Ok(Some(DraftOrigin { by, ..here }))
    }

    /// The origin by the options of a command alone; `None` if there is no record here.
    fn here(context: &Context) -> Result<Option<DraftOrigin>, CliError> {
        let by = context.global.editor.clone().filter(|by| KeyName::new(by.as_str()).is_ok());
        let (event, last) = match context.record_here()? {
            Some(record) if record.size() > 0 => (record.event(0)?, record.size().checked_sub(1)),
            _ => (None, None),
        };
        Ok(event.and_then(|event| {
            let record = event.reading.hash;
            match event.reading.statement?.args {
                Args::LedgerOpened(args) => {
                    Some(DraftOrigin { origin: args.origin.to_string(), record, last, by })
                }
                _ => None,
            }
        }))
    }

    /// The origin in the first line of a file; `None` if the file does not begin with one, or is no
    /// regular file.
    pub fn of(path: &Path) -> Result<Option<DraftOrigin>, CliError> {
        // What is no file, such as standard input, can be read once.
        if !std::fs::metadata(path).is_ok_and(|about| about.is_file()) {
            return Ok(None);
        }
        let start = disk::read_named_up_to(path, LINE_START).map_err(LedgerError::from)?;
        let start = String::from_utf8_lossy(&start);
        Ok(start.lines().next().and_then(DraftOrigin::parse))
    }

    fn parse(line: &str) -> Option<DraftOrigin> {
        let mut words = line.strip_prefix(TYPED_FOR)?.split(' ');
        let (origin, record) = (words.next()?.to_owned(), Hash::parse(words.next()?)?);
        let mut read = DraftOrigin { origin, record, last: None, by: None };
        while let (Some(word), Some(value)) = (words.next(), words.next()) {
            match word {
                "at" => read.last = value.parse().ok(),
                "by" => read.by = Some(value.to_owned()),
                _ => {}
            }
        }
        Some(read)
    }

    fn line(&self) -> String {
        let at = self.last.map(|last| format!(" at {last}")).unwrap_or_default();
        let by = self.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        format!("{TYPED_FOR}{} {}{at}{by}\n", self.origin, self.record)
    }

    /// The name of the key.
    pub fn by(&self) -> Option<&str> {
        self.by.as_deref()
    }

    /// Whether they were typed for the record that begins with this event.
    pub fn is_of(&self, record: &Hash) -> bool {
        self.record == *record
    }

    /// Refuses another record than that of a command; a note names another key.
    fn expect_here(&self, context: &Context, path: &Path) -> Result<(), CliError> {
        let Some(here) = DraftOrigin::here(context)? else { return Ok(()) };
        if here.record != self.record {
            return Err(CliError::usage(format!(
                "{}: expected drafts for {}, found drafts that were typed for {}, another record; \
                 name its ledger with --ledger",
                path.display(),
                visible(&here.origin),
                visible(&self.origin)
            )));
        }
        if let (Some(typed), Some(signs)) = (&self.by, &here.by)
            && typed != signs
        {
            note(format!(
                "note: these drafts were typed for the key {} to sign, and {signs} signs them; \
                 --by names another",
                visible(typed)
            ));
        }
        Ok(())
    }
}

/// The files of drafts in a folder, by name.
pub fn kept_files(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !disk::is_folder_at(folder)? {
        return Ok(Vec::new());
    }
    let listed = std::fs::read_dir(folder).map_err(disk::error("list", folder))?;
    let mut files: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| {
        path.extension().is_some_and(|ending| ending == "jsonl" || ending == "toml")
    });
    files.sort();
    Ok(files)
}

/// The drafts of a kept file; `None` where one cannot be read.
fn read_kept(path: &Path) -> Option<Vec<Draft>> {
    let bytes = disk::read_optional(path, KEPT_BOUND).ok().flatten()?;
    let text = String::from_utf8(bytes).ok()?;
    let input = match DraftForm::of_file(path) {
        DraftForm::Toml => read_toml(&text),
        _ => read_json_lines(&text),
    };
    let is_whole = |placed: &PlacedDraft| placed.unread.is_empty();
    (input.unread.is_empty() && input.drafts.iter().all(is_whole))
        .then(|| input.drafts.into_iter().map(|placed| placed.draft).collect())
}

/// Removes the kept files all of whose drafts are among these, which were written, in whatever form
/// they were typed. Failing to remove one is not an error: `annals` alone names a file that stays.
pub fn forget_written(context: &Context, written: &Input) {
    let Ok(paths) = context.paths() else { return };
    let kept = kept_files(&paths.drafts()).unwrap_or_default();
    if kept.is_empty() {
        return;
    }
    let Ok(Some(here)) = DraftOrigin::here(context) else { return };
    let text = |draft: &Draft| serde_json::to_string(draft).unwrap_or_default();
    let texts: BTreeSet<String> = written.drafts.iter().map(|placed| text(&placed.draft)).collect();
    for path in kept {
        let is_of_here = |origin: &DraftOrigin| {
            origin.record == here.record
                && (origin.by == here.by || origin.by.is_none() || here.by.is_none())
        };
        let is_here = DraftOrigin::of(&path).ok().flatten().as_ref().is_none_or(is_of_here);
        let drafts = read_kept(&path).filter(|drafts| is_here && !drafts.is_empty());
        let Some(drafts) = drafts else { continue };
        let is_written = drafts.iter().all(|draft| texts.contains(&text(draft)))
            || is_of_kinds(&drafts, written) && is_among(context, &path, drafts, written);
        if is_written {
            let _ = remove(&path.with_extension("line"));
            let _ = remove(&path);
        }
    }
}

/// Whether each draft has the type of one that was written: the others are not compared.
fn is_of_kinds(drafts: &[Draft], written: &Input) -> bool {
    let kind = |draft: &Draft| draft.kind.unwrap_or(Type::FactAsserted);
    let is_of = |draft: &Draft| written.drafts.iter().any(|one| kind(&one.draft) == kind(draft));
    drafts.len() <= written.drafts.len() && drafts.iter().all(is_of)
}

/// Whether kept drafts are among those that were written, in whatever form.
fn is_among(context: &Context, path: &Path, drafts: Vec<Draft>, written: &Input) -> bool {
    let folder = path.parent().unwrap_or(Path::new(""));
    let compare = || -> Result<bool, CliError> {
        let mut writer = Writer::dry_run(context.paths()?)?;
        let kept = loaded(context, &Input::of(drafts), folder)?;
        let written = loaded(context, written, Path::new(""))?;
        Ok(same_meaning::are_among(&mut writer, &kept, &written, context.clock.peek())?)
    };
    compare().unwrap_or(false)
}

/// Whether the record has all of these drafts already, and a file may keep some of them.
pub fn is_recorded(context: &Context, drafts: &Input) -> bool {
    let compare = || -> Result<bool, CliError> {
        if kept_files(&context.paths()?.drafts())?.is_empty() {
            return Ok(false);
        }
        let mut writer = Writer::dry_run(context.paths()?)?;
        let Some(key) = context.known_signer(&writer, &|_| true)? else { return Ok(false) };
        let drafts = loaded(context, drafts, Path::new(""))?;
        Ok(same_meaning::are_recorded(&mut writer, &drafts, &key, context.clock.peek())?)
    };
    compare().unwrap_or(false)
}

fn loaded(context: &Context, drafts: &Input, folder: &Path) -> Result<LoadedInput, CliError> {
    let (keys, files) = (context.paths()?.keys, FileAccess::default());
    Ok(LoadedInput::read(drafts, Reach { folder, keys: &keys, secrets: &[], files }))
}

/// Removes the kept files that were submitted under these names, which were written.
pub fn forget_submitted(context: &Context, names: &[&str]) -> Result<(), CliError> {
    let paths = context.paths()?;
    let kept = kept_files(&paths.drafts())?;
    if kept.is_empty() || names.is_empty() {
        return Ok(());
    }
    let Some(here) = DraftOrigin::here(context)? else { return Ok(()) };
    let keys = KeyFolder::open(&paths.keys)?.list()?.keys;
    let keys: Vec<PublicKey> = keys.into_iter().filter_map(|listed| listed.public).collect();
    for path in kept {
        let Some(drafts) = read_kept(&path).filter(|drafts| !drafts.is_empty()) else { continue };
        let folder = path.parent().unwrap_or(Path::new(""));
        let files = FileAccess::default();
        let reach = Reach { folder, keys: &paths.keys, secrets: &[], files };
        let input = LoadedInput::read(&Input::of(drafts), reach);
        let is_named = |key: &PublicKey| {
            let name = submission_name(&here.origin, &input, key).to_string();
            names.contains(&name.as_str())
        };
        if keys.iter().any(is_named) {
            remove(&path.with_extension("line"))?;
            remove(&path)?;
        }
    }
    Ok(())
}

/// The maximum size of a kept file that is compared with what was written, in bytes.
const KEPT_BOUND: u64 = 1 << 20;

/// The maximum size of a line that is not finished, in bytes.
const LINE_BOUND: u64 = 1 << 20;

/// The maximum size of a file of drafts, in bytes.
pub const BOUND: u64 = 1 << 30;

/// The drafts of a file.
pub fn read(file: &Path) -> Result<Input, CliError> {
    Ok(drafts_of(file, &read_text(file)?))
}

fn read_text(file: &Path) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    let name = match file.as_os_str() == "-" {
        true => {
            let mut input = std::io::stdin().lock().take(BOUND);
            input.read_to_end(&mut bytes).map_err(|error| {
                CliError::usage(format!("standard input: cannot be read: {error}"))
            })?;
            "standard input".to_owned()
        }
        false => {
            bytes = disk::read_named(file, BOUND).map_err(LedgerError::from)?;
            file.display().to_string()
        }
    };
    expect_drafts(&name, &bytes)?;
    text(bytes).map_err(|why| CliError::usage(format!("{name}: {why}")))
}

/// How much of a file its kind is known by, in bytes.
const KIND: usize = 1 << 16;

/// Refuses a file of another kind: a document is captured, and not read as drafts.
fn expect_drafts(name: &str, bytes: &[u8]) -> Result<(), CliError> {
    let start = bytes.get(..KIND).unwrap_or(bytes);
    let (found, advice) = match FileKind::of(start) {
        None | Some(FileKind::Text | FileKind::Spreadsheet | FileKind::Archive) => return Ok(()),
        Some(kind) if kind.is_document() => (
            kind,
            "a document is captured with annals document add FILE, and facts quote it from then on",
        ),
        Some(kind) => (kind, "annals append --template prints a file of drafts to begin with"),
    };
    Err(CliError::usage(format!("{name}: expected drafts, found {}; {advice}", found.name())))
}

/// The drafts of the text of a file.
fn drafts_of(file: &Path, text: &str) -> Input {
    let input = match DraftForm::of_file(file) {
        DraftForm::Toml => read_toml(text),
        DraftForm::JsonLines => read_json_lines(text),
        DraftForm::Csv => read_table(text, Separator::Found),
        DraftForm::Tsv => read_table(text, Separator::Tab),
    };
    let rows: Vec<String> = input.passed_over.iter().map(usize::to_string).collect();
    if let Some(first) = rows.first() {
        let (row, are) = match rows.as_slice() {
            [_] => (format!("row {first}"), "begins with #, and is"),
            _ => (format!("rows {}", rows.join(", ")), "begin with #, and are"),
        };
        note(wrapped(
            &format!(
                "note: {row} {are} passed over; a cell that is meant to begin with # has an \
                 apostrophe before it: '#"
            ),
            0,
        ));
    }
    input
}

/// The text of a file without its byte order mark, or why it is none.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    let known = [
        (&b"\xff\xfe"[..], "UTF-16"),
        (b"\xfe\xff", "UTF-16"),
        (b"PK\x03\x04", "a spreadsheet or an archive"),
    ];
    if let Some((_, found)) = known.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(format!(
            "expected UTF-8, found {found}; save it as UTF-8 (a spreadsheet: CSV UTF-8)"
        ));
    }
    if bytes.contains(&0) {
        return Err("expected UTF-8, found zero bytes, such as UTF-16 has; save it as UTF-8 (a \
                    spreadsheet: CSV UTF-8)"
            .to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let from = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..from).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!(
            "expected UTF-8, found other bytes, such as Windows-1252 has, from byte {from} (line \
             {line}) on; save it as UTF-8 (a spreadsheet: CSV UTF-8)"
        )
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
