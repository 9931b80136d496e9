//! Events about people and the ledger itself: signing, preview, question, writing, receipt.
//!
//! Always holds: nothing is written before it is shown to the person at the terminal, if there is
//! one; the receipt is that of `append`; everything that can be verified without a secret is
//! verified before a secret is requested. Not here: the content of an event (`editor`, `ledger`).

use crate::cli::shared::receipt::{self, Details, print_dry_run, write_receipt};
use crate::cli::shared::sign_question::sign_question;
use crate::cli::terminal::ask::LineQuestion;
use crate::cli::terminal::{CliError, Context, Exit, Format, ask, done, note, whole_words};
use crate::disk::is_folder_at;
use crate::keys::{KeyFolder, generate};
use crate::ledger::error::LedgerError;
use crate::ledger::write::admin::prepare_act;
use crate::ledger::write::append;
use crate::ledger::write::batch::Signer;
use crate::ledger::write::draft::STATEMENT_PLACEHOLDER;
use crate::ledger::write::earlier::{EarlierAct, SupersededEvent, SupersededKind, why_refused};
use crate::ledger::write::editors::parameters;
use crate::ledger::write::prepared_batch::{PreparedBatch, Receipt};
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::writer::{WakeOutcome, Writer};
use annals_core::event::args::{Args as EventArgs, Roles};
use annals_core::event::body::Stated;
use annals_core::event::vocabulary::Role;
use annals_core::key::{PublicKey, PublicOnly, SigningKey};
use annals_core::roster::Member;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::io::Write;

/// What every act takes.
#[derive(Clone, Copy, Debug, Args)]
pub struct DryRunArgs {
    /// Check and show, write nothing
    #[arg(id = "dry-run", long = "dry-run")]
    pub on: bool,
}

/// The texts shown before and after an event is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActText {
    /// The effect, in one line.
    pub what: String,
    /// Further lines before the question.
    pub before: Vec<String>,
    /// Lines after the receipt.
    pub after: Vec<String>,
}

/// The key that signs an event.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// The named key, or the only suitable one here.
    Fit(&'a dyn Fn(&Member) -> bool),
    /// The recovery key of the record.
    Recovery,
}

/// The key of an admin.
pub const ADMIN: By<'static> = By::Fit(&is_admin);

/// Whether a member is an admin.
pub fn is_admin(member: &Member) -> bool {
    member.roles.admin
}

/// Who signs: the recovery key where that is asked for, else a key that is `fit`. If no key here
/// may sign anything, a note says that there is a recovery key.
pub fn by_recovery_or<'a>(
    context: &Context,
    writer: &Writer,
    recovery: bool,
    fit: &'a dyn Fn(&Member) -> bool,
) -> Result<By<'a>, CliError> {
    if recovery {
        return Ok(By::Recovery);
    }
    let keys = &writer.paths.keys;
    if context.dry_run || !is_folder_at(keys)? {
        return Ok(By::Fit(fit));
    }
    let here = KeyFolder::open(keys)?.held()?;
    let roster = &writer.verifier.chain.state.fold.roster;
    let is_here = |member: &Member| member.revoked.is_none() && here.contains(&member.key);
    if !roster.members().iter().any(is_here) && parameters(writer)?.recovery.is_some() {
        note(
            "note: no key here may sign; where every admin's key is lost, --recovery signs \
             with the recovery key of the record",
        );
    }
    Ok(By::Fit(fit))
}

/// The key that signs an event. A passphrase, or the recovery key, is requested only if the
/// verifier accepts the event: every fault is reported before. A dry run requests neither.
pub fn signer(
    context: &mut Context,
    writer: &mut Writer,
    resolved: &ResolvedDraft,
    by: By<'_>,
) -> Result<Box<dyn SigningKey>, CliError> {
    match by {
        By::Fit(fit) => {
            if let Some(public) = context.locked_signer(writer, fit)? {
                check(context, writer, resolved, |_, _| Ok(PublicOnly(public)))?;
            }
            context.signer_that(writer, fit)
        }
        By::Recovery => recovery(context, writer, resolved),
    }
}

/// Verifies an event as if it was signed by this key, with a writer of a dry run.
fn check(
    context: &mut Context,
    writer: &Writer,
    resolved: &ResolvedDraft,
    key: impl FnOnce(&mut Context, &mut Writer) -> Result<PublicOnly, CliError>,
) -> Result<(), CliError> {
    // Beside a writer at work a dry run may not read the record whole: that is not a verdict.
    let Ok(mut dry_run) = writer.to_try() else { return Ok(()) };
    dry_run.need_for(&resolved.args)?;
    context.without_trace(|context| {
        let key = key(context, &mut dry_run)?;
        prepare(context, &mut dry_run, &key, resolved.clone())
    })?;
    Ok(())
}

/// The recovery key of this record, typed or from its file.
fn recovery(
    context: &mut Context,
    writer: &mut Writer,
    resolved: &ResolvedDraft,
) -> Result<Box<dyn SigningKey>, CliError> {
    writer.need_for(&resolved.args)?;
    let Some(digest) = parameters(writer)?.recovery else {
        let why = "--recovery: this record has no recovery key; event 0 names none";
        return Err(LedgerError::Key(why.to_owned()).into());
    };
    if !ask::has_recovery_file() {
        if context.dry_run {
            return Ok(Box::new(as_recovery(context, writer)?));
        }
        check(context, writer, resolved, as_recovery)?;
    }
    let key = context.answers.borrow_mut().key("the recovery key", ask::recovery)?;
    match key.public().digest() == digest {
        true => Ok(Box::new(key)),
        false => Err(LedgerError::Key(
            "expected the recovery key of this record, found the one of another; compare the \
             paper with the ledger"
                .to_owned(),
        )
        .into()),
    }
}

/// The public key used for the recovery key before it is typed: its own, if it has signed before;
/// else one that the writer of this dry run accepts for it.
fn as_recovery(context: &mut Context, writer: &mut Writer) -> Result<PublicOnly, CliError> {
    let digest = parameters(writer)?.recovery;
    let state = &mut writer.verifier.chain.state;
    if let Some(known) = state.history.keys().find(|key| Some(key.digest()) == digest) {
        return Ok(PublicOnly(known));
    }
    let key = generate(&mut *context.entropy)?.public();
    state.suppose_recovery(key.digest());
    Ok(PublicOnly(key))
}

/// Signs an event and verifies it.
pub fn prepare(
    context: &mut Context,
    writer: &mut Writer,
    key: &dyn SigningKey,
    resolved: ResolvedDraft,
) -> Result<PreparedBatch, CliError> {
    let (clock, entropy) = (&mut context.clock, &mut *context.entropy);
    let mut signer = Signer { key, clock, entropy };
    Ok(prepare_act(writer, resolved, &mut signer)?)
}

/// Shows the effect, asks for confirmation without the lock, and takes the lock. False for a dry
/// run; [`CliError::RecordChanged`] if the record changed while the person was thinking.
pub fn may_write(
    context: &Context,
    writer: &mut Writer,
    signer: &PublicKey,
    dry_run: DryRunArgs,
    text: &ActText,
) -> Result<bool, CliError> {
    let yes = context.global.yes;
    let shown = format!("{text:?}");
    if context.answers.borrow().agreed.as_ref() == Some(&shown) {
        // The record changed; the confirmation was for its earlier state.
        context.wake(writer)?;
        return Ok(true);
    }
    let asks = !yes && ask::on_terminal();
    if dry_run.on || asks {
        note(textwrap::fill(&text.what, whole_words("").subsequent_indent("  ")));
        for line in &text.before {
            note(textwrap::fill(line, whole_words("  ").subsequent_indent("    ")));
        }
    }
    if dry_run.on {
        note("one event would be written; nothing was");
        return Ok(false);
    }
    if asks {
        writer.rest()?;
    }
    ask::confirm_write(yes, &sign_question(context, writer, signer, "this"))?;
    context.answers.borrow_mut().agreed = Some(shown);
    match context.wake(writer)? {
        WakeOutcome::Same => Ok(true),
        WakeOutcome::Changed => Err(CliError::RecordChanged),
    }
}

/// Writes a prepared act, and prints its receipt.
///
/// Errors: [`CliError::RecordChanged`] if a server placed the events of others first.
pub fn write(
    context: &Context,
    writer: &mut Writer,
    prepared: &PreparedBatch,
    key: &dyn SigningKey,
    text: &ActText,
) -> Result<Exit, CliError> {
    match append::submit(writer, prepared, key) {
        Err(LedgerError::Outrun(_)) if context.may_try_again(writer, key)? => {
            Err(CliError::RecordChanged)
        }
        receipt => print_receipt(context, &receipt?, writer, text),
    }
}

/// The receipt of an act, and what is to be known after it.
pub fn print_receipt(
    context: &Context,
    receipt: &Receipt,
    writer: &Writer,
    text: &ActText,
) -> Result<Exit, CliError> {
    if context.format() != Format::Text {
        return receipt::print_receipt(context, receipt, writer, &Details::default());
    }
    let mut out = done();
    write_receipt(&mut out, receipt, writer)?;
    for line in &text.after {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(Exit::Yes)
}

/// Prepares, confirms and writes an event of an admin.
pub fn submit(
    context: &mut Context,
    writer: &mut Writer,
    resolved: ResolvedDraft,
    dry_run: DryRunArgs,
    text: &ActText,
) -> Result<Exit, CliError> {
    let key = signer(context, writer, &resolved, ADMIN)?;
    let prepared = prepare(context, writer, &key, resolved)?;
    match may_write(context, writer, &key.public(), dry_run, text)? {
        true => write(context, writer, &prepared, &key, text),
        false => print_dry_run(context, prepared.first, 1, &Details::default()),
    }
}

/// Refuses an act that a key here signed in these words, and that a later act on the same matter
/// replaced: its receipt may have been lost, and it would turn the later one back. `is_repeated` is
/// whether this act gives the earlier one.
pub fn expect_not_replaced(
    context: &Context,
    writer: &Writer,
    args: &EventArgs,
    is_repeated: impl Fn(&EarlierAct) -> Result<bool, CliError>,
) -> Result<(), CliError> {
    let keys = context.keys_here(writer)?;
    let Some((ours, last)) = EarlierAct::replaced(writer, args, &keys)? else { return Ok(()) };
    for earlier in ours {
        if is_repeated(&earlier)? {
            let (position, why) = (earlier.position, format!("is a change that {last} replaced"));
            let over = why_refused(&[SupersededEvent { position, why, kind: SupersededKind::Act }]);
            let why = format!("{over}; nothing was written; --again writes it once more");
            return Err(CliError::usage(why));
        }
    }
    Ok(())
}

/// Parses `admin` or `editor`.
pub fn role() -> impl TypedValueParser<Value = Role> {
    let names = Role::ALL.iter().map(|role| role.as_str());
    PossibleValuesParser::new(names).try_map(|word| Role::parse(&word).ok_or("no role"))
}

/// The set of the named roles.
pub fn roles(named: &[Role]) -> Roles {
    Roles { admin: named.contains(&Role::Admin), editor: named.contains(&Role::Editor) }
}

/// Roles for people: `admin and editor`.
pub fn shown(roles: Roles) -> String {
    let roles: Vec<Role> = roles.into();
    let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    roles.join(" and ")
}

/// A statement from the option or the prompt.
pub fn statement(
    context: &Context,
    given: Option<String>,
    question: &str,
) -> Result<Stated, CliError> {
    let ask = || LineQuestion::new(question).option("--statement").ask();
    let text = match given {
        Some(text) => text,
        None => context.answers.borrow_mut().line(question, ask)?,
    };
    stated(&text)
}

/// A statement of an act that is verified before the question: what would be refused whatever is
/// answered is refused at once.
pub fn statement_of(
    context: &mut Context,
    writer: &Writer,
    given: Option<String>,
    question: &str,
    by: By<'_>,
    act: &dyn Fn(Stated) -> ResolvedDraft,
) -> Result<Stated, CliError> {
    if given.is_none()
        && ask::on_terminal()
        && let By::Fit(fit) = by
        && let Some(public) = context.known_signer(writer, fit)?
    {
        let act = act(stated(STATEMENT_PLACEHOLDER)?);
        check(context, writer, &act, |_, _| Ok(PublicOnly(public)))?;
    }
    statement(context, given, question)
}

/// A statement from an option.
pub fn stated(text: &str) -> Result<Stated, CliError> {
    let statement = crate::cli::shared::values::seen("--statement", text)?;
    Ok(Stated { statement })
}
