//! A process that reads strangers' bytes: with bounds in time and memory, and no file to write.
//!
//! Always holds: what crashes, loops or grows in a library ends that process and not this one, and
//! is reported as [`Unquotable`]. It gets the bytes and nothing of the environment. Not here: the
//! reading (`read`). Source: setrlimit(2).

use crate::capture::read::read as read_here;
use crate::capture::reading::{CaptureReading, CaptureRequest, Unquotable};
use annals_core::event::body::MAX_DOCUMENT;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// The argument that makes the program this process.
pub const ARGUMENT: &str = "read-captured-bytes";
/// How long it may take.
const TIME: Duration = Duration::from_secs(60);
/// The most memory that it may have.
const MEMORY: u64 = 3 << 30;
/// The stack of its thread: deep, for libraries that descend into a page.
const STACK: usize = 256 << 20;
/// The most bytes of an answer: a text as JSON, and its description.
const MAX_ANSWER: u64 = 4 * MAX_DOCUMENT;

/// Reads bytes in a process of its own. `program` is this program.
pub fn read(program: &Path, request: &CaptureRequest, bytes: &[u8]) -> io::Result<CaptureReading> {
    let mut child = Command::new(program)
        .arg(ARGUMENT)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let answer = thread::scope(|scope| {
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (sender, receiver) = channel();
        scope.spawn(move || {
            // A process that ended reads nothing; its answer shows that.
            let _ = input.map(|input| send(input, request, bytes));
        });
        scope.spawn(move || {
            let mut answer = Vec::new();
            let read = output.map(|output| output.take(MAX_ANSWER).read_to_end(&mut answer));
            let _ = sender.send(read.transpose().map(|_| answer));
        });
        let answer = receiver.recv_timeout(TIME);
        if answer.is_err() {
            end(&mut child);
        }
        answer
    });
    let status = child.wait()?;
    let why = match answer {
        Ok(Ok(answer)) => match serde_json::from_slice(&answer) {
            Ok(reading) => return Ok(reading),
            Err(_) => format!("the library that reads it ended ({status})"),
        },
        Ok(Err(error)) => return Err(error),
        Err(RecvTimeoutError::Timeout) => format!("{} seconds", TIME.as_secs()),
        Err(RecvTimeoutError::Disconnected) => status.to_string(),
    };
    Ok(CaptureReading::unquotable(Unquotable::Bound(why)))
}

/// Ends a process; one that ended already is no error.
fn end(child: &mut Child) {
    let _ = child.kill();
}

fn send(mut input: impl Write, request: &CaptureRequest, bytes: &[u8]) -> io::Result<()> {
    serde_json::to_writer(&mut input, request)?;
    input.write_all(b"\n")?;
    input.write_all(bytes)?;
    input.flush()
}

/// Is that process: a request and bytes on `input`, a reading on `output`.
pub fn serve(input: impl Read + Send, mut output: impl Write) -> io::Result<()> {
    limit();
    // The message of a panic in a library is for its authors.
    std::panic::set_hook(Box::new(|_| {}));
    let reading = thread::scope(|scope| {
        let work = move || -> io::Result<CaptureReading> {
            let mut input = BufReader::new(input.take(MAX_DOCUMENT + (1 << 20)));
            let mut line = Vec::new();
            input.read_until(b'\n', &mut line)?;
            let request: CaptureRequest = serde_json::from_slice(&line)?;
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes)?;
            Ok(read_here(&request, &bytes))
        };
        let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        worker.join().unwrap_or_else(|_| Err(io::Error::other("a library failed")))
    })?;
    serde_json::to_writer(&mut output, &reading)?;
    output.flush()
}

/// Sets the bounds of this process; where the system has none, the time still holds.
fn limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let all = [
            (Resource::As, MEMORY),
            (Resource::Cpu, TIME.as_secs()),
            (Resource::Fsize, 0),
            (Resource::Core, 0),
        ];
        for (resource, most) in all {
            // A bound below this one stands already where the call is refused.
            let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
        }
    }
}
