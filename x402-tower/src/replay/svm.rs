//! What makes a Solana transaction unique.

/// The message of a serialized transaction: what its payer signed, without the signatures.
///
/// `None` unless the bytes are one transaction exactly. Trailing bytes and long forms of numbers are refused: a lenient
/// reader would see the same payment in them, and this key another one.
///
/// Layout: <https://solana.com/docs/core/transactions>, version 0 and legacy.
pub(super) fn message(transaction: &[u8]) -> Option<&[u8]> {
    let mut rest = Reader(transaction);
    let signatures = rest.count()?;
    rest.skip(signatures.checked_mul(64)?)?;
    let message = rest.0;
    let versioned = *message.first()? & 0x80 != 0;
    if versioned {
        // Only version 0 is known.
        (rest.byte()? == 0x80).then_some(())?;
    }
    let required = usize::from(rest.byte()?);
    rest.skip(2)?;
    let accounts = rest.count()?;
    rest.skip(accounts.checked_mul(32)?)?;
    rest.skip(32)?;
    for _ in 0..rest.count()? {
        rest.skip(1)?;
        rest.skip_counted()?;
        rest.skip_counted()?;
    }
    if versioned {
        for _ in 0..rest.count()? {
            rest.skip(32)?;
            rest.skip_counted()?;
            rest.skip_counted()?;
        }
    }
    let whole = rest.0.is_empty() && signatures > 0 && signatures == required;
    whole.then_some(message)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn skip(&mut self, len: usize) -> Option<()> {
        self.0 = self.0.get(len..)?;
        Some(())
    }

    fn skip_counted(&mut self) -> Option<()> {
        let len = self.count()?;
        self.skip(len)
    }

    /// A "compact-u16": seven bits a byte, low ones first, at most three bytes, in its shortest form.
    fn count(&mut self) -> Option<usize> {
        let mut value = 0usize;
        for shift in [0, 7, 14] {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || shift == 0;
                return (shortest && value <= usize::from(u16::MAX)).then_some(value);
            }
        }
        None
    }
}
