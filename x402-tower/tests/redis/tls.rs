//! `rediss://`.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use x402_tower::store::{RedisConnectError, RedisOptions, RedisStore};
use x402_tower::testing::RedisServer;

use crate::ground::{amount, id, reserve};

fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), Issuer::new(params, key))
}

/// A server with a certificate for `localhost`, and the certificate of who signed it.
fn encrypted() -> (RedisServer, String) {
    let (pem, issuer) = authority();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let folder = tempfile::tempdir().unwrap().keep();
    std::fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    let server = RedisServer::start_in(
        &folder,
        &[
            "--tls-port",
            "%port",
            "--tls-cert-file",
            "%folder/cert.pem",
            "--tls-key-file",
            "%folder/key.pem",
            "--tls-ca-cert-file",
            "%folder/cert.pem",
            "--tls-auth-clients",
            "no",
        ],
    );
    (server, pem)
}

async fn connect(
    host: &str,
    server: &RedisServer,
    pem: &str,
) -> Result<RedisStore, RedisConnectError> {
    let url = format!("rediss://{host}:{}", server.port());
    let options = RedisOptions::new("a test").root_certificates(pem);
    RedisStore::connect(&url, options).await
}

#[tokio::test]
async fn a_server_with_a_certificate_of_the_named_authority_is_used() {
    let (server, pem) = encrypted();
    let store = connect("localhost", &server, &pem).await.unwrap();
    reserve(&store, id(1), &[amount(50)]).await.unwrap();
}

#[tokio::test]
async fn another_authority_or_name_is_refused() {
    let (server, pem) = encrypted();
    let unreachable = Some(RedisConnectError::Unreachable);
    let (other, _) = authority();
    assert_eq!(
        connect("localhost", &server, &other).await.err(),
        unreachable
    );
    assert_eq!(connect("127.0.0.1", &server, &pem).await.err(), unreachable);
    let url = format!("rediss://localhost:{}", server.port());
    let systems = RedisStore::connect(&url, RedisOptions::new("a test")).await;
    assert_eq!(systems.err(), unreachable);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_refused_before_anybody_is_asked() {
    let certificate = Some(RedisConnectError::Certificate);
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (url, pem) in [
        ("rediss://127.0.0.1:1", "nothing"),
        ("rediss://127.0.0.1:1", broken),
        ("redis://127.0.0.1:1", authority().0.as_str()),
    ] {
        let options = RedisOptions::new("a test").root_certificates(pem);
        assert_eq!(RedisStore::connect(url, options).await.err(), certificate);
    }
}
