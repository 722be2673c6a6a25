//! Whether two offers of one response contradict each other (attack 28).

use super::Requirement;
use crate::address::Address;
use crate::network::ChainId;

/// Whether, for a chain and scheme that both offer, one has a price that the other does not have.
pub(super) fn between(one: &[Requirement], two: &[Requirement]) -> bool {
    disagrees(one, two) || disagrees(two, one)
}

/// Whether an entry of `mine` has competitors in `theirs` (same chain and scheme) but no equal among them.
fn disagrees(mine: &[Requirement], theirs: &[Requirement]) -> bool {
    mine.iter().any(|requirement| {
        let Ok(chain) = requirement.chain() else {
            return false;
        };
        let mut rivals = theirs
            .iter()
            .filter(|rival| rival.chain() == Ok(chain) && rival.scheme() == requirement.scheme())
            .peekable();
        rivals.peek().is_some() && !rivals.any(|rival| same_price(chain, requirement, rival))
    })
}

/// Whether both ask for the same amount of the same asset to the same recipient of `chain`.
fn same_price(chain: &ChainId, one: &Requirement, two: &Requirement) -> bool {
    let same = |one: &str, two: &str| match (Address::parse(chain, one), Address::parse(chain, two))
    {
        (Ok(one), Ok(two)) => one == two,
        _ => one == two,
    };
    one.amount() == two.amount()
        && same(&one.asset(), &two.asset())
        && same(&one.pay_to(), &two.pay_to())
}
