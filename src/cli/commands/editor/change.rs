//! `annals editor change`: changes the roles or the name of a key.

use crate::cli::commands::editor::names::{NameOf, Namesakes, check_name, reading};
use crate::cli::render::called;
use crate::cli::shared::{ActText, Details, DryRunArgs, admin, print_receipt, words};
use crate::cli::terminal::{CliError, Context, Exit, visible};
use crate::ledger::error::LedgerError;
use crate::ledger::query::names::Names;
use crate::ledger::query::{View, no_fact};
use crate::ledger::reader::Record;
use crate::ledger::write::earlier::EarlierAct;
use crate::ledger::write::editors::{Directory, change};
use crate::ledger::write::writer::Writer;
use annals_core::event::vocabulary::Role;
use annals_core::key::PublicKey;
use annals_core::roster::Member;
use annals_core::text::Words;
use clap::Args;

#[derive(Clone, Debug, Args)]
pub struct EditorChangeArgs {
    /// Whose key: its name here, a name in the record, or 8 or more digits of the key
    whose: String,
    /// What it may sign from now on: admin or editor; may be given twice [default: as before]
    #[arg(long = "role", value_name = "ROLE", value_parser = admin::role())]
    roles: Vec<Role>,
    /// Its holder's name from now on [default: as before]
    #[arg(long, value_name = "WORDS")]
    name: Option<String>,
    /// The name is another person's too, or looks like it
    #[arg(long, requires = "name")]
    same_name: bool,
    /// Write it once more, though it is in the record already and was changed since
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub fn run(context: &mut Context, args: EditorChangeArgs) -> Result<Exit, CliError> {
    context.dry_run = args.dry_run.on;
    let mut writer = context.writer()?;
    let (record, names) = reading(&writer)?;
    let roster = &writer.verifier.chain.state.fold.roster;
    let directory = Directory { names: &names, roster, keys: &writer.paths.keys };
    let row = match directory.row(&args.whose) {
        Err(LedgerError::NotFound(why)) => {
            return match renamed_already(context, &writer, &directory, &args)? {
                Some(earlier) => {
                    print_receipt(context, &earlier.receipt(), &writer, &Details::default())
                }
                None => Err(LedgerError::NotFound(why).into()),
            };
        }
        row => row?,
    };
    let (subject, before) = (row.key, row.roles);
    let old = names.plain(&subject).map_or_else(|| names.of(&subject), str::to_owned);
    let roles = if args.roles.is_empty() { before } else { admin::roles(&args.roles) };
    let name = args.name.clone().unwrap_or_else(|| old.clone());
    let who = called(&old, &subject);
    let same = roles == before && name == old;
    if name != old {
        let namesakes = if args.same_name { Namesakes::Meant } else { Namesakes::Refused };
        check_name(&names, &name, Some(&row.person), namesakes, NameOf::EnrolledKey)?;
    }
    let name = words("--name", Words::new(name))?;
    let resolved = change(subject, roles, name.clone());
    if same {
        if let Some(earlier) = context.recorded_already(&writer, &resolved)? {
            return print_receipt(context, &earlier.receipt(), &writer, &Details::default());
        }
        let is = admin::shown(before);
        return Err(CliError::usage(format!(
            "{who} is {is} already; say what changes with --role or --name"
        )));
    }
    if !args.again {
        let repeats = |earlier: &EarlierAct| is_repeated(&record, &subject, &args, earlier);
        admin::expect_not_replaced(context, &writer, &resolved.args, repeats)?;
    }
    let renamed = match *name == *old {
        true => String::new(),
        false => format!(", now called {}", visible(&name)),
    };
    let what = match roles == before {
        true => format!("{who}: now called {}, before {}", visible(&name), visible(&old)),
        false => {
            format!("{who}: {}, before {}{renamed}", admin::shown(roles), admin::shown(before))
        }
    };
    let text = ActText { what: what.clone(), before: Vec::new(), after: vec![what] };
    admin::submit(context, &mut writer, resolved, args.dry_run, &text)
}

/// Whether the arguments give this earlier change of a key, in the record as it was before it.
fn is_repeated(
    record: &Record,
    subject: &PublicKey,
    args: &EditorChangeArgs,
    earlier: &EarlierAct,
) -> Result<bool, CliError> {
    let view = View::some(record, earlier.position, &no_fact)?;
    let names = Names::read(&view)?;
    let Some(member) = view.state().fold.roster.member(subject) else { return Ok(false) };
    let roles = if args.roles.is_empty() { member.roles } else { admin::roles(&args.roles) };
    let name = args.name.as_deref().or(names.plain(subject)).unwrap_or_default();
    Ok(earlier.is(&change(*subject, roles, words("--name", Words::new(name))?)))
}

/// This very change, if it is in the record already and the name is the one from before it: its
/// receipt may have been lost.
fn renamed_already(
    context: &Context,
    writer: &Writer,
    directory: &Directory<'_>,
    args: &EditorChangeArgs,
) -> Result<Option<EarlierAct>, CliError> {
    let Some(name) = &args.name else { return Ok(None) };
    let keys = directory.names.keys_ever(&args.whose);
    let named = |key: &PublicKey| directory.names.plain(key) == Some(name);
    let members =
        keys.iter().filter(|key| named(key)).filter_map(|key| directory.roster.member(key));
    let members: Vec<&Member> = members.collect();
    let [member] = members.as_slice() else { return Ok(None) };
    let roles = if args.roles.is_empty() { member.roles } else { admin::roles(&args.roles) };
    let resolved = change(member.key, roles, words("--name", Words::new(name.as_str()))?);
    context.recorded_already(writer, &resolved)
}
