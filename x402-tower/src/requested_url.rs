//! The URL that was requested, of a request that may name only a part of it.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use http::Uri;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use url::Url;

/// How many origins are kept parsed.
const SLOTS: usize = 16;

/// Origins that were asked lately, parsed: agents ask the same few again and again, and reading a host takes longer than
/// the rest of a URL.
#[derive(Default)]
pub(crate) struct KnownOrigins([ArcSwapOption<Known>; SLOTS]);

/// A scheme and an authority, letter by letter, and the URL of the path `/` there.
struct Known {
    scheme: Box<str>,
    authority: Box<str>,
    root: Url,
}

impl KnownOrigins {
    /// The URL that was requested: absolute, or completed by the seller's origin or the `Host` header.
    pub(crate) fn url(&self, parts: &Parts, public_origin: Option<&Url>) -> Option<Url> {
        let uri = &parts.uri;
        match (uri.scheme_str(), uri.authority(), public_origin) {
            (Some(scheme), Some(authority), _) => {
                let rest = uri.path_and_query().map_or("", PathAndQuery::as_str);
                self.absolute(scheme, authority.as_str(), rest)
            }
            (_, _, Some(origin)) => Some(at_origin(origin, uri)),
            _ => host_origin(parts).map(|origin| at_origin(&origin, uri)),
        }
    }

    fn absolute(&self, scheme: &str, authority: &str, rest: &str) -> Option<Url> {
        let slot = self.0.get(slot_of(authority))?;
        // Two slashes at the start would name a host, as would a slash and a backslash.
        let is_path = rest.starts_with('/') && !rest.starts_with("//") && !rest.starts_with("/\\");
        let known = slot.load();
        if let Some(known) = known.as_ref().filter(|_| is_path)
            && *known.scheme == *scheme
            && *known.authority == *authority
        {
            return known.root.join(rest).ok();
        }
        let url = Url::parse(&[scheme, "://", authority, rest].concat()).ok()?;
        let root = Url::parse(&[scheme, "://", authority, "/"].concat()).ok()?;
        slot.store(Some(Arc::new(Known {
            scheme: scheme.into(),
            authority: authority.into(),
            root,
        })));
        Some(url)
    }
}

/// Where an authority is kept; it need not be spread well, as a wrong guess only costs parsing it.
fn slot_of(authority: &str) -> usize {
    let sum = authority.bytes().fold(0usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    sum % SLOTS
}

impl fmt::Debug for KnownOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An authority may hold a password.
        f.debug_struct("KnownOrigins").finish_non_exhaustive()
    }
}

/// The origin that the `Host` header names: a host and a port, and nothing else.
fn host_origin(parts: &Parts) -> Option<Url> {
    let host = parts.headers.get(http::header::HOST)?.to_str().ok()?;
    let plain = host.parse::<Authority>().ok()?;
    if plain.as_str().contains('@') {
        return None;
    }
    Url::parse(&format!("http://{plain}/")).ok()
}

/// The URL of what `uri` names at `origin`. Its path is set and not joined: `//host/` would name another host.
fn at_origin(origin: &Url, uri: &Uri) -> Url {
    let mut url = origin.clone();
    url.set_path(uri.path());
    url.set_query(uri.query());
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use http::Request;
    use proptest::prelude::*;

    use super::*;
    use crate::context::Context;
    use crate::payment::Position;

    fn requested(target: &str) -> String {
        let origin = Url::parse("https://seller.example").unwrap();
        let context = Context::seller().with_public_origin(origin);
        let (parts, ()) = Request::get(target).body(()).unwrap().into_parts();
        let exchange = context.exchange(Position::Seller, &parts).unwrap();
        exchange.url().to_string()
    }

    #[test]
    fn a_path_that_looks_like_a_host_stays_at_the_public_origin() {
        assert_eq!(
            requested("//evil.example/report?page=2"),
            "https://seller.example//evil.example/report?page=2"
        );
    }

    #[test]
    fn a_host_header_is_a_host_and_nothing_else() {
        let at = |host: &str| {
            let request = Request::get("/report")
                .header("host", host)
                .body(())
                .unwrap();
            let (parts, ()) = request.into_parts();
            let exchange = Context::seller().exchange(Position::Seller, &parts).ok()?;
            Some(exchange.url().to_string())
        };
        assert_eq!(
            at("seller.example:8080").unwrap(),
            "http://seller.example:8080/report"
        );
        for host in [
            "user@seller.example",
            "seller.example/elsewhere?",
            "a b",
            "",
        ] {
            assert_eq!(at(host), None, "{host}");
        }
    }

    #[test]
    fn a_request_is_completed_by_the_public_origin() {
        assert_eq!(
            requested("/report?page=2"),
            "https://seller.example/report?page=2"
        );
        assert_eq!(requested("*"), "https://seller.example/*");
    }

    fn absolute(text: &str) -> Parts {
        let request = Request::get(text).body(()).unwrap();
        request.into_parts().0
    }

    #[test]
    fn an_origin_that_is_known_reads_what_follows_it_as_before() {
        let origins = KnownOrigins::default();
        for text in [
            "http://shop.example/a?b",
            "http://shop.example//evil.example/a",
            "http://shop.example/\\evil.example/a",
            "http://shop.example/a/../../b/./c?q=../d",
            "http://shop.example",
            "http://shop.example?q",
            "http://shop.example/%2e%2e/a",
            "http://SHOP.example:80/a",
            "https://shop.example/a",
            "http://user@shop.example/a",
            "http://shop.example:8080/a",
        ] {
            for _ in 0..2 {
                let url = origins.url(&absolute(text), None);
                assert_eq!(url, Url::parse(text).ok(), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn attack_054_no_path_leads_to_another_origin(
            path in "[!$-;=@-_a-z|~/\\\\.%]{0,24}",
            query in proptest::option::of("[!$-;=@-_a-z|~/?%]{0,12}"),
        ) {
            let query = query.map_or_else(String::new, |query| format!("?{query}"));
            let text = format!("https://shop.example/{path}{query}");
            prop_assume!(text.parse::<Uri>().is_ok());
            let origins = KnownOrigins::default();
            origins.url(&absolute("https://shop.example/"), None);
            prop_assert_eq!(origins.url(&absolute(&text), None), Url::parse(&text).ok());
        }
    }
}
