//! `x402-guard fetch`: a request that pays inside a policy.

mod body;
mod client;
pub(crate) mod error;
pub(crate) mod key;
pub(crate) mod log;
mod order;
pub(crate) mod policy;
mod report;
pub(crate) mod state;

use std::io;

use tokio::runtime;

use crate::args::FetchArgs;
use crate::exit::Exit;
use crate::fetch::error::SetupError;
use crate::fetch::order::Order;
use crate::fetch::report::Report;
use crate::shown::note;

/// Fetches, pays if need be, prints the answer and says what happened.
pub(crate) fn run(args: &FetchArgs) -> Exit {
    let order = match Order::read(args) {
        Ok(order) => order,
        Err(error) => {
            note(format_args!("{error}\nSee 'x402-guard fetch --help'."));
            return Exit::Usage;
        }
    };
    let mut report = Report::default();
    let ended = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(SetupError::Runtime)
        .and_then(|runtime| runtime.block_on(fetch(args, order, &mut report)));
    let exit = ended.unwrap_or_else(|error| {
        report.fail(error.to_string());
        Exit::Failed
    });
    if let Some(error) = report.error() {
        note(error);
    }
    if args.json
        && let Err(error) = report.print(&mut io::stdout().lock())
    {
        note(format_args!("the report cannot be printed: {error}"));
        return if exit == Exit::Done {
            Exit::Failed
        } else {
            exit
        };
    }
    exit
}

async fn fetch(args: &FetchArgs, order: Order, report: &mut Report) -> Result<Exit, SetupError> {
    let client = client::build(args, &order.key_name).await?;
    let data = args.data.as_deref().map(body::read).transpose()?;
    let response = match order.send(&client, data).await {
        Ok(response) => response,
        Err(error) => return Ok(report.unanswered(&error)),
    };
    let exit = report.answered(&response);
    let delivered = if args.json {
        body::collect(response).await.map(|body| report.keep(body))
    } else {
        body::stream(response, &mut io::stdout().lock()).await
    };
    Ok(match delivered {
        Ok(()) => exit,
        Err(error) => report.undelivered(exit, &error),
    })
}
