//! Capture: files of every format made here, what is read of them, and what is recorded.

pub mod made;
mod reading;
mod served;
mod shown;
mod shown_pdf;
mod story;
mod tls;
