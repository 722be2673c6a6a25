//! One node, asked about one nonce.

use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};

use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use super::block_tag::BlockTag;
use super::endpoint::Endpoint;
use super::json_rpc::ask;
use super::nonce::NonceQuery;
use crate::clock::UnixMillis;
use crate::network::ChainId;
use crate::reconcile::{OracleError, Settlement};

/// Most bytes of an answer. A right one takes about 100.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// A block comes with the hashes of all its transactions, 69 bytes each.
const MAX_BLOCK_BYTES: usize = 1024 * 1024;

/// A node at an endpoint.
pub(super) struct Node {
    endpoint: Endpoint,
    /// Whether it has said that it serves the endpoint's chain.
    serves_it: AtomicBool,
}

/// What of a block is looked at.
#[derive(Deserialize)]
struct Block {
    hash: String,
    timestamp: String,
}

impl Node {
    pub(super) fn at(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            serves_it: AtomicBool::new(false),
        }
    }

    pub(super) fn serves(&self, chain: &ChainId) -> bool {
        self.endpoint.chain == *chain
    }

    /// What the node says about a nonce whose authorization ends at `valid_before`.
    pub(super) async fn look_up(
        &self,
        client: &Client,
        tag: BlockTag,
        query: &NonceQuery,
        valid_before: UnixMillis,
    ) -> Result<Settlement, OracleError> {
        self.check_chain(client).await?;
        let params = json!([tag.as_str(), false]);
        let method = "eth_getBlockByNumber";
        let block = ask(client, &self.endpoint.url, method, &params, MAX_BLOCK_BYTES).await?;
        if block.is_null() {
            return Ok(Settlement::NotKnown);
        }
        let block: Block = serde_json::from_value(block).map_err(|_| OracleError::Malformed)?;
        let time = UnixMillis::from_secs(quantity(&block.timestamp)?);
        let hash: [u8; 32] = data(&block.hash)?
            .try_into()
            .map_err(|_| OracleError::Malformed)?;

        // By its hash: by its number, a node that is behind the same name but lags could answer for another block.
        let params = json!([
            {
                "to": const_hex::encode_prefixed(query.contract),
                "data": const_hex::encode_prefixed(&query.input),
            },
            { "blockHash": const_hex::encode_prefixed(hash), "requireCanonical": true },
        ]);
        let word = self.ask(client, "eth_call", &params).await?;
        let word = data(word.as_str().ok_or(OracleError::Malformed)?)?;
        if word.is_empty() {
            return Ok(Settlement::NotKnown);
        }
        let word = word.try_into().map_err(|_| OracleError::Malformed)?;
        match query.is_used(word) {
            Some(true) => Ok(Settlement::Used),
            Some(false) if time >= valid_before => Ok(Settlement::Unused),
            Some(false) => Ok(Settlement::NotKnown),
            None => Err(OracleError::Malformed),
        }
    }

    async fn check_chain(&self, client: &Client) -> Result<(), OracleError> {
        if self.serves_it.load(Ordering::Relaxed) {
            return Ok(());
        }
        let said = self.ask(client, "eth_chainId", &json!([])).await?;
        let number = quantity(said.as_str().ok_or(OracleError::Malformed)?)?;
        if number != self.endpoint.chain_number {
            return Err(OracleError::WrongChain);
        }
        self.serves_it.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn ask(
        &self,
        client: &Client,
        method: &'static str,
        params: &Value,
    ) -> Result<Value, OracleError> {
        ask(client, &self.endpoint.url, method, params, MAX_ANSWER_BYTES).await
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.endpoint.fmt(f)
    }
}

/// A number in JSON-RPC's hexadecimal: no leading zeros.
fn quantity(text: &str) -> Result<u64, OracleError> {
    let digits = text.strip_prefix("0x").ok_or(OracleError::Malformed)?;
    let is_one_spelling = digits == "0" || !digits.starts_with('0');
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if digits.is_empty() || !is_one_spelling || !is_plain {
        return Err(OracleError::Malformed);
    }
    u64::from_str_radix(digits, 16).map_err(|_| OracleError::Malformed)
}

/// Bytes in JSON-RPC's hexadecimal: two digits each.
fn data(text: &str) -> Result<Vec<u8>, OracleError> {
    let digits = text.strip_prefix("0x").ok_or(OracleError::Malformed)?;
    // `decode` would accept a second prefix.
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(OracleError::Malformed);
    }
    const_hex::decode(digits).map_err(|_| OracleError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_has_one_spelling() {
        assert_eq!(quantity("0x0"), Ok(0));
        assert_eq!(quantity("0x2105"), Ok(8453));
        for wrong in ["", "0x", "8453", "0x02105", "0x+1", "0x10000000000000000"] {
            assert_eq!(quantity(wrong), Err(OracleError::Malformed), "{wrong}");
        }
    }

    #[test]
    fn data_is_whole_bytes() {
        assert_eq!(data("0x"), Ok(vec![]));
        assert_eq!(data("0x0001"), Ok(vec![0, 1]));
        for wrong in ["", "0x1", "0x0x01", "01", "0xzz"] {
            assert_eq!(data(wrong), Err(OracleError::Malformed), "{wrong}");
        }
    }
}
