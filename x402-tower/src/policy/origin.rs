//! Web origins: the unit in which sellers are told apart.

use core::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Scheme, host and port of an `http` or `https` URL ([RFC 6454](https://www.rfc-editor.org/rfc/rfc6454)).
///
/// Hosts are held as a URL parser sees them: lower case, punycode, addresses in their one spelling, no trailing dot.
/// A port that is the scheme's default equals none (attacks 53 and 54).
///
/// ```
/// use url::Url;
/// use x402_tower::policy::Origin;
///
/// let one = Origin::of(&Url::parse("https://API.example.com.:443/a")?).unwrap();
/// assert_eq!(one.to_string(), "https://api.example.com");
/// let other = Origin::of(&Url::parse("https://api.example.com@evil.test/")?).unwrap();
/// assert_eq!(other.host(), "evil.test");
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of a URL, or `None` where it is not `http(s)` with a usable host.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = match url.host()? {
            Host::Domain(name) => domain(name)?.to_owned(),
            // As the parser wrote it: in its one spelling, and in brackets.
            Host::Ipv4(_) | Host::Ipv6(_) => url.host_str()?.to_owned(),
        };
        Some(Self {
            secure,
            host,
            port: url.port_or_known_default()?,
        })
    }

    /// `https`, or `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// The host; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also where it is the scheme's default.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
    ///
    /// Only these exact spellings: `app.localhost` may be any host where a resolver does not follow RFC 6761.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let inner = self
            .host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        match inner {
            Some(v6) => v6.parse::<Ipv6Addr>().is_ok_and(|a| a.is_loopback()),
            None => {
                self.host == "localhost"
                    || self.host.parse::<Ipv4Addr>().is_ok_and(|a| a.is_loopback())
            }
        }
    }
}

/// A name without the dot of the root; what has empty labels resolves nowhere and names nobody.
fn domain(name: &str) -> Option<&str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    (!name.split('.').any(str::is_empty)).then_some(name)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.host)?;
        let default = if self.secure { 443 } else { 80 };
        if self.port == default {
            Ok(())
        } else {
            write!(f, ":{}", self.port)
        }
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}
