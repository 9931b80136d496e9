//! Editors who send what they sign, each on a connection of its own, and wait for the receipt.
//!
//! Always holds: an editor signs on the last end of the record that it knows; whoever is outrun
//! reads what came since, signs again and sends again. The time of a submission is from its first
//! signature to its receipt.

use crate::newsroom::desk::{Desk, End};
use annals::entropy::Seeded;
use annals::ledger::write::sign::{Slot, sign_draft};
use annals::record_server::{ServerAnswer, ServerConnection};
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::submission::{SubmissionText, SubmittedEvent};
use annals_core::time::Time;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Who writes the places of a submission.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Placing {
    /// The editor: it is for the very end of the record.
    Exact,
    /// The server, within the window.
    Free,
}

/// How much a load sends.
#[derive(Clone, Copy)]
pub struct Load {
    /// How many editors send at the same time.
    pub editors: usize,
    /// Submissions of each editor.
    pub submissions: usize,
    /// Events of a submission.
    pub events: usize,
    /// Who writes their places.
    pub placing: Placing,
}

/// What a load showed.
pub struct Measured {
    /// Events a second.
    pub rate: f64,
    /// The time of each submission.
    pub times: Vec<Duration>,
}

/// Sends loads to a server, one after the other.
pub struct Sender<'a> {
    desk: &'a Desk,
    url: &'a str,
    /// The end of the record as the last editor saw it.
    end: End,
    /// The number of facts that were sent.
    used: usize,
}

impl Sender<'_> {
    /// A sender to the server at this address, whose record is as it was made.
    pub fn to<'a>(desk: &'a Desk, url: &'a str) -> Sender<'a> {
        Sender { desk, url, end: desk.end, used: 0 }
    }

    /// Sends a load.
    pub fn run(&mut self, load: Load) -> Measured {
        let (all, last) = (Mutex::new(Vec::new()), Mutex::new(self.end));
        let began = Instant::now();
        std::thread::scope(|scope| {
            for number in 0..load.editors {
                let first = self.used + number * load.submissions * load.events;
                let (desk, url, end, all, last) = (self.desk, self.url, self.end, &all, &last);
                scope.spawn(move || {
                    let mut editor = Editor::new(desk, url, number, end, first);
                    let send = |_| editor.send(load.events, load.placing);
                    let mut times: Vec<Duration> = (0..load.submissions).map(send).collect();
                    all.lock().expect("a lock").append(&mut times);
                    let mut last = last.lock().expect("a lock");
                    if editor.end.0 > last.0 {
                        *last = editor.end;
                    }
                });
            }
        });
        let took = began.elapsed();
        let count = load.editors * load.submissions * load.events;
        self.used += count;
        self.end = last.into_inner().expect("a lock");
        let times = all.into_inner().expect("a lock");
        Measured { rate: count as f64 / took.as_secs_f64(), times }
    }
}

/// An editor at work.
pub struct Editor<'a> {
    desk: &'a Desk,
    url: &'a str,
    number: usize,
    connection: ServerConnection,
    reading: ureq::Agent,
    entropy: Seeded,
    /// The end of the record that this editor knows.
    end: End,
    /// The number of the next fact.
    next: usize,
}

impl Editor<'_> {
    /// An editor of this number, who knows this end of the record and begins with fact `first`.
    pub fn new<'a>(
        desk: &'a Desk,
        url: &'a str,
        number: usize,
        end: End,
        first: usize,
    ) -> Editor<'a> {
        let (connection, reading) = (ServerConnection::new(url), ureq::Agent::new_with_defaults());
        let entropy = Seeded::new(format!("load {number} {first}"));
        Editor { desk, url, number, connection, reading, entropy, end, next: first }
    }

    /// Signs and sends the next facts until they are placed; the time that it took.
    pub fn send(&mut self, events: usize, placing: Placing) -> Duration {
        let began = Instant::now();
        loop {
            let submission = self.sign(events, placing);
            match self.connection.submit(&submission.text()).expect("an answer") {
                ServerAnswer::Done(receipt) => {
                    assert_eq!(receipt.places.len(), events);
                    let last = submission.events.last().zip(receipt.places.last());
                    let (event, place) = last.expect("an event");
                    self.end = (place.seq + 1, record::hash(&event.record(place)));
                    self.next += events;
                    return began.elapsed();
                }
                ServerAnswer::Refused(problem) if problem.is("outrun") => self.read_end(),
                other => panic!("{other:?}"),
            }
        }
    }

    /// The size of the record that this editor knows.
    pub fn size(&self) -> u64 {
        self.end.0
    }

    fn sign(&mut self, events: usize, placing: Placing) -> SubmissionText {
        let Editor { desk, number, entropy, end, next, .. } = self;
        let mut slot = Slot { position: end.0, head: Some(end.1), after: None, now: now() };
        let mut entries = Vec::new();
        for fact in *next..*next + events {
            let entry = sign_draft(desk.fact(fact), &slot, &desk.keys[*number], entropy);
            let entry = entry.expect("a signature");
            if placing == Placing::Exact {
                slot = slot.next(&entry.record);
            }
            entries.push(entry);
        }
        let submission = match placing {
            Placing::Exact => SubmissionText::exact(&desk.origin, &entries),
            Placing::Free => {
                let events = entries.into_iter().map(|entry| {
                    let Reading { statement, signature, .. } = Reading::of(&entry.record);
                    let (statement, signature) = (statement.expect("one"), signature.expect("one"));
                    SubmittedEvent::new(statement, &signature, entry.body.expect("a body"))
                });
                SubmissionText::free(&desk.origin, events.collect())
            }
        };
        submission.expect("a submission")
    }

    /// Reads the events that came since, and goes on from the last one.
    fn read_end(&mut self) {
        loop {
            let url = format!("{}/v1/events?from={}", self.url, self.end.0);
            let answer = self.reading.get(url).call().expect("an answer");
            let text = answer.into_body().read_to_string().expect("text");
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            // Three lines of record and one of body.
            let Some(last) = lines.chunks_exact(4).next_back() else { return };
            let hash: Hash = record::hash(last[..3].concat().as_bytes());
            self.end = (self.end.0 + lines.len() as u64 / 4, hash);
        }
    }
}

fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = since.expect("after 1970").as_micros();
    Time::from_micros(i64::try_from(micros).expect("a time")).expect("a time")
}
