//! Which token a v1 offer was in.
//!
//! A v1 payment header names no token contract. A payer whose challenge went through this process pays in the token
//! that the challenge named; a payment that no remembered offer fits has no known token, and is denied where one is
//! needed.

use core::fmt;
use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use url::Url;

use crate::address::Address;
use crate::money::AtomicAmount;
use crate::network::ChainId;

/// Most offers that are remembered; the oldest go first, and a payment for a forgotten one is denied.
const MAX_OFFERS: usize = 4096;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct OfferKey {
    url: String,
    chain: ChainId,
    pay_to: Address,
    amount: AtomicAmount,
}

impl OfferKey {
    pub(crate) fn new(url: &Url, chain: &ChainId, pay_to: &Address, amount: AtomicAmount) -> Self {
        Self {
            url: url.as_str().to_owned(),
            chain: chain.clone(),
            pay_to: pay_to.clone(),
            amount,
        }
    }
}

enum Token {
    One(Address),
    /// Two offers that only the token tells apart: which one was paid cannot be known.
    Ambiguous,
}

/// A bounded memory of v1 offers.
#[derive(Default)]
pub(crate) struct OfferBook(Mutex<Book>);

/// Never shows the URLs: they may hold personal data.
impl fmt::Debug for OfferBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfferBook").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Book {
    tokens: HashMap<OfferKey, Token>,
    order: VecDeque<OfferKey>,
}

impl OfferBook {
    pub(crate) fn remember(&self, key: OfferKey, token: Address) {
        let mut book = self.0.lock();
        match book.tokens.get_mut(&key) {
            Some(Token::One(known)) if *known == token => {}
            Some(known) => *known = Token::Ambiguous,
            None => {
                if book.order.len() >= MAX_OFFERS
                    && let Some(oldest) = book.order.pop_front()
                {
                    book.tokens.remove(&oldest);
                }
                book.order.push_back(key.clone());
                book.tokens.insert(key, Token::One(token));
            }
        }
    }

    pub(crate) fn token(&self, key: &OfferKey) -> Option<Address> {
        match self.0.lock().tokens.get(key)? {
            Token::One(token) => Some(token.clone()),
            Token::Ambiguous => None,
        }
    }
}
