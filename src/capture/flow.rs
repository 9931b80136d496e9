//! A text as it reads: words, the gaps between them, and what stands above or below the line.
//!
//! Always holds: no two words, cells or numbers grow together; a raised or lowered run is not part
//! of the number before it. Not here: which element of a format is what (`html`, `docx`, `pdf`).
//! Source: the Unicode Standard, chapter 22 (superscripts and subscripts); UnicodeMath for the
//! parentheses where there is no such character.

/// Characters, and the same above the line.
const ABOVE: [(&str, &str); 3] = [
    ("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾"),
    ("abcdefghijklmnoprstuvwxyzβγδφχ", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵝᵞᵟᵠᵡ"),
    ("ABDEGHIJKLMNOPRTUVW", "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ"),
];
/// The same below it.
const BELOW: [(&str, &str); 2] = [
    ("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"),
    ("aehijklmnoprstuvxβγρφχ", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ"),
];
/// Endings of ordinal numbers, which are written on the line as well.
pub(super) const ORDINALS: [&str; 15] =
    ["st", "nd", "rd", "th", "er", "ère", "re", "ème", "eme", "nde", "ers", "e", "es", "èmes", "d"];
/// Words of French and the last letters of their short forms, after the first one.
const SHORT_FORMS: [(&str, &[&str]); 4] = [
    ("M", &["me", "mes", "lle", "lles", "gr", "r", "e", "es"]),
    ("D", &["r", "rs"]),
    ("n", &["o", "os"]),
    ("N", &["o", "os"]),
];

/// A run of words that is written otherwise than on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextGroup {
    /// Superscript.
    Above,
    /// Subscript.
    Below,
    /// In parentheses, such as the reading of a character.
    Parenthesized,
    /// In parentheses if it is more than a number or a name, such as a numerator.
    Operand,
    /// The degree of a root.
    Degree,
}

/// A text that grows.
#[derive(Debug, Default)]
pub(super) struct Flow {
    text: String,
    /// What stands before the next word: line ends (two are an empty line), cells, a space.
    lines: usize,
    cells: usize,
    space: bool,
    /// A formula begins or ends here: a number of it is no part of the number beside it.
    bound: bool,
    groups: Vec<(TextGroup, usize)>,
    /// The last group is a run that [`Flow::shift`] began.
    shifted: Option<TextGroup>,
    /// Where each open cell begins, and how many places it covers beside its own.
    open_cells: Vec<(usize, usize)>,
}

impl Flow {
    /// Words, whose white space is a space.
    pub(super) fn words(&mut self, text: &str) {
        let mut rest = text;
        loop {
            let word = rest.trim_start_matches(is_space);
            self.space |= word.len() < rest.len();
            if word.is_empty() {
                return;
            }
            let end = word.find(is_space).unwrap_or(word.len());
            self.put(&word[..end]);
            rest = &word[end..];
        }
    }

    /// Words, whose white space stays.
    pub(super) fn put(&mut self, text: &str) {
        let mut text = text.chars().filter(|c| *c != '\r').peekable();
        if text.peek().is_none() {
            return;
        }
        let is_bound = std::mem::take(&mut self.bound);
        self.space |= is_bound
            && self.text.ends_with(char::is_alphanumeric)
            && text.peek().is_some_and(|c| c.is_numeric());
        self.close_gap();
        for c in text {
            let joined = matches!(c, '\u{AD}' | '\u{FEFF}' | '\u{2060}'..='\u{2064}');
            let apart = c == '\u{200B}' && !self.text.ends_with(is_of_unspaced_script);
            if !joined && !apart {
                self.text.push(c);
            }
        }
    }

    /// Words with every character, as a page has them drawn.
    pub(super) fn put_drawn(&mut self, text: &str) {
        self.close_gap();
        self.text.push_str(text);
    }

    /// A space, where none was drawn.
    pub(super) fn put_drawn_space(&mut self) {
        if !self.text.ends_with(char::is_whitespace) {
            self.put_drawn(" ");
        }
    }

    /// Where the next word begins in the text, after the gap before it.
    pub(super) fn position(&mut self) -> usize {
        self.close_gap();
        self.text.len()
    }

    /// What was put since a place.
    pub(super) fn since(&self, start: usize) -> &str {
        self.text.get(start..).unwrap_or_default()
    }

    /// Puts another text in place of this one, whose groups are closed.
    pub(super) fn change(&mut self, to: impl FnOnce(&str) -> String) {
        self.text = to(&self.text);
    }

    /// Takes back the white space that was put last.
    pub(super) fn take_back_space(&mut self) {
        let start = self.groups.last().map_or(0, |(_, start)| *start);
        let space = self.text.chars().next_back().filter(|c| c.is_whitespace());
        let kept = self.text.len() - space.map_or(0, char::len_utf8);
        self.text.truncate(kept.max(start));
    }

    /// Whether the last character is one of these.
    pub(super) fn ends_with(&self, of: fn(char) -> bool) -> bool {
        self.text.ends_with(of)
    }

    /// The next word is apart from the last one.
    pub(super) fn space(&mut self) {
        self.space = true;
    }

    /// A number here is no part of the number before it.
    pub(super) fn apart(&mut self) {
        let in_group = self.groups.last().is_some_and(|(_, start)| *start == self.text.len());
        self.space |= !in_group && self.text.ends_with(char::is_alphanumeric);
    }

    /// A formula begins or ends: its number is apart from the number beside it.
    pub(super) fn bound(&mut self) {
        self.bound = true;
    }

    /// Whether a figure here follows a letter or a figure at once, or the words of this group.
    pub(super) fn is_beside(&self, group: TextGroup) -> bool {
        let apart = self.lines + self.cells > 0 || self.space;
        let last = self.text.chars().next_back().filter(|_| !apart);
        self.shifted == Some(group) || last.is_some_and(is_before_figure)
    }

    /// What follows is on a new line.
    pub(super) fn line(&mut self) {
        self.lines_at_least(1);
    }

    /// What follows is after an empty line.
    pub(super) fn block(&mut self) {
        self.lines_at_least(2);
    }

    /// The line ends; a second time, an empty line follows.
    pub(super) fn end_line(&mut self) {
        self.lines_at_least((self.lines + 1).min(2));
    }

    fn lines_at_least(&mut self, lines: usize) {
        if self.open_cells.last().map(|(start, _)| *start) != Some(self.text.len()) {
            self.lines = self.lines.max(lines);
        }
    }

    /// A cell begins.
    pub(super) fn open_cell(&mut self) {
        self.open_cells.push((self.text.len(), 0));
    }

    /// The open cell covers more places in its row.
    pub(super) fn widen_cell(&mut self, places: usize) {
        if let Some((_, covered)) = self.open_cells.last_mut() {
            *covered = places;
        }
    }

    /// Places of a row that have no cell of their own.
    pub(super) fn skip_cells(&mut self, places: usize) {
        self.cells += places;
    }

    /// A cell ends: what follows is after a tab, or on a new line where the cell has several.
    pub(super) fn close_cell(&mut self) {
        let (start, covered) = self.open_cells.pop().unwrap_or_default();
        let cell = self.text.get(start..).unwrap_or_default().trim();
        if cell.contains('\n') {
            self.lines = self.lines.max(1);
        } else {
            self.lines = if cell.is_empty() { self.lines } else { 0 };
            self.cells += 1 + covered;
        }
    }

    /// A row ends.
    pub(super) fn end_row(&mut self) {
        self.cells = 0;
        self.lines = self.lines.max(1);
    }

    /// A group begins.
    pub(super) fn open(&mut self, group: TextGroup) {
        self.close_gap();
        self.groups.push((group, self.text.len()));
    }

    /// The last group ends.
    pub(super) fn close(&mut self) {
        let Some((group, start)) = self.groups.pop() else { return };
        let whole = self.text.split_off(start.min(self.text.len()));
        let content = whole.trim();
        if content.is_empty() {
            return self.text.push_str(&whole);
        }
        let (leading, trailing) = whole.split_once(content).unwrap_or_default();
        self.text.push_str(leading);
        let written = match group {
            TextGroup::Above if is_short_form(&self.text, content) => content.to_owned(),
            TextGroup::Above => raised(content, self.text.chars().last()),
            TextGroup::Below => shifted(content, &BELOW).unwrap_or_else(|| format!("_({content})")),
            TextGroup::Parenthesized => format!("({content})"),
            TextGroup::Operand if content.chars().all(is_of_operand) => content.to_owned(),
            TextGroup::Operand => format!("({content})"),
            TextGroup::Degree => format!("^(1/{content})"),
        };
        self.text.push_str(&written);
        self.text.push_str(trailing);
    }

    /// The next words are above or below the line, together with the last ones if these are too.
    pub(super) fn shift(&mut self, group: TextGroup) {
        if self.shifted != Some(group) {
            self.end_shift();
            self.open(group);
            self.shifted = Some(group);
        }
    }

    /// The next words are on the line.
    pub(super) fn end_shift(&mut self) {
        if self.shifted.take().is_some() {
            self.close();
        }
    }

    /// Another text, after an empty line.
    pub(super) fn append(&mut self, other: Flow) {
        let other = other.finished();
        if !other.is_empty() {
            self.block();
            self.put(&other);
            self.block();
        }
    }

    /// The text, without white space around it and at the ends of its lines.
    pub(super) fn finished(mut self) -> String {
        while !self.groups.is_empty() {
            self.close();
        }
        let lines: Vec<&str> = self.text.lines().map(str::trim_end).collect();
        lines.join("\n").trim().to_owned()
    }

    /// Writes the gap before a word.
    fn close_gap(&mut self) {
        let (lines, cells, space) = (self.lines, self.cells, self.space);
        (self.lines, self.cells, self.space) = (0, 0, false);
        if self.text.is_empty() {
            return;
        }
        if lines > 0 {
            let kept = self.text.trim_end_matches([' ', '\t']).len();
            self.text.truncate(kept.max(self.groups.last().map_or(0, |(_, start)| *start)));
            let ends = self.text.len() - self.text.trim_end_matches('\n').len();
            self.text.extend(std::iter::repeat_n('\n', lines.saturating_sub(ends)));
        }
        self.text.extend(std::iter::repeat_n('\t', cells));
        if space && lines + cells == 0 && !self.text.ends_with([' ', '\n', '\t']) {
            self.text.push(' ');
        }
    }
}

/// Whether words are a figure: a number, or a mark of one.
pub(super) fn is_figure(words: &str) -> bool {
    let words = words.trim();
    words.contains(|c: char| c.is_ascii_digit())
        && words.chars().all(|c| c.is_ascii_digit() || "+-−–.,()[]*n".contains(c))
}

/// Whether a figure that is raised or lowered may follow a character at once.
pub(super) fn is_before_figure(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ')' | ']')
}

/// White space that a space stands for: that of HTML, and no other.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0C')
}

/// A script between whose words a space of no width stands.
pub(super) fn is_of_unspaced_script(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{1950}'..='\u{1AAF}')
}

fn is_of_operand(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | ',' | '√' | '%')
}

/// Whether raised letters are the end of a short form whose first letter ends a text.
fn is_short_form(text: &str, content: &str) -> bool {
    SHORT_FORMS.iter().any(|(first, ends)| {
        let before = text.strip_suffix(first);
        ends.contains(&content)
            && before.is_some_and(|before| !before.ends_with(char::is_alphanumeric))
    })
}

/// A superscript; `before` is the character before it.
fn raised(content: &str, before: Option<char>) -> String {
    let is_number = before.is_some_and(|c| c.is_ascii_digit() || "IVXLC".contains(c));
    let is_note = content.starts_with('[') && content.ends_with(']');
    match content {
        "TM" => return "™".to_owned(),
        "SM" => return "℠".to_owned(),
        ending if is_number && ORDINALS.contains(&ending) => return ending.to_owned(),
        note if is_note => return note.to_owned(),
        _ => {}
    }
    if let Some(shifted) = shifted(content, &ABOVE) {
        return shifted;
    }
    match content.contains(char::is_alphanumeric) {
        true => format!("^({content})"),
        // A mark such as `*`, `®` or `′`.
        false => content.to_owned(),
    }
}

/// The characters of a table for all of a run; `None` where one has none.
fn shifted(content: &str, table: &[(&str, &str)]) -> Option<String> {
    let of = |c: char| {
        let mut pairs = table.iter().flat_map(|(from, to)| from.chars().zip(to.chars()));
        pairs.find(|(from, _)| *from == c).map(|(_, to)| to)
    };
    content.chars().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(group: TextGroup, before: &str, content: &str) -> String {
        let mut flow = Flow::default();
        flow.words(before);
        flow.open(group);
        flow.words(content);
        flow.close();
        flow.words("|");
        flow.finished()
    }

    #[test]
    fn what_is_raised_or_lowered_is_no_part_of_the_number_before_it() {
        let above = [
            ("10", "6", "10⁶|"),
            ("10", "−6", "10⁻⁶|"),
            ("Ca", "2+", "Ca²⁺|"),
            ("10", "0.5", "10^(0.5)|"),
            ("10", "n − 1", "10^(n − 1)|"),
            ("10", " 6 ", "10 ⁶ |"),
            ("2019", "[3]", "2019[3]|"),
            ("2019", "*", "2019*|"),
            ("21", "st", "21st|"),
            ("x", "st", "xˢᵗ|"),
            ("XX", "e", "XXe|"),
            ("M", "me", "Mme|"),
            ("n", "o", "no|"),
            ("n", "me", "nᵐᵉ|"),
            ("AM", "me", "AMᵐᵉ|"),
            ("Example", "TM", "Example™|"),
            ("x", "Q", "x^(Q)|"),
            ("x", "", "x|"),
        ];
        for (before, content, expected) in above {
            assert_eq!(of(TextGroup::Above, before, content), expected);
        }
        assert_eq!(of(TextGroup::Below, "CO", "2"), "CO₂|");
        assert_eq!(of(TextGroup::Below, "x", "max,2"), "x_(max,2)|");
        assert_eq!(of(TextGroup::Parenthesized, "漢", "kan"), "漢(kan)|");
        for (from, to) in ABOVE.iter().chain(&BELOW) {
            assert_eq!(from.chars().count(), to.chars().count(), "{from}");
        }
    }

    #[test]
    fn a_number_of_a_formula_is_no_part_of_the_number_beside_it() {
        for (before, after, expected) in [
            ("1/2", "12", "1/2 12"),
            ("10⁶", "7", "10⁶ 7"),
            ("x", "th", "xth"),
            ("(x)", "2", "(x)2"),
            ("x", ", 2", "x, 2"),
        ] {
            let mut flow = Flow::default();
            flow.words(before);
            flow.bound();
            flow.words(after);
            assert_eq!(flow.finished(), expected);
        }
    }

    #[test]
    fn what_has_no_ink_and_no_meaning_goes() {
        let mut flow = Flow::default();
        flow.words("gov\u{AD}ern\u{200B}ment\u{FEFF} 1\u{200B}0 ໃຈ\u{200B}ດີ na\u{A0}me");
        assert_eq!(flow.finished(), "government 10 ໃຈ\u{200B}ດີ na\u{A0}me");
    }

    #[test]
    fn cells_and_rows_keep_their_places() {
        let mut flow = Flow::default();
        for row in [&["a", "b", "c"][..], &["1", "", "3"], &["", "", "6"], &["7\n8", "9"]] {
            for cell in row {
                flow.open_cell();
                flow.block();
                flow.put(cell);
                flow.block();
                flow.close_cell();
            }
            flow.end_row();
        }
        assert_eq!(flow.finished(), "a\tb\tc\n1\t\t3\n\t\t6\n7\n8\n\n9");
    }
}
