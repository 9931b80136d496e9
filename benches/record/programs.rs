//! Whole processes of the program, from start to end: what a person waits for.
//!
//! Always holds: each prints its time and its peak; one that fails is reported in one line. Not
//! here: what is measured inside one process (`measure`).

use crate::history::History;
use crate::make::{EDITORS, clock_after};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often the peak of a process is read.
const POLL: Duration = Duration::from_millis(2);

/// The time and the peak of a process that ended well.
struct Timed {
    seconds: f64,
    /// Peak resident memory in bytes, as it was last seen.
    peak: u64,
}

/// Runs a command to its end.
fn timed(command: &mut Command) -> Result<Timed, String> {
    let began = Instant::now();
    let log = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let errors = log.reopen().map_err(|error| error.to_string())?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    loop {
        if let Some(ended) = child.try_wait().map_err(|error| error.to_string())? {
            let seconds = began.elapsed().as_secs_f64();
            let why = fs::read_to_string(log.path()).unwrap_or_default();
            let why = why.lines().last().unwrap_or("it failed").to_owned();
            return if ended.success() { Ok(Timed { seconds, peak }) } else { Err(why) };
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let kilobytes = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = kilobytes.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok());
        peak = kilobytes.map_or(peak, |kilobytes: u64| peak.max(kilobytes * 1_024));
        std::thread::sleep(POLL);
    }
}

/// The program on a ledger in a folder, at a time near that of its events.
struct Program<'a> {
    folder: &'a Path,
    clock: String,
}

impl Program<'_> {
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command.args(["--ledger", "ledger"]);
        command.args(line.split(' ').map(|word| word.replace('_', " ")));
        command.env("ANNALS_CLOCK", &self.clock).current_dir(self.folder);
        command
    }

    /// Runs a command several times: the median of its time, and its greatest peak.
    fn many(&self, name: &str, line: &str, runs: usize, history: &mut History) -> Option<f64> {
        let mut times = Vec::new();
        let mut peak = 0;
        for _ in 0..runs {
            let _ = fs::remove_file(self.folder.join("proof.json"));
            match timed(&mut self.command(line)) {
                Ok(timed) => {
                    times.push(timed.seconds);
                    peak = peak.max(timed.peak);
                }
                Err(why) => {
                    println!("{name}: not measured: {why}");
                    return None;
                }
            }
        }
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        history.figure(name, median, "s");
        history.figure(&format!("{name}_peak"), peak as f64 / 1e6, "MB");
        Some(median)
    }
}

/// Measures the commands that read, one that appends, and the exchange.
pub fn measure(folder: &Path, events: u64, runs: usize, naive: f64, history: &mut History) {
    let program = Program { folder, clock: clock_after(events) };
    // The article comes after the opening and nine enrolments.
    let article = EDITORS;
    let reading = [
        ("status", "status".to_owned()),
        ("review", "review --by Editor_1".to_owned()),
        ("document_list", "document list".to_owned()),
        ("blame", format!("blame {article}")),
        ("timeline", "timeline --html page.html --topic core".to_owned()),
        ("prove", format!("prove {} -o proof.json", article + 1)),
        ("show", format!("show {}", article + 1)),
        ("find", "find core_principles --limit 10".to_owned()),
    ];
    for (name, line) in reading {
        program.many(name, &line, runs, history);
    }
    let one = format!(
        "append --claim It_is_so. --quote core_principles --document {article} --by editor0 \
         --again --yes"
    );
    program.many("append_one_process", &one, runs, history);
    if let Some(verify) = program.many("verify_process", "verify", 1, history) {
        history.figure("verify_process_ratio", naive / verify, "times faster than naive");
    }
    for made in ["bag", "published", "imported"] {
        let _ = fs::remove_dir_all(folder.join(made));
    }
    program.many("export", "export --to bag", 1, history);
    program.many("import", "import bag --to imported", 1, history);
    program.many("publish_first", "publish published", 1, history);
    program.many("append_before_publish", &one, 1, history);
    program.many("publish_new", "publish published", 1, history);
    program.many("publish_nothing_new", "publish published", runs, history);
    for made in ["bag", "published", "imported"] {
        let _ = fs::remove_dir_all(folder.join(made));
    }
}
