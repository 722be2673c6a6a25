//! Addresses that nobody can take money from again.

use crate::address::Address;
use crate::network::ChainId;

/// Addresses that are by custom used to burn.
const EVM: [&str; 4] = [
    "0x000000000000000000000000000000000000dead",
    "0xdead000000000000000042069420694206942069",
    "0xdeaddeaddeaddeaddeaddeaddeaddeaddeaddead",
    "0xffffffffffffffffffffffffffffffffffffffff",
];
/// Solana's system program, and the address that burns what it gets.
const SOLANA: [&str; 2] = [
    "11111111111111111111111111111111",
    "1nc1nerator11111111111111111111111111111111",
];

/// Why money paid to an address would be lost (attack 52); `None` where it need not be.
///
/// The zero address and the precompiled contracts, addresses that burn, and the token's own contract. That the payer pays
/// itself cannot be told here: nobody has signed yet.
pub(super) fn reason(chain: &ChainId, asset: &Address, pay_to: &Address) -> Option<&'static str> {
    if pay_to == asset {
        return Some("it is the token's own contract");
    }
    match chain.namespace() {
        "eip155" if is_low(pay_to.evm_bytes()?) => {
            Some("it is the zero address or a precompiled contract")
        }
        "eip155" if EVM.contains(&pay_to.as_str()) => Some("whatever it gets is burned"),
        "solana" if SOLANA.contains(&pay_to.as_str()) => Some("whatever it gets is burned"),
        _ => None,
    }
}

/// Whether an EVM address is at most 0x1ff.
fn is_low(bytes: [u8; 20]) -> bool {
    let [head @ .., last, _] = bytes;
    head == [0; 18] && last <= 1
}
