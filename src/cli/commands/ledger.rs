//! `annals ledger`: the ledger's own settings, its log key, its clock. All need an admin.
//!
//! Always holds: a new log key is on the disk before the event that names it is written, and the
//! old key is kept. Not here: the first event (`init`). Source: FORMAT.md sections 4 and 9.

use crate::cli::render::effect;
use crate::cli::shared::admin::ADMIN;
use crate::cli::shared::{
    ActText, Details, DryRunArgs, admin, print_dry_run, print_receipt, seen, words,
    words_or_address,
};
use crate::cli::terminal::{
    CliError, Command, Context, Exit, Format, Group, formats, note, until_written, visible,
};
use crate::disk::is_there;
use crate::keys::{KeyFolder, generate, had_log_key};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::policy_file::PolicyFile;
use crate::ledger::query::names::Names;
use crate::ledger::query::revocation_impact::{RevocationImpact, StandingFacts};
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::admin::{ClockCheck, check_retime};
use crate::ledger::write::append::commit;
use crate::ledger::write::earlier::EarlierAct;
use crate::ledger::write::editors::{parameters, resolved};
use crate::ledger::write::resolve::ResolvedDraft;
use crate::ledger::write::writer::Writer;
use annals_core::event::args::{self as event, Args as EventArgs};
use annals_core::event::body::{Changed, Content, Short, Stated};
use annals_core::event::vocabulary::RekeyReason;
use annals_core::key::{Possession, PublicKey};
use annals_core::text::Words;
use annals_core::tlog::{KeyKind, VerifierKey};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

/// Change the ledger's title and rules, its log key, its time
#[derive(Debug, Args)]
pub struct LedgerArgs {
    #[command(subcommand)]
    command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Change title, licence, confirmations or corrections policy
    Change(LedgerChangeArgs),
    /// Make a new log key, and say why
    Rekey(RekeyArgs),
    /// Set the record's time back, after a clock ran ahead
    Retime(RetimeArgs),
}

#[derive(Clone, Debug, Args)]
struct LedgerChangeArgs {
    /// The title of the record [default: as before, as for all of these]
    #[arg(long, value_name = "WORDS")]
    title: Option<String>,
    /// The licence of the record's words
    #[arg(long, value_name = "WORDS")]
    licence: Option<String>,
    /// How many other persons must confirm a fact, at once and for all facts
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=9))]
    confirmations: Option<u64>,
    /// How corrections are made, for readers; empty: say nothing of it any more
    #[arg(long, value_name = "WORDS")]
    corrections_policy: Option<String>,
    /// Write it once more, though it is in the record already and was changed since
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

#[derive(Clone, Debug, Args)]
struct RekeyArgs {
    /// Why: rotated, then both keys sign for a time; or compromised, also where it is lost
    #[arg(long, value_name = "REASON", value_parser = reason())]
    reason: RekeyReason,
    /// What happened, for every reader of the record
    #[arg(long, value_name = "WORDS")]
    statement: Option<String>,
    /// Make another one, though the last event did so in the same words
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

#[derive(Clone, Debug, Args)]
struct RetimeArgs {
    /// What was wrong with the clock, for every reader of the record
    #[arg(long, value_name = "WORDS")]
    statement: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

fn reason() -> impl TypedValueParser<Value = RekeyReason> {
    let names = RekeyReason::ALL.iter().map(|reason| reason.as_str());
    PossibleValuesParser::new(names).try_map(|word| RekeyReason::parse(&word).ok_or("no reason"))
}

impl Command for LedgerArgs {
    const GROUP: Group = Group::SetUp;

    fn formats(&self) -> &'static [Format] {
        formats::OBJECT
    }

    fn run(self, context: &mut Context) -> Result<Exit, CliError> {
        run(context, self)
    }
}

fn run(context: &mut Context, args: LedgerArgs) -> Result<Exit, CliError> {
    match args.command {
        LedgerCommand::Change(args) => until_written(context, |it| change(it, args.clone())),
        LedgerCommand::Rekey(args) => until_written(context, |it| rekey(it, args.clone())),
        LedgerCommand::Retime(args) => until_written(context, |it| retime(it, args.clone())),
    }
}

fn change(context: &mut Context, args: LedgerChangeArgs) -> Result<Exit, CliError> {
    context.dry_run = args.dry_run.on;
    let mut writer = context.writer()?;
    let record = Record::open(writer.paths.clone())?;
    let LedgerChange { resolved, confirmations, mut changes } =
        LedgerChange::of(&args, &View::some(&record, record.size(), &no_fact)?)?;
    if changes.is_empty() {
        if let Some(earlier) = context.recorded_already(&writer, &resolved)? {
            return print_receipt(context, &earlier.receipt(), &writer, &Details::default());
        }
        let why = "nothing would change; say what does with --title, --licence, --confirmations or \
                   --corrections-policy";
        return Err(CliError::usage(why));
    }
    if !args.again {
        admin::expect_not_replaced(context, &writer, &resolved.args, |earlier| {
            let then = View::some(&record, earlier.position, &no_fact)?;
            let then = LedgerChange::of(&args, &then)?;
            Ok(!then.changes.is_empty() && earlier.is(&then.resolved))
        })?;
    }
    if confirmations != u64::from(parameters(&writer)?.confirmations) {
        changes.extend(effect::turned(&turned(&record, confirmations)?));
    }
    let what = format!("change {}", parameters(&writer)?.origin);
    let text = ActText { what, before: changes.clone(), after: changes };
    admin::submit(context, &mut writer, resolved, args.dry_run, &text)
}

/// A change of a ledger that has certain settings.
struct LedgerChange {
    resolved: ResolvedDraft,
    confirmations: u64,
    /// What it changes, in words; empty if nothing.
    changes: Vec<String>,
}

impl LedgerChange {
    /// What the arguments change in a record as of a view.
    fn of(args: &LedgerChangeArgs, view: &View<'_>) -> Result<LedgerChange, CliError> {
        let names = Names::read(view)?;
        let ledger = view.state().fold.ledger.as_ref();
        let before = ledger.map_or(0, |ledger| u64::from(ledger.confirmations));
        let confirmations = args.confirmations.unwrap_or(before);
        let mut changes = Vec::new();
        let present = names.title.as_deref();
        let title = new_or_present("--title", args.title.as_deref(), present, seen, &mut changes)?;
        let present = names.licence.as_deref();
        let given = args.licence.as_deref();
        let licence = new_or_present("--licence", given, present, words_or_address, &mut changes)?;
        let policy = match &args.corrections_policy {
            Some(text) if text.is_empty() => None,
            Some(text) => Some(words_or_address("--corrections-policy", text)?),
            None => match &names.corrections_policy {
                Some(text) => Some(words("--corrections-policy", Words::new(text.as_str()))?),
                None => None,
            },
        };
        if policy.as_deref() != names.corrections_policy.as_deref() {
            let now = policy.as_deref().map_or("none".to_owned(), visible);
            changes.push(format!("corrections policy: {now}"));
        }
        if confirmations != before {
            changes.push(format!("confirmations: {confirmations}, before {before}"));
        }
        let args_of = EventArgs::LedgerChanged(event::LedgerChanged { confirmations });
        let content =
            Content::LedgerChanged(Changed { title, licence, corrections_policy: policy });
        let resolved = resolved(args_of, content);
        Ok(LedgerChange { resolved, confirmations, changes })
    }
}

/// The facts whose status another number of confirmations changes.
fn turned(record: &Record, confirmations: u64) -> Result<RevocationImpact, CliError> {
    let mut state = record.state(record.size())?.state;
    let before = StandingFacts::of(&state);
    if let (Some(ledger), Ok(confirmations)) = (&mut state.fold.ledger, u8::try_from(confirmations))
    {
        ledger.confirmations = confirmations;
    }
    Ok(RevocationImpact::between(&before, &StandingFacts::of(&state), None))
}

/// A new value, read by `read`, or the present one.
fn new_or_present(
    option: &str,
    given: Option<&str>,
    before: Option<&str>,
    read: fn(&str, &str) -> Result<Short, CliError>,
    changes: &mut Vec<String>,
) -> Result<Short, CliError> {
    let Some(value) = given.or(before) else {
        let why = format!("{option}: the present one cannot be read here; give one");
        return Err(CliError::usage(why));
    };
    if Some(value) != before {
        let was = before.map(|before| format!(", before {}", visible(before)));
        let name = option.trim_start_matches('-');
        changes.push(format!("{name}: {}{}", visible(value), was.unwrap_or_default()));
    }
    match Some(value) == before {
        true => words(option, Words::new(value)),
        false => read(option, value),
    }
}

fn rekey(context: &mut Context, args: RekeyArgs) -> Result<Exit, CliError> {
    context.dry_run = args.dry_run.on;
    let mut writer = context.writer_of(context.clock_check())?;
    if let Some(address) = writer.server_address() {
        return Err(LedgerError::Key(format!(
            "expected the ledger of the server at {address}, found a copy: the log key is made and \
             held where the server runs; end annals serve there, say annals ledger rekey there, \
             and start it again"
        ))
        .into());
    }
    let ledger = parameters(&writer)?.clone();
    let rotated = args.reason == RekeyReason::Rotated;
    if rotated && !context.dry_run && !writer.holds_log_key(&ledger.log_key) {
        if !had_log_key(&writer.paths.keys) {
            writer.check_log_keys()?;
        }
        return Err(LedgerError::Key(format!(
            "expected the log key {} in {}, found none: a key that is rotated signs once more \
             beside the new one; put back a copy, or say --reason compromised",
            ledger.log_key,
            writer.paths.keys.display()
        ))
        .into());
    }
    let new = generate(&mut *context.entropy)?;
    let possession = new.prove_possession(Possession::Log, &ledger.origin, &ledger.origin);
    let (log_key, reason) = (new.public(), args.reason);
    let args_of = event::LedgerRekeyed { log_key, reason, possession };
    let act = |stated| {
        resolved(EventArgs::LedgerRekeyed(args_of.clone()), Content::LedgerRekeyed(stated))
    };
    let question = "why is there a new log key? (for every reader)";
    let act = act(admin::statement_of(context, &writer, args.statement, question, ADMIN, &act)?);
    let already = |writer: &Writer, by: &PublicKey| match args.again {
        true => Ok(None),
        false => rekeyed_already(writer, by, &act),
    };
    if let Some(by) = context.locked_signer(&writer, &|member| member.roles.admin)?
        && let Some(earlier) = already(&writer, &by)?
    {
        return rekeyed(context, &earlier, &writer);
    }
    let key = admin::signer(context, &mut writer, &act, ADMIN)?;
    if let Some(earlier) = already(&writer, &key.public())? {
        return rekeyed(context, &earlier, &writer);
    }
    let text = rekey_text(&ledger.log_key, &log_key, args.reason);
    let prepared = admin::prepare(context, &mut writer, &key, act)?;
    if !admin::may_write(context, &mut writer, &key.public(), args.dry_run, &text)? {
        return print_dry_run(context, prepared.first, 1, &Details::default());
    }
    let is_lost = !is_there(&writer.paths.log_key())?;
    let keys = KeyFolder::open(&writer.paths.keys)?;
    keys.add_next_log(&new, &mut *context.entropy)?;
    writer.hold_log_key(new);
    let receipt = commit(&mut writer, &prepared)?;
    let exit = admin::print_receipt(context, &receipt, &writer, &text);
    keys.name_log(&log_key)?;
    name_in_policy(&writer, &log_key, (reason != RekeyReason::Rotated).then_some(&ledger.log_key));
    let what = match is_lost {
        true => "keep a copy of it",
        false => "the one before is kept beside it; keep a copy of both",
    };
    note(format!("note: {} is the new log key; {what}", writer.paths.log_key().display()));
    exit
}

/// The receipt of a log key that was made before.
fn rekeyed(context: &Context, earlier: &EarlierAct, writer: &Writer) -> Result<Exit, CliError> {
    note("note: the last event made a new log key in these words; --again makes another one");
    if let Ok(ledger) = parameters(writer) {
        name_in_policy(writer, &ledger.log_key, None);
    }
    print_receipt(context, &earlier.receipt(), writer, &Details::default())
}

/// Names a new log key in the policy beside the keys, if that names the one before; without the
/// line of `gone`, a key that is trusted no more. The event is written: a policy that cannot be is
/// a warning.
fn name_in_policy(writer: &Writer, new: &PublicKey, gone: Option<&PublicKey>) {
    let named = || -> Result<bool, LedgerError> {
        let Some(mut policy) = PolicyFile::read(&writer.paths)? else { return Ok(false) };
        let origin = parameters(writer)?.origin.clone();
        let key = |public: &PublicKey| VerifierKey::new(&origin, KeyKind::Note, *public);
        let (Some(now), gone) = (key(new), gone.and_then(key)) else { return Ok(false) };
        let changed = policy.follow_log(&now, gone.as_ref())?;
        if changed {
            policy.write()?;
        }
        Ok(changed)
    };
    match named() {
        Ok(false) => {}
        Ok(true) => note(
            "note: keys/policy names the new log key now; who verifies by a policy elsewhere needs \
             it too, and each witness (annals help auditor)",
        ),
        Err(error) => note(format!(
            "warning: keys/policy could not be given the new log key: {}",
            visible(&chain(&error))
        )),
    }
}

/// The record's last event, if it is this rekeying by this signer and the key that it names is
/// available. Otherwise no two rekeyings are equal, because each names a new key.
fn rekeyed_already(
    writer: &Writer,
    by: &PublicKey,
    act: &ResolvedDraft,
) -> Result<Option<EarlierAct>, LedgerError> {
    let Some(earlier) = EarlierAct::last(writer, &act.args)? else { return Ok(None) };
    let same = match (&earlier.args, &act.args) {
        (EventArgs::LedgerRekeyed(earlier), EventArgs::LedgerRekeyed(new)) => {
            earlier.reason == new.reason && writer.holds_log_key(&earlier.log_key)
        }
        _ => false,
    };
    let same = same && earlier.content == act.content && earlier.by == *by;
    Ok((same && earlier.position + 1 == writer.size()).then_some(earlier))
}

fn rekey_text(old: &PublicKey, new: &PublicKey, reason: RekeyReason) -> ActText {
    let signs = match reason {
        RekeyReason::Rotated => {
            "both sign each checkpoint until the next rekeying, so that who knows the old one \
                 can go on to the new one"
        }
        _ => "the old key no longer signs; publish the new key through another channel",
    };
    ActText {
        what: "make a new log key".to_owned(),
        before: vec![format!("new {new}"), format!("old {old}"), signs.to_owned()],
        after: vec![format!("log key {new}, before {old}"), signs.to_owned()],
    }
}

fn retime(context: &mut Context, args: RetimeArgs) -> Result<Exit, CliError> {
    context.dry_run = args.dry_run.on;
    let mut writer = context.writer_of(ClockCheck::Off)?;
    if !context.dry_run {
        writer.check_log_keys()?;
    }
    let now = context.clock.peek();
    let began = began(&writer)?;
    let mends = check_retime(&writer, began, now, context.clock_check());
    // If the times are right already, this retiming may be the reason.
    if let (Err(LedgerError::Usage(_)), Some(statement)) = (&mends, &args.statement) {
        let retiming = retiming(admin::stated(statement)?);
        if let Some(earlier) = context.recorded_already(&writer, &retiming)? {
            return print_receipt(context, &earlier.receipt(), &writer, &Details::default());
        }
    }
    mends?;
    let question = "what was wrong with the clock? (for every reader)";
    let stated = admin::statement_of(context, &writer, args.statement, question, ADMIN, &retiming)?;
    let last = writer.verifier.chain.at.map(|last| last.to_string()).unwrap_or_default();
    let text = ActText {
        what: format!("set the record's time back to the clock's, {now}"),
        before: vec![
            format!("the last event's time is {last}"),
            "every event that has a later time than this one counts as of this time".to_owned(),
        ],
        after: vec![format!("the record's time goes on from the clock's; it was {last}")],
    };
    admin::submit(context, &mut writer, retiming(stated), args.dry_run, &text)
}

fn retiming(stated: Stated) -> ResolvedDraft {
    let args = EventArgs::LedgerRetimed(event::LedgerRetimed {});
    resolved(args, Content::LedgerRetimed(stated))
}

/// The time of event 0.
fn began(writer: &Writer) -> Result<Option<annals_core::time::Time>, CliError> {
    let record = Record::open(writer.paths.clone())?;
    Ok(record.event(0)?.and_then(|event| event.reading.place).map(|place| place.at))
}
