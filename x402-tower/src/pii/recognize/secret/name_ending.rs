//! The last two letters of names: most words before a value end otherwise, and need not be read.

use super::super::super::view::View;
use super::super::context::letter_bit;

/// For each last letter a bit for each letter that stands before it.
#[derive(Debug)]
pub(super) struct NameEndings([u32; 32]);

impl NameEndings {
    pub(super) const fn of(lists: &[&[&str]]) -> Self {
        let mut endings = [0; 32];
        let mut lists = lists;
        while let [names, other_lists @ ..] = lists {
            let mut names = *names;
            while let [name, other_names @ ..] = names {
                let (last, before) = match name.as_bytes() {
                    [.., before, last] => (*last, letter_bit(*before)),
                    [last] => (*last, u32::MAX),
                    [] => (0, 0),
                };
                #[expect(
                    clippy::indexing_slicing,
                    reason = "checked when it is compiled; nothing of it runs later"
                )]
                {
                    endings[place(last)] |= before;
                }
                names = other_names;
            }
            lists = other_lists;
        }
        Self(endings)
    }

    /// Whether one of the names may end at `end`, in either case.
    pub(super) fn may_be_before(&self, view: &View<'_>, end: usize) -> bool {
        let last = view.before(end);
        let before = view.before(end.saturating_sub(1));
        let letters_before = if before.is_ascii_alphabetic() {
            letter_bit(before)
        } else {
            // Names may be divided anywhere.
            u32::MAX
        };
        let endings = self.0.get(place(last)).copied().unwrap_or(0);
        last.is_ascii_alphabetic() && endings & letters_before != 0
    }
}

const fn place(letter: u8) -> usize {
    (letter & 31) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_ruled_out_however_it_is_written() {
        let endings = NameEndings::of(&[&["secret", "pwd"], &["q"]]);
        let may_end = |text: &str| endings.may_be_before(&View::of_text(text), text.len());
        for text in [
            "secret", "SECRET", "secre-t", "pw_d", "pwd", "q", "myQ", "a q",
        ] {
            assert!(may_end(text), "{text}");
        }
        for text in ["", "t1", "asked", "first", "pwd.", "/"] {
            assert!(!may_end(text), "{text}");
        }
    }
}
