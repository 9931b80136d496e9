//! A proxy on this machine before an engine, over which one connection is made and cut.
//!
//! It does not read what passes, so that it cuts a connection with TLS as one without: the program
//! arms it when all is done but for the COMMIT, and the next bytes of the program are the COMMIT's.
//!
//! Always holds: it listens on loopback, and takes one connection. Not here: what the engine does
//! then (`cuts`).

use crate::database::address::HostPlace;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What happens to a connection, from when the proxy is armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArmedCut {
    /// Nothing of what the program sends passes: the connection is cut in its place.
    Before,
    /// What the program sends passes; that long after its first bytes the connection is cut.
    At(Duration),
    /// What the program sends passes, and no answer; it is cut by [`CuttingProxy::cut`].
    After,
}

/// A proxy over which one connection is made.
pub(super) struct CuttingProxy {
    /// Where it listens, on loopback.
    pub port: u16,
    line: Arc<Line>,
    thread: Option<JoinHandle<()>>,
}

/// What the threads of a proxy share.
#[derive(Default)]
struct Line {
    armed: Mutex<Option<ArmedCut>>,
    ends: Mutex<Vec<WireEnd>>,
}

impl Line {
    fn armed(&self) -> MutexGuard<'_, Option<ArmedCut>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ends(&self) -> MutexGuard<'_, Vec<WireEnd>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cut(&self) {
        self.ends().iter().for_each(WireEnd::shut);
    }
}

impl CuttingProxy {
    /// Listens before the engine at a place.
    ///
    /// Errors: this machine has no free port.
    pub fn before(place: HostPlace) -> io::Result<CuttingProxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let line = Arc::new(Line::default());
        let shared = Arc::clone(&line);
        let thread = std::thread::Builder::new().spawn(move || {
            // Where one end cannot be reached, the other one sees its connection closed.
            let _ = pass(&listener, &place, &shared);
            shared.cut();
        })?;
        Ok(CuttingProxy { port, line, thread: Some(thread) })
    }

    /// Cuts the connection when the program sends something next.
    pub fn arm(&self, cut: ArmedCut) {
        *self.line.armed() = Some(cut);
    }

    /// Cuts the connection now.
    pub fn cut(&self) {
        self.line.cut();
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.cut();
        // If it waits for its connection still, this is one.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        self.cut();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Passes on what one connection sends and is answered, until an end closes or it is cut.
fn pass(listener: &TcpListener, place: &HostPlace, line: &Arc<Line>) -> io::Result<()> {
    let program = WireEnd::of(listener.accept()?.0)?;
    let engine = WireEnd::connect(place)?;
    line.ends().extend([program.again()?, engine.again()?]);
    let (from, to, shared) = (engine.again()?, program.again()?, Arc::clone(line));
    let answers = std::thread::Builder::new().spawn(move || {
        let _ = pass_answers(from, to, &shared);
        shared.cut();
    })?;
    let passed = pass_requests(program, engine, line);
    line.cut();
    let _ = answers.join();
    passed
}

fn pass_requests(mut program: WireEnd, mut engine: WireEnd, line: &Arc<Line>) -> io::Result<()> {
    let mut bytes = [0; 65_536];
    let mut is_timed = false;
    while let read @ 1.. = program.read(&mut bytes)? {
        let armed = *line.armed();
        if armed == Some(ArmedCut::Before) {
            break;
        }
        engine.write_all(&bytes[..read])?;
        // What is sent may come in several pieces, which all pass until then.
        if let Some(ArmedCut::At(after)) = armed.filter(|_| !is_timed) {
            is_timed = true;
            let line = Arc::clone(line);
            std::thread::Builder::new().spawn(move || {
                std::thread::sleep(after);
                line.cut();
            })?;
        }
    }
    Ok(())
}

fn pass_answers(mut engine: WireEnd, mut program: WireEnd, line: &Line) -> io::Result<()> {
    let mut bytes = [0; 65_536];
    while let read @ 1.. = engine.read(&mut bytes)? {
        if *line.armed() != Some(ArmedCut::After) {
            program.write_all(&bytes[..read])?;
        }
    }
    Ok(())
}

/// One end of a connection. What is written is sent at once.
enum WireEnd {
    Port(TcpStream),
    Socket(UnixStream),
}

impl WireEnd {
    fn of(stream: TcpStream) -> io::Result<WireEnd> {
        // Small messages one after the other must not wait for their acknowledgements.
        stream.set_nodelay(true)?;
        Ok(WireEnd::Port(stream))
    }

    fn connect(place: &HostPlace) -> io::Result<WireEnd> {
        match place {
            HostPlace::Port(name, port) => WireEnd::of(TcpStream::connect((name.as_str(), *port))?),
            HostPlace::Socket(path) => Ok(WireEnd::Socket(UnixStream::connect(path)?)),
        }
    }

    fn again(&self) -> io::Result<WireEnd> {
        Ok(match self {
            WireEnd::Port(stream) => WireEnd::Port(stream.try_clone()?),
            WireEnd::Socket(stream) => WireEnd::Socket(stream.try_clone()?),
        })
    }

    /// Ends it in both directions.
    fn shut(&self) {
        let _ = match self {
            WireEnd::Port(stream) => stream.shutdown(Shutdown::Both),
            WireEnd::Socket(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}

impl Read for WireEnd {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            WireEnd::Port(stream) => stream.read(bytes),
            WireEnd::Socket(stream) => stream.read(bytes),
        }
    }
}

impl Write for WireEnd {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            WireEnd::Port(stream) => stream.write(bytes),
            WireEnd::Socket(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
