//! The questions of a fact: each asks for one answer of a draft, and can ask for it again.
//!
//! Always holds: a quotation is found, and words of the document stand in it, before they are
//! taken; a date that the document's words give is proposed and never set. Not here: their order
//! (`conversation`).

use crate::capture;
use crate::cli::commands::append::date_question::{DateProposal, DateQuestion};
use crate::cli::commands::append::known::{Known, Quotable};
use crate::cli::render::quotation;
use crate::cli::shared::filled;
use crate::cli::terminal::ask::{ChoiceQuestion, LineQuestion};
use crate::cli::terminal::{CliError, ask, note, visible, wrapped};
use crate::ledger::write::draft::{Draft, HopDraft, Name, QuoteDraft, TopicDraft};
use crate::ledger::write::notes::unquoted::compared::{Compare, Wording};
use crate::wording::figured_date;
use crate::wording::worded_date::{dates, is_beside};
use crate::wording::written_language::{self, Ground, LanguageDoubt};
use annals_core::event::body::Span;
use annals_core::event::vocabulary::{AgentType, Reliability, Vouch};
use annals_core::quote::Text;
use annals_core::quote_search::places::QuoteSearchError;
use annals_core::quote_search::{Edges, QuoteSearch};
use annals_core::text::Words;

/// How many places are offered where words stand in several, and how many documents are listed.
const LISTED: usize = 9;

/// A question of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactQuestion {
    Passage,
    Claim,
    Who,
    When,
    Topics,
    Act,
    Role,
    Vouch,
    Language,
    Document,
    Reliability,
}

impl FactQuestion {
    /// All, by the numbers that they have at the end.
    pub const ALL: [FactQuestion; 11] = [
        FactQuestion::Passage,
        FactQuestion::Claim,
        FactQuestion::Who,
        FactQuestion::When,
        FactQuestion::Topics,
        FactQuestion::Act,
        FactQuestion::Role,
        FactQuestion::Vouch,
        FactQuestion::Language,
        FactQuestion::Document,
        FactQuestion::Reliability,
    ];

    /// What the summary calls it.
    pub fn name(self) -> &'static str {
        match self {
            FactQuestion::Passage => "passage",
            FactQuestion::Claim => "claim",
            FactQuestion::Who => "according to",
            FactQuestion::When => "when",
            FactQuestion::Topics => "topics",
            FactQuestion::Act => "what they do",
            FactQuestion::Role => "role",
            FactQuestion::Vouch => "vouched for",
            FactQuestion::Language => "language",
            FactQuestion::Document => "document",
            FactQuestion::Reliability => "reliability",
        }
    }
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionOutcome {
    /// It has an answer.
    Given,
    /// The question before is wanted.
    Back,
    /// No passage is given: there is no fact.
    Nothing,
}

/// A fact whose fields the editor is asked for.
pub struct FactAnswers<'a> {
    /// What the record knows.
    pub known: &'a mut Known,
    /// The answers.
    pub draft: &'a mut Draft,
}

impl FactAnswers<'_> {
    /// Asks a question. An answer that was given before is filled in, to be changed.
    pub fn ask(&mut self, question: FactQuestion) -> Result<QuestionOutcome, CliError> {
        match question {
            FactQuestion::Document => self.document(),
            FactQuestion::Passage => self.passage(),
            FactQuestion::Claim => self.claim(),
            FactQuestion::Who => self.who(),
            FactQuestion::When => self.when(),
            FactQuestion::Topics => self.topics(),
            FactQuestion::Act => self.acts(),
            FactQuestion::Role => self.roles(),
            FactQuestion::Vouch => self.vouch(),
            FactQuestion::Language => self.language(),
            FactQuestion::Reliability => self.reliability(),
        }
    }

    /// The document that is quoted.
    fn quoted(&self) -> Option<&Quotable> {
        match &self.draft.document {
            Some(Name::Position(position)) => self.known.document(*position),
            _ => self.known.documents.last(),
        }
    }

    fn document(&mut self) -> Result<QuestionOutcome, CliError> {
        let title = |row: &Quotable| format!("{}: {}", row.position, row.title);
        let offered: Vec<String> = self.known.documents.iter().rev().map(title).collect();
        for line in offered.iter().take(LISTED) {
            note(wrapped(line, 4));
        }
        if let Some(more) = offered.len().checked_sub(LISTED).filter(|more| *more > 0) {
            note(format!("    and {more} more; annals document list shows them"));
        }
        let newest = self.known.documents.last().map_or(0, |row| row.position);
        let question = format!("document (its position; empty: {newest})");
        loop {
            let Some(typed) = LineQuestion::new(&question).offer(&offered).ask_or_back()? else {
                return Ok(QuestionOutcome::Back);
            };
            let number = typed.split(':').next().unwrap_or_default().trim().parse();
            let position = if typed.is_empty() { Some(newest) } else { number.ok() };
            match position.map(|position| (position, self.known.document(position))) {
                Some((_, Some(document))) => {
                    self.draft.document = Some(Name::Position(document.position));
                    return Ok(QuestionOutcome::Given);
                }
                Some((position, None)) => note(self.known.not_quotable(position)),
                None => note("expected the position of a document that can be quoted"),
            }
        }
    }

    fn passage(&mut self) -> Result<QuestionOutcome, CliError> {
        let mut typed = match &self.draft.quote {
            Some(QuoteDraft::Pointing(words)) => words.clone(),
            _ => String::new(),
        };
        loop {
            let question = "passage (first words … last words; empty: none)";
            match LineQuestion::new(question).initial(&typed).ask_or_back()? {
                None => return Ok(QuestionOutcome::Back),
                Some(words) if words.is_empty() => return Ok(QuestionOutcome::Nothing),
                Some(words) => typed = words,
            }
            let Some(document) = self.quoted() else { return Ok(QuestionOutcome::Nothing) };
            let Some(place) = place(&document.text, &typed)? else { continue };
            if let Some(sentence) = sentence(&document.text, place) {
                note(wrapped(&sentence, 4));
            }
            let position = document.position;
            let QuoteSearch { nth, edges, .. } = place;
            self.draft.document = Some(Name::Position(position));
            self.draft.exact_edges = (edges == Edges::Exact).then_some(true);
            self.draft.nth = nth;
            self.draft.quote = Some(QuoteDraft::Pointing(typed));
            return Ok(QuestionOutcome::Given);
        }
    }

    /// The quoted words, as they stand in the document.
    fn exact(&self) -> Option<String> {
        let Some(QuoteDraft::Pointing(words)) = &self.draft.quote else { return None };
        let (nth, edges) = (self.draft.nth, Edges::exact(self.draft.exact_edges));
        let text = &self.quoted()?.text;
        let (start, end) = QuoteSearch { words, nth, edges }.find(text).ok()?;
        text.slice(start, end).map(str::to_owned)
    }

    fn claim(&mut self) -> Result<QuestionOutcome, CliError> {
        let exact = self.exact().unwrap_or_default();
        let mut typed = self.draft.claim.clone().unwrap_or_default();
        loop {
            let question = "claim (one sentence that stands by itself)";
            let offered = [as_sentence(&exact)];
            match LineQuestion::new(question).initial(&typed).offer(&offered).ask_or_back()? {
                None => return Ok(QuestionOutcome::Back),
                Some(claim) => typed = claim,
            }
            match Words::<4_000>::new(typed.as_str()) {
                Err(error) => note(error),
                Ok(_) => break,
            }
        }
        let document = self.quoted().map(|document| document.lang.clone()).unwrap_or_default();
        let lang = self.draft.lang.clone().unwrap_or_else(|| document.clone());
        let wording = Wording {
            claim: &typed,
            lang: &lang,
            quoted: vec![&exact],
            quoted_lang: Some(&document).filter(|lang| !lang.is_empty()).map(|lang| &**lang),
            agents: Vec::new(),
        };
        let missing = wording.unquoted(Compare::of(&lang, &document), &self.likely_dates());
        if !missing.is_empty() {
            let marked: Vec<String> = missing.iter().map(|words| format!("“{words}”")).collect();
            note(wrapped(&format!("in no quoted word: {}", visible(&marked.join(", "))), 4));
        }
        let doubt = written_language::doubt(&typed, &lang);
        self.draft.claim = Some(typed);
        let Some(LanguageDoubt { why, guess, ground }) = doubt else {
            return Ok(QuestionOutcome::Given);
        };
        note(wrapped(&format!("the claim {why}, and the language would be {lang}"), 4));
        // Return alone takes no language that is only guessed.
        let proposed = match ground {
            Ground::Letters => guess.unwrap_or_default(),
            Ground::Words => &lang,
        };
        match self.language_of(proposed, guess)? {
            QuestionOutcome::Back => self.claim(),
            given => Ok(given),
        }
    }

    fn who(&mut self) -> Result<QuestionOutcome, CliError> {
        let before = self.draft.attribution.clone().unwrap_or_default();
        let names = before.iter().filter_map(|hop| hop.agent.as_deref());
        let mut typed = names.collect::<Vec<_>>().join("; ");
        let question = "according to whom (empty: the document itself)";
        'names: loop {
            let agents = self.known.all_agents();
            let asked = LineQuestion::new(question).offer(&agents).separator(';');
            match asked.initial(&typed).ask_or_back()? {
                None => return Ok(QuestionOutcome::Back),
                Some(names) => typed = names,
            }
            let mut hops = Vec::new();
            for name in typed.split(';').map(str::trim).filter(|name| !name.is_empty()) {
                if !self.known.agents.contains(name) && !self.known.new_agents.contains_key(name) {
                    let question = format!("{name} is new, and is a");
                    let Some(kind) =
                        ChoiceQuestion::new(&question, AgentType::ALL).ask_or_back()?
                    else {
                        continue 'names;
                    };
                    let kind = AgentType::ALL.get(kind).copied().unwrap_or(AgentType::Person);
                    self.known.new_agents.insert(name.to_owned(), kind);
                }
                let kept = before.iter().find(|hop| hop.agent.as_deref() == Some(name));
                hops.push(HopDraft {
                    agent: Some(name.to_owned()),
                    agent_type: self.known.new_agents.get(name).copied(),
                    ..kept.cloned().unwrap_or_default()
                });
            }
            self.draft.attribution = (!hops.is_empty()).then_some(hops);
            return Ok(QuestionOutcome::Given);
        }
    }

    /// The dates that the quoted words give, else those of their sentence.
    fn worded_dates(&self) -> DateProposal {
        let Some(document) = self.quoted().filter(|row| primary(&row.lang) == "en") else {
            return DateProposal::default();
        };
        let exact = self.exact().unwrap_or_default();
        let dates_of_quoted = dates(&exact, document.day);
        if !dates_of_quoted.is_empty() {
            return DateProposal { dates: dates_of_quoted, apart: false };
        }
        let Some(QuoteDraft::Pointing(words)) = &self.draft.quote else {
            return DateProposal::default();
        };
        let (nth, edges) = (self.draft.nth, Edges::exact(self.draft.exact_edges));
        let place = QuoteSearch { words, nth, edges }.find(&document.text).ok();
        let sentence = place.and_then(|(start, end)| {
            let span = Span { start: start as u64, end: end as u64 };
            quotation::sentence_of(&document.text, &span)
        });
        let sentence = sentence.unwrap_or_default();
        let dates = dates(&sentence, document.day);
        let apart = !dates.iter().all(|date| is_beside(&date.words, &exact, &sentence));
        DateProposal { dates, apart }
    }

    /// The dates that may be the answer of the date question: those that the quoted words give, and
    /// where these have no year, the document's year and those beside it.
    fn likely_dates(&self) -> String {
        let dates = self.worded_dates().dates.into_iter().map(|date| date.edtf);
        let exact = self.exact().unwrap_or_default();
        let day = self.quoted().and_then(|document| document.day);
        let day = day.filter(|_| figured_date::years(&exact).is_empty());
        let years = day.into_iter().flat_map(|day| (-1..=1).map(move |more| day.year() + more));
        dates.chain(years.map(|year| year.to_string())).collect::<Vec<_>>().join(" ")
    }

    fn when(&mut self) -> Result<QuestionOutcome, CliError> {
        let proposed = self.worded_dates();
        let Some(document) = self.quoted() else { return Ok(QuestionOutcome::Nothing) };
        let question = DateQuestion {
            text: &document.text,
            lang: &document.lang,
            day: document.day,
            proposed: &proposed,
        };
        let Some(when) = question.ask(self.draft.when.as_ref())? else {
            return Ok(QuestionOutcome::Back);
        };
        self.draft.when = when;
        Ok(QuestionOutcome::Given)
    }

    fn topics(&mut self) -> Result<QuestionOutcome, CliError> {
        let names = self.draft.topics.iter().flatten().filter_map(|topic| topic.name.as_deref());
        let before = names.collect::<Vec<_>>().join(", ");
        let offered: Vec<String> = self.known.topics.iter().cloned().collect();
        let question = "topics, with commas between them (empty: none)";
        let asked = LineQuestion::new(question).initial(&before).offer(&offered).separator(',');
        let Some(typed) = asked.ask_or_back()? else {
            return Ok(QuestionOutcome::Back);
        };
        let names = typed.split(',').map(str::trim).filter(|name| !name.is_empty());
        let topic = |name: &str| TopicDraft { name: Some(name.to_owned()), id: None };
        let topics: Vec<TopicDraft> = names.map(topic).collect();
        self.draft.topics = (!topics.is_empty()).then_some(topics);
        Ok(QuestionOutcome::Given)
    }

    fn expect_agents(&self) {
        if self.draft.attribution.is_none() {
            note("the fact is according to the document itself; answer 3 names somebody");
        }
    }

    fn acts(&mut self) -> Result<QuestionOutcome, CliError> {
        self.expect_agents();
        let offered: Vec<String> = self.known.acts.iter().cloned().collect();
        for hop in self.draft.attribution.iter_mut().flatten() {
            let before = hop.act.as_deref().unwrap_or("says");
            let question = format!("what {} does", hop.agent.as_deref().unwrap_or_default());
            let Some(act) =
                LineQuestion::new(&question).initial(before).offer(&offered).ask_or_back()?
            else {
                return Ok(QuestionOutcome::Back);
            };
            hop.act = filled(act);
        }
        Ok(QuestionOutcome::Given)
    }

    fn roles(&mut self) -> Result<QuestionOutcome, CliError> {
        self.expect_agents();
        let offered: Vec<String> = self.known.roles.iter().cloned().collect();
        for hop in self.draft.attribution.iter_mut().flatten() {
            let before = hop.role.clone().unwrap_or_default();
            let agent = hop.agent.as_deref().unwrap_or_default();
            let question = format!("role of {agent} (empty: as the record has it)");
            let Some(role) =
                LineQuestion::new(&question).initial(&before).offer(&offered).ask_or_back()?
            else {
                return Ok(QuestionOutcome::Back);
            };
            hop.role = filled(role);
        }
        Ok(QuestionOutcome::Given)
    }

    fn vouch(&mut self) -> Result<QuestionOutcome, CliError> {
        let choices = ["said: the document says so", "so: it is so"];
        let Some(chosen) = ChoiceQuestion::new("what you vouch for", &choices).ask_or_back()?
        else {
            return Ok(QuestionOutcome::Back);
        };
        self.draft.vouch = Some(if chosen == 0 { Vouch::Said } else { Vouch::So });
        Ok(QuestionOutcome::Given)
    }

    fn reliability(&mut self) -> Result<QuestionOutcome, CliError> {
        let offered: Vec<String> = Reliability::ALL.iter().map(Reliability::to_string).collect();
        let mut typed = self.draft.reliability.map(|it| it.to_string()).unwrap_or_default();
        let question = "reliability of the document, A (reliable) to F (cannot be judged; empty: \
                        none)";
        loop {
            match LineQuestion::new(question).initial(&typed).offer(&offered).ask_or_back()? {
                None => return Ok(QuestionOutcome::Back),
                Some(letter) => typed = letter,
            }
            let is_meant = |it: &&Reliability| it.as_str().eq_ignore_ascii_case(&typed);
            let found = Reliability::ALL.iter().find(is_meant).copied();
            if found.is_some() || typed.is_empty() {
                self.draft.reliability = found;
                return Ok(QuestionOutcome::Given);
            }
            note("expected a letter from A to F, or an empty line");
        }
    }

    fn language(&mut self) -> Result<QuestionOutcome, CliError> {
        let document = self.quoted().map(|document| document.lang.clone()).unwrap_or_default();
        self.language_of(&self.draft.lang.clone().unwrap_or(document), None)
    }

    /// Asks for the language of the claim; `proposed` is filled in, to be changed, and Tab
    /// completes `guess`.
    fn language_of(
        &mut self,
        proposed: &str,
        guess: Option<&str>,
    ) -> Result<QuestionOutcome, CliError> {
        let offered: Vec<String> = guess.map(str::to_owned).into_iter().collect();
        let document = self.quoted().map(|document| document.lang.clone()).unwrap_or_default();
        let mut typed = proposed.to_owned();
        loop {
            let question = LineQuestion::new("language of the claim (such as en)");
            match question.initial(&typed).offer(&offered).ask_or_back()? {
                None => return Ok(QuestionOutcome::Back),
                Some(lang) => typed = lang,
            }
            match capture::language(&typed) {
                Ok(_) => break,
                Err(why) => note(why),
            }
        }
        self.draft.lang = filled(typed).filter(|lang| *lang != document);
        Ok(QuestionOutcome::Given)
    }
}

fn primary(lang: &str) -> String {
    lang.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// Words with a capital at their beginning and a full stop at their end.
fn as_sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if words.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// The place that the typed words quote; asks the editor which one if there are several. `None` if
/// the editor is to type other words.
fn place<'a>(text: &Text, typed: &'a str) -> Result<Option<QuoteSearch<'a>>, CliError> {
    let mut words = QuoteSearch { words: typed, nth: None, edges: Edges::Whole };
    let mut found = words.find(text);
    if let Err(cut @ QuoteSearchError::Cut { .. }) = &found {
        note(cut);
        if !ask::yes("is the edge meant to be there?")? {
            return Ok(None);
        }
        words.edges = Edges::Exact;
        found = words.find(text);
    }
    match found {
        Ok(_) => Ok(Some(words)),
        Err(QuoteSearchError::Ambiguous { count, .. }) => which(text, words, count),
        Err(error) => {
            note(error);
            Ok(None)
        }
    }
}

/// Asks which of several places the words quote; `None` if the editor chooses none.
fn which<'a>(
    text: &Text,
    words: QuoteSearch<'a>,
    count: usize,
) -> Result<Option<QuoteSearch<'a>>, CliError> {
    note(format!("these words stand {count} times in the document"));
    let place = |nth| QuoteSearch { nth: Some(nth), ..words };
    let mut places: Vec<String> =
        (1..=count.min(LISTED)).map(|nth| sentence(text, place(nth)).unwrap_or_default()).collect();
    let alike = |one: &String| places.iter().filter(|other| *other == one).count() > 1;
    if places.iter().any(alike) {
        for (at, sentence) in places.iter_mut().enumerate() {
            if let Ok((start, _)) = place(at + 1).find(text) {
                sentence.push_str(&format!(" (from code point {start} on)"));
            }
        }
    }
    places.resize(count, String::new());
    places.push("none of these: more words".to_owned());
    let chosen = ChoiceQuestion::new("which", &places).ask_or_back()?;
    Ok(chosen.filter(|chosen| *chosen < count).map(|chosen| place(chosen + 1)))
}

/// The sentence at which typed words point, with these marked.
fn sentence(text: &Text, words: QuoteSearch<'_>) -> Option<String> {
    let (start, end) = words.find(text).ok()?;
    let span = Span { start: start as u64, end: end as u64 };
    quotation::in_sentence(text, &text.anchor(start, end)?, &span)
}
