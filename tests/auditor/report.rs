//! The report: for people, for programs, and as a page.
