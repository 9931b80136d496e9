//! The verdict as one HTML page, to read, to print, or to attach to a letter.
//!
//! Always holds: nothing is loaded and no script runs (the page's policy forbids both); every text
//! of strangers is escaped and made visible; the page can be read without its style.
//! Not here: the content (`report`). Source: HTML, Content Security Policy 3, WCAG 2.2.

mod bag;
mod parts;

use crate::cli::render::report::VerdictReport;
use crate::cli::render::report::lines::capital;
pub use crate::cli::render::report::page::parts::PageContext;
use crate::cli::render::report::section::sections;
use crate::cli::terminal::exit::Exit;
use crate::cli::terminal::visible;
use annals_core::hash::Hash;
use annals_core::time::Time;
use annals_core::tlog::to_base64;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page/style.css");

/// The page: made at `now`, after a verification of `seconds`.
pub fn write(report: &VerdictReport, around: &PageContext<'_>, now: Time, seconds: f64) -> String {
    let style = to_base64(&Hash::of(&[STYLE.as_bytes()]).0);
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    );
    let origin = report.origin.as_deref().map_or("a record without a name".to_owned(), visible);
    let names = parts::names(&report.tally);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="generator" content="annals verify";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { "Verification of " (origin) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        h1 { "Verification of " (origin) }
                        (verdict(report))
                        p {
                            "Checked at " (parts::moment(now))
                            " by annals " (env!("CARGO_PKG_VERSION"))
                            " in " (format!("{seconds:.2}")) " seconds."
                        }
                    }
                    (parts::record(report))
                    @if let Some(bag) = around.bag { (bag::section(bag)) }
                    (parts::checks(report))
                    (parts::faults(report))
                    @for section in sections(report) { (parts::section(&section, &names)) }
                    (parts::checkpoint(report))
                    (parts::roster(report))
                    (parts::again(report, around))
                    footer {
                        p {
                            "This page says what was found in the bytes of the record. It does not \
                             say that a fact is true, that a translation is right or that a \
                             document is authentic; times are claims of the clocks that wrote them."
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

fn verdict(report: &VerdictReport) -> Markup {
    let class = match report.exit {
        Exit::Yes => "verdict yes",
        Exit::Unknown => "verdict unknown",
        _ => "verdict no",
    };
    html! {
        p class=(class) role="status" {
            strong { (capital(&report.verdict)) "." }
            " Exit code " (report.exit as u8) "."
        }
    }
}
