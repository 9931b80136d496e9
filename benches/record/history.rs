//! The figures of a run: each is printed with the last one of the same processor and size, and all
//! are kept, one line of JSON for each run.
//!
//! Always holds: nothing is asserted; a file of history that cannot be read counts as empty. Not
//! here: what is measured.

use serde_json::{Map, Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// The figures of this run, and the last ones.
pub struct History {
    path: PathBuf,
    head: Map<String, Value>,
    last: Map<String, Value>,
    now: Map<String, Value>,
}

impl History {
    /// The history in this file, for a run with this many events, quick or not. A run may measure
    /// a part alone, so the last value of each figure is kept, of whichever run.
    pub fn open(path: &Path, events: u64, quick: bool) -> History {
        let processor = processor();
        let text = fs::read_to_string(path).unwrap_or_default();
        let runs = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let same = |run: &Value| {
            let was_quick = run["quick"].as_bool().unwrap_or(false);
            run["processor"] == *processor && run["events"] == events && was_quick == quick
        };
        let mut last = Map::new();
        for run in runs.filter(same) {
            last.extend(run["figures"].as_object().cloned().unwrap_or_default());
        }
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| at.as_secs());
        let date = jiff::Timestamp::from_second(seconds.cast_signed()).unwrap_or_default();
        let Value::Object(head) = json!({
            "date": date.to_string(), "processor": processor, "commit": commit(),
            "events": events, "quick": quick,
        }) else {
            return History { path: path.to_owned(), head: Map::new(), last, now: Map::new() };
        };
        println!("processor {processor}");
        History { path: path.to_owned(), head, last, now: Map::new() }
    }

    /// Prints and keeps a figure.
    pub fn figure(&mut self, name: &str, value: f64, unit: &str) {
        // Three digits say enough, and are easy to compare.
        let digits = (2 - value.abs().max(1e-9).log10().floor() as i32).clamp(0, 6);
        let shown = format!("{value:.*}", digits as usize);
        let last = self.last.get(name).map(|last| format!(" (last {last})")).unwrap_or_default();
        println!("{name} {shown} {unit}{last}");
        let kept = shown.parse::<f64>().unwrap_or(value);
        self.now.insert(name.to_owned(), json!(kept));
    }

    /// Adds the line of this run to the file.
    pub fn keep(mut self) {
        self.head.insert("figures".to_owned(), Value::Object(self.now));
        let line = format!("{}\n", Value::Object(self.head));
        let file = fs::OpenOptions::new().create(true).append(true).open(&self.path);
        match file.and_then(|mut file| file.write_all(line.as_bytes())) {
            Ok(()) => println!("kept in {}", self.path.display()),
            Err(error) => println!("not kept in {}: {error}", self.path.display()),
        }
    }
}

/// The processor's name, family and model: one name may stand for several.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    };
    match (value("model name"), value("cpu family"), value("model")) {
        (Some(name), Some(family), Some(model)) => {
            format!("{name}, family {family}, model {model}")
        }
        (name, ..) => name.unwrap_or(std::env::consts::ARCH).to_owned(),
    }
}

fn commit() -> String {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
