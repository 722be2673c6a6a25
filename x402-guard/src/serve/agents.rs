//! Who asks.

use std::collections::HashMap;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::header::{AUTHORIZATION, HeaderName, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};
use x402_tower::AgentId;

use crate::serve::error::ServeError;
use crate::serve::settings::{AgentFile, ModeFile, variable};
use crate::serve::tls::PeerCertificate;

/// The token of an agent that does not come through a proxy.
pub(crate) const AGENT_TOKEN: HeaderName = HeaderName::from_static("x-x402-agent-token");

/// Fewer characters than this could be guessed.
const SHORTEST_TOKEN: usize = 16;

/// An agent, and who signs for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agent {
    pub(crate) id: AgentId,
    pub(crate) mode: ModeFile,
}

/// Every agent by the digest of its token, or of its certificate: what is compared tells nothing about a token that is
/// nearly right.
#[derive(Debug, Default)]
pub(crate) struct Agents {
    tokens: HashMap<[u8; 32], Arc<Agent>>,
    certificates: HashMap<[u8; 32], Arc<Agent>>,
}

/// A request that says of nobody, or of several, that they ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unidentified;

impl Agents {
    /// The agents of the file.
    pub(crate) fn read(files: &[AgentFile]) -> Result<Self, ServeError> {
        let mut agents = Self::default();
        for file in files {
            let wrong = |problem: String| ServeError::Agent {
                id: file.id.clone(),
                problem,
            };
            let decoded = |name: &str, text: &str| {
                let mut digest = [0; 32];
                const_hex::decode_to_slice(text, &mut digest)
                    .map_err(|_| wrong(format!("{name} is not 64 hexadecimal digits")))?;
                Ok::<_, ServeError>(digest)
            };
            match (
                &file.token_env,
                &file.token_sha256,
                &file.certificate_sha256,
            ) {
                (Some(name), None, None) => {
                    let token = variable(name, true)?.unwrap_or_default();
                    let digest = digest_of(&token).map_err(|problem| wrong(problem.into()))?;
                    agents.add(Shown::Token(digest), &file.id, file.mode)?;
                }
                (None, Some(text), None) => {
                    let digest = decoded("token_sha256", text)?;
                    agents.add(Shown::Token(digest), &file.id, file.mode)?;
                }
                (None, None, Some(text)) => {
                    let digest = decoded("certificate_sha256", text)?;
                    agents.add(Shown::Certificate(digest), &file.id, file.mode)?;
                }
                _ => {
                    let problem = "give it one of token_env, token_sha256 and certificate_sha256";
                    return Err(wrong(problem.into()));
                }
            }
        }
        Ok(agents)
    }

    /// One more agent, by its token itself.
    pub(crate) fn add_token(
        &mut self,
        token: &str,
        id: &str,
        mode: ModeFile,
    ) -> Result<(), ServeError> {
        let digest = digest_of(token).map_err(|problem| ServeError::Agent {
            id: id.to_owned(),
            problem: problem.into(),
        })?;
        self.add(Shown::Token(digest), id, mode)
    }

    fn add(&mut self, shown: Shown, id: &str, mode: ModeFile) -> Result<(), ServeError> {
        let wrong = |problem: String| ServeError::Agent {
            id: id.to_owned(),
            problem,
        };
        let agent = Agent {
            id: AgentId::new(id).map_err(|error| wrong(error.to_string()))?,
            mode,
        };
        if self.iter().any(|known| known.id == agent.id) {
            return Err(wrong("it is listed twice".into()));
        }
        let (known, digest) = match shown {
            Shown::Token(digest) => (&mut self.tokens, digest),
            Shown::Certificate(digest) => (&mut self.certificates, digest),
        };
        if known.contains_key(&digest) {
            return Err(wrong("another agent shows the same".into()));
        }
        known.insert(digest, Arc::new(agent));
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Whether an agent is known by its certificate.
    pub(crate) fn know_certificates(&self) -> bool {
        !self.certificates.is_empty()
    }

    /// The agents, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Agent> {
        let all = self.tokens.values().chain(self.certificates.values());
        all.map(|agent| &**agent)
    }

    /// Who asks through the gateway: one token, in `Proxy-Authorization` or in [`AGENT_TOKEN`].
    pub(crate) fn of_gateway(
        &self,
        headers: &HeaderMap,
        peer: Option<PeerCertificate>,
    ) -> Result<Arc<Agent>, Unidentified> {
        let proxy = headers.get_all(PROXY_AUTHORIZATION).iter();
        let own = headers.get_all(AGENT_TOKEN).iter();
        self.only(
            peer,
            proxy
                .map(authorized)
                .chain(own.map(|value| value.to_str().ok().map(str::to_owned))),
        )
    }

    /// Who asks the decision API: one token, in `Authorization` or in [`AGENT_TOKEN`].
    pub(crate) fn of_api(
        &self,
        headers: &HeaderMap,
        peer: Option<PeerCertificate>,
    ) -> Result<Arc<Agent>, Unidentified> {
        let bearer = headers.get_all(AUTHORIZATION).iter();
        let own = headers.get_all(AGENT_TOKEN).iter();
        self.only(
            peer,
            bearer
                .map(authorized)
                .chain(own.map(|value| value.to_str().ok().map(str::to_owned))),
        )
    }

    /// Whom everything that was shown names; what names two, or nobody, names nobody.
    fn only(
        &self,
        peer: Option<PeerCertificate>,
        mut tokens: impl Iterator<Item = Option<String>>,
    ) -> Result<Arc<Agent>, Unidentified> {
        let by_certificate =
            peer.and_then(|PeerCertificate(digest)| self.certificates.get(&digest));
        let by_token = match (tokens.next(), tokens.next()) {
            (Some(Some(token)), None) => {
                let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
                Some(self.tokens.get(&digest).ok_or(Unidentified)?)
            }
            (None, _) => None,
            _ => return Err(Unidentified),
        };
        match (by_certificate, by_token) {
            (Some(agent), None) | (None, Some(agent)) => Ok(Arc::clone(agent)),
            _ => Err(Unidentified),
        }
    }
}

/// How an agent is known.
#[derive(Debug, Clone, Copy)]
enum Shown {
    Token([u8; 32]),
    Certificate([u8; 32]),
}

fn digest_of(token: &str) -> Result<[u8; 32], &'static str> {
    if token.len() < SHORTEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("its token is not at least 16 visible ASCII characters");
    }
    Ok(Sha256::digest(token.as_bytes()).into())
}

/// The token of `Bearer TOKEN`, or the password of `Basic` (RFC 7617), which is what proxy clients send.
fn authorized(value: &HeaderValue) -> Option<String> {
    let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64_STANDARD.decode(rest).ok()?).ok()?;
    pair.split_once(':')
        .map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "a-token-of-one-agent";

    fn agents() -> Agents {
        let mut agents = Agents::default();
        agents
            .add_token(TOKEN, "researcher", ModeFile::Pay)
            .unwrap();
        agents
    }

    fn with(headers: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        });
        let mut map = HeaderMap::new();
        pairs.for_each(|(name, value)| {
            map.append(name, value);
        });
        map
    }

    #[test]
    fn a_token_says_who_asks_wherever_it_stands() {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("any:{TOKEN}")));
        let bearer = format!("Bearer {TOKEN}");
        for headers in [
            with(&[("proxy-authorization", &basic)]),
            with(&[("proxy-authorization", &bearer)]),
            with(&[("x-x402-agent-token", TOKEN)]),
        ] {
            let agent = agents().of_gateway(&headers, None).unwrap();
            assert_eq!(agent.id.as_str(), "researcher");
        }
    }

    #[test]
    fn no_token_a_wrong_one_and_two_of_them_are_nobody() {
        for headers in [
            with(&[]),
            with(&[("x-x402-agent-token", "a-token-of-another")]),
            with(&[("x-x402-agent-token", TOKEN), ("x-x402-agent-token", TOKEN)]),
            with(&[("x-agent-id", "researcher")]),
            with(&[("authorization", &format!("Bearer {TOKEN}"))]),
        ] {
            assert_eq!(
                agents().of_gateway(&headers, None).err(),
                Some(Unidentified)
            );
        }
    }

    #[test]
    fn two_agents_are_told_apart() {
        let mut agents = agents();
        assert!(agents.add_token(TOKEN, "writer", ModeFile::Pay).is_err());
        assert!(
            agents
                .add_token("another-token-of-it", "researcher", ModeFile::Pay)
                .is_err()
        );
        assert!(agents.add_token("short", "writer", ModeFile::Pay).is_err());
    }
}
