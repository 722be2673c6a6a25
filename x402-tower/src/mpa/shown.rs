//! Texts of strangers, as an approver may see them.

use core::fmt::Write;

/// `text` in at most `most` characters, with nothing in it that moves or hides what stands around it: line breaks,
/// directions, joiners and everything else that is not printed become visible escapes (attack 103).
pub(super) fn visible(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most));
    for (at, character) in text.chars().enumerate() {
        if at == most {
            out.push('…');
            break;
        }
        if is_plain(character) {
            out.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
        }
    }
    out
}

/// The same for a text that a stranger wrote: no program makes a link of anything in it.
pub(super) fn untrusted(text: &str, most: usize) -> String {
    visible(text, most)
        .replace("://", ":/ /")
        .replace("](", "] (")
}

/// Whether a character stands for itself, in its place.
fn is_plain(character: char) -> bool {
    let unseen = matches!(
        u32::from(character),
        0x00ad
            | 0x034f
            | 0x061c
            | 0x115f..=0x1160
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x200b..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x206f
            | 0x3164
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfffb
            | 0xe0000..=0xe0fff
    );
    !unseen && !character.is_control() && (character == ' ' || !character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_103_nothing_moves_or_hides_the_amount() {
        let evil =
            "ok\n\n\u{202e}00.1$\u{200b}\u{2028}[pay](https://evil.example)\u{e0041}\u{1b}[2J";
        assert_eq!(
            untrusted(evil, 200),
            r"ok\u{a}\u{a}\u{202e}00.1$\u{200b}\u{2028}[pay] (https:/ /evil.example)\u{e0041}\u{1b}[2J"
        );
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(visible(&"x".repeat(1000), 3), "xxx…");
        assert_eq!(visible("xxx", 3), "xxx");
    }

    #[test]
    fn plain_text_stays() {
        let text = "Jahresbericht für Müller & Söhne (2026)";
        assert_eq!(untrusted(text, 99), text);
        let url = "https://api.example.com/report?[query]";
        assert_eq!(visible(url, 99), url);
    }
}
