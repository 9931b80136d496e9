//! Failovers: the server of a database is killed, and Patroni lets a standby take over, while two
//! servers and their editors go on.
//!
//! Always holds: where a commit waits for a standby, nothing that was acknowledged is lost; where
//! it does not, what was lost is seen before anything is placed after it. Only with
//! `ANNALS_FAILOVER=1`. Not here: one server that is killed and started again (`faults`).

use crate::database::check::{Checked, check, expect_lost};
use crate::database::memory::{Watch, machine};
use crate::database::patroni::{PatroniCluster, Replication};
use crate::serve::{
    Acknowledged, Newsroom, RunningServer, acknowledged, acknowledged_at_last, check_history,
    request, rounds,
};
use rustix::process::Signal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The most facts that one editor enters in a round.
const MOST: u32 = 40;
/// Editors, and which of the two servers they use.
const EDITORS: [&str; 3] = ["ben", "cid", "dee"];

/// Two servers of a record in a cluster, with the log key's memory at a witness, and three editors.
struct Desk {
    newsroom: Newsroom,
    _watch: Watch,
    document: u64,
    url: String,
    one: RunningServer,
    other: RunningServer,
}

impl Desk {
    fn open(cluster: &PatroniCluster, rounds: u32) -> Desk {
        let (newsroom, url) = (Newsroom::found(None), cluster.url("desk"));
        let watch = Watch::make(&newsroom);
        let document = newsroom.capture("server", rounds * MOST * 3);
        newsroom.good("server", &[&["move", "--to", &url][..], &watch.options()].concat());
        machine(&newsroom, "second");
        let options = [&["--home", &url][..], &watch.options()].concat();
        let one = newsroom.serve_home("server", "127.0.0.1:0", &url);
        let other = newsroom.serve_on("second", "127.0.0.1:0", &options);
        newsroom.join_as_founder("ada", &one.url);
        for (name, url) in EDITORS.into_iter().zip([&one.url, &other.url, &one.url]) {
            newsroom.hire(name, name, url, "ada");
            // The other server sees within a moment what the first one placed.
            std::thread::sleep(Duration::from_secs(1));
        }
        Desk { newsroom, _watch: watch, document, url, one, other }
    }

    /// The line that an editor quotes next.
    fn line(round: u32, editor: u32, number: u32) -> u32 {
        1 + (round * EDITORS.len() as u32 + editor) * MOST + number
    }

    /// Every editor enters facts while `fault` runs, and goes on until each had three acknowledged
    /// after it; returns what was told.
    fn write_during(&self, round: u32, fault: impl FnOnce()) -> Vec<Acknowledged> {
        let (told, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
        let after = [const { AtomicU32::new(0) }; EDITORS.len()];
        let are_done = || after.iter().all(|count| count.load(Ordering::Relaxed) >= 3);
        std::thread::scope(|scope| {
            for (name, editor) in EDITORS.into_iter().zip(0..) {
                let (told, is_over, after) = (&told, &is_over, &after);
                scope.spawn(move || {
                    for number in 0..MOST {
                        let had_fault = is_over.load(Ordering::Relaxed);
                        let line = Desk::line(round, editor, number);
                        let one = acknowledged_at_last(&self.newsroom, name, self.document, line);
                        told.lock().unwrap().push(one);
                        if had_fault && after[editor as usize].fetch_add(1, Ordering::Relaxed) >= 2
                        {
                            return;
                        }
                        std::thread::sleep(Duration::from_millis(200));
                    }
                });
            }
            fault();
            is_over.store(true, Ordering::Relaxed);
        });
        assert!(are_done(), "{after:?}: more facts are needed than {MOST} in a round");
        told.into_inner().unwrap()
    }

    /// Ends the servers; that the record has what was told, in the database and in every copy.
    fn expect_history(self, told: &[Acknowledged]) {
        let Desk { newsroom, one, other, url, .. } = self;
        // Each server sees within a moment what the other one placed.
        let size = |server: &RunningServer| {
            let (_, note) = request(&server.address, "GET /checkpoint HTTP/1.1", b"");
            note.lines().nth(1).unwrap_or_default().parse::<u64>().ok()
        };
        let are_alike = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            size(&one).is_some_and(|size_of_one| size(&other) == Some(size_of_one))
        });
        assert!(are_alike, "{:?} and {:?} events", size(&one), size(&other));
        newsroom.good("ada", &["pull"]);
        for name in EDITORS {
            newsroom.good(name, &["pull"]);
            assert_eq!(newsroom.good(name, &["outbox", "send"]), "nothing waits\n");
        }
        std::thread::sleep(Duration::from_secs(1));
        one.stop();
        other.stop();
        newsroom.good("second", &["verify"]);
        newsroom.good("server", &["move", "--from", &url]);
        check_history(&newsroom, told);
        assert_eq!(newsroom.claims("server").len(), told.len());
        newsroom.expect_same(&[]);
        for name in ["ada", "ben", "cid", "dee", "second"] {
            newsroom.good(name, &["verify"]);
            assert_eq!(newsroom.claims(name), newsroom.claims("server"), "{name}");
        }
    }
}

/// The longest time without an acknowledgment after a moment.
fn longest_pause(told: &[Acknowledged], from: Instant) -> Duration {
    let mut ends: Vec<Instant> = told.iter().map(|one| one.ended).filter(|at| *at > from).collect();
    ends.push(from);
    ends.sort();
    ends.windows(2).map(|two| two[1] - two[0]).max().unwrap_or_default()
}

/// A line of counts for the reports of `scripts/newsroom`.
fn report(what: &str, mut pauses: Vec<Duration>) {
    pauses.sort();
    if let (Some(middle), Some(worst)) = (pauses.get(pauses.len() / 2), pauses.last()) {
        let (middle, worst) = (middle.as_secs_f64(), worst.as_secs_f64());
        eprintln!("{what}; no event was placed for {middle:.1} s (median), {worst:.1} s (worst)");
    }
}

#[test]
fn at_a_synchronous_failover_nothing_that_was_acknowledged_is_lost() {
    let Some(cluster) = PatroniCluster::start(Replication::Synchronous) else { return };
    let rounds = rounds(3);
    let desk = Desk::open(&cluster, rounds);
    let (mut told, mut pauses, mut taken_over) = (Vec::new(), Vec::new(), 0);
    for round in 0..rounds {
        cluster.await_whole();
        let killed = Mutex::new(Instant::now());
        let mut said = desk.write_during(round, || {
            std::thread::sleep(Duration::from_millis(400 + 90 * u64::from(round % 9)));
            let primary = cluster.primary();
            *killed.lock().unwrap() = Instant::now();
            cluster.kill(primary, &[]);
            // It may be the same one again, if it was not sure that another one had all.
            taken_over += u32::from(cluster.primary() != primary);
        });
        pauses.push(longest_pause(&said, *killed.lock().unwrap()));
        eprintln!("failover {}: {:.1} s", round + 1, pauses[round as usize].as_secs_f64());
        told.append(&mut said);
    }
    let count = told.len();
    desk.expect_history(&told);
    let what = format!(
        "{rounds} primaries killed, {taken_over} standbys took over synchronously, {count} events \
         acknowledged, 0 lost"
    );
    report(&what, pauses);
}

#[test]
fn what_an_asynchronous_failover_loses_is_seen_before_an_event_is_placed() {
    let Some(cluster) = PatroniCluster::start(Replication::Asynchronous) else { return };
    let rounds = rounds(3);
    let desk = Desk::open(&cluster, rounds);
    let (newsroom, document) = (&desk.newsroom, desk.document);
    let (mut told, mut losses) = (Vec::new(), 0);
    for round in 0..rounds {
        cluster.await_whole();
        let enter = |editor: u32, number| {
            let line = Desk::line(round, editor, number);
            acknowledged(newsroom, EDITORS[editor as usize], document, line)
        };
        for editor in 0..3 {
            let line = Desk::line(round, editor, 0);
            let name = EDITORS[editor as usize];
            told.push(acknowledged_at_last(newsroom, name, document, line));
        }
        let (primary, kept) = (cluster.primary(), cluster.size());
        let senders = cluster.cut_off(primary);
        // In every second round the other server does not even know what is lost.
        let is_unknowing = round % 2 == 1;
        if is_unknowing {
            desk.other.stop_threads();
        }
        let lost = enter(0, 1).unwrap();
        cluster.kill(primary, &senders);
        desk.other.signal(Signal::CONT);
        if cluster.primary() == primary {
            // It came back, with all that it had: nothing is lost.
            told.push(lost);
            continue;
        }
        losses += 1;
        assert_eq!(cluster.size(), kept, "the new primary has what was to be lost");
        // Nothing is placed by either server, and both say so.
        for editor in [1, 2] {
            let said = enter(editor, 1).unwrap_err();
            assert_eq!(said.code, 2, "{said:?}");
        }
        for server in [&desk.one, &desk.other] {
            assert_eq!(server.health(), 503, "{}", server.said());
            let last = server.said();
            let last = last.lines().rev().find(|line| line.contains("the writer failed"));
            let last = last.unwrap_or_default();
            assert!(
                last.contains("lost events") || last.contains("the log key signed size"),
                "{last}"
            );
            // What is shown is what was acknowledged, or less.
            let (_, note) = request(&server.address, "GET /checkpoint HTTP/1.1", b"");
            let size: i64 = note.lines().nth(1).unwrap().parse().unwrap();
            assert!(size <= kept + 1, "{size}, expected at most {kept} and one more");
        }
        assert_eq!(cluster.size(), kept, "an event was placed after the loss");
        told.push(lost);
        // The first server's copy has what was acknowledged; then all go on by themselves.
        let back = newsroom.annals("server", &["move", "--wait", "30s", "--to", &desk.url]);
        if back.code != 0 {
            let (said, health) = (desk.one.said(), desk.one.health());
            let at_work = cluster.at_work();
            panic!("{back:?}\nhealth {health}\n{at_work}\n{said}");
        }
        let back = back.out;
        assert!(back.contains(&format!("events {kept} to {kept} were new there")), "{back}");
        for editor in [1, 2] {
            let line = Desk::line(round, editor, 1);
            let name = EDITORS[editor as usize];
            told.push(acknowledged_at_last(newsroom, name, document, line));
        }
        assert_eq!((desk.one.health(), desk.other.health()), (200, 200));
        eprintln!("asynchronous failover {}: seen and repaired", round + 1);
    }
    desk.expect_history(&told);
    assert!(losses > 0, "no standby took over");
    eprintln!(
        "counts: {rounds} primaries killed, {losses} standbys took over that lacked an \
         acknowledged event: {losses} losses seen before an event was placed, {losses} repaired, 0 events lost"
    );
}

/// Kills the primary while `annals store check --write` writes from several connections, `lag`
/// events after its standbys were cut off; what the check says, and whether a standby took over.
fn check_over_a_failover(cluster: &PatroniCluster, lag: Option<i64>) -> (Checked, bool) {
    cluster.await_whole();
    let url = cluster.url("desk");
    let checking = std::thread::spawn(move || check(&url, &["--write", "--rounds", "300"]));
    let await_size = |least: i64| {
        while cluster.size() < least {
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    await_size(260);
    let primary = cluster.primary();
    let senders = lag.map(|lag| {
        let senders = cluster.cut_off(primary);
        await_size(cluster.size() + lag);
        senders
    });
    cluster.kill(primary, &senders.unwrap_or_default());
    let is_taken_over = cluster.primary() != primary;
    (checking.join().unwrap(), is_taken_over)
}

#[test]
fn a_check_goes_on_over_a_failover_and_finds_what_an_asynchronous_one_loses() {
    let Some(cluster) = PatroniCluster::start(Replication::Synchronous) else { return };
    let (checked, is_taken_over) = check_over_a_failover(&cluster, None);
    assert_eq!(checked.exit, 0, "{checked:?}");
    eprintln!("synchronous, a standby took over: {is_taken_over}\n{}", checked.out);
    drop(cluster);
    let Some(cluster) = PatroniCluster::start(Replication::Asynchronous) else { return };
    let (checked, is_taken_over) = check_over_a_failover(&cluster, Some(9));
    eprintln!("asynchronous, a standby took over: {is_taken_over}\n{}", checked.out);
    assert_eq!(checked.exit, i32::from(is_taken_over), "{checked:?}");
    if is_taken_over {
        expect_lost(&checked.out);
    }
}
