//! Where a server is, and how it is talked to.

use redis::{Client, ConnectionAddr, IntoConnectionInfo, TlsCertificates};

use super::{RedisConnectError, RedisOptions};

/// The client of the server at an address.
pub(super) fn client(address: &str, options: &RedisOptions) -> Result<Client, RedisConnectError> {
    let info = address.into_connection_info();
    let info = info.map_err(|_| RedisConnectError::Address)?;
    let encrypted = match info.addr() {
        // TLS that believes anybody is none.
        ConnectionAddr::TcpTls { insecure, .. } if *insecure => {
            return Err(RedisConnectError::Address);
        }
        ConnectionAddr::TcpTls { .. } => true,
        _ => false,
    };
    let settings = info.tcp_settings().clone().set_nodelay(true);
    // What the other side does not even acknowledge is given up, also where nobody waits for it any more.
    #[cfg(target_os = "linux")]
    let settings =
        settings.set_user_timeout(options.deadline.max(core::time::Duration::from_secs(1)));
    let info = info.set_tcp_settings(settings);
    if encrypted && rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else was faster, or it is this one from now on: there is one either way.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    let Some(pem) = &options.root_certificates else {
        return Client::open(info).map_err(|_| RedisConnectError::Address);
    };
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(pem.clone()),
    };
    // No certificate in it would mean to trust nobody, and be found out only when connecting.
    let any = pem.windows(10).any(|part| part == b"-----BEGIN");
    if !encrypted || !any {
        return Err(RedisConnectError::Certificate);
    }
    Client::build_with_tls(info, certificates).map_err(|_| RedisConnectError::Certificate)
}
