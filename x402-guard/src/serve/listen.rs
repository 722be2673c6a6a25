//! Connections that come in.

use core::convert::Infallible;
use core::future::Future;
use core::time::Duration;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::BoxError;
use axum::body::Body;
use http::{Request, Response};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::{Service, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::serve::error::ServeError;
use crate::serve::idle::IdleBody;
use crate::serve::settings::Limits;
use crate::serve::stalled::Stalled;
use crate::serve::tls::PeerCertificate;
use crate::serve::workers::Workers;

/// Largest head of a request, in bytes: a payment of 64 KiB, its cookies and more.
const MAX_HEAD_BYTES: usize = 192 * 1024;
/// A pause after the system refused a connection, as it does when there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(50);

/// Where a request's connection comes from, in its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerAddress(pub(crate) IpAddr);

/// Takes a place to listen.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })
}

/// Serves until it is asked to stop; then waits for what is under way, and at most for so long as `limits` say. Without
/// `workers` connections stay on the runtime that this runs on.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    workers: Option<Arc<Workers>>,
    tls: Option<TlsAcceptor>,
    service: S,
    limits: Limits,
    mut stopped: watch::Receiver<bool>,
) where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    let service = ServiceBuilder::new()
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_body_chunk(())
                .on_eos(()),
        )
        .layer(CatchPanicLayer::new())
        .map_request(move |request: Request<Incoming>| {
            request.map(|body| match body.is_end_stream() {
                true => Body::empty(),
                false => Body::new(IdleBody::new(body, limits.idle_body)),
            })
        })
        .map_response(move |response: Response<Body>| {
            response.map(|body| IdleBody::new(body, limits.idle_body))
        })
        .service(service);
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX));
    let room = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&room).acquire_owned() => permit,
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        let taken = accepted.and_then(|(stream, peer)| Ok((stream.into_std()?, peer)));
        let Ok((stream, peer)) = taken else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let _best_effort = stream.set_nodelay(true);
        let server = server.clone();
        let service = ServiceBuilder::new()
            .map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(PeerAddress(peer.ip()));
                request
            })
            .service(service.clone());
        let (tls, watcher) = (tls.clone(), graceful.watcher());
        let connection = async move {
            // Where it is served: a connection belongs to the runtime that made it.
            let stream = match TcpStream::from_std(stream) {
                Ok(stream) => Stalled::new(stream, limits.idle_body),
                Err(error) => return tracing::debug!(%error, "a connection broke off"),
            };
            let ended = match tls {
                None => serve_one(&server, watcher, stream, service).await,
                Some(tls) => match timeout(limits.head, tls.accept(stream)).await {
                    Ok(Ok(stream)) => {
                        let peer = PeerCertificate::of(&stream);
                        let service = ServiceBuilder::new()
                            .map_request(move |mut request: Request<Incoming>| {
                                if let Some(peer) = peer {
                                    request.extensions_mut().insert(peer);
                                }
                                request
                            })
                            .service(service);
                        serve_one(&server, watcher, stream, service).await
                    }
                    Ok(Err(error)) => Err(error.into()),
                    Err(late) => Err(late.into()),
                },
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(permit);
        };
        match &workers {
            Some(workers) => workers.spawn(connection),
            None => drop(tokio::spawn(connection)),
        }
    }
    drop(listener);
    if timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still open when the time to drain them ran out");
    }
}

/// The span of a request: without its URL, which may hold personal data (attack 116).
fn span(request: &Request<Incoming>) -> Span {
    tracing::debug_span!("request", method = %request.method(), version = ?request.version())
}

/// One connection, to its end.
async fn serve_one<I, S, B>(
    server: &Builder<TokioExecutor>,
    watcher: Watcher,
    stream: I,
    service: S,
) -> Result<(), BoxError>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let service = TowerToHyperService::new(service);
    let served = server.serve_connection(TokioIo::new(stream), service);
    watcher.watch(served.into_owned()).await
}

/// Ends when the process is asked to stop. It listens from now on, not from when it is awaited.
#[cfg(unix)]
pub(crate) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the process is asked to stop.
#[cfg(not(unix))]
pub(crate) fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
