//! What the model looks at: each feature of a word is hashed to a row of weights.

use super::annotate::Style;
use super::gazetteer::{everyday, given, surname};
use super::token::{Shape, Token, Zone};

/// Stands for the word before the first and after the last.
const OUTSIDE: u32 = 1;

/// Calls `each` with a hash for every feature of the word at `index`.
#[inline]
pub(super) fn each_feature(
    tokens: &[Token],
    index: usize,
    style: Style,
    mut each: impl FnMut(u64),
) {
    let Some(token) = tokens.get(index) else {
        return;
    };
    let none = Token {
        word: OUTSIDE,
        ..Token::default()
    };
    let beside = |offset: isize| {
        index
            .checked_add_signed(offset)
            .and_then(|index| tokens.get(index))
            .unwrap_or(&none)
    };
    let after = beside(1);
    let around = Around {
        token,
        before: beside(-1),
        before2: beside(-2),
        after,
        after2: beside(2),
        class: class(token),
        shape: token.shape as u32,
        gap: token.gap as u32,
        gap_after: after.gap as u32,
        style: style as u32 | u32::from(token.zone != Zone::Text) << 2,
        run: place(token.run.index, token.run.len),
    };
    around.forms(&mut each);
    around.clusters(&mut each);
    around.leanings(&mut each);
    around.words(&mut each);
}

/// A word, the words beside it, and what many features have in them.
#[derive(Debug, Clone, Copy)]
struct Around<'t> {
    token: &'t Token,
    before: &'t Token,
    before2: &'t Token,
    after: &'t Token,
    after2: &'t Token,
    class: u32,
    shape: u32,
    gap: u32,
    gap_after: u32,
    style: u32,
    run: u32,
}

impl Around<'_> {
    /// How words are written, what the gazetteer says of them, and where they stand.
    #[inline]
    fn forms(self, each: &mut impl FnMut(u64)) {
        let Self {
            token,
            before,
            before2,
            after,
            after2,
            class,
            shape,
            gap,
            gap_after,
            style,
            run,
        } = self;
        let (class_before, class_after) = (self::class(before), self::class(after));
        let zone = token.zone as u32;
        let segment = place(token.segment.index, token.segment.len);
        let [everyday_in_run, names_in_run] = token.run_kinds.map(u32::from);
        let run_kind = run | everyday_in_run << 8 | names_in_run << 10;
        let phrase = u32::from(token.phrase)
            | u32::from(before.phrase) << 2
            | u32::from(before2.phrase & 2) << 3;

        let mut template = 0u32;
        let mut add = |left: u32, right: u32| {
            each(mix(template, left, right));
            template += 1;
        };

        add(zone, gap);
        add(class, 0);
        add(class, style);
        add(class, zone << 8 | gap);
        add(class, gap << 5 | gap_after);
        add(class_before << 5 | gap, shape);
        add(class_after << 5 | gap_after, shape);
        add(class_before, class << 5 | gap);
        add(class_after, class << 5 | gap_after);
        add(
            brief(before) << 10 | gap,
            brief(token) << 16 | brief(after) << 5 | gap_after,
        );
        add(brief(before2) << 8 | brief(before), brief(token) << 8 | gap);
        add(
            brief(after2) << 8 | brief(after),
            brief(token) << 8 | gap_after,
        );
        add(
            shape << 6 | before.shape as u32,
            (after.shape as u32) << 10 | gap << 5 | gap_after,
        );
        add(token.head, 0);
        add(token.head >> 8, u32::from(token.letters.min(4)));
        add(token.tail, shape);
        add(token.tail & 0x00ff_ffff, shape);
        add(token.tail & 0x0000_ffff, shape);
        add(
            token.tail & 0x00ff_ffff,
            style << 8 | everyday(token.known) as u32,
        );
        add(segment, shape << 4 | zone);
        add(segment, class);
        add(run_kind, shape << 4 | zone);
        add(run_kind, class);
        add(style, shape << 5 | gap);
        add(phrase, shape);
        add(phrase, class);
        add(
            u32::from(token.letters.min(14)),
            shape << 10 | u32::from(token.known & 0x7f),
        );
        add(u32::from(token.by_digit), class << 3 | zone);
        add(before.tail & 0x00ff_ffff, shape << 5 | gap);
        add(after.tail & 0x00ff_ffff, shape << 5 | gap_after);
        add(token.key, 0);
        add(token.key, shape << 8 | everyday(token.known) as u32);
        add(token.key, class);
        add(token.key, 0x100 | segment);

        if token.shape == Shape::Foreign {
            // The surname where names have no spaces.
            add(token.head >> 16, u32::from(token.letters.min(6)));
            add(token.head >> 16, token.key);
            add(token.tail & 0x0000_ffff, u32::from(token.letters.min(6)));
        }
    }

    /// Which words are used alike.
    #[inline]
    fn clusters(self, each: &mut impl FnMut(u64)) {
        let Self {
            token,
            before,
            before2,
            after,
            after2,
            class,
            shape,
            gap,
            gap_after,
            style,
            ..
        } = self;
        let [
            cluster,
            cluster_before,
            cluster_after,
            cluster_before2,
            cluster_after2,
        ] = [token, before, after, before2, after2].map(|token| u32::from(token.cluster));
        let mut template = 128;
        let mut add = |left: u32, right: u32| {
            each(mix(template, left, right));
            template += 1;
        };
        add(cluster, shape);
        add(cluster, style << 8 | gap);
        add(cluster, class);
        add(cluster_before, shape << 5 | gap);
        add(cluster_before, class << 5 | gap);
        add(cluster_after, shape << 5 | gap_after);
        add(cluster_after, class << 5 | gap_after);
        add(cluster_before2, shape << 5 | gap);
        add(cluster_after2, shape << 5 | gap_after);
        add(cluster_before << 8 | cluster, shape << 5 | gap);
        add(cluster_after << 8 | cluster, shape << 5 | gap_after);
        add(cluster_before2 << 8 | cluster_before, shape << 5 | gap);
        add(cluster_after2 << 8 | cluster_after, shape << 5 | gap_after);
        add(
            cluster_before << 8 | cluster_after,
            shape << 10 | gap << 5 | gap_after,
        );
    }

    /// What the words of a cluster are like, and the clusters of the run and of the key.
    #[inline]
    fn leanings(self, each: &mut impl FnMut(u64)) {
        let Self {
            token,
            before,
            after,
            class,
            shape,
            gap,
            gap_after,
            style,
            run,
            ..
        } = self;
        let [leaning, leaning_before, leaning_after] =
            [token, before, after].map(|token| u32::from(token.leaning));
        let mut template = 160;
        let mut add = |left: u32, right: u32| {
            each(mix(template, left, right));
            template += 1;
        };
        for bits in [0, 2, 4, 6] {
            add(leaning >> bits & 3, shape << 5 | gap);
        }
        add(leaning, shape);
        add(leaning, style << 8 | gap);
        add(leaning, class);
        add(leaning_before, shape << 5 | gap);
        add(leaning_before, leaning << 16 | shape << 5 | gap);
        add(leaning_after, shape << 5 | gap_after);
        add(leaning_after, leaning << 16 | shape << 5 | gap_after);
        add(
            leaning_before << 8 | leaning_after,
            shape << 10 | gap << 5 | gap_after,
        );
        let [first, last] = token.run_clusters.map(u32::from);
        add(last, run);
        add(last, 0x1000 | class);
        add(first, 0x100 | run);
        let key = u32::from(token.key_cluster);
        add(key, 0x2000 | shape << 5 | gap);
        add(key, 0x4000 | class);
        add(key << 8 | u32::from(token.cluster), shape);
    }

    /// Which words these are. One that the model never learned has no identity: features of it are left out, so that it
    /// is judged by its form, its endings, the gazetteer and its neighbours.
    #[inline]
    fn words(self, each: &mut impl FnMut(u64)) {
        let Self {
            token,
            before,
            before2,
            after,
            after2,
            class,
            shape,
            gap,
            gap_after,
            style,
            run,
        } = self;
        let mut template = 64;
        let mut add = |word: u32, right: u32| {
            if word != Token::UNKNOWN {
                each(mix(template, word, right));
            }
            template += 1;
        };
        add(token.word, 0);
        add(token.word, shape);
        add(token.word, style << 8 | gap);
        add(before.word, 0);
        add(before.word, shape << 5 | gap);
        add(before.word, class << 5 | gap);
        add(after.word, 0);
        add(after.word, shape << 5 | gap_after);
        add(after.word, class << 5 | gap_after);
        add(before2.word, shape << 5 | gap);
        add(after2.word, shape << 5 | gap_after);
        let [first, last] = token.run_ends;
        add(first, run);
        add(last, run);
        add(last, class);
        if token.word != Token::UNKNOWN {
            add(before.word, token.word);
            add(after.word, token.word ^ 0x5555_5555);
        }
        template = 96;
        let mut add = |word: u32, right: u32| {
            if word != Token::UNKNOWN {
                each(mix(template, word, right));
            }
            template += 1;
        };
        if before.word != Token::UNKNOWN {
            add(before2.word, before.word ^ shape << 28);
        }
        template = 97;
        if after.word != Token::UNKNOWN {
            each(mix(template, after.word, after2.word ^ shape << 28));
        }
    }
}

/// Everything the gazetteer says of a word, and how it is written.
fn class(token: &Token) -> u32 {
    u32::from(token.known & 0x7f) << 3 | token.shape as u32
}

/// The same in fewer bits.
fn brief(token: &Token) -> u32 {
    let known = token.known;
    u32::from(given(known) > 0)
        | u32::from(surname(known) > 0) << 1
        | u32::from(everyday(known) > 1) << 2
        | u32::from(known >> 6 & 1) << 3
        | u32::from(token.is_capital()) << 4
        | u32::from(token.letters <= 1) << 5
}

fn place(index: u8, len: u8) -> u32 {
    u32::from(index.min(5)) << 3 | u32::from(len.min(6))
}

/// A hash that differs in all bits if any of the three does.
#[inline]
fn mix(template: u32, left: u32, right: u32) -> u64 {
    let mut hash = (u64::from(left) << 32 | u64::from(right))
        ^ u64::from(template).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}
