//! Fetching from a server on this machine: redirects, bounds, answers.

use annals::capture::fetch::{FetchBounds, FetchError, FetchedPage, fetch};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// A server that answers each path, until it is asked for `/end`.
pub struct Server {
    pub address: String,
    running: Option<thread::JoinHandle<()>>,
}

/// Answers by path: the whole answer, head and body.
pub fn serve(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let running = thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let path = path(&mut stream);
            if path == "/end" {
                break;
            }
            // A client may have heard enough.
            let _ = stream.write_all(&answer(&path));
        }
    });
    Server { address, running: Some(running) }
}

fn path(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) > 0 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    head.split(' ').nth(1).unwrap_or_default().to_owned()
}

impl Drop for Server {
    fn drop(&mut self) {
        let host = self.address.trim_start_matches("http://");
        if let Ok(mut stream) = TcpStream::connect(host) {
            let _ = stream.write_all(b"GET /end HTTP/1.1\r\n\r\n");
        }
        let _ = self.running.take().map(thread::JoinHandle::join);
    }
}

/// An answer with these lines in its head.
pub fn answer(status: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\n{head}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn here() -> FetchBounds {
    FetchBounds { private: true, ..FetchBounds::PUBLIC }
}

fn get(server: &Server, path: &str, bounds: FetchBounds) -> Result<FetchedPage, FetchError> {
    fetch(&format!("{}{path}", server.address), bounds)
}

#[test]
fn redirects_are_followed_and_named() {
    let server = serve(|path| match path {
        "/a" => answer("301 Moved", "Location: /b?x=1#part\r\n", b""),
        "/b?x=1" => answer("302 Found", "Location: c\r\n", b""),
        "/c" => answer("200 OK", "Content-Type: Text/HTML; charset=\"koi8-r\"\r\n", b"<p>"),
        "/loop" => answer("307 Again", "Location: /loop\r\n", b""),
        "/nowhere" => answer("302 Found", "", b""),
        "/secret" => answer("302 Found", "Location: http://a:b@127.0.0.1/\r\n", b""),
        "/file" => answer("302 Found", "Location: file:///etc/hostname\r\n", b""),
        _ => answer("404 Not Found", "", b""),
    });
    let page = get(&server, "/a", here()).unwrap();
    let at = |path: &str| format!("{}{path}", server.address);
    assert_eq!((page.bytes.as_slice(), &page.address), (&b"<p>"[..], &at("/c")));
    let kind = (page.named.as_deref(), page.charset.as_deref());
    assert_eq!(kind, (Some("text/html"), Some("koi8-r")));
    let way = format!("redirected: {} (301) → {} (302) → {}", at("/a"), at("/b?x=1"), at("/c"));
    assert!(
        page.method.starts_with("GET by ureq 3.") && page.method.contains(&way),
        "{}",
        page.method
    );
    let failing = |path| get(&server, path, here()).unwrap_err();
    assert!(matches!(failing("/loop"), FetchError::Redirects(_)));
    assert!(matches!(failing("/nowhere"), FetchError::Lost(_)));
    assert!(matches!(failing("/secret"), FetchError::Secret(_)));
    assert!(matches!(failing("/file"), FetchError::Address(_)));
    assert!(matches!(failing("/x"), FetchError::Status { status: 404, .. }));
}

#[test]
fn size_and_time_have_bounds() {
    let packed = crate::capture::made::gzip(&vec![b' '; 1 << 20]);
    let server = serve(move |path| match path {
        "/bomb" => answer("200 OK", "Content-Encoding: gzip\r\n", &packed),
        "/slow" => {
            thread::sleep(Duration::from_millis(1500));
            answer("200 OK", "", b"late")
        }
        "/br" => answer("200 OK", "Content-Encoding: br\r\n", b"x"),
        _ => answer("200 OK", "", &[b'x'; 101]),
    });
    let small = FetchBounds { bytes: 100, ..here() };
    assert!(matches!(get(&server, "/", small), Err(FetchError::Large { most: 100, .. })));
    assert!(matches!(get(&server, "/bomb", small), Err(FetchError::Large { .. })));
    assert!(matches!(get(&server, "/br", here()), Err(FetchError::Coding { .. })));
    let short = FetchBounds { time: Duration::from_millis(300), ..here() };
    let late = get(&server, "/slow", short);
    assert!(matches!(late, Err(FetchError::Network { .. })), "{late:?}");
}

#[test]
fn this_machine_is_requested_only_on_demand() {
    let server = serve(|_| answer("200 OK", "", b"inside"));
    let refused = get(&server, "/", FetchBounds::PUBLIC);
    assert!(matches!(refused, Err(FetchError::Private { .. })), "{refused:?}");
    let tls = fetch(&server.address.replace("http:", "https:"), here());
    assert!(matches!(tls, Err(FetchError::Network { .. })), "{tls:?}");
    let name = server.address.replace("127.0.0.1", "localhost");
    let refused = fetch(&name, FetchBounds::PUBLIC);
    assert!(matches!(refused, Err(FetchError::Private { .. })), "{refused:?}");
}
