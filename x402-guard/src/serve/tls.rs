//! TLS towards agents, who may show a certificate of their own.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::serve::error::ServeError;
use crate::serve::settings::TlsFile;

/// SHA-256 of the certificate that an agent showed, in an extension of each of its requests. Its issuer was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerCertificate(pub(crate) [u8; 32]);

impl PeerCertificate {
    /// Of a connection whose handshake is done.
    pub(crate) fn of<T>(stream: &TlsStream<T>) -> Option<Self> {
        let (_, connection) = stream.get_ref();
        let shown = connection.peer_certificates()?.first()?;
        Some(Self(Sha256::digest(shown).into()))
    }
}

/// Reads certificate and key, and whose agents' certificates are believed.
pub(crate) fn acceptor(file: &TlsFile) -> Result<TlsAcceptor, ServeError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = certificates(&file.certificate)?;
    let key = PrivateKeyDer::from_pem_reader(opened(&file.key)?)
        .map_err(|_| wrong(&file.key, "holds no private key in PEM form"))?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| ServeError::Tls(io::Error::other(error)))?;
    let builder = match &file.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for root in certificates(path)? {
                let added = roots.add(root);
                added.map_err(|_| wrong(path, "holds a certificate that cannot be read"))?;
            }
            // Who shows none may still have a token.
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider)
                .allow_unauthenticated()
                .build()
                .map_err(|_| wrong(path, "holds no certificate to believe others by"))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|_| wrong(&file.certificate, "does not belong to the key"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ServeError> {
    let all = CertificateDer::pem_reader_iter(opened(path)?).collect::<Result<Vec<_>, _>>();
    match all {
        Ok(all) if !all.is_empty() => Ok(all),
        _ => Err(wrong(path, "holds no certificate in PEM form")),
    }
}

fn opened(path: &Path) -> Result<BufReader<File>, ServeError> {
    let opened = File::open(path).map(BufReader::new);
    opened.map_err(|source| ServeError::ConfigUnread {
        path: path.to_owned(),
        source,
    })
}

fn wrong(path: &Path, problem: &str) -> ServeError {
    ServeError::Config {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}
