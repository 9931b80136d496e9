//! A typed line, shown or hidden, and prompts that can be left.
//!
//! Always holds: input typed before a prompt is discarded; the terminal's echo and cursor are
//! restored however a prompt ends; Ctrl-C and Ctrl-D end a prompt, not the program. Not here: the
//! questions.
//! Source: termios(3), on lines: `EOL` ends one as a line feed does.

use console::Term;
use rustix::termios::{LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
use rustix::termios::{tcflush, tcgetattr, tcsetattr};
use signal_hook::consts::SIGINT;
use std::io::{self, Stdin, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

/// The byte of Ctrl-C.
const INTERRUPT: u8 = 3;
/// The maximum length of one line from a terminal.
const MOST: usize = 4_096;

/// Whether the terminal echoes the input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    Shown,
    Unseen,
}

/// The terminal during a prompt; dropping this restores its settings.
struct HiddenPrompt {
    terminal: Stdin,
    before: Termios,
}

impl HiddenPrompt {
    fn new(echo: Echo) -> io::Result<HiddenPrompt> {
        let terminal = io::stdin();
        let before = tcgetattr(&terminal)?;
        let mut asking = before.clone();
        asking.local_modes.remove(LocalModes::ISIG);
        if echo == Echo::Unseen {
            asking.local_modes.remove(LocalModes::ECHO);
        }
        asking.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(&terminal, OptionalActions::Flush, &asking)?;
        Ok(HiddenPrompt { terminal, before })
    }

    /// A line, without its end.
    fn line(&self) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut line = Zeroizing::new(Vec::with_capacity(MOST));
        let mut part = Zeroizing::new([0; MOST]);
        loop {
            let count = match rustix::io::read(&self.terminal, part.as_mut_slice()) {
                Ok(count) => count,
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            };
            match part.get(..count) {
                None | Some([]) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Some([.., INTERRUPT]) => return Err(io::ErrorKind::Interrupted.into()),
                Some([rest @ .., b'\n']) => {
                    line.extend_from_slice(rest);
                    return Ok(line);
                }
                Some(rest) => line.extend_from_slice(rest),
            }
        }
    }
}

impl Drop for HiddenPrompt {
    fn drop(&mut self) {
        // A failure cannot be reported here.
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Prompts on stderr for a hidden line. Ctrl-C and Ctrl-D are an error ([`is_left`]).
pub fn line(prompt: &str) -> io::Result<Zeroizing<String>> {
    ask(&format!("{prompt}: "), Echo::Unseen)
}

/// Prompts on stderr for a line that is shown.
pub fn line_shown(prompt: &str) -> io::Result<Zeroizing<String>> {
    ask(&format!("{prompt} "), Echo::Shown)
}

fn ask(prompt: &str, echo: Echo) -> io::Result<Zeroizing<String>> {
    let asking = HiddenPrompt::new(echo)?;
    let mut err = io::stderr();
    write!(err, "{prompt}")?;
    err.flush()?;
    let line = asking.line();
    if echo == Echo::Unseen || line.is_err() {
        writeln!(err)?;
    }
    let line = line?;
    match std::str::from_utf8(&line) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "expected UTF-8, found other")),
    }
}

/// Whether a prompt was left, by Ctrl-C, Ctrl-D or the end of the terminal.
pub fn is_left(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof)
}

/// Runs a prompt that Ctrl-C ends with an error instead of ending the program. Input typed before
/// it is discarded.
pub fn leaving<T>(ask: impl FnOnce() -> dialoguer::Result<T>) -> io::Result<T> {
    let ends = interrupt_ends()?;
    tcflush(io::stdin(), QueueSelector::IFlush)?;
    ends.store(false, Ordering::SeqCst);
    let answer = ask();
    ends.store(true, Ordering::SeqCst);
    answer.map_err(|dialoguer::Error::IO(error)| {
        let term = Term::stderr();
        // A failure cannot be reported here.
        let _ = term.show_cursor().and_then(|()| term.write_line(""));
        error
    })
}

/// Whether Ctrl-C ends the program; it does, except during prompts.
fn interrupt_ends() -> io::Result<&'static AtomicBool> {
    static ENDS: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    if let Some(ends) = ENDS.get() {
        return Ok(ends);
    }
    let ends = Arc::new(AtomicBool::new(true));
    signal_hook::flag::register_conditional_default(SIGINT, Arc::clone(&ends))?;
    Ok(ENDS.get_or_init(|| ends))
}
