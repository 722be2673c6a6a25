//! What a request asks for, in each of the forms that agents have for it.

use core::net::{IpAddr, Ipv4Addr};

use http::header::HeaderName;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Method, Uri, Version};
use url::{Host, Url};

/// Names the origin that is asked, for clients that can set a header more easily than a path.
pub(crate) const TARGET: HeaderName = HeaderName::from_static("x-x402-target");

/// The URL that is asked, as it will be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) uri: Uri,
    /// Its host, where that is an address and no name.
    pub(crate) literal: Option<IpAddr>,
}

/// Why a request asks for nothing that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TargetError {
    #[error(
        "a tunnel would hide payments from the guard; ask for http://GUARD/https/HOST/PATH, or send X-X402-Target: \
         https://HOST, in place of a proxy"
    )]
    Tunnel,
    #[error("the URL cannot be read; write its host and path in full, without a user name")]
    Unreadable,
    #[error("X-X402-Target takes one origin, as https://api.example.com")]
    Header,
}

/// Whether a request is for the gateway, and not for the guard's own pages.
pub(crate) fn is_for_gateway<B>(request: &http::Request<B>) -> bool {
    let path = request.uri().path();
    request.method() == Method::CONNECT
        || is_absolute(request.uri(), request.version())
        || request.headers().contains_key(TARGET)
        || path.starts_with("/http/")
        || path.starts_with("/https/")
}

/// Whether it is written as to a proxy. In HTTP/2 every request names an authority.
fn is_absolute(uri: &Uri, version: Version) -> bool {
    version <= Version::HTTP_11 && uri.authority().is_some()
}

impl Target {
    /// What is asked. Nothing is guessed: two ways of saying it at once are an error where they could differ.
    pub(crate) fn of(
        method: &Method,
        uri: &Uri,
        version: Version,
        headers: &HeaderMap,
    ) -> Result<Self, TargetError> {
        if method == Method::CONNECT {
            return Err(TargetError::Tunnel);
        }
        let mut named = headers.get_all(TARGET).iter();
        let rest = uri.path_and_query().map_or("/", |rest| rest.as_str());
        match (named.next(), named.next()) {
            (Some(origin), None) if !is_absolute(uri, version) => {
                let origin = origin.to_str().map_err(|_| TargetError::Header)?;
                let origin: Uri = origin.parse().map_err(|_| TargetError::Header)?;
                let (Some(scheme), Some(authority), "/" | "") =
                    (origin.scheme(), origin.authority(), origin.path())
                else {
                    return Err(TargetError::Header);
                };
                if origin.query().is_some() {
                    return Err(TargetError::Header);
                }
                Self::at(scheme, authority, rest)
            }
            (Some(_), _) => Err(TargetError::Header),
            (None, _) if is_absolute(uri, version) => {
                let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
                    return Err(TargetError::Unreadable);
                };
                Self::at(scheme, authority, rest)
            }
            (None, _) => Self::in_path(rest),
        }
    }

    /// `/https/api.example.com/report?id=7`.
    fn in_path(rest: &str) -> Result<Self, TargetError> {
        let (scheme, rest) = match rest.strip_prefix("/https/") {
            Some(rest) => (Scheme::HTTPS, rest),
            None => (
                Scheme::HTTP,
                rest.strip_prefix("/http/").ok_or(TargetError::Unreadable)?,
            ),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let authority: Authority = authority.parse().map_err(|_| TargetError::Unreadable)?;
        if path.starts_with('/') {
            Self::at(&scheme, &authority, path)
        } else {
            Self::at(&scheme, &authority, &format!("/{path}"))
        }
    }

    fn at(scheme: &Scheme, authority: &Authority, rest: &str) -> Result<Self, TargetError> {
        if authority.as_str().contains('@') || *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS {
            return Err(TargetError::Unreadable);
        }
        let rest: PathAndQuery = rest.parse().map_err(|_| TargetError::Unreadable)?;
        let (authority, literal) = match as_written(authority, scheme) {
            Some(literal) => (authority.clone(), literal),
            None => as_browsers_read(scheme, authority)?,
        };
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(scheme.clone());
        parts.authority = Some(authority);
        parts.path_and_query = Some(rest);
        let uri = Uri::from_parts(parts).map_err(|_| TargetError::Unreadable)?;
        Ok(Self { uri, literal })
    }
}

/// The host's address, if it is one, where it can only be read in one way: most are, and reading them as URLs would take
/// longer than all else that is done to a request.
fn as_written(authority: &Authority, scheme: &Scheme) -> Option<Option<IpAddr>> {
    let default_port = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let host = authority.host();
    let port = authority.as_str().strip_prefix(host)?;
    let is_usual_port = port.is_empty()
        || authority.port_u16().is_some_and(|number| {
            number != default_port && !port.starts_with(":0") && !port.starts_with(":+")
        });
    if !is_usual_port {
        return None;
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Some(Some(IpAddr::V4(address)));
    }
    let is_plain = host.split('.').all(|label| {
        // `xn--` would have to be checked.
        (1..=63).contains(&label.len())
            && !label.starts_with("xn--")
            && label
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    });
    // A last label that begins with a digit may be a part of an address: `0x7f.1`.
    let last = host.rsplit('.').next()?;
    let is_name =
        is_plain && host.len() <= 253 && last.starts_with(|c: char| c.is_ascii_lowercase());
    is_name.then_some(None)
}

/// The authority as browsers read it: `0x7f.1` and `2130706433` are 127.0.0.1, and are asked and checked as that.
fn as_browsers_read(
    scheme: &Scheme,
    authority: &Authority,
) -> Result<(Authority, Option<IpAddr>), TargetError> {
    let url =
        Url::parse(&format!("{scheme}://{authority}/")).map_err(|_| TargetError::Unreadable)?;
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err(TargetError::Unreadable),
    };
    let host = url.host_str().ok_or(TargetError::Unreadable)?;
    let port = url.port().map(|port| format!(":{port}"));
    let authority = format!("{host}{}", port.unwrap_or_default());
    let authority = authority.parse().map_err(|_| TargetError::Unreadable)?;
    Ok((authority, literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(uri: &str, target: &[&str]) -> Result<String, TargetError> {
        let mut headers = HeaderMap::new();
        for value in target {
            headers.append(TARGET, value.parse().unwrap());
        }
        let uri: Uri = uri.parse().unwrap();
        Target::of(&Method::GET, &uri, Version::HTTP_11, &headers)
            .map(|target| target.uri.to_string())
    }

    #[test]
    fn every_form_names_the_same_url() {
        let url = "https://api.example.com/v1/report?id=7";
        assert_eq!(
            asked("/https/api.example.com/v1/report?id=7", &[]).unwrap(),
            url
        );
        assert_eq!(
            asked("/v1/report?id=7", &["https://api.example.com"]).unwrap(),
            url
        );
        let plain = "http://api.example.com:8080/v1/report?id=7";
        assert_eq!(asked(plain, &[]).unwrap(), plain);
        assert_eq!(
            asked("/http/api.example.com:8080/v1/report?id=7", &[]).unwrap(),
            plain
        );
    }

    #[test]
    fn a_host_alone_is_its_root() {
        assert_eq!(
            asked("/https/api.example.com", &[]).unwrap(),
            "https://api.example.com/"
        );
        assert_eq!(
            asked("/https/api.example.com?a=1", &[]).unwrap(),
            "https://api.example.com/?a=1"
        );
    }

    #[test]
    fn odd_literals_are_the_addresses_that_they_stand_for() {
        for host in ["2130706433", "0x7f.1", "017700000001", "127.1", "127.0.0.1"] {
            let uri: Uri = format!("/http/{host}/").parse().unwrap();
            let target = Target::of(&Method::GET, &uri, Version::HTTP_11, &HeaderMap::new());
            let target = target.unwrap();
            assert_eq!(target.literal, Some("127.0.0.1".parse().unwrap()), "{host}");
            assert_eq!(target.uri.host(), Some("127.0.0.1"));
        }
        let uri: Uri = "/http/[::ffff:7f00:1]:80/".parse().unwrap();
        let target = Target::of(&Method::GET, &uri, Version::HTTP_11, &HeaderMap::new());
        assert!(target.unwrap().literal.unwrap().is_ipv6());
    }

    proptest::proptest! {
        /// What is read in the short way is read as browsers read it.
        #[test]
        fn a_host_as_written_is_the_host_that_browsers_read(
            host in "([a-zA-Z0-9-]{1,4}|xn--[a-z0-9]{1,4}|0x[0-9a-f]{1,2}|[0-9]{1,3})(\\.([a-z0-9-]{0,4}|[0-9]{1,3}|0[0-7]{1,3})){0,4}(:[0-9]{0,5})?",
            secure: bool,
        ) {
            let scheme = if secure { Scheme::HTTPS } else { Scheme::HTTP };
            if let Ok(authority) = host.parse::<Authority>()
                && let Some(literal) = as_written(&authority, &scheme)
            {
                proptest::prop_assert_eq!(as_browsers_read(&scheme, &authority), Ok((authority, literal)));
            }
        }
    }

    #[test]
    fn usual_hosts_are_read_in_the_short_way() {
        for host in [
            "api.example.com",
            "127.0.0.1:4021",
            "localhost:8080",
            "a.b-c.example",
        ] {
            assert!(
                as_written(&host.parse().unwrap(), &Scheme::HTTPS).is_some(),
                "{host}"
            );
        }
    }

    #[test]
    fn what_says_two_things_or_nothing_is_refused() {
        assert_eq!(
            asked("/report", &["https://a.example", "https://b.example"]),
            Err(TargetError::Header)
        );
        assert_eq!(
            asked("http://a.example/", &["https://b.example"]),
            Err(TargetError::Header)
        );
        assert_eq!(
            asked("/report", &["https://a.example/path"]),
            Err(TargetError::Header)
        );
        assert_eq!(
            asked("/https/user@a.example/", &[]),
            Err(TargetError::Unreadable)
        );
        assert_eq!(asked("/report", &[]), Err(TargetError::Unreadable));
        assert_eq!(asked("/https//report", &[]), Err(TargetError::Unreadable));
    }

    #[test]
    fn a_tunnel_is_refused_with_what_to_do_instead() {
        let uri: Uri = "api.example.com:443".parse().unwrap();
        let error = Target::of(&Method::CONNECT, &uri, Version::HTTP_11, &HeaderMap::new());
        assert!(error.unwrap_err().to_string().contains("/https/"));
    }
}
