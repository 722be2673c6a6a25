//! Agents that are known by a certificate.

use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use sha2::{Digest as _, Sha256};

use super::buying::POLICY;
use super::service::Service;
use crate::program::Home;

/// A certificate and its key in files, and the digest of the certificate.
fn issued(home: &Home, name: &str, by: &CertifiedIssuer<'_, KeyPair>) -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.signed_by(&key, by).unwrap();
    home.write(&format!("{name}.pem"), &certificate.pem());
    home.write(&format!("{name}.key"), &key.serialize_pem());
    let digest = Sha256::digest(certificate.der());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn authority(home: &Home, name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // As verifiers take a certificate that has its issuer's name for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, name);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    home.write(&format!("{name}.pem"), &issuer.pem());
    issuer
}

/// The status that curl gets for /v1/budget, and the body.
fn budget(home: &Home, service: &Service, with: &[&str]) -> String {
    let url = format!("https://localhost:{}/v1/budget", service.guard.port());
    let asked = Command::new("curl")
        .current_dir(home.path())
        .args(["-s", "--cacert", "ca.pem", "-w", " %{http_code}"])
        .args(with)
        .arg(url)
        .output()
        .expect("curl is needed: apt-get install curl");
    String::from_utf8(asked.stdout).unwrap()
}

#[test]
fn a_certificate_says_who_asks() {
    let home = Home::new();
    let (ca, other) = (authority(&home, "ca"), authority(&home, "other"));
    issued(&home, "server", &ca);
    let agent = issued(&home, "agent", &ca);
    issued(&home, "stranger", &ca);
    issued(&home, "forged", &other);
    let guard = format!(
        "[tls]\ncertificate = \"server.pem\"\nkey = \"server.key\"\nclient_ca = \"ca.pem\"\n\
         [[agents]]\nid = \"certified\"\ncertificate_sha256 = {agent:?}\n"
    );
    let service = Service::start_with(&home, POLICY, &guard, |_| {});
    let known = budget(
        &home,
        &service,
        &["--cert", "agent.pem", "--key", "agent.key"],
    );
    assert!(
        known.contains("certified") && known.ends_with(" 200"),
        "{known}"
    );
    let unknown = budget(
        &home,
        &service,
        &["--cert", "stranger.pem", "--key", "stranger.key"],
    );
    assert!(unknown.ends_with(" 401"), "{unknown}");
    let none = budget(&home, &service, &[]);
    assert!(none.ends_with(" 401"), "{none}");
    let forged = budget(
        &home,
        &service,
        &["--cert", "forged.pem", "--key", "forged.key"],
    );
    assert!(forged.ends_with(" 000"), "{forged}");
}
