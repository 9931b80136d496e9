//! A thousand readers who wait for the next event, while one editor writes one event a second.
//!
//! Always holds: each is a connection of its own with a stream of checkpoints; all of them hear of
//! each event, or the measurement fails. They come from several addresses, because one address has
//! a quarter of a server's connections at most.

use crate::history::History;
use crate::newsroom::desk::Desk;
use crate::newsroom::load::{Editor, Placing};
use crate::newsroom::median;
use crate::newsroom::running::RunningServer;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio::net::{TcpSocket, TcpStream};

/// The number of tails, and of the addresses that they come from.
const TAILS: usize = 1_000;
const ADDRESSES: usize = 4;
/// The longest wait for all of them.
const PATIENCE: Duration = Duration::from_secs(10);

/// A tail heard of a record of this size, or that its stream began (size 0).
type Heard = (u64, Instant);

/// Measures how late the last tail hears of an event, counted from when the editor begins to sign
/// it, and the most memory that the server had.
pub fn measure(desk: &Desk, server: &RunningServer, seconds: u32, history: &mut History) {
    let (heard, all) = channel();
    let at: SocketAddr = server.url.trim_start_matches("http://").parse().expect("an address");
    let from = desk.end.0;
    let alone = server.peak();
    // They end with the process that they listen to.
    std::thread::spawn(move || listen(at, from, &heard));
    until_all(&all, 0);
    let mut editor = Editor::new(desk, &server.url, 0, desk.end, 0);
    let mut lates = Vec::new();
    let used = server.processor_seconds();
    for _ in 0..seconds {
        let began = Instant::now();
        editor.send(1, Placing::Free);
        let last = until_all(&all, editor.size());
        lates.push(last.duration_since(began).as_secs_f64() * 1e3);
        std::thread::sleep(Duration::from_secs(1).saturating_sub(began.elapsed()));
    }
    let used = (server.processor_seconds() - used) / f64::from(seconds);
    let latest = lates.iter().copied().fold(0.0, f64::max);
    history.figure("serve_1000_tails_last_p50", median(&mut lates), "ms");
    history.figure("serve_1000_tails_last_longest", latest, "ms");
    history.figure("serve_1000_tails_processor", used * 1e3, "ms/s");
    history.figure("serve_peak_before_tails", alone as f64 / 1e6, "MB");
    history.figure("serve_1000_tails_peak", server.peak() as f64 / 1e6, "MB");
}

/// Waits until every tail has heard of this size; when the last one did.
fn until_all(all: &Receiver<Heard>, size: u64) -> Instant {
    let (mut count, mut last) = (0, Instant::now());
    while count < TAILS {
        let (found, at) = all.recv_timeout(PATIENCE).expect("every tail hears of each event");
        if found == size {
            (count, last) = (count + 1, at);
        }
    }
    last
}

/// Opens the tails one after the other, and passes on what they hear.
fn listen(at: SocketAddr, from: u64, heard: &Sender<Heard>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut tails = Vec::new();
        for number in 0..TAILS {
            let host = Ipv4Addr::new(127, 0, 0, 2 + (number % ADDRESSES) as u8);
            let stream = open(host, at, from).await.expect("a connection");
            let heard = heard.clone();
            tails.push(tokio::spawn(async move { hear(&stream, &heard).await }));
        }
        for tail in tails {
            // A tail that ends early is missed where all are waited for.
            let _ = tail.await;
        }
    });
}

/// Asks for a stream, from this address of ours.
async fn open(host: Ipv4Addr, at: SocketAddr, from: u64) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((host, 0).into())?;
    let stream = socket.connect(at).await?;
    let request = format!("GET /v1/tail?from={from} HTTP/1.1\r\nHost: bench\r\n\r\n");
    write(&stream, request.as_bytes()).await?;
    Ok(stream)
}

/// Passes on what a stream says, until it ends.
async fn hear(stream: &TcpStream, heard: &Sender<Heard>) -> std::io::Result<()> {
    let (mut text, mut bytes) = (String::new(), [0; 4_096]);
    let mut has_begun = false;
    loop {
        stream.readable().await?;
        let count = match stream.try_read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
        while let Some((line, rest)) = text.split_once('\n') {
            // The head ends with an empty line.
            if !has_begun && line.trim_end().is_empty() {
                has_begun = true;
                let _ = heard.send((0, Instant::now()));
            }
            if let Some(size) = line.strip_prefix("id: ").and_then(|size| size.parse().ok()) {
                let _ = heard.send((size, Instant::now()));
            }
            text = rest.to_owned();
        }
    }
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
