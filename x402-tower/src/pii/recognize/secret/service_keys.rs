//! The prefixes of services' keys and what follows them.

use super::service_key::Alphabet::{Alnum, Base64, Hex, Upper, Url, Word};
use super::service_key::Check::{Crc, ExactWord, Exactly, Nothing, WordStart};
use super::service_key::{Alphabet, Check, ServiceKey};

const fn key(prefix: &'static str, alphabet: Alphabet, least: usize, check: Check) -> ServiceKey {
    ServiceKey {
        prefix,
        alphabet,
        least,
        check,
    }
}

/// Sorted by the first byte of the prefix. Of two prefixes that start alike, the longer stands first.
pub(super) static KEYS: &[ServiceKey] = &[
    key("ABIA", Upper, 16, Exactly),                  // AWS bearer token
    key("ACCA", Upper, 16, Exactly),                  // AWS context-specific credential
    key("AGE-SECRET-KEY-1", Upper, 58, Nothing),      // age identity
    key("AIza", Url, 35, Nothing),                    // Google API key
    key("AKIA", Upper, 16, Exactly),                  // AWS access key
    key("ASIA", Upper, 16, Exactly),                  // AWS temporary access key
    key("ATATT3", Url, 60, Nothing),                  // Atlassian API token
    key("EAAA", Url, 60, WordStart),                  // Square access token
    key("GOCSPX-", Url, 28, Nothing),                 // Google OAuth client secret
    key("LTAI", Alnum, 20, ExactWord),                // Alibaba Cloud access key
    key("MC4CAQAwBQYDK2Vw", Base64, 40, Nothing),     // PKCS #8 of an Ed25519 key
    key("MFECAQEwBQYDK2Vw", Base64, 60, Nothing),     // the same with its public key
    key("MHcCAQEE", Base64, 80, Nothing),             // SEC 1 of a P-256 key
    key("MHQCAQEE", Base64, 80, Nothing),             // SEC 1 of a secp256k1 key
    key("MIGEAgEAMBAGByqGSM49", Base64, 80, Nothing), // PKCS #8 of a secp256k1 key
    key("MIGHAgEAMBMGByqGSM49", Base64, 80, Nothing), // PKCS #8 of a P-256 key
    key("MIIEogIBAAKCAQEA", Base64, 80, Nothing),     // PKCS #1 of an RSA key of 2048 bits
    key("MIIEowIBAAKCAQEA", Base64, 80, Nothing),
    key("MIIEpAIBAAKCAQEA", Base64, 80, Nothing),
    key("MIIEpQIBAAKCAQEA", Base64, 80, Nothing),
    key("MIIEvAIBADANBgkq", Base64, 80, Nothing), // PKCS #8 of an RSA key of 2048 bits
    key("MIIEvQIBADANBgkq", Base64, 80, Nothing),
    key("MIIEvgIBADANBgkq", Base64, 80, Nothing),
    key("MIIEvwIBADANBgkq", Base64, 80, Nothing),
    key("MIIJQgIBADANBgkq", Base64, 80, Nothing), // the same of 4096 bits
    key("MIIJQwIBADANBgkq", Base64, 80, Nothing),
    key("MIIJRAIBADANBgkq", Base64, 80, Nothing),
    key("NRAK-", Upper, 27, Nothing),   // New Relic user key
    key("PMAK-", Url, 59, Nothing),     // Postman
    key("SK", Hex, 32, ExactWord),      // Twilio API key
    key("ccipat_", Word, 40, Nothing),  // CircleCI
    key("cio", Alnum, 32, ExactWord),   // crates.io
    key("dapi", Hex, 32, WordStart),    // Databricks
    key("dckr_oat_", Url, 27, Nothing), // Docker Hub
    key("dckr_pat_", Url, 27, Nothing),
    key("doo_v1_", Hex, 64, Nothing), // DigitalOcean
    key("dop_v1_", Hex, 64, Nothing),
    key("dor_v1_", Hex, 64, Nothing),
    key("figd_", Url, 40, Nothing), // Figma
    key("gho_", Alnum, 36, Crc),    // GitHub
    key("ghp_", Alnum, 36, Crc),
    key("ghr_", Alnum, 36, Crc),
    key("ghs_", Alnum, 36, Crc),
    key("ghu_", Alnum, 36, Crc),
    key("github_pat_", Word, 82, Nothing),
    key("glagent-", Url, 50, Nothing), // GitLab
    key("glcbt-", Url, 20, Nothing),
    key("gldt-", Url, 20, Nothing),
    key("glft-", Url, 20, Nothing),
    key("glimt-", Url, 20, Nothing),
    key("gloas-", Url, 20, Nothing),
    key("glpat-", Url, 20, Nothing),
    key("glptt-", Hex, 40, Nothing),
    key("glrt-", Url, 20, Nothing),
    key("glsoat-", Url, 20, Nothing),
    key("glc_", Base64, 32, WordStart),  // Grafana Cloud
    key("glsa_", Word, 32, Nothing),     // Grafana service account
    key("gsk_", Alnum, 48, Nothing),     // Groq
    key("hf_", Alnum, 30, WordStart),    // Hugging Face
    key("key-", Hex, 32, ExactWord),     // Mailgun
    key("lin_api_", Alnum, 40, Nothing), // Linear
    key("lin_oauth_", Alnum, 40, Nothing),
    key("nfp_", Alnum, 36, Nothing),        // Netlify
    key("npm_", Alnum, 36, Nothing),        // npm
    key("ntn_", Alnum, 40, Nothing),        // Notion
    key("nvapi-", Url, 60, Nothing),        // NVIDIA
    key("ops_eyJ", Base64, 100, Nothing),   // 1Password service account
    key("pplx-", Alnum, 40, Nothing),       // Perplexity
    key("pscale_oauth_", Url, 32, Nothing), // PlanetScale
    key("pscale_pw_", Url, 32, Nothing),
    key("pscale_tkn_", Url, 32, Nothing),
    key("pul-", Hex, 40, WordStart),     // Pulumi
    key("pypi-Ag", Url, 50, Nothing),    // PyPI
    key("r8_", Alnum, 37, WordStart),    // Replicate
    key("rk_live_", Alnum, 10, Nothing), // Stripe restricted key
    key("rk_prod_", Alnum, 10, Nothing),
    key("rk_test_", Alnum, 10, Nothing),
    key("rubygems_", Hex, 48, Nothing), // RubyGems
    key("sbp_", Hex, 40, Nothing),      // Supabase
    key("sb_secret_", Url, 20, Nothing),
    key("secret_", Alnum, 43, ExactWord), // Notion, before 2024
    key("sgp_", Word, 40, WordStart),     // Sourcegraph
    key("shpat_", Hex, 32, Nothing),      // Shopify
    key("shpca_", Hex, 32, Nothing),
    key("shppa_", Hex, 32, Nothing),
    key("shpss_", Hex, 32, Nothing),
    key("sk-admin-", Url, 20, WordStart), // OpenAI administration key
    key("sk-ant-", Url, 20, Nothing),     // Anthropic
    key("sk-lf-", Url, 32, WordStart),    // Langfuse
    key("sk-or-v1-", Hex, 64, Nothing),   // OpenRouter
    key("sk-proj-", Url, 20, Nothing),    // OpenAI project key
    key("sk-svcacct-", Url, 20, Nothing), // OpenAI service account key
    key("sk-", Alnum, 20, WordStart),     // OpenAI and those that copy it
    key("sk_live_", Alnum, 10, Nothing),  // Stripe secret key
    key("sk_prod_", Alnum, 10, Nothing),
    key("sk_test_", Alnum, 10, Nothing),
    key("sk_", Hex, 48, ExactWord),         // ElevenLabs
    key("sntrys_eyJ", Base64, 60, Nothing), // Sentry organisation token
    key("sntryu_", Hex, 64, Nothing),       // Sentry user token
    key("sq0atp-", Url, 22, Nothing),       // Square
    key("sq0csp-", Url, 43, Nothing),
    key("tvly-", Url, 28, WordStart),   // Tavily
    key("vcp_", Alnum, 40, WordStart),  // Vercel
    key("whsec_", Base64, 32, Nothing), // Stripe and Svix webhook secret
    key("xai-", Alnum, 70, WordStart),  // xAI
    key("xapp-", Url, 20, Nothing),     // Slack app
    key("xoxa-", Url, 10, Nothing),     // Slack
    key("xoxb-", Url, 10, Nothing),
    key("xoxe-", Url, 10, Nothing),
    key("xoxo-", Url, 10, Nothing),
    key("xoxp-", Url, 10, Nothing),
    key("xoxr-", Url, 10, Nothing),
    key("xoxs-", Url, 10, Nothing),
];

/// Prefixes that end with a dot, and how many characters follow at least.
pub(super) static DOTTED: &[(&str, usize)] = &[
    ("SG.", 22),    // SendGrid, with a second part
    ("dp.ct.", 40), // Doppler
    ("dp.pt.", 40),
    ("dp.st.", 40),
    ("hvb.", 24), // HashiCorp Vault
    ("hvr.", 24),
    ("hvs.", 24),
    ("ya29.", 20), // Google OAuth access token
];

/// Whether a prefix may start with these two bytes.
#[inline]
pub(super) fn may_start(first: u8, second: u8) -> bool {
    SECOND_BYTES
        .get(usize::from(first))
        .is_some_and(|seconds| seconds & second_bit(second) != 0)
}

const fn second_bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

/// For each first byte of prefixes, which are ASCII, a bit for each second one.
static SECOND_BYTES: [u32; 128] = {
    let mut seconds = [0; 128];
    let mut rest = KEYS;
    while let [key, others @ ..] = rest {
        if let [first, second, ..] = key.prefix.as_bytes() {
            #[expect(
                clippy::indexing_slicing,
                reason = "checked when it is compiled; nothing of it runs later"
            )]
            {
                seconds[*first as usize] |= second_bit(*second);
            }
        }
        rest = others;
    }
    seconds
};

/// Where the prefixes with this first byte start.
pub(super) fn first_with(byte: u8) -> Option<usize> {
    STARTS
        .get(usize::from(byte))
        .and_then(|start| usize::from(*start).checked_sub(1))
}

/// For each byte one more than the place of the first prefix that starts with it; 0 where none does.
static STARTS: [u8; 256] = {
    let mut starts = [0; 256];
    let mut place = 0u8;
    #[expect(
        clippy::indexing_slicing,
        reason = "checked when it is compiled; nothing of it runs later"
    )]
    while (place as usize) < KEYS.len() {
        let first = KEYS[place as usize].prefix.as_bytes()[0] as usize;
        if starts[first] == 0 {
            starts[first] = place + 1;
        }
        place += 1;
    }
    starts
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_with_one_first_byte_stand_together_and_longer_ones_first() {
        for (place, key) in KEYS.iter().enumerate() {
            assert!(
                key.prefix.len() > 1,
                "the second letter of {} is asked for",
                key.prefix
            );
            let [first, second] = [0, 1].map(|place| key.prefix.as_bytes()[place]);
            assert!(may_start(first, second), "{}", key.prefix);
            let start = first_with(first).unwrap();
            assert!(
                KEYS[start..=place]
                    .iter()
                    .all(|other| other.prefix.as_bytes()[0] == first),
                "{}",
                key.prefix
            );
            assert!(
                KEYS[..place]
                    .iter()
                    .all(|other| !key.prefix.starts_with(other.prefix)),
                "{} is never reached",
                key.prefix
            );
        }
    }
}
