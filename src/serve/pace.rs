//! How slowly an answer may be taken.
//!
//! Always holds: a reader that takes less than it must of what waits for it is left, however often
//! it takes a little, so no answer stays in memory for its sake. Not here: readers that take
//! nothing, deadlines of requests (`listen`, `routes`).

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How long an answer may take, and the slowest that it may be taken.
const ANSWER: Duration = Duration::from_secs(30);
const BYTES_PER_SECOND: u64 = 20_000;

/// A connection whose reader must keep pace.
pub struct Paced<S> {
    stream: S,
    pace: Pace,
}

/// What was taken since something began to wait for the reader.
#[derive(Debug, Default)]
struct Pace {
    began: Option<Instant>,
    taken: u64,
}

impl Pace {
    /// Starts the measurement: bytes wait for the reader from now on.
    fn begin(&mut self, now: Instant) {
        if self.began.is_none() {
            (self.began, self.taken) = (Some(now), 0);
        }
    }

    /// Counts bytes that the reader took.
    ///
    /// Errors: `TimedOut` if the reader is too slow.
    fn take(&mut self, bytes: usize, now: Instant) -> io::Result<()> {
        let Some(began) = self.began else { return Ok(()) };
        self.taken += bytes as u64;
        let allowed = ANSWER + Duration::from_secs(self.taken / BYTES_PER_SECOND);
        match now.duration_since(began) <= allowed {
            true => Ok(()),
            false => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Ends the measurement: nothing waits for the reader any more.
    fn end(&mut self) {
        self.began = None;
    }
}

impl<S> Paced<S> {
    /// Wraps a connection whose reader's pace is measured.
    pub fn new(stream: S) -> Paced<S> {
        Paced { stream, pace: Pace::default() }
    }

    fn written(&mut self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let now = Instant::now();
        if polled.is_pending() {
            self.pace.begin(now);
            return Poll::Pending;
        }
        let bytes = ready!(polled)?;
        self.pace.take(bytes, now)?;
        Poll::Ready(Ok(bytes))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Flushes; afterwards everything that waited was taken, so the measurement ends.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.pace.end();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_takes_a_little_again_and_again_is_left() {
        let (mut pace, began) = (Pace::default(), Instant::now());
        let after = |seconds| began + Duration::from_secs(seconds);
        // Nothing waits: nobody is slow.
        pace.take(1, began).unwrap();
        pace.begin(began);
        pace.begin(after(20));
        pace.take(1_000, after(29)).unwrap();
        assert_eq!(pace.take(1_000, after(31)).unwrap_err().kind(), io::ErrorKind::TimedOut);
        // Who takes enough may take long.
        pace.end();
        pace.begin(began);
        for second in 1..600 {
            pace.take(20_000, after(second)).unwrap();
        }
        // What waits later begins anew.
        pace.end();
        pace.begin(after(10_000));
        pace.take(1, after(10_001)).unwrap();
    }
}
