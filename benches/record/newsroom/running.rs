//! A server as a process.

use crate::newsroom::desk::annals;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

/// A running server; it ends when it is dropped.
pub struct RunningServer {
    child: Child,
    /// Its address.
    pub url: String,
}

impl RunningServer {
    /// Starts a server of the ledger in a folder, with these options.
    pub fn start(place: &Path, options: &[&str]) -> RunningServer {
        RunningServer::start_at(place, options, None)
    }

    /// The same with a set clock.
    pub fn start_at(place: &Path, options: &[&str], clock: Option<&str>) -> RunningServer {
        let mut command = annals(place);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options);
        if let Some(clock) = clock {
            command.env("ANNALS_CLOCK", clock);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("annals runs");
        let (mut url, out) = (String::new(), child.stdout.take().expect("its output"));
        BufReader::new(out).read_line(&mut url).expect("its address");
        let url = url.trim().to_owned();
        assert!(!url.is_empty(), "annals serve {options:?} did not start");
        RunningServer { child, url }
    }

    /// The most resident memory that it had so far, in bytes.
    pub fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = kilobytes.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok());
        kilobytes.map_or(0, |kilobytes: u64| kilobytes * 1_024)
    }

    /// The processor time that its present threads used so far, in seconds.
    pub fn processor_seconds(&self) -> f64 {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.child.id())) else {
            return 0.0;
        };
        let nanoseconds = threads.flatten().filter_map(|thread| {
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        });
        nanoseconds.sum::<f64>() / 1e9
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}
