//! The report: for people, for programs, and as a page that can be attached to a letter.

use crate::auditor::desk::{Answer, Desk, ledger};
use crate::support::files::{CHECKPOINT, JOURNAL, MARKS, note};
use crate::support::tamper::replace;
use crate::support::{Ledger, acts};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The example of FORMAT.md section 10, and a pin of its first three events.
fn example() -> Desk {
    let mut ledger = Ledger::opened();
    ledger.sign("ada", acts::enrolled("bo", acts::EDITOR));
    ledger.capture("ada", crate::support::texts::TEXT, "null");
    let pin = ledger.pin(3);
    ledger.sign("ada", acts::asserted(2));
    ledger.sign("bo", acts::confirmed(3));
    let desk = Desk::with(&ledger.files());
    std::fs::write(desk.path("pin"), pin).unwrap();
    desk
}

/// The text block after a line of the page.
fn block(page: &str, after: &str) -> std::ops::Range<usize> {
    let start = page.find(after).unwrap_or_else(|| panic!("{after} stands in the page"));
    let begin = start + page[start..].find("```json\n").unwrap() + 8;
    begin..begin + page[begin..].find("\n```").unwrap()
}

/// The JSON with each field, and each element of a list of fields, on its own line.
fn lines(json: &str) -> String {
    let (mut out, mut open, mut quoted) = (String::new(), Vec::new(), false);
    let mut before = ' ';
    let mut chars = json.trim_end().chars().peekable();
    while let Some(c) = chars.next() {
        let listed = |open: &[char]| open.len() < 2 || (open.len() == 2 && open[1] == '[');
        quoted ^= c == '"' && before != '\\';
        if !quoted && matches!(c, '}' | ']') {
            if listed(&open) && before != '{' && before != '[' {
                out += &format!("\n{}", "  ".repeat(open.len() - 1));
            }
            open.pop();
        }
        out.push(c);
        if !quoted && matches!(c, '{' | '[') {
            open.push(c);
        }
        let empty = chars.peek().is_some_and(|next| matches!(next, '}' | ']'));
        if !quoted && matches!(c, '{' | '[' | ',') && !empty && listed(&open) {
            out += &format!("\n{}", "  ".repeat(open.len()));
        }
        before = c;
    }
    out
}

#[test]
fn the_page_about_the_report_shows_what_the_program_says() {
    let path = root().join("docs/verify-report.md");
    let mut page = std::fs::read_to_string(&path).unwrap();
    let shown = |answer: Answer| lines(&answer.out);
    let desk = example();
    let verified = shown(desk.run("verify --pin pin --format json"));
    let forked = {
        let desk = Desk::with(&ledger(&[2, 3]).files());
        desk.run("verify --pin pin --first");
        desk.put(&ledger(&[2, 4]).files());
        let answer = desk.run("verify --pin pin --format json");
        assert_eq!(answer.exit, 4);
        let faults = &answer.out[answer.out.find("\"faults\":[").unwrap() + 9..];
        (
            lines(faults.trim_end().strip_suffix('}').unwrap()),
            shown(desk.run("verify pin.evidence --format json")),
        )
    };
    let expected = [("## A verdict", verified), ("## Faults", forked.0), ("## Evidence", forked.1)];
    for (heading, found) in expected {
        let block = block(&page, heading);
        if std::env::var_os("ANNALS_BLESS").is_some() {
            page.replace_range(block, &found);
            std::fs::write(&path, &page).unwrap();
        } else {
            assert_eq!(page[block], found, "{heading}; ANNALS_BLESS=1 writes it anew");
        }
    }
    // Every field is explained.
    let told: Value = serde_json::from_str(&page[block(&page, "## A verdict")]).unwrap();
    for field in told.as_object().unwrap().keys() {
        assert!(page.contains(&format!("| `{field}` |")), "{field} is not explained");
    }
}

#[test]
fn the_first_faults_are_listed_and_the_rest_counted_by_rule() {
    let mut ledger = Ledger::opened();
    for number in 0..30 {
        let draft = ledger.draft("ada", acts::changed(1 + number % 9));
        ledger.put(draft.with(|d| d.signer = "bo".to_owned()));
    }
    let desk = Desk::with(&ledger.files());
    let answer = desk.run("verify");
    assert_eq!(answer.exit, 1);
    let full = answer.out.lines().filter(|line| line.starts_with("fault: event ")).count();
    assert_eq!(full, 20, "{}", answer.out);
    assert!(answer.says("and 10 more of rule 302 signature"), "{}", answer.out);
    assert!(answer.says("signature          31 signatures                  30 faults"));
    let told: Value = serde_json::from_str(&desk.run("verify --format json").out).unwrap();
    assert_eq!(told["faults"].as_array().unwrap().len(), 30);
    assert_eq!(desk.run("verify --format csv").exit, 2);
}

#[test]
fn ignored_lines_and_comparisons_are_reported() {
    let record = ledger(&[2]);
    let mut files = record.files();
    let text = crate::support::files::head_text(acts::ORIGIN, 2, &record.root(2));
    let signers = ["log".to_owned(), "one".to_owned(), "two".to_owned()];
    files.insert(CHECKPOINT.to_owned(), note(&text, &signers).into_bytes());
    files.insert(MARKS.to_owned(), record.mark(2).into_bytes());
    files.get_mut(JOURNAL).unwrap().extend_from_slice(b"{\"seq\":2\n");
    let answer = Desk::with(&files).run("verify");
    assert_eq!(answer.exit, 0, "{}", answer.out);
    for line in [
        "ignored: 2 signature lines of unknown keys",
        "ignored: 9 bytes of an unfinished commit after the record's end",
        "compared with the log key's own memory; no other external checkpoint (see --pin)",
        "anchored: events 0 to 1 (by the checkpoint of size 2)",
        "yes: the record is whole, in ",
    ] {
        assert!(answer.says(line), "{line}: {}", answer.out);
    }
}

/// Parses a page with Python's parser: every tag closed in order, nothing loaded from elsewhere.
const CHECK: &str = r#"
import html.parser, sys
VOID = {"meta", "br", "link", "hr", "img", "input"}
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.bad, self.text, self.tags, self.ids = [], [], [], [], set()
        self.policy, self.lang, self.labels = None, None, []
    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        if tag not in ("code", "strong", "time"): self.text.append(" ")
        if len(given) != len(attributes): self.bad.append("an attribute twice: " + tag)
        if tag in ("script", "link", "img", "iframe", "object", "form", "base", "a", "svg"):
            self.bad.append("a tag that has no place here: " + tag)
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "href", "style") or "//" in (value or "").replace("://", ""):
                self.bad.append("an attribute that has no place here: " + name)
        if tag == "html": self.lang = given.get("lang")
        if given.get("http-equiv") == "Content-Security-Policy": self.policy = given["content"]
        if tag == "th" and "scope" not in given: self.bad.append("a header without a scope")
        if "id" in given:
            if given["id"] in self.ids: self.bad.append("an id twice: " + given["id"])
            self.ids.add(given["id"])
        if "aria-labelledby" in given: self.labels.append(given["aria-labelledby"])
        if tag not in VOID: self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.bad.append("closed out of order: " + tag)
    def handle_data(self, data):
        if self.open[-1:] != ["style"]: self.text.append(data)
page = Page()
page.feed(sys.stdin.read())
page.close()
page.bad += ["never closed: " + tag for tag in page.open]
page.bad += ["no such id: " + label for label in page.labels if label not in page.ids]
if page.tags.count("h1") != 1: page.bad.append("expected one h1")
if page.tags.count("main") != 1: page.bad.append("expected one main")
if page.tags.count("table") != page.tags.count("caption"): page.bad.append("a table without a caption")
if page.lang != "en": page.bad.append("no language")
if not (page.policy or "").startswith("default-src 'none'; style-src 'sha256-"): page.bad.append("no policy")
print("\n".join(page.bad))
print("----")
print(" ".join("".join(page.text).split()))
"#;

/// The text of a page in which a strict parser finds no fault.
fn words(page: &str) -> String {
    let mut python = Command::new("python3")
        .args(["-c", CHECK])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed, as for scripts/test");
    python.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let (bad, words) = told.split_once("----\n").unwrap();
    assert_eq!(bad.trim(), "", "{page}");
    words.trim().to_owned()
}

#[test]
fn the_page_says_all_and_loads_nothing() {
    let desk = example();
    let answer = desk.run("verify --pin pin --html report.html");
    assert_eq!(answer.exit, 0, "{}", answer.out);
    assert!(answer.err.ends_with("the verdict as a page: report.html\n"), "{}", answer.err);
    let words = words(&desk.read("report.html"));
    let head = "f9dba05cf92b4a1db28f55c1f2f429e68be9125ee5ab24bb7280fa592ccb5204";
    for part in [
        "Verification of example.org/record",
        "Yes: the record is whole. Exit code 0.",
        "Checked at 2026-03-01 10:00:00 UTC by annals",
        head,
        "signature 5 signatures good",
        "Faults None.",
        "Anchored events 0 to 4 (by the pin of size 3 and the checkpoint of size 5)",
        "Pin holds at size 3, moved forward to 5",
        "example.org/record+40314c5a+",
        "Ada Example admin, editor event 0 (opened), 2026-01-01 00:00:00 UTC still",
        "Bo Example editor event 1 (enrolled), 2026-01-01 00:00:01 UTC still",
        "annals verify ledger --pin pin",
        "python3 scripts/reverify.py ledger --pin pin",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    // The commands on the page give the head and event 0.
    let page = desk.read("report.html").replace("&quot;", "\"").replace("&amp;", "&");
    for (start, hash) in [
        ("f=$(ls ledger/journal/*.log | tail", head),
        (
            "f=$(ls ledger/journal/*.log | head",
            "e820f1b8bd054e4ca56b44976b0319a32a6f6880a61337e41274778259ded8e0",
        ),
    ] {
        let from = page.find(start).unwrap();
        let recipe = &page[from..from + page[from..].find("</code>").unwrap()];
        let done = Command::new("sh").args(["-c", recipe]).current_dir(desk.path("")).output();
        let told = String::from_utf8(done.unwrap().stdout).unwrap();
        assert!(told.starts_with(hash), "{recipe}: {told}");
    }
}

#[test]
fn the_page_of_a_bad_record_escapes_what_strangers_wrote() {
    let mut record = ledger(&[2]);
    let mut act = acts::enrolled("bo", acts::EDITOR);
    let wicked = "<script>alert(1)</script>&amp;\\\"'";
    act.body = act.body.replace("Bo Example", wicked);
    record.sign("ada", act);
    record.sign("ada", acts::left("bo"));
    let mut files = record.files();
    replace(&mut files, JOURNAL, "\"title\":\"", "\"title\":\"O");
    let desk = Desk::with(&files);
    let answer = desk.run("verify --html report.html");
    assert_eq!(answer.exit, 1, "{}", answer.out);
    let page = desk.read("report.html");
    assert!(!page.contains("<script"), "{page}");
    let words = words(&page);
    assert!(words.contains("<script>alert(1)</script>&amp;\"'"), "{words}");
    assert!(words.contains("No: the record breaks its rules. Exit code 1."), "{words}");
    assert!(words.contains("601 body-digest fault"), "{words}");
    assert!(words.contains("event 3 (left), 2026-01-01 00:00:03 UTC"), "{words}");
    let compared = "What it was compared with Compared no external checkpoint was compared";
    assert!(words.contains(compared), "{words}");
}

/// Every line of the sections of a verdict, from its JSON.
fn section_lines(told: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let sections = told["sections"].as_array().unwrap().iter();
    let lines = sections.flat_map(|section| {
        let lines = section["lines"].as_array().unwrap().iter();
        let of = |line: &Value| (text(&section["id"]), text(&line["label"]), text(&line["text"]));
        lines.map(of).collect::<Vec<_>>()
    });
    lines.collect()
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_form_of_a_verdict_says_less_than_another() {
    let pinned = example();
    let ignored = {
        let record = ledger(&[2]);
        let mut files = record.files();
        let text = crate::support::files::head_text(acts::ORIGIN, 2, &record.root(2));
        let signers = ["log".to_owned(), "one".to_owned()];
        files.insert(CHECKPOINT.to_owned(), note(&text, &signers).into_bytes());
        files.insert(MARKS.to_owned(), record.mark(2).into_bytes());
        files.get_mut(JOURNAL).unwrap().extend_from_slice(b"{\"seq\":2\n");
        Desk::with(&files)
    };
    let broken = {
        let mut files = ledger(&[2]).files();
        replace(&mut files, JOURNAL, "\"title\":\"", "\"title\":\"O");
        Desk::with(&files)
    };
    let unsigned = {
        let mut files = ledger(&[2, 3]).files();
        files.remove(CHECKPOINT);
        Desk::with(&files)
    };
    let forked = {
        let desk = Desk::with(&ledger(&[2, 3]).files());
        desk.run("verify --pin pin --first");
        desk.put(&ledger(&[2, 4]).files());
        desk
    };
    let mut seen = std::collections::BTreeSet::new();
    for (desk, asked) in [
        (&pinned, "verify --pin pin --only-new"),
        (&pinned, "verify"),
        (&ignored, "verify --no-store"),
        (&broken, "verify"),
        (&unsigned, "verify"),
        (&forked, "verify --pin pin"),
    ] {
        let answer = desk.run(&format!("{asked} --format json --html page.html"));
        let told: Value = serde_json::from_str(&answer.out).unwrap();
        // A name keeps its own direction inside of a sentence.
        let page = desk.read("page.html").replace("<bdi>", "").replace("</bdi>", "");
        let words = words(&page).to_lowercase();
        let text = one_spaced(&desk.run(asked).out);
        for (section, label, said) in section_lines(&told) {
            let line = match label.as_str() {
                "compared" => said.clone(),
                label => format!("{label}: {said}"),
            };
            assert!(text.contains(&one_spaced(&line)), "{asked}: {line}\n{text}");
            let entry = one_spaced(&format!("{label} {said}")).to_lowercase();
            assert!(words.contains(&entry), "{asked}: {entry}\n{words}");
            // A comparison that was made is not listed among those that were not.
            assert!(section != "open" || !said.contains("as in the journal"), "{said}");
            seen.insert(label);
        }
        for fault in told["faults"].as_array().unwrap() {
            let why = one_spaced(fault["why"].as_str().unwrap()).to_lowercase();
            assert!(words.contains(&why), "{why}\n{words}");
        }
        // Hashes are shown in full on the page.
        for field in ["head", "root"] {
            let hash = told[field].as_str().unwrap().to_lowercase();
            assert!(words.contains(&hash), "{field}: {words}");
        }
    }
    for label in
        ["only what is new", "ignored", "store", "compared", "pin", "anchored", "what to do"]
    {
        assert!(seen.contains(label), "{label} is in no verdict here: {seen:?}");
    }
}

/// A record that continues in a later format: the known part is verified, every command reports the
/// rest in plain words, and this version writes nothing to it, signed or not.
#[test]
fn a_record_that_goes_on_in_a_later_format_asks_for_a_newer_program() {
    let mut ledger = ledger(&[2]);
    ledger.sign("ada", acts::upgraded(2));
    let announced = Desk::with(&ledger.files());
    let answer = announced.run("verify");
    assert_eq!((answer.exit, answer.err.as_str()), (0, ""), "{}", answer.out);
    assert!(announced.run("log").out.contains("        format 2, before 1\n"));
    ledger.put(ledger.draft("ada", acts::changed(3)).with(|draft| draft.v = 2));
    let (covered, mut files) = (ledger.files(), ledger.files());
    files.insert(CHECKPOINT.to_owned(), ledger.checkpoint(3).into_bytes());
    for files in [covered, files] {
        let desk = Desk::with(&files);
        let answer = desk.run("verify");
        let later = "later format: event 3 is of format 2, which this program does not know: all \
                     before it was checked, it and what follows was not";
        let verdict = "could not tell: a newer program is needed";
        assert!(answer.exit == 2 && answer.says(later) && answer.says(verdict), "{}", answer.out);
        let read = "warning: event 3 is of format 2; it and later ones are not read\n";
        for line in ["status", "replay", "log"] {
            let answer = desk.run(line);
            assert_eq!((answer.exit, answer.err.as_str()), (2, read), "{line}: {}", answer.out);
        }
        std::fs::create_dir(desk.path("keys")).unwrap();
        let written = "annals: event 3 is of format 2, which this program does not know: a newer \
                       one goes on with this record; nothing was written\n";
        for line in ["ledger change --confirmations 4", "ledger change --confirmations 4 --dry-run"]
        {
            let answer = desk.run(line);
            assert_eq!(answer.exit, 2, "{line}: {}{}", answer.out, answer.err);
            assert!(answer.err.ends_with(written), "{line}: {}", answer.err);
        }
        assert_eq!(desk.read(JOURNAL).into_bytes(), files[JOURNAL]);
    }
    let desk = Desk::with(&ledger.files());
    for line in ["publish p", "export --to b"] {
        let answer = desk.run(line);
        assert_eq!(answer.exit, 2, "{line}: {}{}", answer.out, answer.err);
        assert!(answer.err.contains("a newer one goes on with this record"), "{}", answer.err);
    }
}

/// A server's copy of a record in a database that went back: what it lost is put back there.
#[test]
fn of_a_record_in_a_database_the_advice_is_to_put_back_what_the_database_lost() {
    let record = ledger(&[2, 3]);
    let mut files = ledger(&[2]).files();
    files.insert(MARKS.to_owned(), record.mark(3).into_bytes());
    let home = "annals home v1\nplace postgres://desk@db.example/news\n";
    files.insert("ledger/home".to_owned(), home.as_bytes().to_vec());
    let desk = Desk::with(&files);
    let answer = desk.run("verify");
    assert_eq!(answer.exit, 4, "{}", answer.out);
    let advice = "what to do: keep a copy of this record as it is; where the database lost events, \
                  as a restored backup does, annals repair --from COPY takes them from a copy that \
                  has them, such as an editor's, and annals move --to \
                  postgres://desk@db.example/news then puts them back";
    assert!(answer.says(advice), "{}", answer.out);
    let status = desk.run("status");
    let line = "marks         the log key signed 3 events, here are 2: this is an older copy; annals \
                verify says what to do";
    assert!(status.says(line), "{}", status.out);
}
