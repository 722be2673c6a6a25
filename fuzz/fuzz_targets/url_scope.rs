//! A scope matches only URLs of its own origin, whatever the texts are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;
use x402_tower::policy::{Origin, UrlScope};

fuzz_target!(|texts: (&str, &str)| {
    let (Ok(scope), Ok(url)) = (UrlScope::parse(texts.0), Url::parse(texts.1)) else {
        return;
    };
    if scope.matches(&url) {
        assert_eq!(Origin::of(&url).as_ref(), Some(scope.origin()));
    }
    assert!(scope.contains(&scope));
});
