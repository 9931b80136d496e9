//! `annals editor revoke`: ends a key, and undoes the acts that a stolen key signed.

use crate::cli::commands::editor::names::reading;
use crate::cli::render::{called, effect, provenance};
use crate::cli::shared::{ActText, Details, DryRunArgs, admin, print_dry_run, print_receipt};
use crate::cli::terminal::{CliError, Context, Exit, note, visible};
use crate::disk::is_folder_at;
use crate::keys::KeyFolder;
use crate::ledger::error::LedgerError;
use crate::ledger::query::View;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{on, row};
use crate::ledger::query::names::Names;
use crate::ledger::query::point::Bound;
use crate::ledger::query::revocation_impact::{
    ChangedFact, ChangedKey, RevocationImpact, RevokedKey, StandingFacts,
};
use crate::ledger::reader::Record;
use crate::ledger::write::earlier::EarlierAct;
use crate::ledger::write::editors::{Directory, parameters, revocation};
use crate::ledger::write::writer::Writer;
use annals_core::event::vocabulary::RevokeReason;
use annals_core::key::PublicKey;
use annals_core::roster::Member;
use annals_core::text::in_quotes;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

#[derive(Clone, Debug, Args)]
pub struct RevokeArgs {
    /// Whose key: its name here, a name in the record, or 8 or more digits of the key
    name: String,
    /// Why: left, rotated, lost or compromised
    #[arg(long, value_name = "REASON", value_parser = reason())]
    reason: RevokeReason,
    /// What the key signed from this point on is undone: lost and compromised only
    #[arg(long, value_name = "POINT")]
    suspect_from: Option<String>,
    /// What happened, for every reader of the record
    #[arg(long, value_name = "WORDS")]
    statement: Option<String>,
    /// Sign with the recovery key, typed from the paper or in the file ANNALS_RECOVERY_FILE
    #[arg(long)]
    recovery: bool,
    /// Write it once more, though it is in the record already and the key was revoked otherwise
    /// since
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

fn reason() -> impl TypedValueParser<Value = RevokeReason> {
    let names = RevokeReason::ALL.iter().map(|reason| reason.as_str());
    PossibleValuesParser::new(names).try_map(|word| RevokeReason::parse(&word).ok_or("no reason"))
}

pub fn run(context: &mut Context, args: RevokeArgs) -> Result<Exit, CliError> {
    context.dry_run = args.dry_run.on;
    let mut writer = context.writer()?;
    if args.suspect_from.is_some() {
        writer.need_all()?;
    }
    let (record, names) = reading(&writer)?;
    let roster = &writer.verifier.chain.state.fold.roster;
    let directory = Directory { names: &names, roster, keys: &writer.paths.keys };
    // A key that is already revoked may be found stolen later: then the name must be unambiguous.
    let rows = directory.rows(&args.name)?;
    let from = match &args.suspect_from {
        Some(point) => Some(suspect_from(context, &record, point, args.recovery)?),
        None => None,
    };
    if args.recovery && from.is_none() {
        note(format!("note: the recovery key revokes only with --suspect-from: {SUSPECT_POINT}"));
    }
    if let Some(earlier) = recorded_already(context, &writer, &rows, &args, from)? {
        return print_receipt(context, &earlier.receipt(), &writer, &Details::default());
    }
    let subject = match args.suspect_from {
        Some(_) => directory.any_row(&args.name)?.key,
        None => directory.row(&args.name)?.key,
    };
    let who = called(names.plain(&subject).unwrap_or_default(), &subject);
    let question = format!("what happened to the key of {who}? (for every reader)");
    // An admin's key, or else the key itself, which may revoke itself.
    let admin_here = has_admin_beside(&writer, &subject)?;
    let fit = |row: &Member| match admin_here {
        true => row.roles.admin && row.key != subject,
        false => row.key == subject,
    };
    let by = admin::by_recovery_or(context, &writer, args.recovery, &fit)?;
    let act = |stated| revocation(subject, args.reason, from, stated);
    let resolved = act(admin::statement_of(context, &writer, args.statement, &question, by, &act)?);
    if !args.again {
        let repeats = |earlier: &EarlierAct| Ok(earlier.is(&resolved));
        admin::expect_not_replaced(context, &writer, &resolved.args, repeats)?;
    }
    let before = StandingFacts::of(&writer.verifier.chain.state);
    let key = admin::signer(context, &mut writer, &resolved, by)?;
    let prepared = admin::prepare(context, &mut writer, &key, resolved)?;
    let after = StandingFacts::of(&writer.verifier.chain.state);
    let name = |key: &PublicKey| names.of(key);
    let revoked = from.map(|_| RevokedKey { key: subject, name: &name });
    let impact = RevocationImpact::between(&before, &after, revoked);
    let text = act_text(&record, &names, &who, args.reason, from, &impact)?;
    if let Some(from) = from.filter(|_| impact.struck.is_empty()) {
        note(format!("note: the key of {who} signed nothing from {from} on that is not undone"));
    }
    match admin::may_write(context, &mut writer, &key.public(), args.dry_run, &text)? {
        true => admin::write(context, &mut writer, &prepared, &key, &text),
        false => print_dry_run(context, prepared.first, 1, &Details::default()),
    }
}

/// This revocation of one of the named keys, if none of them is left to revoke. Checked before a
/// signer is chosen: a key that revoked itself signs nothing any more.
fn recorded_already(
    context: &Context,
    writer: &Writer,
    rows: &[&Member],
    args: &RevokeArgs,
    from: Option<u64>,
) -> Result<Option<EarlierAct>, CliError> {
    let Some(statement) = &args.statement else { return Ok(None) };
    if rows.iter().any(|row| row.revoked.is_none()) {
        return Ok(None);
    }
    for row in rows {
        let act = revocation(row.key, args.reason, from, admin::stated(statement)?);
        let earlier = match args.recovery {
            true => {
                let digest = parameters(writer)?.recovery;
                let by_it =
                    |earlier: &EarlierAct| earlier.is(&act) && Some(earlier.by.digest()) == digest;
                EarlierAct::last(writer, &act.args)?.filter(by_it)
            }
            false => context.recorded_already(writer, &act)?,
        };
        if earlier.is_some() {
            return Ok(earlier);
        }
    }
    Ok(None)
}

/// What --suspect-from is given where the recovery key signs.
const SUSPECT_POINT: &str = "name the first event that counts no more; head is the last one";

/// The first suspect position. Event 0 is never suspect. The recovery key revokes with one alone.
fn suspect_from(
    context: &Context,
    record: &Record,
    point: &str,
    recovery: bool,
) -> Result<u64, CliError> {
    let from = provenance::point(context, record, point, Bound::Start)?;
    let last = record.size().saturating_sub(1);
    if from > last || last == 0 {
        let what_to_do = match recovery {
            true => SUSPECT_POINT,
            false => "leave it out, or name an earlier point",
        };
        return Err(LedgerError::NotFound(format!(
            "--suspect-from: expected a point with an event at it or after it, found {}; \
             the last event is {last}, so nothing is suspect from there on: {what_to_do}",
            in_quotes(point)
        ))
        .into());
    }
    if from == 0 {
        note("note: event 0 is never undone; suspect from 1 on");
    }
    Ok(from.max(1))
}

/// Whether the key of another admin is here.
fn has_admin_beside(writer: &Writer, subject: &PublicKey) -> Result<bool, CliError> {
    let roster = &writer.verifier.chain.state.fold.roster;
    if !is_folder_at(&writer.paths.keys)? {
        return Ok(roster.admins().any(|row| row.key != *subject));
    }
    let here = KeyFolder::open(&writer.paths.keys)?.held()?;
    Ok(roster.admins().any(|row| row.key != *subject && here.contains(&row.key)))
}

/// The number of events and facts shown in full.
const IN_FULL: usize = 40;

fn act_text(
    record: &Record,
    names: &Names,
    who: &str,
    reason: RevokeReason,
    from: Option<u64>,
    impact: &RevocationImpact,
) -> Result<ActText, CliError> {
    let suspect = from.map(|from| format!(", suspect from {from}")).unwrap_or_default();
    let mut before = Vec::new();
    let groups = [
        ("struck, because the key signed it:", &impact.struck),
        ("set aside, because it rests on what is struck:", &impact.set_aside),
        ("in force again:", &impact.restored),
    ];
    for (heading, events) in groups {
        if !events.is_empty() {
            before.push(heading.to_owned());
            before.extend(lines(record, names, events)?);
        }
    }
    if !impact.facts.is_empty() {
        before.push("facts that change:".to_owned());
        before.extend(impact.facts.iter().take(IN_FULL).map(changed_fact));
        before.extend(more(impact.facts.len()));
    }
    if !impact.keys.is_empty() {
        before.push("keys that change:".to_owned());
        before.extend(impact.keys.iter().map(|key| format!("  {}", effect::key_change(key))));
    }
    if impact.keys.iter().any(signs_again) {
        before.push("  revoke again what is not to sign".to_owned());
    }
    before.extend(impact.ledger.iter().map(effect::field));
    if from.is_some() && impact.is_nothing() {
        before.push("nothing is undone by it".to_owned());
    }
    let what = format!("revoke {who}: {reason}{suspect}");
    let mut after = vec![format!("revoked {who}: {reason}{suspect}")];
    for (word, events) in [
        ("struck", &impact.struck),
        ("set aside", &impact.set_aside),
        ("in force again", &impact.restored),
    ] {
        if !events.is_empty() {
            let all: Vec<String> = events.iter().map(u64::to_string).collect();
            after.push(format!("{word}: {}", all.join(", ")));
        }
    }
    after.extend(impact.facts.iter().map(|fact| changed_fact(fact).trim_start().to_owned()));
    after.extend(impact.keys.iter().map(effect::key_change));
    after.extend(impact.ledger.iter().map(effect::field));
    Ok(ActText { what, before, after })
}

fn signs_again(changed_key: &ChangedKey) -> bool {
    changed_key.before.is_none()
}

fn changed_fact(fact: &ChangedFact) -> String {
    format!("  fact {}: {}", fact.fact, effect::status_change(fact))
}

fn more(count: usize) -> Option<String> {
    let rest = count.checked_sub(IN_FULL).filter(|rest| *rest > 0)?;
    Some(format!("  and {rest} more"))
}

/// One line for each event: position, type, object, words.
fn lines(record: &Record, names: &Names, events: &[u64]) -> Result<Vec<String>, CliError> {
    let view = View::open(record, record.size())?;
    let effects = Effects::new(&view, names);
    let (mut lines, mut failed) = (Vec::new(), Ok(()));
    let wanted: &[u64] = events.get(..IN_FULL).unwrap_or(events);
    view.at(wanted, &mut |event| {
        let statement = event.statement();
        let acts_on = statement
            .map(|statement| on(&view, event.position, &statement.args))
            .unwrap_or_default();
        let row = match row(&effects, event, acts_on) {
            Ok(row) => row,
            Err(error) => {
                failed = Err(error);
                return;
            }
        };
        let kind = row.kind.map(|kind| kind.to_string()).unwrap_or_default();
        let facts: Vec<String> = row.on.iter().map(u64::to_string).collect();
        let facts = match row.effect.subject.as_ref().filter(|_| facts.is_empty()) {
            Some(subject) => format!(" {}", effect::named(subject)),
            None if row.on == [row.position] || facts.is_empty() => String::new(),
            None => format!(" {}", facts.join(" and ")),
        };
        let words = row.words.as_deref().map(|words| format!(": {}", visible(words)));
        lines.push(format!("  {} {kind}{facts}{}", row.position, words.unwrap_or_default()));
    })?;
    failed?;
    lines.extend(more(events.len()));
    Ok(lines)
}
