//! The words that a policy may choose between.

use core::fmt;

use crate::control::Mode;

/// An enum whose variants are words of the file.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$of])* #[cfg_attr(feature = "schema", schemars(rename = $word))] $variant,)+
        }

        impl $name {
            /// Every choice, in the order in which they are documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in a policy file.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Choice for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    };
}

/// What the reader needs to know of such an enum.
pub(super) trait Choice: Copy + 'static {
    /// Every choice.
    const ALL: &'static [Self];

    /// The word in a policy file.
    fn word(self) -> &'static str;
}

impl Choice for Mode {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

choice! {
    /// What happens when an origin asks to be paid at another address than it was first paid at (attack 46).
    #[derive(Default)]
    RecipientPinning {
        /// Nothing: addresses are not remembered.
        #[default]
        Off = "off",
        /// The payment is let pass, and the change reported.
        Warn = "warn",
        /// The payment is refused.
        Block = "block",
    }
}

choice! {
    /// What happens to a challenge or payment in which personal data was found.
    #[derive(Default)]
    FindingAction {
        /// The data is replaced by a marker.
        #[default]
        Redact = "redact",
        /// The payment is refused.
        Block = "block",
        /// The finding is reported, and the data left as it is.
        Warn = "warn",
    }
}

choice! {
    /// What happens to a part of an outgoing request, before its first byte leaves, in which personal data was found.
    #[derive(Default)]
    OutgoingAction {
        /// The part is not looked at.
        #[default]
        Off = "off",
        /// The finding is reported, and the data left as it is.
        Warn = "warn",
        /// The data is replaced by a marker.
        Redact = "redact",
        /// The request is not sent.
        Block = "block",
    }
}

choice! {
    /// How personal data is found.
    #[derive(Default)]
    DetectorKind {
        /// By their form, which is then validated; another word for `structural`.
        #[default]
        Regex = "regex",
        /// By their form, which is then validated.
        Structural = "structural",
        /// Names of persons, places and organisations as well, by a small language model.
        Nlp = "nlp",
    }
}

impl DetectorKind {
    /// The name of the [`DetectionMode`](crate::pii::DetectionMode).
    pub(super) const fn mode_name(self) -> &'static str {
        match self {
            Self::Regex | Self::Structural => "structural",
            Self::Nlp => "nlp",
        }
    }
}

choice! {
    /// What becomes of personal data that is taken out.
    #[derive(Default)]
    OperatorKind {
        /// A marker stands in its place.
        #[default]
        Replace = "replace",
        /// Its characters are covered.
        Mask = "mask",
        /// A marker with a keyed hash stands in its place.
        Hash = "hash",
        /// Nothing stands in its place.
        Remove = "remove",
    }
}

choice! {
    /// A check that what a recognizer of one's own finds has to pass.
    ValidatorKind {
        /// ISO/IEC 7812-1.
        Luhn = "luhn",
        /// ISO/IEC 7064 MOD 97-10.
        Mod97 = "mod97",
        /// ISO 13616.
        Iban = "iban",
        /// ISO/IEC 7064 MOD 11-10.
        Mod1110 = "mod11_10",
        /// Verhoeff's code.
        Verhoeff = "verhoeff",
    }
}

choice! {
    /// When an audit file is made durable.
    AuditSync {
        /// After each record, before the payment goes on.
        Each = "each",
        /// Once for all records that wait at the same time, before their payments go on.
        Grouped = "grouped",
        /// When the operating system likes.
        Never = "never",
    }
}

choice! {
    /// How an approver says yes.
    ApproverMode {
        /// It is asked by an HTTP request and answers it.
        Webhook = "webhook",
        /// It signs, and the signature comes with the request.
        Crypto = "crypto",
    }
}

choice! {
    /// What a limit counts apart.
    LimitPer {
        /// Whoever spends.
        Agent = "agent",
        /// The origin that was requested.
        Origin = "origin",
        /// The origin and path that were requested, without the query.
        Endpoint = "endpoint",
        /// Who gets the money: the address, on whichever chain of its kind.
        Recipient = "recipient",
        /// The token contract on its chain.
        Asset = "asset",
        /// The chain.
        Network = "network",
    }
}
