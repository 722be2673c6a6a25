//! What a request asks for, in each of the forms that agents have for it.

use core::net::IpAddr;

use http::header::HeaderName;
use http::uri::{Authority, Scheme};
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
        // As browsers read a host: `0x7f.1` and `2130706433` are 127.0.0.1, and are asked and checked as that.
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
        let uri = format!("{scheme}://{host}{}{rest}", port.unwrap_or_default());
        Ok(Self {
            uri: uri.parse().map_err(|_| TargetError::Unreadable)?,
            literal,
        })
    }
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
