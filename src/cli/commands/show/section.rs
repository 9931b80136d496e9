//! A section of a text answer: a heading and indented lines.

use crate::cli::terminal::{CliError, wrapped};
use std::io::Write;
/// A heading and wrapped lines below it; a line that begins with spaces is indented by them.
pub fn section(out: &mut dyn Write, heading: &str, lines: &[String]) -> Result<(), CliError> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{heading}")?;
    for line in lines {
        let text = line.trim_start();
        writeln!(out, "{}", wrapped(text, 4 + line.len() - text.len()))?;
    }
    Ok(())
}
