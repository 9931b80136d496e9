//! The part of the page about a bag: its files, the derived files, its signature.
//!
//! Always holds: a bag of a part of a record is reported as such. Not here: the record in it
//! (`parts`).

use crate::cli::render::report::bag::BagReport;
use crate::cli::render::report::page::parts::lines;
use crate::cli::terminal::visible;
use maud::{Markup, html};

/// The section about the bag.
pub fn section(bag: &BagReport) -> Markup {
    html! {
        section aria-labelledby="bag" {
            h2 id="bag" { "The bag" }
            (lines(&bag.lines, &[]))
            h3 { "Damage" }
            @if bag.wrong.is_empty() {
                p { "None." }
            } @else {
                ul class="damage" { @for why in &bag.wrong { li { (visible(why)) } } }
            }
        }
    }
}
