//! Where an identifier has letters and digits.

use super::code::{LONGEST, RULES};

/// Where letters and digits must be, one bit for each place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) len: usize,
    letters: u32,
    digits: u32,
    /// Whether a sign that belongs to it divides it after its first characters.
    pub(super) is_signed: bool,
}

impl Shape {
    /// Reads `A` for a letter, `9` for a digit and `?` for either.
    pub(super) const fn of(form: &str) -> Self {
        let mut shape = Self {
            len: 0,
            letters: 0,
            digits: 0,
            is_signed: false,
        };
        let mut rest = form.as_bytes();
        while let [place, others @ ..] = rest {
            match *place {
                b'A' => shape.letters |= 1 << shape.len,
                b'9' => shape.digits |= 1 << shape.len,
                _ => {}
            }
            shape.len += 1;
            rest = others;
        }
        shape
    }

    /// The same for an identifier in which `-` or `+` is the first separator, whatever stands where.
    pub(super) const fn signed(form: &str) -> Self {
        Self {
            is_signed: true,
            ..Self::of(form)
        }
    }

    pub(super) const fn allows(&self, digits: u32) -> bool {
        self.letters & digits == 0 && self.digits & digits == self.digits
    }

    /// Whether `count` places from `first` on may have digits there and letters elsewhere.
    const fn allows_at(&self, first: usize, count: usize, digits: u32) -> bool {
        let places = ((1 << count) - 1) << first;
        let digits = digits << first;
        self.len >= first + count
            && self.letters & digits == 0
            && self.digits & places & !digits == 0
    }
}

/// Places that are looked up together.
const STEP: usize = 4;
const STEPS: usize = LONGEST / STEP;

/// For each four places, how many of them there are, and the digits among them: the forms that allow that, a bit each.
static FORMS: [[[u32; 1 << STEP]; STEP + 1]; STEPS] = {
    let mut table = [[[0; 1 << STEP]; STEP + 1]; STEPS];
    let mut step = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "checked when it is compiled; nothing of it runs later"
    )]
    while step < STEPS {
        let mut count = 0;
        while count <= STEP {
            let mut digits = 0;
            while digits < 1 << count {
                table[step][count][digits as usize] = forms_with(step * STEP, count, digits);
                digits += 1;
            }
            count += 1;
        }
        step += 1;
    }
    table
};

const fn forms_with(first: usize, count: usize, digits: u32) -> u32 {
    let (mut forms, mut bit) = (0, 1);
    let mut tables: &[&'static [super::code::CodeRule]] = &RULES;
    while let [rules, other_tables @ ..] = tables {
        let mut rules: &'static [super::code::CodeRule] = rules;
        while let [rule, other_rules @ ..] = rules {
            if rule.shape.allows_at(first, count, digits) {
                forms |= bit;
            }
            bit <<= 1;
            rules = other_rules;
        }
        tables = other_tables;
    }
    forms
}

/// Whether an identifier may begin with `len` characters of which these are digits.
pub(in super::super::super) fn may_begin(len: usize, digits: u32) -> bool {
    let mut forms = u32::MAX;
    let (mut rest, mut digits) = (len, digits);
    for step in &FORMS {
        let count = rest.min(STEP);
        let digit = usize::try_from(digits & 0b1111).unwrap_or(0);
        forms &= step
            .get(count)
            .and_then(|step| step.get(digit))
            .copied()
            .unwrap_or(0);
        rest -= count;
        digits >>= STEP;
        if rest == 0 {
            break;
        }
    }
    forms != 0
}
