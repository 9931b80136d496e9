//! Submission: the last step of every command that writes facts.
//!
//! Always holds: drafts are resolved, shown, confirmed and written in this order, all or none;
//! without a terminal there is no question. Not here: the source of the drafts.

use crate::cli::shared::draft_file::{DraftFile, forget_written, is_recorded};
use crate::cli::shared::fields::WriteArgs;
use crate::cli::shared::preview::{self, Extent};
use crate::cli::shared::receipt::{Details, ReceiptPart, print_dry_run, print_receipt};
use crate::cli::shared::shown_events::ShownEvents;
use crate::cli::shared::sign_question::sign_question;
use crate::cli::terminal::advised::with_places;
use crate::cli::terminal::{
    CliError, Context, Exit, Progress, ask, counted, note, until_written, visible, wrapped,
};
use crate::ledger::error::{LedgerError, Refusal};
use crate::ledger::write::append::{
    self, EarlierSubmission, EarlierWork, earlier_submission, find_earlier, prepare_input,
};
use crate::ledger::write::batch::Signer;
use crate::ledger::write::draft::{Draft, Input};
use crate::ledger::write::draft_input::{FileAccess, LoadedInput, Reach};
use crate::ledger::write::earlier::{SupersededEvent, SupersededKind, overtaken, why_refused};
use crate::ledger::write::prepared_batch::{EventNote, PreparedBatch, Receipt};
use crate::ledger::write::repeats::Repeats;
use crate::ledger::write::slice::Needs;
use crate::ledger::write::writer::{WakeOutcome, Writer};
use annals_core::key::{PublicKey, PublicOnly, SigningKey};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The options of a submission.
#[derive(Clone, Debug, Default)]
pub struct SubmitOptions {
    /// Whether to check and show only.
    pub dry_run: bool,
    /// Whether to enter again what was entered before.
    pub again: bool,
    /// Whether to judge the whole record first.
    pub verify_first: bool,
    /// The folder that files of drafts are relative to.
    pub folder: PathBuf,
    /// Which files drafts may name.
    pub files: FileAccess,
    /// When to show what will be written.
    pub preview: Preview,
    /// What each event is, for the receipt; empty where the events say enough.
    pub parts: Vec<ReceiptPart>,
}

/// When to show what will be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preview {
    /// Before a question, and in a dry run.
    #[default]
    IfAsked,
    /// Always, and whole.
    Always,
}

impl SubmitOptions {
    /// The options of the command.
    pub fn of(args: &WriteArgs) -> SubmitOptions {
        let WriteArgs { dry_run, again, verify_first } = *args;
        SubmitOptions { dry_run, again, verify_first, ..SubmitOptions::default() }
    }

    /// The options of the command; what will be written is always shown.
    pub fn shown(args: &WriteArgs) -> SubmitOptions {
        SubmitOptions { preview: Preview::Always, ..SubmitOptions::of(args) }
    }
}

/// Asks for the confirmation; an error where the answer is not yes.
type Agree<'a> = &'a mut dyn FnMut(&str) -> Result<(), CliError>;

/// Where the drafts of a submission come from.
enum DraftSource<'a> {
    /// They are there; the files that they name are read when they are submitted.
    Input(&'a Input),
    /// They are there with their files.
    Loaded(&'a LoadedInput),
    /// One, made from how things stand in the record of the writer that is opened before; it is
    /// made again where that changed.
    Made(&'a dyn Fn(&Context) -> Result<Draft, CliError>),
}

/// Drafts that are resolved, shown and confirmed without the lock, and then written with it. If
/// another writer was at work meanwhile, everything is resolved and verified again, and confirmed
/// again if it differs.
pub struct DraftSubmission<'a> {
    source: DraftSource<'a>,
    is_typed: bool,
    agree: Option<Agree<'a>>,
}

impl<'a> DraftSubmission<'a> {
    /// Drafts whose files are read when they are submitted.
    pub fn of(input: &'a Input) -> DraftSubmission<'a> {
        DraftSubmission::from(DraftSource::Input(input))
    }

    /// Drafts whose files are loaded.
    pub fn loaded(input: &'a LoadedInput) -> DraftSubmission<'a> {
        DraftSubmission::from(DraftSource::Loaded(input))
    }

    /// A draft that is made from how things stand in the record, and made again where that changed.
    pub fn made(make: &'a dyn Fn(&Context) -> Result<Draft, CliError>) -> DraftSubmission<'a> {
        DraftSubmission::from(DraftSource::Made(make))
    }

    fn from(source: DraftSource<'a>) -> DraftSubmission<'a> {
        DraftSubmission { source, is_typed: false, agree: None }
    }

    /// Keeps what a person typed in a draft file before the first question, so that a terminal that
    /// is closed loses nothing, until it is written or the outbox has it.
    pub fn keep_typed(self) -> DraftSubmission<'a> {
        DraftSubmission { is_typed: true, ..self }
    }

    /// Asks for the confirmation in another way.
    pub fn ask(self, agree: Agree<'a>) -> DraftSubmission<'a> {
        DraftSubmission { agree: Some(agree), ..self }
    }

    /// Submits the drafts.
    pub fn run(self, context: &mut Context, options: &SubmitOptions) -> Result<Exit, CliError> {
        let yes = context.global.yes;
        let mut may_write = |question: &str| ask::confirm_write(yes, question);
        let agree: Agree<'_> = match self.agree {
            Some(agree) => agree,
            None => &mut may_write,
        };
        let is_made = matches!(self.source, DraftSource::Made(_));
        let mut submit = |context: &mut Context, writer: Writer, loaded: &LoadedInput| {
            let agree = &mut *agree;
            LoadedSubmission { loaded, options, is_made, agree }.submit(context, writer)
        };
        match self.source {
            DraftSource::Input(input) => {
                let mut kept = None;
                if self.is_typed {
                    keep_typed(context, input, options, &mut kept)?;
                }
                let outcome = until_written(context, |context| {
                    if input.drafts.is_empty() && input.unread.is_empty() {
                        let why = "there are no drafts in the input; nothing was written";
                        return Err(CliError::usage(why));
                    }
                    let writer = open(context, options)?;
                    let loaded = load(&writer, input, options);
                    submit(context, writer, &loaded)
                });
                settle_kept(context, input, options, &outcome);
                end_typed(kept, outcome)
            }
            DraftSource::Loaded(loaded) => until_written(context, |context| {
                let writer = open(context, options)?;
                submit(context, writer, loaded)
            }),
            DraftSource::Made(make) => {
                let (mut input, mut kept) = (Input::default(), None);
                let outcome = until_written(context, |context| {
                    let writer = open(context, options)?;
                    input = Input::of([make(context)?]);
                    if self.is_typed {
                        keep_typed(context, &input, options, &mut kept)?;
                    }
                    let loaded = load(&writer, &input, options);
                    submit(context, writer, &loaded)
                });
                settle_kept(context, &input, options, &outcome);
                end_typed(kept, outcome)
            }
        }
    }
}

/// Submits a draft from options and answers; what a person typed for it is kept until it is
/// written.
pub fn submit_typed(
    context: &mut Context,
    draft: Draft,
    options: &SubmitOptions,
) -> Result<Exit, CliError> {
    DraftSubmission::of(&Input::of([draft])).keep_typed().run(context, options)
}

fn open(context: &mut Context, options: &SubmitOptions) -> Result<Writer, CliError> {
    context.dry_run = options.dry_run;
    context.writer()
}

/// Drafts with the files that they name.
fn load(writer: &Writer, input: &Input, options: &SubmitOptions) -> LoadedInput {
    let (folder, files) = (&options.folder, options.files);
    let (keys, secrets) = (&writer.paths.keys, &ask::secret_files());
    LoadedInput::read(input, Reach { folder, keys, secrets, files })
}

/// Removes the kept files of drafts that were written, or are refused because the record has them
/// already.
fn settle_kept(
    context: &mut Context,
    input: &Input,
    options: &SubmitOptions,
    outcome: &Result<Exit, CliError>,
) {
    let is_settled = match outcome {
        _ if options.dry_run => false,
        Ok(exit) => *exit == Exit::Yes,
        Err(CliError::Ledger(LedgerError::Refused(_))) => is_recorded(context, input),
        Err(_) => false,
    };
    if is_settled {
        forget_written(context, input);
    }
}

/// A submission whose drafts are loaded.
struct LoadedSubmission<'a> {
    loaded: &'a LoadedInput,
    options: &'a SubmitOptions,
    /// Whether the draft is made anew where the record changed.
    is_made: bool,
    agree: Agree<'a>,
}

impl LoadedSubmission<'_> {
    /// Resolves, shows, confirms and writes the drafts.
    fn submit(&mut self, context: &mut Context, mut writer: Writer) -> Result<Exit, CliError> {
        if self.options.verify_first {
            writer.need_all()?;
        }
        if let Some(public) = context.locked_signer(&writer, &|_| true)?
            && let Some(receipt) = check(context, &writer, self.loaded, self.options, public)?
        {
            return self.already(context, &receipt, writer);
        }
        let key = context.signer(&writer)?;
        let (mut agreed, mut outrun) = (None, None);
        loop {
            let (loaded, options, outrun_before) = (self.loaded, self.options, outrun.as_ref());
            let prepared =
                match prepared(context, &mut writer, &key, loaded, options, outrun_before)? {
                    EarlierFound::Written(receipt) => {
                        return self.already(context, &receipt, writer);
                    }
                    EarlierFound::Prepared(prepared) => *prepared,
                };
            let matters = ShownEvents::of(&writer, &prepared, &key.public());
            if !agreed.as_ref().is_some_and(|agreed| matters.is_as_shown(agreed)) {
                if let Some(agreed) = &agreed {
                    let changes = matters.changes(agreed);
                    let colon = if changes.is_empty() { "" } else { ": " };
                    let went_on = "note: the record went on, and this is not what was shown before";
                    note(wrapped(&format!("{went_on}{colon}{}", changes.join("; ")), 0));
                    if self.is_made {
                        return Err(CliError::RecordChanged);
                    }
                }
                print_event_notes(&prepared.notes, prepared.entries.len());
                let signer = key.public();
                if !self.may_write(context, &mut writer, &prepared, signer)? {
                    let count = prepared.entries.len() as u64;
                    let (parts, notes) = (&*self.options.parts, &*prepared.notes);
                    return print_dry_run(
                        context,
                        prepared.first,
                        count,
                        &Details { parts, notes },
                    );
                }
            }
            if context.wake(&mut writer)? == WakeOutcome::Same {
                match append::submit(&mut writer, &prepared, &key) {
                    Err(LedgerError::Outrun(_)) if context.may_try_again(&writer, &key)? => {
                        outrun = Some(prepared);
                    }
                    Err(error @ LedgerError::Outrun(_)) => {
                        append::forget(&prepared)?;
                        return Err(error.into());
                    }
                    receipt => {
                        let (parts, notes) = (&*self.options.parts, &*prepared.notes);
                        let details = Details { parts, notes };
                        return print_receipt(context, &receipt?, &writer, &details);
                    }
                }
            }
            agreed = Some(matters);
        }
    }

    /// Shows what would be written, and asks for confirmation without the lock. False for a dry
    /// run.
    fn may_write(
        &mut self,
        context: &Context,
        writer: &mut Writer,
        prepared: &PreparedBatch,
        signer: PublicKey,
    ) -> Result<bool, CliError> {
        let yes = context.global.yes;
        let asks = !yes && ask::on_terminal();
        if self.options.dry_run || self.options.preview == Preview::Always || asks {
            preview::write(writer, prepared, extent(self.options, prepared))?;
        }
        if self.options.dry_run {
            note(format!(
                "{} would be written; nothing was",
                counted(prepared.entries.len() as u64, "event")
            ));
            return Ok(false);
        }
        if asks {
            writer.rest()?;
        }
        let events = counted(prepared.entries.len() as u64, "event");
        (self.agree)(&sign_question(context, writer, &signer, &events))?;
        Ok(true)
    }

    /// What is done with a submission that is in the record already: its receipt is printed. Acts
    /// that no longer hold are refused, because they may be intended again; a note says how
    /// documents and facts stand, which are in the record in any case. Confirmations of words that
    /// were corrected since are no acts on the present words, which are confirmed now.
    fn already(
        &mut self,
        context: &mut Context,
        receipt: &Receipt,
        mut writer: Writer,
    ) -> Result<Exit, CliError> {
        writer
            .need(&Needs::positions(receipt.first..receipt.first.saturating_add(receipt.count)))?;
        let over = overtaken(&writer.verifier.chain.state, receipt);
        let are = |kind| over.iter().filter(|one| one.kind == kind).count() as u64 == receipt.count;
        if are(SupersededKind::OfEarlierWords) {
            note_overtaken(&over);
            let options = &SubmitOptions { again: true, ..self.options.clone() };
            let (loaded, is_made, agree) = (self.loaded, self.is_made, &mut *self.agree);
            return LoadedSubmission { loaded, options, is_made, agree }.submit(context, writer);
        }
        let acts = over.iter().filter(|one| one.kind != SupersededKind::Entry).count() as u64;
        if !over.is_empty() && acts == receipt.count {
            return Err(CliError::usage(format!(
                "{}; nothing was written; --again writes it once more",
                why_refused(&over)
            )));
        }
        note_overtaken(&over);
        print_receipt(context, receipt, &writer, &Details::of(&self.options.parts))
    }
}

/// The maximum number of notes about several drafts that are printed.
const NOTES: usize = 20;

/// Prints the notes on events: all of a single one, and of more at most [`NOTES`], those on what
/// the events say before those on other facts.
fn print_event_notes(notes: &[EventNote], events: usize) {
    if events <= 1 || notes.len() <= NOTES {
        notes.iter().for_each(|note| print_note(&note.text));
        return;
    }
    let mut sorted: Vec<&EventNote> = notes.iter().collect();
    sorted.sort_by_key(|note| note.subject);
    let (shown, left) = sorted.split_at(NOTES);
    shown.iter().for_each(|note| print_note(&note.text));
    let positions: BTreeSet<u64> = left.iter().map(|note| note.position).collect();
    print_note(&format!(
        "{}, on {}, not shown: --dry-run --format json has all of them",
        counted(left.len() as u64, "more note"),
        counted(positions.len() as u64, "event"),
    ));
}

fn print_note(text: &str) {
    note(wrapped(&format!("note: {}", visible(&with_places(text))), 0));
}

fn print_notes(notes: &[String]) {
    notes.iter().take(NOTES).for_each(|text| print_note(text));
    if let Some(more) = notes.len().checked_sub(NOTES).filter(|more| *more > 0) {
        note(format!("note: and {more} more like these"));
    }
}

/// Keeps typed drafts in a file, in place of those that it kept before. Keeps nothing if the drafts
/// were not typed or the file cannot be made: then typed drafts that are lost are printed.
fn keep_typed(
    context: &Context,
    input: &Input,
    options: &SubmitOptions,
    kept: &mut Option<DraftFile>,
) -> Result<(), CliError> {
    let drafts: Vec<Draft> = input.drafts.iter().map(|placed| placed.draft.clone()).collect();
    match kept {
        Some(file) => file.save(&drafts)?,
        None if ask::on_terminal() && !options.dry_run => {
            *kept = DraftFile::keep(context, &drafts).ok();
        }
        None => {}
    }
    Ok(())
}

fn end_typed(kept: Option<DraftFile>, outcome: Result<Exit, CliError>) -> Result<Exit, CliError> {
    match (kept, &outcome) {
        (Some(kept), Ok(_)) => kept.drop()?,
        (Some(kept), Err(_)) => return kept.end(outcome, "", false),
        (None, _) => {}
    }
    outcome
}

/// Refuses a command before its questions, where no key can sign what it writes. On a terminal
/// only.
pub fn expect_signer(context: &mut Context, args: &WriteArgs) -> Result<(), CliError> {
    if !ask::on_terminal() || args.dry_run {
        return Ok(());
    }
    let Some((writer, public)) = dry_run_signer(context)? else { return Ok(()) };
    let roster = &writer.verifier.chain.state.fold.roster;
    match roster.member(&public).is_some_and(|member| !member.roles.editor) {
        true => Err(CliError::Ledger(LedgerError::Key(
            "the key that signs has not the role editor, which this needs (rule 404); an admin \
             gives it with annals editor change"
                .to_owned(),
        ))),
        false => Ok(()),
    }
}

/// Refuses a draft before its questions, where it would be refused whatever is answered. On a
/// terminal only.
pub fn expect_legal(context: &mut Context, draft: Draft, args: &WriteArgs) -> Result<(), CliError> {
    if !ask::on_terminal() || args.dry_run || is_answered(&draft) {
        return Ok(());
    }
    let keys = context.paths()?.keys;
    let (folder, files) = (Path::new(""), FileAccess::default());
    let reach = Reach { folder, keys: &keys, secrets: &[], files };
    let loaded = LoadedInput::read(&Input::of([draft.with_placeholders()]), reach);
    expect_legal_loaded(context, &loaded)
}

/// Refuses drafts whose files are loaded before the questions about them, where they would break a
/// rule whatever is answered. Other errors are reported when they are submitted.
pub fn expect_legal_loaded(context: &mut Context, loaded: &LoadedInput) -> Result<(), CliError> {
    let Some((mut writer, public)) = dry_run_signer(context)? else { return Ok(()) };
    let options = SubmitOptions { again: true, ..SubmitOptions::default() };
    let verified = context.without_trace(|context| {
        prepare_drafts(context, &mut writer, &PublicOnly(public), loaded, &options)
    });
    match verified {
        Err(refused @ CliError::Ledger(LedgerError::Refused(_))) => Err(refused),
        _ => Ok(()),
    }
}

/// A writer of a dry run and the key that would sign, if both are known before a question. An error
/// in reading is reported when the answers are submitted.
fn dry_run_signer(context: &mut Context) -> Result<Option<(Writer, PublicKey)>, CliError> {
    let Ok(writer) = Writer::dry_run(context.paths()?) else { return Ok(None) };
    let public = context.known_signer(&writer, &|_| true)?;
    Ok(public.map(|public| (writer, public)))
}

/// Whether no question of an act is open.
fn is_answered(draft: &Draft) -> bool {
    draft.statement.is_some() && (draft.reason.is_some() || !draft.needs_reason())
}

/// Reports every fault of drafts before a passphrase is requested; returns the receipt of drafts
/// that are in the record already.
fn check(
    context: &mut Context,
    writer: &Writer,
    loaded: &LoadedInput,
    options: &SubmitOptions,
    public: PublicKey,
) -> Result<Option<Receipt>, CliError> {
    let fresh = options.again || !loaded.unread.is_empty();
    match earlier_submission(writer, loaded, &public)? {
        EarlierSubmission::Written(receipt) if !fresh => return Ok(Some(receipt)),
        EarlierSubmission::Signed if !fresh => return Ok(None),
        _ => {}
    }
    // Beside a writer at work a dry run may not read the record whole: that is not a verdict.
    let Ok(mut dry_run) = writer.to_try() else { return Ok(None) };
    let prepare = |context: &mut Context| {
        prepare_drafts(context, &mut dry_run, &PublicOnly(public), loaded, options)
    };
    context.without_trace(prepare).map(|_| None)
}

/// The state of the drafts.
enum EarlierFound {
    /// They are in the record.
    Written(Receipt),
    /// They are signed and verified.
    Prepared(Box<PreparedBatch>),
}

/// The drafts as they were submitted before, or resolved, signed and verified now. `outrun` is what
/// this command signed for them and others were first: if they are refused now, it is given up.
fn prepared(
    context: &mut Context,
    writer: &mut Writer,
    key: &dyn SigningKey,
    loaded: &LoadedInput,
    options: &SubmitOptions,
    outrun: Option<&PreparedBatch>,
) -> Result<EarlierFound, CliError> {
    let fresh = options.again || !loaded.unread.is_empty();
    let resumed = match fresh {
        true => EarlierWork::New,
        // What was kept of an earlier try stays as it is.
        false if options.dry_run => match earlier_submission(writer, loaded, &key.public())? {
            EarlierSubmission::Written(receipt) => EarlierWork::Already(receipt),
            _ => EarlierWork::New,
        },
        false => {
            let (clock, entropy) = (&mut context.clock, &mut *context.entropy);
            find_earlier(writer, loaded, &Signer { key, clock, entropy })?
        }
    };
    match resumed {
        EarlierWork::Already(receipt) => return Ok(EarlierFound::Written(receipt)),
        EarlierWork::Again(prepared) => {
            note("note: this was signed before and not written; the same bytes are used again");
            return Ok(EarlierFound::Prepared(prepared));
        }
        EarlierWork::Damaged { path, why } => note(format!(
            "note: what was kept of an earlier try is damaged and counts for nothing: {why}; it is \
             now {}; the drafts are signed anew",
            path.display()
        )),
        EarlierWork::Refused(why) => {
            let anew = prepare_drafts(context, writer, key, loaded, options).is_ok();
            writer.take_back();
            if let Some(outrun) = outrun {
                append::forget(outrun)?;
            }
            let waits = || waiting_still(writer, loaded, &key.public());
            let why = match (anew, waits()) {
                (true, _) => format!("{why}; --again signs the drafts anew"),
                (false, Some(waits)) => format!("{why}; {waits}"),
                (false, None) => why,
            };
            return Err(LedgerError::Refused(vec![Refusal::of(why)]).into());
        }
        EarlierWork::New => {}
    }
    let prepared = prepare_drafts(context, writer, key, loaded, options);
    if let Err(CliError::Ledger(LedgerError::Refused(_))) = &prepared {
        if let Some(outrun) = outrun {
            append::forget(outrun)?;
        }
        if let Some(waits) = waiting_still(writer, loaded, &key.public()) {
            note(wrapped(&format!("note: {waits}"), 0));
        }
    }
    Ok(EarlierFound::Prepared(Box::new(prepared?)))
}

/// The sentence that events signed for these drafts still wait for a server, with the command that
/// gives them up; `None` if none wait or there is no server.
fn waiting_still(writer: &Writer, loaded: &LoadedInput, key: &PublicKey) -> Option<String> {
    writer.server_address()?;
    let drop = append::drop_command(writer, loaded, key)?;
    Some(format!("what was signed for these drafts before waits still: {drop} gives it up"))
}

/// The drafts, resolved, signed and verified.
fn prepare_drafts(
    context: &mut Context,
    writer: &mut Writer,
    key: &dyn SigningKey,
    loaded: &LoadedInput,
    options: &SubmitOptions,
) -> Result<PreparedBatch, CliError> {
    let (clock, entropy) = (&mut context.clock, &mut *context.entropy);
    let mut signer = Signer { key, clock, entropy };
    let progress = Progress::new(loaded.drafts.len() as u64, "checking");
    let done = &mut |done| progress.at(done);
    let repeats = if options.again { Repeats::Allowed } else { Repeats::Refused };
    Ok(prepare_input(writer, loaded, &mut signer, repeats, done)?)
}

/// How much of each event is shown: a few events are shown whole, and of many all where nothing is
/// asked.
fn extent(options: &SubmitOptions, prepared: &PreparedBatch) -> Extent {
    match options.preview == Preview::Always || prepared.entries.len() <= 3 {
        true => Extent::Whole,
        false if options.dry_run => Extent::EachLine,
        false => Extent::Line,
    }
}

/// Notes how events that are in the record stand, where that is not as they were entered.
pub fn note_overtaken(over: &[SupersededEvent]) {
    print_notes(&over.iter().map(SupersededEvent::describe).collect::<Vec<String>>());
}
