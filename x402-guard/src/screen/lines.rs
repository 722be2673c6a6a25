//! Whole lines from a stream, as they arrive, in bounded memory.

use std::io::{self, ErrorKind, Read};

/// Longest line that is read.
pub(crate) const MAX_LINE: usize = 8 * 1024 * 1024;
/// How much is asked for at once.
const READ: usize = 64 * 1024;

/// What arrived together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// Whole lines, the last one perhaps without its end.
    Lines {
        /// The number of the first, from 1.
        first: u64,
        bytes: Vec<u8>,
    },
    /// A line that is longer than [`MAX_LINE`].
    TooLong {
        line: u64,
        /// How many bytes were passed over.
        bytes: u64,
    },
}

impl Chunk {
    /// How much of the input it stands for.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Lines { bytes, .. } => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::TooLong { bytes, .. } => *bytes,
        }
    }
}

/// Splits a stream after line ends. A line leaves as soon as its end has arrived.
pub(crate) struct Chunks<R> {
    input: R,
    /// The beginning of a line whose end has not arrived.
    begun: Vec<u8>,
    /// How much of it is known to hold no line end.
    searched: usize,
    /// How much of a line was passed over because it is too long.
    passed_over: Option<u64>,
    line: u64,
    ended: bool,
}

impl<R: Read> Chunks<R> {
    pub(crate) const fn new(input: R) -> Self {
        Self {
            input,
            begun: Vec::new(),
            searched: 0,
            passed_over: None,
            line: 1,
            ended: false,
        }
    }

    /// Reads once; the number of new bytes.
    fn fill(&mut self) -> io::Result<usize> {
        let begun = self.begun.len();
        self.begun.resize(begun.saturating_add(READ), 0);
        let read = loop {
            let free = self.begun.get_mut(begun..).unwrap_or_default();
            match self.input.read(free) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.begun
            .truncate(begun.saturating_add(*read.as_ref().unwrap_or(&0)));
        read
    }

    /// The end of the last whole line.
    fn last_end(&mut self) -> Option<usize> {
        let from = self.searched;
        let new = self.begun.get(from..).unwrap_or_default();
        let last = memchr::memrchr(b'\n', new);
        self.searched = self.begun.len();
        last.map(|at| from.saturating_add(at).saturating_add(1))
    }

    /// Takes the bytes up to and with `end` out of what has begun.
    fn take(&mut self, end: usize) -> Vec<u8> {
        self.searched = 0;
        let rest = self.begun.split_off(end.min(self.begun.len()));
        core::mem::replace(&mut self.begun, rest)
    }

    fn lines(&mut self, bytes: Vec<u8>) -> Chunk {
        let first = self.line;
        self.line = self.line.saturating_add(line_ends(&bytes));
        Chunk::Lines { first, bytes }
    }

    fn too_long(&mut self, bytes: u64) -> Chunk {
        let line = self.line;
        self.line = self.line.saturating_add(1);
        Chunk::TooLong { line, bytes }
    }

    /// Drops what belongs to a line that is too long; the chunk that tells of it when its end has arrived.
    fn pass_over(&mut self, before: u64) -> Option<Chunk> {
        let end = memchr::memchr(b'\n', &self.begun).map(|at| at.saturating_add(1));
        let dropped = self.take(end.unwrap_or(self.begun.len()));
        let all = before.saturating_add(u64::try_from(dropped.len()).unwrap_or(u64::MAX));
        if end.is_some() || self.ended {
            self.passed_over = None;
            return Some(self.too_long(all));
        }
        self.passed_over = Some(all);
        None
    }
}

impl<R: Read> Iterator for Chunks<R> {
    type Item = io::Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(before) = self.passed_over {
                if let Some(chunk) = self.pass_over(before) {
                    return Some(Ok(chunk));
                }
            } else if let Some(end) = self.last_end() {
                let bytes = self.take(end);
                return Some(Ok(self.lines(bytes)));
            } else if self.begun.len() > MAX_LINE {
                self.passed_over = Some(0);
                continue;
            } else if self.ended {
                let bytes = core::mem::take(&mut self.begun);
                return (!bytes.is_empty()).then(|| Ok(self.lines(bytes)));
            }
            match self.fill() {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    u64::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what it holds a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let few = self.1.min(into.len()).min(self.0.len());
            let (now, later) = self.0.split_at(few);
            into[..few].copy_from_slice(now);
            self.0 = later;
            Ok(few)
        }
    }

    fn chunks(input: &[u8], at_once: usize) -> Vec<Chunk> {
        Chunks::new(Slow(input, at_once))
            .collect::<io::Result<_>>()
            .unwrap()
    }

    #[test]
    fn lines_are_whole_and_counted_however_they_arrive() {
        let input = b"one\ntwo\n\nfour\nfive";
        for at_once in 1..=input.len() {
            let mut joined = Vec::new();
            let mut next = 1;
            for chunk in chunks(input, at_once) {
                let Chunk::Lines { first, bytes } = chunk else {
                    panic!("no line is too long");
                };
                assert_eq!(first, next);
                next += line_ends(&bytes);
                joined.extend(bytes);
            }
            assert_eq!(joined, input);
        }
    }

    #[test]
    fn a_line_leaves_before_the_next_has_ended() {
        let first = Chunks::new(Slow(b"one\ntw", 6)).next().unwrap().unwrap();
        let bytes = b"one\n".to_vec();
        assert_eq!(first, Chunk::Lines { first: 1, bytes });
    }

    #[test]
    fn a_line_that_is_too_long_is_counted_and_passed_over() {
        let mut input = b"one\n".to_vec();
        input.resize(input.len() + MAX_LINE + 3 * READ, b'x');
        input.extend(b"\nthree\n");
        let all = chunks(&input, READ);
        let lengths: u64 = all.iter().map(Chunk::len).sum();
        assert_eq!(lengths, u64::try_from(input.len()).unwrap());
        assert!(matches!(all[1], Chunk::TooLong { line: 2, .. }));
        let bytes = b"three\n".to_vec();
        assert_eq!(all[2], Chunk::Lines { first: 3, bytes });
    }
}
