//! What the reader sees: one scene after the other, at most 80 columns wide.

use std::io::{self, IsTerminal, Write};

/// Widest line.
const COLUMNS: usize = 80;
/// Where the text of a line with a label begins.
const TEXT_AT: usize = 14;

/// How a text stands out on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Title,
    Good,
    Stopped,
    Bad,
}

impl Tone {
    /// The SGR parameter (ECMA-48, section 8.3.117).
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Title => "1",
            Self::Good => "32",
            Self::Stopped => "33",
            Self::Bad => "31",
        }
    }
}

/// Writes the timeline.
#[derive(Debug)]
pub(crate) struct Timeline<W> {
    out: W,
    coloured: bool,
}

impl<W: Write + IsTerminal> Timeline<W> {
    /// On `out`; in colour where that is a terminal and `NO_COLOR` is not set (<https://no-color.org>).
    pub(crate) fn on(out: W) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let coloured = out.is_terminal() && !unwanted;
        Self { out, coloured }
    }
}

impl<W: Write> Timeline<W> {
    /// An empty line.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A line of its own.
    pub(crate) fn title(&mut self, text: &str) -> io::Result<()> {
        let text = self.toned(Tone::Title, text);
        writeln!(self.out, "{text}")
    }

    /// A text with a label, wrapped.
    pub(crate) fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.toned_line(label, Tone::Plain, text)
    }

    /// A text with a label, wrapped, whose first word stands out.
    pub(crate) fn toned_line(&mut self, label: &str, tone: Tone, text: &str) -> io::Result<()> {
        let mut label = format!("   {label} ");
        let (word, _) = text.split_once(' ').unwrap_or((text, ""));
        let mut word = Some(word);
        for part in wrap(text, COLUMNS.saturating_sub(TEXT_AT)) {
            let shown = match word
                .take()
                .and_then(|word| Some((word, part.strip_prefix(word)?)))
            {
                Some((word, rest)) => format!("{}{rest}", self.toned(tone, word)),
                None => part,
            };
            let line = format!("{label:TEXT_AT$}{shown}");
            writeln!(self.out, "{}", line.trim_end())?;
            label.clear();
        }
        Ok(())
    }

    /// A line exactly as it is, indented: what people copy must not be wrapped.
    pub(crate) fn verbatim(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", format!("   {text}").trim_end())
    }

    /// A line over the whole width, wrapped, that stands out.
    pub(crate) fn verdict(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        for part in wrap(text, COLUMNS) {
            let part = self.toned(tone, &part);
            writeln!(self.out, "{part}")?;
        }
        self.out.flush()
    }

    fn toned(&self, tone: Tone, text: &str) -> String {
        if self.coloured && tone != Tone::Plain {
            format!("\x1b[{}m{text}\x1b[0m", tone.code())
        } else {
            text.to_owned()
        }
    }
}

/// Breaks a text between words, and a word only where it is wider than a line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used: usize = 0;
    for word in text.split_whitespace() {
        let wide = word.chars().count();
        if used > 0 && used.saturating_add(1).saturating_add(wide) <= width {
            line.push(' ');
            used = used.saturating_add(1);
        } else if used > 0 {
            lines.push(core::mem::take(&mut line));
            used = 0;
        }
        for c in word.chars() {
            if used >= width {
                lines.push(core::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used = used.saturating_add(1);
        }
    }
    if used > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(coloured: bool, write: impl FnOnce(&mut Timeline<Vec<u8>>)) -> String {
        let mut timeline = Timeline {
            out: Vec::new(),
            coloured,
        };
        write(&mut timeline);
        String::from_utf8(timeline.out).unwrap()
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn words_break_only_where_they_are_wider_than_a_line() {
        assert_eq!(wrap("a abcdefgh b", 4), ["a", "abcd", "efgh", "b"]);
    }

    #[test]
    fn a_label_stands_before_the_first_line_only() {
        let text = shown(false, |timeline| {
            timeline.line("why", &"word ".repeat(20)).unwrap();
        });
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("   why        word"));
        assert!(lines[1].starts_with("              word"));
        assert!(lines.iter().all(|line| line.len() <= COLUMNS));
    }

    #[test]
    fn colour_is_for_terminals_only() {
        let write = |timeline: &mut Timeline<Vec<u8>>| {
            timeline
                .toned_line("decided", Tone::Good, "PAID at once")
                .unwrap();
        };
        assert!(!shown(false, write).contains('\x1b'));
        assert!(shown(true, write).contains("\x1b[32mPAID\x1b[0m at once"));
    }
}
