//! Secrets of every form; none of them gives access to anything.

/// A private key of an EVM chain, which nothing but a word beside it makes one.
pub(in super::super) const HEX: &str =
    "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
/// Bytes 0 to 31 as a secret key of Ed25519, with its public key.
pub(in super::super) const PAIR: &str =
    "1GMkH3brNXiNNs1tiFZHu4yZSRrzJwxi5wB9bHFtMikjwpAW9DMZzU2Pqakc5it8X3N5vPmqdN7KF4CCUpmKhq";
pub(in super::super) const PAIR_BYTES: &str = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,3,161,7,191,243,206,16,190,29,112,221,24,231,75,192,153,103,228,214,48,155,165,13,95,29,220,134,100,18,85,49,184";
/// A signature of the same key, which has the same form.
pub(in super::super) const SIGNATURE: &str =
    "5WfzPJDH36X4Wp9DaZQNLAK46NhQ7JTgasyXocQ2X9iF1nHD68Q4RMSrACZGTFqei73RWis96dhPXFQXw1GT9CKp";
pub(in super::super) const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
/// The body of an armoured private key.
pub(in super::super) const ARMOURED: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDu";
/// A value that looks random, which a word beside it makes a secret.
pub(in super::super) const RANDOM: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// The path of a hook that takes messages.
pub(in super::super) const HOOK: &str =
    concat!("T01234567", "/B0123456789/abcdefghijklmnopqrstuvwx");

/// Keys in the formats of wallets.
pub(in super::super) const WALLET_KEYS: &[&str] = &[
    PAIR,
    "KwFfpDsaF7yxCELuyrH9gP5XL7TAt5b9HPWC1xCQbmrxvhJgMQHb",
    "5HpjKrb7dH5kKQQzmbjB87Mxova7mek5bXUTWfndcX6tBoqUwzm",
    // BIP-32, test vector 1.
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
];

/// Recovery phrases of every length.
pub(in super::super) const PHRASES: &[&str] = &[
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "alpha doctor dream bid school mandate detail acquire bamboo obvious aim club immense arrive hat",
    "alpha doctor dream bid school mandate detail acquire bamboo obvious aim club immense arrive half glory brown water",
    "alpha doctor dream bid school mandate detail acquire bamboo obvious aim club immense arrive half glory brown valley siege drastic cause",
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
    "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
];

/// Keys of services, by their prefixes and forms.
pub(in super::super) const SERVICE_KEYS: &[&str] = &[
    concat!("AKIA", "IOSFODNN7EXAMPLE"),
    concat!("ASIA", "Y34FZKBOKMUTVV7A"),
    concat!("sk_", "live_51HqLyjWDarjtT1zdp7dcABCD"),
    concat!("rk_", "test_51HqLyjWDarjtT1zdp7dcABCD"),
    concat!("ghp_", "Ky9Pf34qY6Nb3wWD25RQ4F5ZR3qa7y3gm1IL"),
    concat!("gho_", "16C7e42F292c6912E7710c838347Ae178B4a"),
    concat!(
        "github_",
        "pat_11ABCDEFG0abcdefghijkl_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVW"
    ),
    concat!(
        "sk-",
        "proj-abcDEF123456ghiJKL789012mnoPQR345678T3BlbkFJstuVWX901234yzaBCD567890"
    ),
    concat!("sk-", "1234567890abcdefT3BlbkFJ1234567890abcdef"),
    concat!(
        "sk-",
        "ant-api03-abcDEF123456ghiJKL789012mnoPQR345678stuVWX901234yzaBCD567890-_xAA"
    ),
    concat!("AIza", "SyD3asb-2pEZVqMkmL6M9N6nHZRR_znhrh0"),
    concat!(
        "xoxb-",
        "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
    ),
    concat!("xapp-", "1-A012ABCDEFG-1234567890123-abcdef0123456789"),
    concat!(
        "SG.",
        "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr"
    ),
    concat!("npm_", "abcdefghijklmnopqrstuvwxyz0123456789"),
    concat!(
        "pypi-",
        "AgEIcHlwaS5vcmcCJDA0ZTQ4YzAwLTZlMTQtNGI3Yy1hZTQ4LWEyMTIzNDU2Nzg5MAAC"
    ),
    concat!("glpat-", "Xy12abCDefGH34ijKLmn"),
    concat!("hf_", "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"),
    concat!(
        "dop_v1_",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    ),
    concat!("shpat_", "0123456789abcdef0123456789abcdef"),
    concat!("key-", "0123456789abcdef0123456789abcdef"),
    concat!("SK", "0123456789abcdef0123456789abcdef"),
    concat!("123456789:", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"),
    concat!(
        "MTk4NjIyNDgzNDcxOTI1MjQ4",
        ".Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
    ),
    concat!(
        "gsk_",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP"
    ),
    concat!("whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    concat!("hvs.", "CAESIJl7cvXyZ0123456789abcdefABCDEF"),
];
