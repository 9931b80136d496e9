//! `annals timeline`: the page, parsed like a browser does, compared with its record.
//!
//! Always holds: the records are left in target/tmp, where scripts/browser-test uses them.

mod article;
mod html;

use annals::ledger::paths::Paths;
use annals::ledger::query::View;
use annals::ledger::reader::Record;
use annals_core::hash::Hash;
use base64::Engine;
use html::{Page, page};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

static ARTICLE: LazyLock<PathBuf> = LazyLock::new(|| made("timeline", article::article));
static RIGHT_TO_LEFT: LazyLock<PathBuf> =
    LazyLock::new(|| made("timeline-rtl", article::right_to_left));
static HOSTILE: LazyLock<PathBuf> = LazyLock::new(|| made("timeline-hostile", article::hostile));

fn made(name: &str, make: fn(&Path)) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    make(&folder);
    folder
}

fn run(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.current_dir(folder).args(words);
    for name in ["ANNALS_LEDGER", "ANNALS_KEYS", "ANNALS_EDITOR", "ANNALS_CLOCK"] {
        command.env_remove(name);
    }
    let done = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

fn told(folder: &Path, words: &[&str]) -> String {
    let (exit, out, err) = run(folder, words);
    let notes = err.lines().filter(|line| !line.starts_with("note: undone: "));
    assert_eq!((exit, notes.count()), (0, 0), "{words:?}: {err}");
    out
}

fn written(folder: &Path, words: &[&str]) -> (String, Page) {
    let words: Vec<&str> = ["timeline", "--html", "-"].iter().chain(words).copied().collect();
    let text = told(folder, &words);
    let page = page(&text);
    (text, page)
}

#[test]
fn every_fact_revision_event_and_document_is_in_the_page() {
    let (_, page) = written(&ARTICLE, &[]);
    let data = page.data();
    let replay: Value =
        serde_json::from_str(&told(&ARTICLE, &["replay", "--format", "json"])).unwrap();
    let log: Value = serde_json::from_str(&told(&ARTICLE, &["log", "--format", "json"])).unwrap();
    for field in ["as_of", "size", "of", "head", "recorded"] {
        assert_eq!(data["as_of"][field], replay[field], "{field}");
    }
    let mut facts = data["facts"].as_array().unwrap().clone();
    for fact in &mut facts {
        fact.as_object_mut().unwrap().remove("marks").unwrap();
    }
    assert_eq!(&facts, replay["facts"].as_array().unwrap());
    let steps = data["steps"].as_array().unwrap();
    let events = log["events"].as_array().unwrap();
    assert_eq!(steps.len(), events.len());
    for (step, event) in steps.iter().zip(events) {
        for field in ["position", "hash", "at", "type", "by", "on", "words", "undone_by"] {
            assert_eq!(step[field], event[field], "{field}");
        }
    }
    let article = std::fs::read_to_string(article::drafts().join("article.txt")).unwrap();
    assert_eq!(data["documents"][0]["text"], article);
    assert_eq!(data["documents"][1]["document"], 44);
}

#[test]
fn frames_are_the_fold_at_every_position() {
    let (_, page) = written(&ARTICLE, &[]);
    let data = page.data();
    let record = Record::open(Paths::new(ARTICLE.join("ledger"), None)).unwrap();
    let frames = data["frames"].as_array().unwrap();
    let mut standing: BTreeMap<u64, &Value> = BTreeMap::new();
    for position in 0..record.size() {
        for frame in frames.iter().filter(|frame| frame["position"] == position) {
            for changed in frame["changed"].as_array().unwrap() {
                standing.insert(changed["fact"].as_u64().unwrap(), changed);
            }
        }
        let view = View::open(&record, position + 1).unwrap();
        let facts = view.state().fold.facts();
        assert_eq!(standing.len(), facts.len(), "{position}");
        for fact in facts {
            let shown = standing[&fact.position];
            assert_eq!(shown["status"], view.state().status(fact).as_str(), "{position}");
            assert_eq!(shown["revision"], fact.revision, "{position}");
            assert_eq!(shown["suspect"], fact.suspect, "{position}");
            let confirmed = shown["confirmed_by"].as_array().unwrap().len();
            assert_eq!(confirmed, fact.confirmed_by().len(), "{position}");
            assert_eq!(shown["disputes"].as_array().unwrap().len(), fact.disputes().len());
            assert_eq!(shown["retraction"].as_u64(), fact.retraction());
        }
    }
}

#[test]
fn corrections_have_their_words_before_and_after() {
    let (_, page) = written(&ARTICLE, &[]);
    let data = page.data();
    let fact = data["facts"].as_array().unwrap().iter().find(|fact| fact["fact"] == 24).unwrap();
    let marks = fact["marks"].as_array().unwrap();
    assert_eq!(marks[0], serde_json::json!([]));
    let side = |kind: &str| {
        let parts = marks[1].as_array().unwrap().iter();
        let kept = parts.filter(|part| part[0] == "same" || part[0] == kind);
        kept.map(|part| part[1].as_str().unwrap()).collect::<String>()
    };
    assert_eq!(side("gone"), fact["revisions"][0]["claim"].as_str().unwrap());
    assert_eq!(side("new"), fact["revisions"][1]["claim"].as_str().unwrap());
    assert!(marks[1].as_array().unwrap().iter().any(|part| part[0] == "gone"));
}

#[test]
fn as_of_a_point_nothing_later_is_in_it_and_the_same_bytes_come_again() {
    let (text, page) = written(&ARTICLE, &["--as-of", "2022-01-28"]);
    let data = page.data();
    assert_eq!(data["as_of"]["as_of"], 43);
    assert!(!text.contains("concerns of the United States and our allies"));
    assert!(
        data["steps"].as_array().unwrap().iter().all(|step| step["position"].as_u64() <= Some(43))
    );
    assert_eq!(text, written(&ARTICLE, &["--as-of", "43"]).0);
}

#[test]
fn filters_and_facts_without_a_date() {
    let (_, page) = written(&ARTICLE, &["--topic", "blinken", "--when", "2022-01-26"]);
    let data = page.data();
    let facts = data["facts"].as_array().unwrap();
    assert!(facts.len() < 38 && facts.iter().any(|fact| fact["fact"] == 24));
    let undated = data["undated"].as_array().unwrap();
    assert_eq!(undated.len(), facts.len() - 1);
    assert_eq!(data["when"], "2022-01-26");
}

#[test]
fn the_content_policy_names_the_parts_of_the_page_and_nothing_is_loaded() {
    for folder in [&*ARTICLE, &*HOSTILE] {
        let (_, page) = written(folder, &[]);
        let digest = |text: &str| {
            let hash = Hash::of(&[text.as_bytes()]).0;
            base64::engine::general_purpose::STANDARD.encode(hash)
        };
        let expected = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
             form-action 'none'",
            digest(page.one("style")),
            digest(&page.script)
        );
        assert_eq!(page.policy, expected);
        for tag in &page.tags {
            let known = "html head meta title style body a header p h1 section div button span label \
                         input datalist select option ul h2 details summary main ol noscript table \
                         thead tbody tr th td footer code script";
            assert!(known.split_whitespace().any(|known| known == tag.name), "<{}>", tag.name);
            for name in &tag.attributes {
                assert!(!name.starts_with("on") && name != "src" && name != "style", "{tag:?}");
            }
        }
        assert!(!page.script.contains("innerHTML") && !page.script.contains("://www.example"));
    }
}

#[test]
fn texts_of_strangers_are_data_and_no_more() {
    let (text, page) = written(&HOSTILE, &[]);
    let data = page.data();
    assert_eq!(data["facts"][0]["claim"], article::ATTACK);
    assert_eq!(data["facts"][2]["claim"], "{{data}} & <b>bold</b>");
    assert_eq!(data["title"], article::ATTACK);
    assert!(!text.contains("<script>window"), "an attack stands in the page as such");
    assert_eq!(text.matches("</script>").count(), 2);
    assert_eq!(text.matches("<script").count(), 2);
    assert!(text.contains("<td dir=\"auto\">{{data}} &amp; &lt;b&gt;bold&lt;/b&gt;</td>"));
    assert!(text.contains("<title>&lt;/script&gt;&lt;script&gt;"));
}

#[test]
fn the_direction_of_a_stranger_s_text_is_its_own() {
    let (text, page) = written(&RIGHT_TO_LEFT, &[]);
    assert!(text.contains("<h1 dir=\"auto\">سجل المحادثات</h1>"), "{text}");
    assert!(text.contains("<td dir=\"auto\">استمرت المحادثات ساعتين.</td>"), "{text}");
    assert_eq!(page.data()["facts"][0]["lang"], "ar");
}

#[test]
fn words_that_are_redacted_are_not_in_it_as_of_no_point() {
    for as_of in ["head", "4"] {
        let (text, page) = written(&HOSTILE, &["--as-of", as_of]);
        assert!(!text.contains("SECRET"), "{as_of}");
        let data = page.data();
        assert_eq!(data["facts"][1]["claim"], Value::Null);
        assert_eq!(data["facts"][1]["withheld"], "redacted");
    }
}

#[test]
fn the_file_is_written_whole_and_reported() {
    let file = ARTICLE.join("page.html");
    let out = told(&ARTICLE, &["timeline", "--html", "page.html"]);
    let bytes = std::fs::read(&file).unwrap();
    let head = written(&ARTICLE, &[]).0;
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), head);
    let expected = format!(
        "page.html: 38 facts, {} bytes\nas of position 54 (55 of 55 events), ",
        bytes.len()
    );
    assert!(out.starts_with(&expected), "{out}");
    let (exit, out, err) = run(&ARTICLE, &["timeline", "--html", "nowhere/page.html"]);
    assert_eq!((exit, out.as_str()), (2, ""));
    assert!(err.starts_with("annals: cannot "), "{err}");
}

#[test]
fn of_many_facts_the_first_are_on_the_page_and_it_says_so() {
    let out = told(&ARTICLE, &["timeline", "--html", "part.html", "--limit", "3"]);
    let text = std::fs::read_to_string(ARTICLE.join("part.html")).unwrap();
    let expected = format!(
        "part.html: 3 facts, {} bytes
the first 3 facts are on the page, by position; there are more
others: --document, --from, --as-of, --by, --topic, --when
as of position 54 (55 of 55 events), head \
         f3ba694f37bb3a7ffb335aeebdeb86b1ead9ebaaf05bebf9d74268d8d6883ff6, recorded \
         2022-02-03T09:30:00Z\n",
        text.len()
    );
    assert_eq!(out, expected);
    let sentence = "<p>This page has the first 3 of the facts that were asked for, by position; \
                    there are more.</p>";
    assert!(text.contains(sentence));
    let whole = written(&ARTICLE, &[]).1.data();
    let first = |data: &Value| data["facts"].as_array().unwrap().iter().take(3).cloned().collect();
    let first: Vec<Value> = first(&whole);
    assert_eq!(page(&text).data()["facts"], Value::Array(first));
    let words = ["timeline", "--html", "part.html", "--limit", "3", "--format", "json"];
    let report: Value = serde_json::from_str(&told(&ARTICLE, &words)).unwrap();
    assert_eq!((&report["facts"], &report["more"]), (&3.into(), &true.into()));
    let (exit, out, err) = run(&ARTICLE, &["timeline", "--html", "-", "--limit", "3"]);
    let note = "note: the first 3 facts are on the page, by position; there are more\n";
    assert_eq!((exit, out == text, err.as_str()), (0, true, note));
    assert_eq!(run(&ARTICLE, &["timeline", "--html", "-", "--limit", "5001"]).0, 2);
}

/// What is asked for chooses the facts; their lives are whole.
#[test]
fn facts_are_chosen_by_a_period_of_the_record() {
    let (_, page) = written(&ARTICLE, &["--from", "45", "--as-of", "48"]);
    let data = page.data();
    let facts: Vec<u64> = data["facts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["fact"].as_u64().unwrap())
        .collect();
    assert!(facts.contains(&24) && facts.len() < 10, "{facts:?}");
    let steps = data["steps"].as_array().unwrap();
    for event in [24, 45, 47, 48] {
        assert!(steps.iter().any(|step| step["position"] == event), "{event}");
    }
    assert!(!facts.contains(&10) && steps.iter().all(|step| step["position"] != 10));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command.current_dir(&*ARTICLE).args(["timeline", "--html", "-"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let done = command.stdout(writer).output().unwrap();
    assert_eq!((done.status.code(), done.stderr.len()), (Some(0), 0));
}
