//! `annals append` with nothing given: a passage, a claim, who, when; then what will be signed is
//! shown, and any answer can be changed before it is.
//!
//! Always holds: `<` goes back to the question before; every answer is kept in a file at once, and
//! so is the open question; what is signed is what was shown. Not here: the questions themselves
//! (`questions`), signing (`submit`).

use crate::cli::commands::append::known::Known;
use crate::cli::commands::append::questions::{FactAnswers, FactQuestion, QuestionOutcome};
use crate::cli::shared::{DraftFile, DraftSubmission, SubmitOptions, WriteArgs, expect_signer};
use crate::cli::terminal::ask::{LineQuestion, OpenAnswer, UnfinishedLine};
use crate::cli::terminal::{CliError, Context, Exit, Format, ask, note, shown_path, wrapped};
use crate::ledger::error::LedgerError;
use crate::ledger::write::draft::{Draft, Input, Name, WhenDraft};
use annals_core::event::vocabulary::{Basis, Type};

/// What a conversation begins with.
#[derive(Default)]
pub struct Beginning {
    /// The document that is quoted, where it is given.
    pub document: Option<u64>,
    /// Drafts that were kept, and the file that keeps them.
    pub kept: Option<(DraftFile, Vec<Draft>)>,
}

pub fn run(
    context: &mut Context,
    write: &WriteArgs,
    beginning: Beginning,
) -> Result<Exit, CliError> {
    let known = Known::read(context)?;
    expect_signer(context, write)?;
    if let Some(position) = beginning.document
        && known.document(position).is_none()
    {
        let why = known.not_quotable(position);
        return Err(CliError::usage(format!("--document: {why}")));
    }
    let (kept, drafts) = match beginning.kept {
        Some(kept) => kept,
        None => (DraftFile::new(context, "jsonl", "")?, Vec::new()),
    };
    note(format!("what you type is kept in {} until it is written", shown_path(kept.path())));
    note(wrapped("< goes back; Tab completes what the record knows; Ctrl-C leaves", 0));
    let line = kept.unfinished_line();
    let open = line.as_ref().and_then(|line| line.open);
    let is_open_kept = line.is_some();
    if let Some(line) = line.filter(|line| !line.text.is_empty()) {
        ask::go_on_with(line);
    }
    let document = beginning.document;
    let (unsaved, full) = (false, false);
    let mut talk =
        Conversation { known, document, drafts, kept, open, is_open_kept, unsaved, full };
    let outcome = talk.until_written(context, write);
    if let (Err(_), Some(line)) = (&outcome, ask::take_unfinished()) {
        talk.keep_line(UnfinishedLine { open: talk.open, ..line })?;
    }
    let Conversation { kept, drafts, unsaved, .. } = talk;
    if unsaved && !matches!(outcome, Ok(Exit::Yes)) {
        note("the drafts could not be kept in their file; here they are, as JSON Lines:");
        for draft in &drafts {
            note(serde_json::to_string(draft).map_err(std::io::Error::other)?);
        }
        return outcome;
    }
    kept.end(outcome, "", write.dry_run)
}

/// Whether a draft is of a fact that misses an answer.
pub fn is_unfinished(draft: &Draft) -> bool {
    let fact = draft.kind.is_none_or(|kind| kind == Type::FactAsserted);
    fact && draft.evidence.is_none() && first_missing(draft).is_some()
}

fn first_missing(draft: &Draft) -> Option<FactQuestion> {
    match (&draft.quote, &draft.claim) {
        (None, _) => Some(FactQuestion::Passage),
        (_, None) => Some(FactQuestion::Claim),
        _ => None,
    }
}

/// How many answers are listed until all are wanted.
const FEW: usize = 4;

struct Conversation {
    known: Known,
    document: Option<u64>,
    drafts: Vec<Draft>,
    kept: DraftFile,
    /// The answer whose question is open.
    open: Option<OpenAnswer>,
    /// Whether a file says which one that is.
    is_open_kept: bool,
    /// Whether the file does not hold what was typed.
    unsaved: bool,
    /// Whether all questions are shown.
    full: bool,
}

/// What is wanted of the facts that are shown.
enum Wish {
    Write,
    Leave,
    Change { fact: usize, question: FactQuestion },
    GoOn(OpenAnswer),
    More,
    Another,
}

impl Conversation {
    /// Asks the editor for facts and shows them, until they are signed or the editor leaves.
    fn until_written(
        &mut self,
        context: &mut Context,
        write: &WriteArgs,
    ) -> Result<Exit, CliError> {
        let unfinished = self.drafts.iter().position(is_unfinished);
        let open = self.open.filter(|open| open.fact < self.drafts.len());
        let mut wish =
            match (unfinished.and_then(|fact| Some((fact, self.drafts.get(fact)?))), open) {
                (Some((fact, draft)), _) => Wish::Change {
                    fact,
                    question: first_missing(draft).unwrap_or(FactQuestion::Passage),
                },
                (None, Some(open)) => Wish::GoOn(open),
                (None, None) => Wish::Another,
            };
        loop {
            match wish {
                Wish::Write => {}
                Wish::Leave => return Err(CliError::Declined),
                Wish::Another => self.another()?,
                Wish::More => self.more()?,
                Wish::Change { fact, question } => self.change(fact, question)?,
                Wish::GoOn(open) => self.go_on(open)?,
            }
            self.close();
            if self.drafts.is_empty() {
                note("nothing was written");
                return Ok(Exit::Yes);
            }
            if let Some(fact) = self.drafts.iter().position(is_unfinished) {
                let question = self.drafts.get(fact).and_then(first_missing);
                wish = Wish::Change { fact, question: question.unwrap_or(FactQuestion::Passage) };
                continue;
            }
            wish = match self.submit(context, write)? {
                Submitted::Done(exit) => return Ok(exit),
                Submitted::Wish(wish) => wish,
            };
        }
    }

    /// The questions that every fact is asked, in order.
    fn path(&self) -> Vec<FactQuestion> {
        let mut path = Vec::new();
        if self.known.documents.len() > 1 && self.document.is_none() {
            path.push(FactQuestion::Document);
        }
        path.extend([
            FactQuestion::Passage,
            FactQuestion::Claim,
            FactQuestion::Who,
            FactQuestion::When,
        ]);
        path
    }

    /// Asks for one more fact; none where its passage is left empty.
    fn another(&mut self) -> Result<(), CliError> {
        self.drafts.push(Draft {
            kind: Some(Type::FactAsserted),
            document: self.document.map(Name::Position),
            ..Draft::default()
        });
        self.ask_from(self.drafts.len() - 1, 0)
    }

    /// Asks the questions of a fact from a place in their order on.
    fn ask_from(&mut self, fact: usize, first: usize) -> Result<(), CliError> {
        let path = self.path();
        let mut at = first;
        while let Some(question) = path.get(at) {
            self.open(fact, *question, true);
            match self.ask(fact, *question)? {
                QuestionOutcome::Given => at += 1,
                QuestionOutcome::Back if at > 0 => at -= 1,
                QuestionOutcome::Back | QuestionOutcome::Nothing if self.has_passage(fact) => {
                    note("this is the first question; Ctrl-C leaves, and what you typed is kept");
                }
                QuestionOutcome::Back if self.drafts.len() == 1 => {
                    note("this is the first question")
                }
                QuestionOutcome::Back | QuestionOutcome::Nothing => {
                    self.drafts.remove(fact);
                    return self.keep_all();
                }
            }
        }
        Ok(())
    }

    fn has_passage(&self, fact: usize) -> bool {
        self.drafts.get(fact).is_some_and(|draft| draft.quote.is_some())
    }

    /// Asks one question of a fact, and keeps the answer.
    fn ask(&mut self, fact: usize, question: FactQuestion) -> Result<QuestionOutcome, CliError> {
        let Some(draft) = self.drafts.get_mut(fact) else { return Ok(QuestionOutcome::Nothing) };
        let reply = FactAnswers { known: &mut self.known, draft }.ask(question)?;
        self.keep_all()?;
        Ok(reply)
    }

    /// Asks a question of a fact again; another document has other passages.
    fn change(&mut self, fact: usize, question: FactQuestion) -> Result<(), CliError> {
        let path = self.path();
        let at = path.iter().position(|of_path| *of_path == question);
        let draft = self.drafts.get(fact);
        if draft.is_some_and(is_unfinished) {
            return self.ask_from(fact, at.unwrap_or(0));
        }
        self.open(fact, question, false);
        let reply = self.ask(fact, question)?;
        match (question, reply, at) {
            (FactQuestion::Document, QuestionOutcome::Given, _) => {
                self.open(fact, FactQuestion::Passage, false);
                self.ask(fact, FactQuestion::Passage)?;
                self.ask_date_again(fact)
            }
            (FactQuestion::Passage, QuestionOutcome::Given, _) => self.ask_date_again(fact),
            (_, QuestionOutcome::Back, Some(at)) if at > 0 => self.ask_from(fact, at - 1),
            _ => Ok(()),
        }
    }

    /// Asks for a date again that was read from words or counted from a document.
    fn ask_date_again(&mut self, fact: usize) -> Result<(), CliError> {
        let Some(draft) = self.drafts.get_mut(fact) else { return Ok(()) };
        let is_read = |when: &mut WhenDraft| when.as_written.is_some();
        let is_derived = |when: &WhenDraft| when.basis == Some(Basis::Derived);
        if draft.when.take_if(is_read).is_none() && !draft.when.as_ref().is_some_and(is_derived) {
            return Ok(());
        }
        self.open(fact, FactQuestion::When, false);
        self.ask(fact, FactQuestion::When).map(drop)
    }

    /// Asks the question that was open when the facts were left.
    fn go_on(&mut self, open: OpenAnswer) -> Result<(), CliError> {
        let question = FactQuestion::ALL.get(open.answer).copied();
        let question = question.unwrap_or(FactQuestion::Who);
        let at = self.path().iter().position(|of_path| *of_path == question);
        match at.filter(|_| open.goes_on) {
            Some(at) => self.ask_from(open.fact, at),
            None => self.change(open.fact, question),
        }
    }

    /// Keeps in a file which question is open, if a draft without its answer looks like a whole
    /// one.
    fn open(&mut self, fact: usize, question: FactQuestion, goes_on: bool) {
        let answer = FactQuestion::ALL.iter().position(|known| *known == question);
        self.open = answer.map(|answer| OpenAnswer { fact, answer, goes_on });
        if matches!(question, FactQuestion::Who | FactQuestion::When) {
            let (question, text) = (String::new(), String::new());
            let line = UnfinishedLine { question, text, open: self.open };
            // Where it cannot be kept, the answers before it are.
            self.is_open_kept |= self.kept.save_line(&line).is_ok();
        }
    }

    /// No question is open any more.
    fn close(&mut self) {
        self.open = None;
        if self.is_open_kept {
            self.is_open_kept = self.kept.forget_line().is_err();
        }
    }

    /// Asks the last fact's other questions.
    fn more(&mut self) -> Result<(), CliError> {
        self.full = true;
        let Some(fact) = self.drafts.len().checked_sub(1) else { return Ok(()) };
        let named = self.drafts.last().is_some_and(|draft| draft.attribution.is_some());
        let mut questions = vec![FactQuestion::Topics, FactQuestion::Role, FactQuestion::Vouch];
        questions.retain(|question| named || *question != FactQuestion::Role);
        let mut at = 0;
        while let Some(question) = questions.get(at) {
            self.open(fact, *question, false);
            match self.ask(fact, *question)? {
                QuestionOutcome::Back if at == 0 => break,
                QuestionOutcome::Back => at -= 1,
                _ => at += 1,
            }
        }
        Ok(())
    }

    /// Keeps a line that is not finished, with the answers before it.
    fn keep_line(&mut self, line: UnfinishedLine) -> Result<(), CliError> {
        self.keep_all()?;
        if !self.unsaved && self.kept.save_line(&line).is_err() {
            note("warning: your unsaved answer could not be kept in a file");
        }
        Ok(())
    }

    /// Keeps all answers in the file; where that fails, they stay here and are shown at the end.
    fn keep_all(&mut self) -> Result<(), CliError> {
        match self.kept.save(&self.drafts) {
            Ok(()) => self.unsaved = false,
            Err(CliError::Ledger(error)) => {
                if !self.unsaved {
                    note(format!("warning: an answer could not be kept in its file: {error}"));
                }
                self.unsaved = true;
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// Shows what will be signed, and asks. What is refused can be changed.
    fn submit(&self, context: &mut Context, write: &WriteArgs) -> Result<Submitted, CliError> {
        let input = Input::of(self.drafts.iter().cloned());
        let yes = context.global.yes;
        let mut wish = None;
        let mut agree = |question: &str| {
            let wished = if yes { Wish::Write } else { self.wish(question)? };
            match wished {
                Wish::Write => Ok(()),
                other => {
                    wish = Some(other);
                    Err(CliError::Declined)
                }
            }
        };
        let options = SubmitOptions::shown(write);
        match DraftSubmission::of(&input).ask(&mut agree).run(context, &options) {
            Ok(exit) => Ok(Submitted::Done(exit)),
            Err(CliError::Declined) if wish.is_some() => {
                Ok(wish.map_or(Submitted::Wish(Wish::Leave), Submitted::Wish))
            }
            Err(refused @ CliError::Ledger(LedgerError::Refused(_))) if !yes => {
                let exit = refused.report(Format::Text);
                match self.wish("try again, or change an answer?")? {
                    Wish::Leave => Ok(Submitted::Done(exit)),
                    wish => Ok(Submitted::Wish(wish)),
                }
            }
            Err(failure) => Err(failure),
        }
    }

    /// What is wanted of the facts that are shown.
    fn wish(&self, question: &str) -> Result<Wish, CliError> {
        let shown = if self.full { FactQuestion::ALL.len() } else { FEW };
        let names = FactQuestion::ALL.iter().take(shown).zip(1..);
        let names: Vec<String> =
            names.map(|(question, number)| format!("{number} {}", question.name())).collect();
        let more = if self.full { "" } else { "; more: topics, role and so on" };
        let several = match self.drafts.len() {
            0 | 1 => String::new(),
            count => format!(" of fact {count}, 1.2 the claim of fact 1"),
        };
        let names = names.join(", ");
        note(wrapped(
            &format!("a number changes an answer: {names}{several}{more}; + adds a fact"),
            0,
        ));
        loop {
            let typed =
                LineQuestion::new(&format!("{question} [y/n/number/more/+]")).ask_or_back()?;
            let Some(typed) = typed else { return Ok(self.last(FactQuestion::When)) };
            match typed.to_lowercase().as_str() {
                "y" | "yes" => return Ok(Wish::Write),
                "n" | "no" | "q" => return Ok(Wish::Leave),
                "more" => return Ok(Wish::More),
                "+" => return Ok(Wish::Another),
                number => match self.numbered(number) {
                    Some(wish) => return Ok(wish),
                    None => note("expected y, n, the number of an answer, more, + or <"),
                },
            }
        }
    }

    fn last(&self, question: FactQuestion) -> Wish {
        Wish::Change { fact: self.drafts.len().saturating_sub(1), question }
    }

    /// `2`: the second answer of the last fact; `1.2`: that of the first fact.
    fn numbered(&self, typed: &str) -> Option<Wish> {
        let question = |number: &str| {
            let number: usize = number.parse().ok()?;
            FactQuestion::ALL.get(number.checked_sub(1)?).copied()
        };
        let Some((fact, number)) = typed.split_once('.') else {
            return Some(self.last(question(typed)?));
        };
        let fact = fact.parse::<usize>().ok()?.checked_sub(1)?;
        self.drafts.get(fact)?;
        Some(Wish::Change { fact, question: question(number)? })
    }
}

/// What came of facts that were shown.
enum Submitted {
    /// They are written, or were only to be shown.
    Done(Exit),
    /// Something else is wanted first.
    Wish(Wish),
}
