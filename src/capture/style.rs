//! The styles that a page has in itself: of its elements, and of its style sheets, as far as they
//! raise, lower or strike out.
//!
//! Always holds: a sheet hides nothing, because scripts show again what it hides. Not here: which
//! rule of a sheet counts (`sheet`); sheets of other files, rules for a state. Source: CSS Cascade.

use crate::capture::generated::add_words;
use crate::capture::selector::StyledPart;
use crate::capture::sheet::{Cascade, Declaration, Rule, declarations, is_of_screens, rules};
use dom_query::{Document, NodeRef, Selection};

/// Properties that a sheet gives to an element.
const OF_SHEETS: [&str; 10] = [
    "vertical-align",
    "text-decoration",
    "text-decoration-line",
    "baseline-shift",
    "font-variant",
    "font-variant-position",
    "font-feature-settings",
    "-webkit-font-feature-settings",
    "unicode-bidi",
    "direction",
];
/// Properties of boxes that a sheet gives to an element; what it hides, a script shows again.
const OF_BOXES: [&str; 9] = [
    "display",
    "float",
    "position",
    "margin",
    "margin-left",
    "margin-right",
    "padding",
    "padding-left",
    "padding-right",
];
/// Properties that a sheet gives to an element where a rule moves it by one of these.
const OF_MOVES: [&str; 5] = ["position", "top", "bottom", "transform", "translate"];
/// The least and the greatest part of a letter's height by which a figure is raised or lowered; a
/// smaller move adjusts the line, a greater one puts it elsewhere.
const SHIFTS: std::ops::RangeInclusive<f64> = 0.12..=1.2;

/// Where words stand beside their line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OffLine {
    /// Above it.
    Above,
    /// Below it.
    Below,
}

/// The box that makes more of an element than a part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShownBox {
    /// Lines of its own.
    Block,
    /// A place of its own: a cell, or one that the page names.
    Apart,
    /// A place beside the lines around it.
    Float,
}

/// The declarations of an element's own style.
pub(super) struct Style(Vec<(String, String)>);

impl Style {
    /// The style of an element.
    pub(super) fn of(node: &NodeRef<'_>) -> Style {
        Style::new(&node.attr("style").map(|own| declarations(&own)).unwrap_or_default())
    }

    /// The style that these make; one that is important goes before others.
    fn new(declarations: &[Declaration]) -> Style {
        let mut all: Vec<&Declaration> = declarations.iter().collect();
        all.sort_by_key(|declaration| declaration.is_important);
        let lower = |it: &&Declaration| (it.name.clone(), it.value.to_ascii_lowercase());
        Style(all.iter().map(lower).collect())
    }

    /// Whether the last declaration of one of these properties is so.
    pub(super) fn any(&self, names: &[&str], is: impl Fn(&str) -> bool) -> bool {
        let last = self.0.iter().rev().find(|(name, _)| names.contains(&name.as_str()));
        last.is_some_and(|(_, value)| is(value))
    }

    /// Whether it has no declaration.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it hides words, where it says so.
    pub(super) fn is_invisible(&self) -> Option<bool> {
        self.last("visibility").map(|value| matches!(value, "hidden" | "collapse"))
    }

    /// Whether its letters have no size, where it gives one.
    pub(super) fn is_of_no_size(&self) -> Option<bool> {
        let of_font = |font: &str| {
            let parts = font.split_whitespace().filter_map(|part| part.split('/').next());
            parts.map(str::to_owned).find(|part| part.starts_with(|c: char| c.is_ascii_digit()))
        };
        let size = self.last("font-size").map(str::to_owned);
        let size = size.or_else(|| self.last("font").and_then(of_font))?;
        let digits = size.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
        Some(digits.parse::<f64>().is_ok_and(|size| size == 0.0))
    }

    /// The box that it makes of an element of a line.
    pub(super) fn shown_box(&self) -> Option<ShownBox> {
        let is = |property: &str, values: &[&str]| {
            self.last(property).is_some_and(|value| values.contains(&value))
        };
        let display = self.last("display").unwrap_or_default();
        let display = display.strip_prefix("-webkit-").unwrap_or(display);
        let outer = display.split_whitespace().next().unwrap_or_default();
        let is_block = match outer {
            "table-cell" | "table-column" => false,
            "block" | "flow-root" | "list-item" | "flex" | "grid" | "box" | "-ms-flexbox" => true,
            name => name.starts_with("table"),
        };
        if is("float", &["left", "right", "inline-start", "inline-end"]) {
            Some(ShownBox::Float)
        } else if is_block {
            Some(ShownBox::Block)
        } else if outer == "table-cell" || is("position", &["absolute", "fixed"]) {
            Some(ShownBox::Apart)
        } else {
            None
        }
    }

    /// The gap that it makes at the end or the beginning of an element of a line, in parts of a
    /// letter's height.
    pub(super) fn gap(&self, is_end: bool) -> f64 {
        let of = |property: &str| {
            let side = format!("{property}-{}", if is_end { "right" } else { "left" });
            let last = self.0.iter().rev().find(|(name, _)| *name == property || *name == side);
            let (name, value) = last?;
            let parts: Vec<&str> = value.split_whitespace().collect();
            let part = match (name == property, parts.as_slice()) {
                (true, [_, right, _, left]) => Some(if is_end { right } else { left }),
                (true, [_, sides, ..]) => Some(sides),
                (_, [only, ..]) => Some(only),
                _ => None,
            };
            height(part?)
        };
        of("margin").unwrap_or(0.0) + of("padding").unwrap_or(0.0)
    }

    /// Whether each item in it has a place of its own.
    pub(super) fn lays_out_items(&self) -> bool {
        let display = self.last("display").unwrap_or_default();
        ["flex", "grid"].iter().any(|layout| display.contains(layout))
            || matches!(display, "-webkit-box" | "-webkit-inline-box")
    }

    /// In which direction it shows all letters, whatever theirs is.
    pub(super) fn overridden_direction(&self) -> Option<&'static str> {
        let overrides = self.last("unicode-bidi").is_some_and(|value| value.contains("override"));
        let is_left = self.last("direction") == Some("rtl");
        overrides.then_some(if is_left { "rtl" } else { "ltr" })
    }

    /// The value of the last declaration of a property.
    fn last(&self, property: &str) -> Option<&str> {
        let last = self.0.iter().rev().find(|(name, _)| name == property);
        last.map(|(_, value)| value.as_str())
    }

    /// Whether it calls the words superscript or subscript.
    pub(super) fn script(&self) -> Option<OffLine> {
        let word = |property: &str| {
            let words = self.last(property)?.split_whitespace();
            words.rev().find_map(|word| match word {
                "super" => Some(OffLine::Above),
                "sub" => Some(OffLine::Below),
                _ => None,
            })
        };
        let feature = |property: &str| {
            let on = |feature: &str| {
                let (name, value) = feature.trim().split_at_checked(6)?;
                let is_on = !matches!(value.trim(), "0" | "off");
                match name.trim_matches(['"', '\'']) {
                    "sups" if is_on => Some(OffLine::Above),
                    "subs" | "sinf" if is_on => Some(OffLine::Below),
                    _ => None,
                }
            };
            self.last(property)?.split(',').find_map(on)
        };
        ["vertical-align", "baseline-shift", "font-variant-position", "font-variant"]
            .iter()
            .find_map(|property| word(property))
            .or_else(|| feature("font-feature-settings"))
            .or_else(|| feature("-webkit-font-feature-settings"))
    }

    /// Whether it moves the words up or down by about a part of their height: that makes figures
    /// raised or lowered ones, and other words may be moved so for their look alone.
    pub(super) fn shift(&self) -> Option<OffLine> {
        let is_relative = self.last("position") == Some("relative");
        let offset = |property: &str| height(self.last(property).filter(|_| is_relative)?);
        let moved = |property: &str| self.last(property).and_then(moved_down);
        let up = |down: f64| -down;
        let is_small = self.last("font-size").is_some_and(is_smaller);
        let edge = match self.last("vertical-align") {
            Some("text-top" | "top") if is_small => Some(OffLine::Above),
            Some("text-bottom" | "bottom") if is_small => Some(OffLine::Below),
            _ => None,
        };
        let heights = [
            self.last("vertical-align").and_then(height),
            self.last("baseline-shift").and_then(height),
            offset("top").map(up),
            offset("bottom"),
            moved("transform").map(up),
            moved("translate").map(up),
        ];
        let shifted = heights.into_iter().flatten().find(|height| SHIFTS.contains(&height.abs()));
        let side = |height: f64| if height > 0.0 { OffLine::Above } else { OffLine::Below };
        shifted.map(side).or(edge)
    }
}

/// A length in parts of a letter's height, of letters of the usual size; `None` of what is none.
fn height(length: &str) -> Option<f64> {
    let number = length.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let unit = length.get(number.len()..)?;
    let size = match unit {
        "em" | "rem" => 1.0,
        "ex" | "ch" => 0.5,
        "%" => 0.01,
        "px" => 1.0 / 16.0,
        "pt" => 1.0 / 12.0,
        _ => return None,
    };
    number.trim().parse::<f64>().ok().map(|number| number * size)
}

/// How far a transformation moves words down: `translateY(-0.4em)`, `translate(0, -0.4em)`, or
/// `0 -0.4em` of the property `translate`.
fn moved_down(value: &str) -> Option<f64> {
    let of = |function: &str| {
        let (_, rest) = value.split_once(function)?;
        Some(rest.split_once(')')?.0)
    };
    if let Some(down) = of("translatey(") {
        return height(down.trim());
    }
    let both = of("translate(").or_else(|| of("translate3d("));
    let both = both.or_else(|| (!value.contains('(')).then_some(value))?;
    let mut both = both.split([',', ' ']).filter(|part| !part.is_empty());
    height(both.nth(1)?)
}

/// Whether letters of a size are smaller than those around them, as far as it says so.
fn is_smaller(size: &str) -> bool {
    let relative = size.ends_with('%') || size.ends_with("em");
    let is_less = height(size).is_some_and(|size| size < if relative { 0.95 } else { 0.8 });
    is_less || matches!(size, "smaller" | "small" | "x-small" | "xx-small")
}

/// Gives elements what the style sheets in the page say of them.
pub(super) fn apply_sheets(page: &Document) {
    let sheets = page.select("style");
    let sheets = sheets.iter().filter(is_of_screen);
    let sheets: Vec<String> = sheets.map(|sheet| sheet.text().to_string()).collect();
    let rules = rules(sheets.iter().map(String::as_str));
    let mut cascade = Cascade::default();
    let is_element = |part| part == StyledPart::Element;
    for properties in [Properties::OfWords, Properties::OfBoxes] {
        let counts = |rule: &Rule, declaration: &Declaration| properties.count(declaration, rule);
        cascade.add(page, &rules, is_element, counts);
    }
    for (node, _, of_sheets) in cascade.into_parts() {
        let Some(node) = page.tree.get(&node) else { continue };
        let own = node.attr("style").map(|own| declarations(&own)).unwrap_or_default();
        // What an element says itself wins, but for what is important in a sheet.
        let all =
            of_sheets.into_iter().map(|it| (it, false)).chain(own.into_iter().map(|it| (it, true)));
        let mut all: Vec<(Declaration, bool)> = all.collect();
        all.sort_by_key(|(declaration, is_own)| (declaration.is_important, *is_own));
        let all: Vec<String> = all.iter().map(|(declaration, _)| declaration.text()).collect();
        node.set_attr("style", &all.join(";"));
    }
    add_words(page, &rules);
}

/// Whether a sheet is of CSS, for every medium or for screens, and not for readers without scripts
/// alone.
fn is_of_screen(sheet: &Selection<'_>) -> bool {
    let attribute = |name: &str| sheet.attr(name).unwrap_or_default().trim().to_ascii_lowercase();
    let is_css = matches!(attribute("type").as_str(), "" | "text/css");
    is_css && attribute("media").split(',').any(is_of_screens) && !sheet.is("noscript style")
}

/// Which properties of a sheet are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Properties {
    OfWords,
    OfBoxes,
}

impl Properties {
    /// Whether a declaration of a rule counts.
    fn count(self, declaration: &Declaration, rule: &Rule) -> bool {
        let (name, value) = (declaration.name.as_str(), declaration.value.to_ascii_lowercase());
        match self {
            Properties::OfWords => {
                OF_SHEETS.contains(&name)
                    || (OF_MOVES.contains(&name)
                        && Style::new(&rule.declarations).shift().is_some())
            }
            Properties::OfBoxes => {
                let is_move = name == "position" && value.contains("relative");
                let hides = name == "display" && value.contains("none");
                OF_BOXES.contains(&name) && !hides && !is_move
            }
        }
    }
}
