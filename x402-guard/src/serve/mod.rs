//! `x402-guard serve`: the guard as a service, on the path of payments.
//!
//! | part | does |
//! |---|---|
//! | [`mod@gateway`] | agents of any language buy through it; it pays, or looks at what they sign |
//! | [`seller`] | stands in front of a seller, and relays to its facilitator |
//! | [`api`] | decides for whoever asks and pays elsewhere |
//! | [`admin`] | health, metrics, reloading and the kill switch, on a port of its own |
//! | [`egress`] | where requests may go |

mod admin;
mod agents;
mod api;
pub(crate) mod args;
mod budgets;
mod checked_log;
mod demo;
mod departure;
mod egress;
mod error;
mod gateway;
mod guards;
mod hop;
mod idle;
mod listen;
mod metrics;
mod problem;
mod ready;
mod seller;
mod settings;
mod stalled;
mod target;
mod tls;
mod upstream;
mod workers;

use core::convert::Infallible;
use core::pin::pin;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use tokio::sync::watch;
use tower::{ServiceExt as _, service_fn};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use x402_tower::evm::LocalEvmSigner;

use crate::exit::Exit;
use crate::fetch::key::NoKey;
use crate::serve::admin::Admin;
use crate::serve::agents::Agents;
use crate::serve::api::Api;
use crate::serve::args::{HealthArgs, LogFormat, ServeArgs};
use crate::serve::budgets::Budgets;
use crate::serve::demo::Demo;
use crate::serve::departure::Followed;
use crate::serve::error::ServeError;
use crate::serve::gateway::Gateway;
use crate::serve::guards::Guards;
use crate::serve::metrics::Metrics;
use crate::serve::seller::{FACILITATOR, FacilitatorRelay, Seller};
use crate::serve::settings::Settings;
use crate::serve::upstream::Upstream;
use crate::serve::workers::Workers;
use crate::shown::note;

/// Serves until it is asked to stop.
pub(crate) fn run(args: &ServeArgs) -> Exit {
    log_to_stderr(args.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Runtime);
    match runtime.and_then(|runtime| runtime.block_on(serve(args))) {
        Ok(()) => Exit::Done,
        Err(error) => {
            note(&error);
            Exit::Failed
        }
    }
}

/// Asks a running service whether it is ready, for containers that have no shell.
pub(crate) fn health(args: &HealthArgs) -> Exit {
    const PATIENCE: Duration = Duration::from_secs(3);
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&args.admin_listen, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(64 * 1024).read_to_string(&mut answer)?;
        Ok(answer)
    };
    match ask() {
        Ok(answer) if answer.starts_with("HTTP/1.1 200 ") => Exit::Done,
        Ok(answer) => {
            let status = answer.lines().next().unwrap_or("no answer").to_owned();
            note(format_args!(
                "not ready: {}",
                crate::shown::Foreign(&status)
            ));
            Exit::Failed
        }
        Err(error) => {
            note(format_args!(
                "{} does not answer: {error}",
                args.admin_listen
            ));
            Exit::Failed
        }
    }
}

async fn serve(args: &ServeArgs) -> Result<(), ServeError> {
    let mut stop = pin!(listen::stop_signal().map_err(ServeError::Runtime)?);
    let mut settings = Settings::read(args)?;
    let (demo, signer) = if args.demo {
        let (demo, signer) = Demo::open().await?;
        demo.adjust(&mut settings)?;
        (Some(demo), Some(signer))
    } else {
        (None, settings.key_name.signer()?)
    };
    let metrics = Metrics::install()?;
    let guards = Arc::new(Guards::open(&settings, signer.is_some()).await?);
    let agents = Arc::new(agents(&settings, &guards)?);
    if agents.is_empty() && settings.seller.is_none() {
        return Err(ServeError::Nobody);
    }
    let asks_for_certificates = settings
        .tls
        .as_ref()
        .is_some_and(|tls| tls.client_ca.is_some());
    if agents.know_certificates() && !asks_for_certificates {
        return Err(ServeError::NoClientCa);
    }
    let upstream = Upstream::new(settings.rule.clone(), &settings.limits)?;
    let followed = Followed::new(settings.limits.connections);
    let gateway = gateway(
        &settings,
        &guards,
        &agents,
        signer,
        upstream,
        followed.clone(),
    )?;
    let api = Api::new(Arc::clone(&agents), Arc::clone(&guards))?.router();
    // What the operator named may be anywhere, also on this machine.
    let trusted = Upstream::new(
        egress::AddressRule::new(&["0.0.0.0/0".into(), "::/0".into()])?,
        &settings.limits,
    )?;
    let relay = relay(&settings, &guards, &agents, &trusted);

    let (stopping, stopped) = watch::channel(false);
    let buyers = listen::bind(settings.listen).await?;
    let operators = listen::bind(settings.admin_listen).await?;
    let addresses = (
        local(&buyers, settings.listen),
        local(&operators, settings.admin_listen),
    );
    let shop = match &settings.seller {
        Some(seller) => Some(listen::bind(seller.listen).await?),
        None => None,
    };
    let mut running = tokio::task::JoinSet::new();
    let limits = settings.limits;
    let token = settings.admin_token.as_deref();
    let budgets = Budgets::new(Arc::clone(&agents));
    let admin = Admin::new(Arc::clone(&guards), metrics.clone(), budgets, token).router();
    let admin = service_fn(move |request: Request<Body>| admin.clone().oneshot(request));
    // Not by the workers: operators are answered also where every one of them is busy.
    running.spawn(listen::serve(
        operators,
        None,
        None,
        admin,
        limits,
        stopped.clone(),
    ));
    tokio::spawn(metrics.keep_up());
    reload_on_hangup(Arc::clone(&guards)).map_err(ServeError::Runtime)?;
    // Operators are answered meanwhile; whoever wants to buy waits.
    tokio::select! {
        checked = guards.log.check() => checked?,
        () = &mut stop => return Ok(()),
    }
    let front = Arc::new(Front {
        gateway,
        api,
        relay,
    });
    let front = service_fn(move |request: Request<Body>| {
        let front = Arc::clone(&front);
        async move { front.answer(request).await }
    });
    let workers = Arc::new(Workers::start().map_err(ServeError::Runtime)?);
    let tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
    running.spawn(listen::serve(
        buyers,
        Some(Arc::clone(&workers)),
        tls,
        front,
        limits,
        stopped.clone(),
    ));
    if let (Some(seller), Some(guard), Some(listener)) = (&settings.seller, &guards.seller, shop) {
        tracing::info!(address = %local(&listener, seller.listen), "the seller's gateway listens");
        let seller = Arc::new(Seller::new(guard, trusted, seller.upstream.clone()));
        let front = service_fn(move |request: Request<Body>| {
            let seller = Arc::clone(&seller);
            Box::pin(async move { Ok::<_, Infallible>(seller.answer(request).await) })
        });
        running.spawn(listen::serve(
            listener,
            Some(Arc::clone(&workers)),
            None,
            front,
            limits,
            stopped,
        ));
    }

    for agent in agents.iter() {
        tracing::info!(agent = agent.id.as_str(), mode = ?agent.mode, "may ask");
    }
    tracing::info!(listen = %addresses.0, admin = %addresses.1, "x402-guard serves");
    if let Some(demo) = &demo {
        // Whoever closed standard output does not want to be told.
        let _unheard = demo.introduce(addresses.0, addresses.1);
    }
    stop.await;
    tracing::info!("asked to stop; payments under way come to their end");
    stopping.send_replace(true);
    // One time for all: whoever asked for the stop kills what takes longer.
    let late = tokio::time::sleep(limits.drain);
    while running.join_next().await.is_some() {}
    followed.ended(late).await;
    drop(workers);
    if let Some(demo) = demo {
        demo.close().await;
    }
    Ok(())
}

/// What answers agents, and whom they share the port with.
struct Front {
    gateway: Gateway,
    api: axum::Router,
    relay: Option<FacilitatorRelay>,
}

impl Front {
    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        if target::is_for_gateway(&request) {
            return Ok(self.gateway.answer(request).await);
        }
        match &self.relay {
            Some(relay) if request.uri().path().starts_with(FACILITATOR) => {
                Ok(relay.answer(request).await)
            }
            _ => self.api.clone().oneshot(request).await,
        }
    }
}

/// Everybody who may ask.
fn agents(settings: &Settings, guards: &Guards) -> Result<Agents, ServeError> {
    let mut agents = Agents::read(&settings.agents)?;
    if let Some(token) = &settings.agent_token {
        let policy = guards.policy();
        let id = policy.agent_id.as_deref().unwrap_or("agent");
        agents.add_token(token, id, settings.agent_mode)?;
    }
    Ok(agents)
}

/// The gateway, with the key where there is one; without, whoever asks it to pay is told what is missing.
fn gateway(
    settings: &Settings,
    guards: &Guards,
    agents: &Arc<Agents>,
    signer: Option<LocalEvmSigner>,
    upstream: Upstream,
    followed: Followed,
) -> Result<Gateway, ServeError> {
    let agents = Arc::clone(agents);
    let rule = settings.rule.clone();
    let (guard, explains) = (&guards.buyer, settings.explain);
    match signer {
        Some(signer) => Gateway::new(agents, rule, guard, signer, upstream, explains, followed),
        None => {
            let no_key = NoKey(settings.key_name.clone());
            Gateway::new(agents, rule, guard, no_key, upstream, explains, followed)
        }
    }
}

fn relay(
    settings: &Settings,
    guards: &Guards,
    agents: &Arc<Agents>,
    upstream: &Upstream,
) -> Option<FacilitatorRelay> {
    let facilitator = settings.seller.as_ref()?.facilitator.clone()?;
    let guard = guards.facilitator.as_ref()?;
    let agents = Arc::clone(agents);
    Some(FacilitatorRelay::new(
        agents,
        guard,
        upstream.clone(),
        facilitator,
    ))
}

fn local(listener: &tokio::net::TcpListener, asked: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(asked)
}

/// Loads the policy again at every SIGHUP.
#[cfg(unix)]
fn reload_on_hangup(guards: Arc<Guards>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            let guards = Arc::clone(&guards);
            match tokio::task::spawn_blocking(move || guards.reload()).await {
                Ok(Ok(revision)) => tracing::info!(%revision, "the policy was loaded again"),
                Ok(Err(error)) => tracing::error!(%error, "the policy stays as it was"),
                Err(error) => tracing::error!(%error, "the policy stays as it was"),
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn reload_on_hangup(_: Arc<Guards>) -> std::io::Result<()> {
    Ok(())
}

fn log_to_stderr(format: LogFormat) {
    let level = std::env::var("RUST_LOG")
        .ok()
        .and_then(|level| level.parse::<LevelFilter>().ok())
        .unwrap_or(LevelFilter::INFO);
    // At a finer level libraries write out what they send and receive: URLs, headers, signatures.
    let ours = [
        "x402_guard",
        "x402_tower",
        "x402_tower_reqwest",
        "tower_http",
    ];
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(ours.map(|target| (target, level)));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    let registry = tracing_subscriber::registry();
    match format {
        LogFormat::Text => registry.with(lines.with_filter(targets)).init(),
        LogFormat::Json => registry.with(lines.json().with_filter(targets)).init(),
    }
}
