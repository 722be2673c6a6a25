//! Servers in the test's own process.

use axum::Router;
use tokio::net::TcpListener;

/// A free loopback port, and its address: `http://127.0.0.1:PORT`.
pub(crate) async fn bind() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free loopback port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    (listener, format!("http://{address}"))
}

/// Serves `app` on the running tokio runtime, for as long as that runs.
pub(crate) fn serve(listener: TcpListener, app: Router) {
    tokio::spawn(async move { axum::serve(listener, app).await });
}

/// Serves `app` on a free loopback port; the result is its address.
///
/// # Panics
///
/// If no port can be had.
pub async fn spawn_app(app: Router) -> String {
    let (listener, address) = bind().await;
    serve(listener, app);
    address
}
