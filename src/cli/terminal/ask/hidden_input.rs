//! A typed line, shown or hidden, and prompts that can be left.
//!
//! Always holds: input typed before a prompt is discarded; the terminal's echo and cursor are
//! restored however a prompt ends, also by a signal; Ctrl-C and Ctrl-D end a prompt, not the
//! program. Not here: the questions.
//! Source: termios(3), on lines: `EOL` ends one as a line feed does.

use crate::disk::signals::before_signals_end;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush,
    tcgetattr, tcsetattr,
};
use std::io::{self, Stdin, Write};
use std::sync::{Mutex, Once, PoisonError};
use zeroize::Zeroizing;

/// The byte of Ctrl-C.
const INTERRUPT: u8 = 3;
/// The byte of Ctrl-D.
const END: u8 = 4;
/// The bytes of Ctrl-Z and Ctrl-\, which stop and end a program elsewhere: they are no text.
const NO_TEXT: [u8; 2] = [0x1A, 0x1C];
/// The byte with which the sequence of a cursor key or a function key begins.
const ESCAPE: u8 = 0x1B;
/// The maximum length of one line from a terminal.
const MOST: usize = 4_096;

/// Whether the terminal echoes the input, and when it returns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    /// A line that is shown.
    Shown,
    /// A line that is not shown.
    Unseen,
    /// One key at once; it is not shown.
    Key,
}

/// The settings of the terminal before the prompt that is open.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// An open prompt: a signal that ends the process restores the terminal first.
pub(super) struct OpenPrompt;

impl OpenPrompt {
    /// A prompt that is opened now, before it changes the terminal.
    pub(super) fn new() -> io::Result<OpenPrompt> {
        static STARTED: Once = Once::new();
        OpenPrompt::set(Some(tcgetattr(io::stdin())?));
        STARTED.call_once(|| {
            before_signals_end(|| {
                let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(before) = &*before {
                    let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
                }
            });
        });
        Ok(OpenPrompt)
    }

    fn set(before: Option<Termios>) {
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = before;
    }
}

impl Drop for OpenPrompt {
    fn drop(&mut self) {
        OpenPrompt::set(None);
    }
}

/// The terminal during a prompt; dropping this restores its settings.
struct HiddenPrompt {
    terminal: Stdin,
    before: Termios,
    _open: OpenPrompt,
}

impl HiddenPrompt {
    fn new(echo: Echo) -> io::Result<HiddenPrompt> {
        let terminal = io::stdin();
        let _open = OpenPrompt::new()?;
        let before = tcgetattr(&terminal)?;
        let mut asking = before.clone();
        asking.local_modes.remove(LocalModes::ISIG);
        // Backspace takes a character, not a byte of it.
        #[cfg(target_os = "linux")]
        asking.input_modes.insert(InputModes::IUTF8);
        if echo != Echo::Shown {
            asking.local_modes.remove(LocalModes::ECHO);
        }
        if echo == Echo::Key {
            asking.local_modes.remove(LocalModes::ICANON);
            asking.special_codes[SpecialCodeIndex::VMIN] = 1;
            asking.special_codes[SpecialCodeIndex::VTIME] = 0;
        }
        asking.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(&terminal, OptionalActions::Flush, &asking)?;
        Ok(HiddenPrompt { terminal, before, _open })
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
                    line.extend(text_of(rest));
                    return Ok(line);
                }
                Some(rest) => line.extend(text_of(rest)),
            }
        }
    }
}

/// The typed bytes that are text.
fn text_of(typed: &[u8]) -> impl Iterator<Item = u8> {
    typed.iter().copied().filter(|byte| !NO_TEXT.contains(byte))
}

impl HiddenPrompt {
    /// One key: its character, or `None` for one that is no ASCII character. The sequence of a key
    /// is read to its end, however slowly it comes; after Escape alone that is the next key.
    fn key(&self) -> io::Result<Option<char>> {
        let first = self.byte()?;
        if first != ESCAPE {
            return Ok(Some(char::from(first)).filter(char::is_ascii_graphic));
        }
        let mut kind = self.byte()?;
        while kind == ESCAPE {
            kind = self.byte()?;
        }
        match kind {
            b'[' => {
                // Parameters, then a letter; a console has a second bracket before that.
                let mut next = self.byte()?;
                while next == b'[' || (0x20..0x40).contains(&next) {
                    next = self.byte()?;
                }
            }
            b'O' => drop(self.byte()?),
            _ => {}
        }
        Ok(None)
    }

    fn byte(&self) -> io::Result<u8> {
        let mut byte = [0];
        loop {
            return match rustix::io::read(&self.terminal, &mut byte) {
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => Err(error.into()),
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => match byte {
                    [INTERRUPT] => Err(io::ErrorKind::Interrupted.into()),
                    [END] => Err(io::ErrorKind::UnexpectedEof.into()),
                    [byte] => Ok(byte),
                },
            };
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

/// Asks on stderr for one key, which is not shown; `None` is a key that is no ASCII character.
/// What follows it at once is dropped.
pub fn key(prompt: &str) -> io::Result<Option<char>> {
    let asking = HiddenPrompt::new(Echo::Key)?;
    let mut err = io::stderr();
    write!(err, "{prompt}: ")?;
    err.flush()?;
    let key = asking.key();
    if key.is_err() {
        writeln!(err)?;
    }
    key
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

/// Discards input typed before a prompt.
pub fn drop_typed_ahead() -> io::Result<()> {
    Ok(tcflush(io::stdin(), QueueSelector::IFlush)?)
}
