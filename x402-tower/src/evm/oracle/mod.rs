//! What a chain says about authorizations, over JSON-RPC (feature `evm-oracle`).

mod block_tag;
mod endpoint;
mod json_rpc;
mod node;
mod nonce;

use core::fmt;
use std::time::Duration;

use futures_util::future::join_all;

pub use block_tag::BlockTag;
pub use endpoint::EndpointError;

use self::endpoint::Endpoint;
use self::node::Node;
use self::nonce::NonceQuery;
use crate::network::ChainId;
use crate::reconcile::{OracleError, Settlement, SettlementOracle};
use crate::step::Step;
use crate::store::SentPayment;

const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);

/// Looks EVM payments up at JSON-RPC endpoints of your own choice, for a [`Reconciler`](crate::reconcile::Reconciler).
///
/// 1. `eth_chainId`, once per endpoint: an endpoint of another chain says nothing.
/// 2. `eth_getBlockByNumber` for the newest block that the [`BlockTag`] allows.
/// 3. `eth_call` at exactly that block (by its hash, [EIP-1898](https://eips.ethereum.org/EIPS/eip-1898)): the token's
///    `authorizationState(payer, nonce)` for [EIP-3009](https://eips.ethereum.org/EIPS/eip-3009), `nonceBitmap` of the
///    [Permit2 contract](https://docs.uniswap.org/contracts/permit2/reference/signature-transfer) for Permit2.
///
/// | the nonce is | the block's time is | said |
/// |---|---|---|
/// | used | | used |
/// | unused | at or after the payment's end | unused |
/// | unused | earlier: the node lags behind, or there is still time | not known |
/// | nothing, as at an address without such a contract | | not known |
///
/// It answers for EIP-3009 and Permit2 payments on chains that it has an endpoint for. Where it has several for one chain,
/// all of them have to say the same. URLs of endpoints may hold keys, so no error, event or `Debug` shows them. It follows
/// no redirect, uses no proxy, and reads 64 KiB of an answer at most (1 MiB of a block).
///
/// ```
/// use x402_tower::ChainId;
/// use x402_tower::evm::{BlockTag, JsonRpcOracle};
///
/// let base = ChainId::parse("eip155:8453")?;
/// let oracle = JsonRpcOracle::new()?
///     .endpoint(&base, "https://base.example.com/v1/a-key-that-stays-secret")?
///     .endpoint(&base, "http://127.0.0.1:8545")?
///     .block(BlockTag::Safe);
/// assert!(!format!("{oracle:?}").contains("a-key-that-stays-secret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct JsonRpcOracle {
    client: reqwest::Client,
    nodes: Vec<Node>,
    block: BlockTag,
    deadline: Duration,
}

impl JsonRpcOracle {
    /// An oracle that has no endpoint yet, and looks at finalized blocks.
    ///
    /// # Errors
    ///
    /// [`EndpointError::Client`] where the system offers no root certificates or no randomness.
    pub fn new() -> Result<Self, EndpointError> {
        Ok(Self {
            client: json_rpc::client().map_err(|_| EndpointError::Client)?,
            nodes: Vec::new(),
            block: BlockTag::default(),
            deadline: DEFAULT_DEADLINE,
        })
    }

    /// Asks at `url` about payments on `chain`: `https`, or `http` to this machine, a private address or a name without a
    /// dot.
    ///
    /// # Errors
    ///
    /// [`EndpointError`] for a chain that is no EVM chain, or a URL that cannot be used.
    pub fn endpoint(mut self, chain: &ChainId, url: &str) -> Result<Self, EndpointError> {
        self.nodes.push(Node::at(Endpoint::new(chain, url)?));
        Ok(self)
    }

    /// Looks at another block than the newest finalized one.
    #[must_use]
    pub fn block(mut self, tag: BlockTag) -> Self {
        self.block = tag;
        self
    }

    /// How long the questions about one payment may take at each endpoint; 10 seconds by default.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    async fn ask_all(
        &self,
        payment: &SentPayment,
        query: NonceQuery,
    ) -> Result<Settlement, OracleError> {
        let nodes = self.nodes_of(&payment.chain);
        let answers = join_all(nodes.map(|node| self.ask(node, payment, &query))).await;
        agreed(answers)
    }

    async fn ask(
        &self,
        node: &Node,
        payment: &SentPayment,
        query: &NonceQuery,
    ) -> Result<Settlement, OracleError> {
        let asked = node.look_up(&self.client, self.block, query, payment.valid_before);
        let answer = tokio::time::timeout(self.deadline, asked).await;
        answer.unwrap_or(Err(OracleError::TimedOut))
    }

    fn nodes_of(&self, chain: &ChainId) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(move |node| node.serves(chain))
    }
}

/// What all say. Whoever failed could have said otherwise.
fn agreed(answers: Vec<Result<Settlement, OracleError>>) -> Result<Settlement, OracleError> {
    let mut agreed = None;
    for answer in answers {
        agreed = match (agreed, answer?) {
            (None, said) => Some(said),
            (Some(before), said) if before == said => Some(said),
            (Some(Settlement::Used), Settlement::Unused)
            | (Some(Settlement::Unused), Settlement::Used) => {
                return Err(OracleError::Disagreement);
            }
            _ => Some(Settlement::NotKnown),
        };
    }
    Ok(agreed.unwrap_or(Settlement::NotKnown))
}

impl SettlementOracle for JsonRpcOracle {
    fn answers_for(&self, payment: &SentPayment) -> bool {
        NonceQuery::about(payment).is_some() && self.nodes_of(&payment.chain).next().is_some()
    }

    fn settlement<'a>(
        &'a self,
        payment: &'a SentPayment,
    ) -> Step<'a, Result<Settlement, OracleError>> {
        match NonceQuery::about(payment) {
            Some(query) => Step::wait(self.ask_all(payment, query)),
            None => Step::ready(Ok(Settlement::NotKnown)),
        }
    }
}

impl fmt::Debug for JsonRpcOracle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonRpcOracle")
            .field("nodes", &self.nodes)
            .field("block", &self.block)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Settlement::{NotKnown, Unused, Used};

    #[test]
    fn only_what_all_endpoints_say_is_known() {
        let down = || Err(OracleError::Unreachable);
        for (answers, all) in [
            (vec![Ok(Used), Ok(Used)], Ok(Used)),
            (vec![Ok(Unused), Ok(Unused)], Ok(Unused)),
            (vec![Ok(Unused), Ok(NotKnown)], Ok(NotKnown)),
            (vec![Ok(NotKnown), Ok(NotKnown), Ok(Used)], Ok(NotKnown)),
            (vec![Ok(Used), Ok(Unused)], Err(OracleError::Disagreement)),
            (vec![Ok(Unused), Ok(Used)], Err(OracleError::Disagreement)),
            (vec![Ok(Unused), down()], down()),
            (vec![], Ok(NotKnown)),
        ] {
            assert_eq!(agreed(answers.clone()), all, "{answers:?}");
        }
    }
}
