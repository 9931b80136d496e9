//! `annals editor change`: the roles or the name of a key.

use crate::cli::act::{self, Told, Trial, called};
use crate::cli::context::Context;
use crate::cli::editor::{Namesakes, check_name, reading};
use crate::cli::exit::{Exit, Failure};
use crate::cli::init::words;
use crate::cli::output::visible;
use crate::cli::submit::tell;
use crate::event::words::Role;
use crate::ledger::people::{Directory, change};
use crate::text::Words;
use clap::Args;

#[derive(Clone, Debug, Args)]
pub struct ChangeArgs {
    /// Whose key: a handle, a name in the record, or 8 or more digits of the key
    whose: String,
    /// What it may sign from now on: admin, editor, or both [default: as before]
    #[arg(long = "role", value_name = "ROLE", value_parser = act::role())]
    roles: Vec<Role>,
    /// Its holder's name from now on [default: as before]
    #[arg(long, value_name = "WORDS")]
    name: Option<String>,
    /// The name is another person's too, or looks like it
    #[arg(long, requires = "name")]
    same_name: bool,
    #[command(flatten)]
    trial: Trial,
}

pub fn run(context: &mut Context, args: ChangeArgs) -> Result<Exit, Failure> {
    context.trial = args.trial.dry_run;
    let mut writer = context.writer()?;
    let (_, names) = reading(&writer)?;
    let roster = &writer.judge.chain.state.fold.roster;
    let directory = Directory { names: &names, roster, keys: &writer.paths.keys };
    let row = directory.row(&args.whose)?;
    let (subject, before) = (row.key, row.roles);
    let old = names.plain(&subject).map_or_else(|| names.of(&subject), str::to_owned);
    let roles = if args.roles.is_empty() { before } else { act::roles(&args.roles) };
    let name = args.name.unwrap_or_else(|| old.clone());
    let who = called(&old, &subject);
    let same = roles == before && name == old;
    if name != old {
        let namesakes = if args.same_name { Namesakes::Meant } else { Namesakes::Refused };
        check_name(&names, &name, Some(&row.person), namesakes)?;
    }
    let name = words("--name", Words::new(name))?;
    let settled = change(subject, roles, name.clone());
    if same {
        if let Some(said) = context.said_already(&writer, &settled)? {
            return tell(&said.receipt(), &writer);
        }
        let is = act::shown(before);
        return Err(Failure::usage(format!(
            "{who} is {is} already; say what changes with --role or --name"
        )));
    }
    let renamed = match *name == *old {
        true => String::new(),
        false => format!(", now called {}", visible(&name)),
    };
    let what = format!("{who}: {}, before {}{renamed}", act::shown(roles), act::shown(before));
    let told = Told { what: what.clone(), before: Vec::new(), after: vec![what] };
    act::submit(context, &mut writer, (settled, args.trial), &told)
}
