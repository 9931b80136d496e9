//! The HTML of a timeline: the three files beside this one, and the data.
//!
//! Always holds: text of strangers is in the page only as data or escaped; scripts and styles are
//! named by their digests in the page's policy, which forbids everything else and the network.
//! Not here: the content (`data`). Source: Content Security Policy level 3; the HTML standard,
//! "Restrictions for contents of script elements".

use crate::cli::commands::timeline::data::Data;
use crate::cli::render::{provenance, words};
use crate::cli::terminal::{CliError, visible};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::query::row::FactRow;
use annals_core::hash::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page as bytes. `end` is whether it has all requested facts; `chosen` has the filters by
/// which they were chosen, in words.
pub fn page(data: &Data, end: PageEnd, chosen: &[String]) -> Result<Vec<u8>, CliError> {
    let json = serde_json::to_string(data).map_err(std::io::Error::other)?;
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    );
    let mut as_of = Vec::new();
    provenance::line(&mut as_of, data.as_of())?;
    let as_of = String::from_utf8_lossy(&as_of).into_owned();
    let fields = [
        ("policy", policy),
        ("title", escaped(data.title())),
        ("origin", escaped(data.origin())),
        ("more", format!("{}{}", choice(chosen), part(data, end))),
        ("as-of", escaped(as_of.trim_end())),
        ("style", STYLE.to_owned()),
        ("facts", data.rows().filter(|row| row.status.is_some()).map(fact).collect()),
        ("data", inert(&json)),
        ("script", SCRIPT.to_owned()),
    ];
    Ok(filled(PAGE, &fields).into_bytes())
}

/// What a page says whose facts were chosen: it is made to be handed on, and has not all facts.
fn choice(chosen: &[String]) -> String {
    match chosen {
        [] => String::new(),
        _ => format!(
            "<p>This page has facts that were chosen, by {}; the record may have others.</p>\n",
            escaped(&chosen.join(", "))
        ),
    }
}

/// What a page says that has a part of the facts.
fn part(data: &Data, end: PageEnd) -> String {
    match (end, data.rows().count()) {
        (PageEnd::Whole, _) => String::new(),
        (PageEnd::More, count) => format!(
            "<p>This page has the first {count} of the facts that were asked for, by position; \
             there are more.</p>\n"
        ),
    }
}

/// The template with its `{{field}}`s filled in; inserted text is not scanned again.
fn filled(template: &str, fields: &[(&str, String)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        let value = fields.iter().find(|(field, _)| *field == name);
        out.push_str(value.map(|(_, value)| value.as_str()).unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A source expression of the policy.
fn digest(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Hash::of(&[text.as_bytes()]).0))
}

/// JSON that an HTML parser reads as text only.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as HTML, with invisible characters made visible.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A row of the table that is shown without scripts.
fn fact(row: &FactRow) -> String {
    let overlays = words::overlays(row);
    let status = match overlays.is_empty() {
        true => words::standing(row.status).to_owned(),
        false => format!("{}, {}", words::standing(row.status), overlays.join(", ")),
    };
    let claim = match &row.words.claim {
        Some(claim) => claim.clone(),
        None => words::withheld_text(row.words.withheld),
    };
    let by = row.revisions.first().map(|first| words::who(&first.act)).unwrap_or_default();
    let cells = [row.fact.to_string(), status, claim, by];
    let cell = |cell: &String| format!("<td dir=\"auto\">{}</td>", escaped(cell));
    let cells: String = cells.iter().map(cell).collect();
    format!("<tr>{cells}</tr>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_read_as_a_template() {
        let fields = [("a", "{{b}}".to_owned()), ("b", "no".to_owned())];
        assert_eq!(filled("<{{a}}|{{c}}>", &fields), "<{{b}}|>");
    }

    #[test]
    fn nothing_ends_the_script_that_holds_the_data() {
        assert_eq!(inert(r#"["</script><!--&"]"#), r#"["\u003c/script\u003e\u003c!--\u0026"]"#);
        assert_eq!(escaped("<b a=\"'\">&\u{202e}"), "&lt;b a=&quot;&#39;&quot;&gt;&amp;\\u{202e}");
    }
}
