//! Submitting: what every command that writes facts ends in.
//!
//! Always holds: drafts are settled, shown, asked about and written in this order, all or nothing;
//! nothing is asked where nobody is there. Not here: where the drafts come from.

use crate::cli::ask;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::given::WriteArgs;
use crate::cli::output::{done, note};
use crate::cli::preview::{self, Extent};
use crate::cli::progress::Progress;
use crate::ledger::append::{
    Around, Prepared, Receipt, Resumed, Signer, commit, prepare_input, resume,
};
use crate::ledger::draft::Input;
use crate::ledger::loaded::LoadedInput;
use crate::ledger::writer::Writer;
use std::io::Write;
use std::path::PathBuf;

/// How drafts are submitted.
#[derive(Debug, Default)]
pub struct Submission {
    /// Check and show only.
    pub dry_run: bool,
    /// Enter again what was entered before.
    pub again: bool,
    /// The folder that files of drafts are relative to.
    pub folder: PathBuf,
    /// Show what will be written also where nobody is asked.
    pub show: bool,
}

impl Submission {
    /// As the options of the command say.
    pub fn of(args: &WriteArgs) -> Submission {
        let WriteArgs { dry_run, again } = *args;
        Submission { dry_run, again, ..Submission::default() }
    }

    /// The same, and what will be written is always shown.
    pub fn shown(args: &WriteArgs) -> Submission {
        Submission { show: true, ..Submission::of(args) }
    }
}

/// Settles, shows, asks, writes.
pub fn submit(context: &mut Context, input: &Input, options: &Submission) -> Result<Exit, Failure> {
    if input.drafts.is_empty() && input.unread.is_empty() {
        return Err(Failure::usage("there are no drafts in the input; nothing was written"));
    }
    context.trial = options.dry_run;
    let mut writer = context.writer()?;
    let key = context.signer(&writer)?;
    let yes = context.global.yes;
    let (clock, entropy) = (&mut context.clock, &mut *context.entropy);
    let mut signer = Signer { key: &key, clock, entropy };
    let loaded = LoadedInput::read(input, &options.folder);
    let fresh = options.again || options.dry_run || !input.unread.is_empty();
    let resumed = match fresh {
        true => Resumed::New,
        false => resume(&mut writer, &loaded, &signer)?,
    };
    if let Resumed::Damaged { path, why } = &resumed {
        note(format!(
            "note: what was kept of an earlier try is damaged and counts for nothing: {why}; it is \
             now {}; the drafts are signed anew",
            path.display()
        ));
    }
    let prepared = match resumed {
        Resumed::Already(receipt) => return tell(&receipt, &writer),
        Resumed::Again(prepared) => {
            note("note: this was signed before and not written; the same bytes are written now");
            prepared
        }
        Resumed::New | Resumed::Damaged { .. } => {
            let progress = Progress::new(input.drafts.len() as u64, "checking");
            let done = &mut |done| progress.at(done);
            prepare_input(&mut writer, &loaded, Around { signer: &mut signer, done })?
        }
    };
    let asks = !yes && ask::on_terminal();
    if options.dry_run || options.show || asks {
        preview::write(&mut writer, &prepared, extent(options, &prepared))?;
    }
    if options.dry_run {
        note(format!("{} would be written; nothing was", events(prepared.entries.len())));
        return Ok(Exit::Yes);
    }
    ask::may_write(yes, &format!("sign and write {}?", events(prepared.entries.len())))?;
    let receipt = commit(&mut writer, &prepared)?;
    tell(&receipt, &writer)
}

/// How much of each event is shown: a few are shown whole.
fn extent(options: &Submission, prepared: &Prepared) -> Extent {
    match options.show || prepared.entries.len() <= 3 {
        true => Extent::Whole,
        false => Extent::Line,
    }
}

fn events(count: usize) -> String {
    match count {
        1 => "1 event".to_owned(),
        more => format!("{more} events"),
    }
}

pub fn tell(receipt: &Receipt, writer: &Writer) -> Result<Exit, Failure> {
    let Receipt { first, count, already } = *receipt;
    let mut out = done();
    let what = if already { "already at" } else { "written at" };
    let last = first + count.saturating_sub(1);
    match count {
        1 => writeln!(out, "{what} {first}")?,
        _ => writeln!(out, "{what} {first} to {last} ({count} events)")?,
    }
    if !already && let Some(head) = writer.judge.chain.head {
        writeln!(out, "head {head}, {} events", writer.size())?;
    }
    out.flush()?;
    Ok(Exit::Yes)
}
