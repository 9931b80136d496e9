//! The short forms of a draft, and what they stand for: the names of the options as fields.
//!
//! Always holds: a short form means what the option of that name means; a field that is given in
//! both forms is refused. Not here: reading them (`short`). Source: docs/drafts.md.

use crate::ledger::error::{Reasons, Unresolved};
use crate::ledger::write::draft::short::ShortForm;
use crate::ledger::write::draft::{DatingDraft, Draft, HopDraft, TopicDraft, WhenDraft};

/// Text that is not empty.
fn filled(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl ShortForm for WhenDraft {
    const TEXT: &'static str = "a date in quotes, or fields in braces";
    fn of(text: &str) -> WhenDraft {
        // In a correction an empty date leaves the old one out.
        WhenDraft { edtf: Some(text.to_owned()), ..WhenDraft::default() }
    }
}

impl ShortForm for DatingDraft {
    const TEXT: &'static str = "a date in quotes, or fields in braces";
    fn of(text: &str) -> DatingDraft {
        DatingDraft { edtf: filled(text), ..DatingDraft::default() }
    }
}

impl ShortForm for TopicDraft {
    const TEXT: &'static str = "a name in quotes, or fields in braces";
    fn of(text: &str) -> TopicDraft {
        TopicDraft { name: Some(text.to_owned()), ..TopicDraft::default() }
    }
}

impl ShortForm for HopDraft {
    const TEXT: &'static str = "a name in quotes, or fields in braces";
    fn of(text: &str) -> HopDraft {
        HopDraft { agent: Some(text.to_owned()), ..HopDraft::default() }
    }
}

impl ShortForm for String {
    const TEXT: &'static str = "text in quotes";
    fn of(text: &str) -> String {
        text.to_owned()
    }
}

impl Draft {
    /// The draft with its short forms in the fields that they stand for, and all that is wrong with
    /// them, each with its field.
    pub fn unabridged(mut self) -> (Draft, Reasons) {
        let mut wrong = Vec::new();
        self.unabridge_attribution(&mut wrong);
        self.unabridge_when(&mut wrong);
        let of_quote =
            [("stance", self.stance.is_some()), ("reliability", self.reliability.is_some())];
        for (name, given) in of_quote {
            if given && self.quote.is_none() {
                wrong.push(Unresolved::at(name, "expected quote beside it, found none"));
            }
        }
        (self, Reasons(wrong))
    }

    fn unabridge_attribution(&mut self, wrong: &mut Vec<Unresolved>) {
        let agents = self.according_to.take();
        let (kinds, acts, roles) = (self.agent_type.take(), self.act.take(), self.role.take());
        let counts = [
            ("agent_type", kinds.as_ref().map(Vec::len)),
            ("act", acts.as_ref().map(Vec::len)),
            ("role", roles.as_ref().map(Vec::len)),
        ];
        let Some(agents) = agents else {
            let beside = counts.iter().filter(|(_, count)| count.is_some());
            wrong.extend(beside.map(|(name, _)| {
                Unresolved::at(*name, "expected according_to beside it, found none")
            }));
            return;
        };
        for (name, count) in counts {
            if count.is_some_and(|count| count > agents.len()) {
                wrong.push(Unresolved::at(
                    name,
                    format!("expected one for each of according_to ({}), found more", agents.len()),
                ));
            }
        }
        if self.attribution.is_some() {
            wrong.push(Unresolved::at("according_to", "expected this or attribution, found both"));
        }
        let mut kinds = kinds.unwrap_or_default().into_iter();
        let mut acts = acts.unwrap_or_default().into_iter();
        let mut roles = roles.unwrap_or_default().into_iter();
        let hop = |agent| HopDraft {
            agent,
            agent_type: kinds.next().flatten(),
            act: acts.next().flatten().filter(|act| !act.is_empty()),
            role: roles.next().flatten().filter(|role| !role.is_empty()),
            ..HopDraft::default()
        };
        self.attribution = Some(agents.into_iter().map(hop).collect());
    }

    fn unabridge_when(&mut self, wrong: &mut Vec<Unresolved>) {
        let (as_written, basis) = (self.as_written.take(), self.basis.take());
        if as_written.is_none() && basis.is_none() {
            return;
        }
        let when = self.when.get_or_insert_default();
        let twice = [
            ("as_written", as_written.is_some() && when.as_written.is_some()),
            ("basis", basis.is_some() && when.basis.is_some()),
        ];
        for (name, _) in twice.iter().filter(|(_, twice)| *twice) {
            wrong.push(Unresolved::at(*name, "expected it once, found it in when too"));
        }
        when.as_written = when.as_written.take().or(as_written);
        when.basis = when.basis.take().or(basis);
    }
}
