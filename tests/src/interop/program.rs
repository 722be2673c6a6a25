//! Finds what runs a script, and says how to get it when it is missing.

use std::path::{Path, PathBuf};
use tokio::process::Command;

/// Proxies of the machine must not see loopback traffic.
const PROXY_VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// What the peers need is not installed.
#[derive(Debug, thiserror::Error)]
#[error("{what} is missing at {}: run ./test.sh in the root of the repository, which installs it", path.display())]
pub(crate) struct NotInstalled {
    what: &'static str,
    path: PathBuf,
}

/// The folder of the peer scripts.
pub(crate) fn script_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop")
}

/// The interpreter for `script` of the folder `dir`, chosen by its extension.
pub(crate) fn interpreter(dir: &Path, script: &str) -> Result<PathBuf, NotInstalled> {
    if Path::new(script)
        .extension()
        .is_some_and(|extension| extension == "py")
    {
        return installed(
            "the Python environment of the peers",
            dir.join(".venv/bin/python"),
        );
    }
    installed("the peers' JavaScript packages", dir.join("node_modules"))?;
    Ok(PathBuf::from("node"))
}

fn installed(what: &'static str, path: PathBuf) -> Result<PathBuf, NotInstalled> {
    if path.exists() {
        Ok(path)
    } else {
        Err(NotInstalled { what, path })
    }
}

/// A command that runs `script`, which nothing outlives: it is killed when its handle is dropped.
pub(crate) fn command(script: &str) -> Command {
    let dir = script_dir();
    let program = interpreter(&dir, script).unwrap_or_else(|missing| panic!("{missing}"));
    let mut command = Command::new(program);
    command.arg(script).current_dir(dir).kill_on_drop(true);
    for variable in PROXY_VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// What a failed start of `script` means to whoever reads the test's output.
pub(crate) fn cannot_start(script: &str, error: &std::io::Error) -> String {
    format!(
        "cannot start {script}: {error}; ./test.sh in the root of the repository installs node and Python"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_packages_name_the_script_that_installs_them() {
        let empty = tempfile::tempdir().unwrap();
        for script in ["seller-express-v2.cjs", "seller_fastapi.py"] {
            let message = interpreter(empty.path(), script).unwrap_err().to_string();
            assert!(message.contains("./test.sh"), "{message}");
        }
    }
}
