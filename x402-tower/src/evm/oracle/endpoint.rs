//! Where a node is asked.

use core::fmt;

use url::{Host, Url};

use crate::network::ChainId;

/// A node's URL, and the chain that it is to serve. `Debug` shows the chain alone: paths of endpoints are often keys.
pub(super) struct Endpoint {
    pub(super) chain: ChainId,
    pub(super) chain_number: u64,
    pub(super) url: Url,
}

impl Endpoint {
    pub(super) fn new(chain: &ChainId, url: &str) -> Result<Self, EndpointError> {
        let chain_number = chain.evm_chain_id().ok_or(EndpointError::NotEvm)?;
        let url = Url::parse(url).map_err(|_| EndpointError::NotUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_near(&url) => {}
            "http" => return Err(EndpointError::PlainHttp),
            _ => return Err(EndpointError::Scheme),
        }
        Ok(Self {
            chain: chain.clone(),
            chain_number,
            url,
        })
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

/// Whether a host is this machine's or its private network's: nobody else is on the way.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        Some(Host::Domain(name)) => name == "localhost" || !name.contains('.'),
        None => false,
    }
}

/// Why an endpoint cannot be asked. No variant quotes its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The chain is no EVM chain.
    #[error("JSON-RPC endpoints are asked about eip155 chains only")]
    NotEvm,
    /// Not a URL.
    #[error("the endpoint's address is not a URL; write it in full, as https://host/path")]
    NotUrl,
    /// Neither https nor http.
    #[error("the endpoint's URL is neither https nor http; only those can be asked")]
    Scheme,
    /// Plain http to a public host.
    #[error(
        "plain http to a public host lets anybody on the way say that a payment was never settled; write https"
    )]
    PlainHttp,
    /// The HTTP client cannot be made.
    #[error(
        "the HTTP client cannot be made; the system offers no root certificates or no randomness"
    )]
    Client,
}

impl EndpointError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotEvm => "endpoint.not_evm",
            Self::NotUrl => "endpoint.not_url",
            Self::Scheme => "endpoint.scheme",
            Self::PlainHttp => "endpoint.plain_http",
            Self::Client => "endpoint.client",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(chain: &str, url: &str) -> Option<EndpointError> {
        let chain = ChainId::parse(chain).unwrap();
        Endpoint::new(&chain, url).err()
    }

    #[test]
    fn plain_http_goes_no_further_than_the_private_network() {
        for near in [
            "http://127.0.0.1:8545",
            "http://[::1]:8545",
            "http://localhost:8545",
            "http://geth:8545",
            "http://10.1.2.3:8545",
            "http://[fd00::1]:8545",
            "https://rpc.example.com/key",
        ] {
            assert_eq!(error("eip155:8453", near), None, "{near}");
        }
        for public in ["http://rpc.example.com", "http://8.8.8.8:8545"] {
            let refused = error("eip155:8453", public);
            assert_eq!(refused, Some(EndpointError::PlainHttp), "{public}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        let https = "https://rpc.example.com";
        let solana = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
        assert_eq!(error(solana, https), Some(EndpointError::NotEvm));
        assert_eq!(error("eip155:1", "rpc"), Some(EndpointError::NotUrl));
        let socket = "wss://rpc.example.com";
        assert_eq!(error("eip155:1", socket), Some(EndpointError::Scheme));
    }
}
