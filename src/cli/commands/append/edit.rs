//! `annals append --edit`: drafts written in the editor that the environment names.
//!
//! Always holds: a refused file is kept; on a terminal the editor can be opened again at once. Not
//! here: resolving (`submit`).

use crate::cli::shared::{BOUND, DraftFile, DraftSubmission, SubmitOptions, read};
use crate::cli::terminal::{CliError, Context, Exit, Format, ask, note};
use crate::disk;
use crate::ledger::error::LedgerError;
use std::path::Path;
use std::process::Command;

/// The initial text in the editor.
const TEMPLATE: &str = r#"# Drafts for annals. Each [[draft]] becomes one event.
# Save and close to have them checked and to be asked; close without a change to leave.
# A line that begins with # is a note.
# quote points at the document's own words: the words themselves, or "first words … last words".

[[draft]]
quote = ""
claim = ""
# document = 3                     # needed where there is more than one
# nth = 2                          # where the words stand there more than once
# lang = "en"                      # the document's language, unless another
# vouch = "said"                   # said: the document says so; so: it is so
# attribution = [{ agent = "Kommersant", agent_type = "organization", act = "reports" }]
# when = { edtf = "2022-01-26", as_written = "yesterday evening", basis = "derived" }
# topics = [{ name = "NATO" }]

# Other events are drafts too:
# [[draft]]
# type = "fact.corrected"
# fact = 17
# reason = "entry-error"
# statement = "…"
# claim = "…"
"#;

pub fn run(
    context: &mut Context,
    file: Option<&Path>,
    options: &SubmitOptions,
) -> Result<Exit, CliError> {
    let editor = editor()?;
    let kept = match file {
        Some(file) => {
            let mut kept = DraftFile::there(context, file)?;
            kept.expect_here(context)?;
            kept
        }
        None => DraftFile::new(context, "toml", TEMPLATE)?,
    };
    let outcome = loop {
        let opened = open_editor(&editor, kept.path());
        let text = disk::read_named(kept.path(), BOUND).map_err(LedgerError::from)?;
        // Whatever the editor ended with.
        if is_template(&text) && (kept.is_ours() || opened.is_ok()) {
            if kept.is_ours() {
                kept.drop()?;
            }
            note("nothing was changed; nothing was written");
            return opened.map(|()| Exit::Yes);
        }
        if let Err(failure) = opened {
            break Err(failure);
        }
        let outcome = match read(kept.path()) {
            Ok(input) => kept
                .expect_words(context, &input, options.dry_run)
                .and_then(|()| DraftSubmission::of(&input).run(context, options)),
            Err(failure) => Err(failure),
        };
        match outcome {
            Err(slip) if can_be_mended(&slip) && ask::on_terminal() => {
                let exit = slip.report(Format::Text);
                if !ask::yes("back to the editor?").unwrap_or(false) {
                    break Ok(exit);
                }
            }
            ended => break ended,
        }
    };
    kept.end(outcome, "--edit ", options.dry_run)
}

/// Whether a file has the initial text, perhaps after the line that says what it was made for.
fn is_template(text: &[u8]) -> bool {
    text.strip_suffix(TEMPLATE.as_bytes()).is_some_and(|line| {
        line.is_empty()
            || line.starts_with(b"# ") && line.iter().filter(|b| **b == b'\n').count() == 1
    })
}

/// Whether other words in the drafts may be taken.
fn can_be_mended(failure: &CliError) -> bool {
    matches!(
        failure,
        CliError::Usage(_) | CliError::NoAnswer { .. } | CliError::Ledger(LedgerError::Refused(_))
    )
}

/// The editor's command; it may have arguments.
fn editor() -> Result<String, CliError> {
    let setting = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    setting("VISUAL").or_else(|| setting("EDITOR")).ok_or_else(|| {
        CliError::usage("expected the name of an editor in VISUAL or EDITOR, found none")
    })
}

/// Runs the editor through the shell, as git does, and waits for it.
fn open_editor(editor: &str, path: &Path) -> Result<(), CliError> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg(editor).arg(path);
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(CliError::usage(format!("the editor {editor} ended with {status}"))),
    }
}
