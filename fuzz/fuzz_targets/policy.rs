//! Policies are refused with a reason or compiled, never a panic; what compiled reads back as itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use x402_tower::policy::{PolicyConfig, Rules};

fuzz_target!(|text: &str| {
    for read in [PolicyConfig::from_toml, PolicyConfig::from_json] {
        match read(text, "fuzz") {
            Ok(config) => {
                let rules = Rules::compile(&config).expect("reading compiles");
                let again = PolicyConfig::from_toml(rules.normal_form(), "normal form")
                    .expect("the normal form is a policy");
                let again = Rules::compile(&again).expect("the normal form compiles");
                assert_eq!(again.revision(), rules.revision());
            }
            Err(error) => assert!(!error.problems().is_empty()),
        }
    }
});
