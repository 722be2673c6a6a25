"""The processes that take part: official sellers, their facilitator, and the guard. They end with this program."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Callable

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = HERE.parent / "interop"

# Key 0 of every local EVM development node: public, and worthless on any real chain.
PUBLIC_TEST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
PATIENCE = 60


def environment(**more: str) -> dict[str, str]:
    """The environment without proxies, which must not see loopback traffic, and without settings of another guard."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith("X402_")
    }
    return kept | more


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def end(child: subprocess.Popen) -> None:
    """Ends a child, and everything in its process group."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, how)
        except ProcessLookupError:
            break
        try:
            child.wait(timeout=10)
            break
        except subprocess.TimeoutExpired:
            continue


class Process:
    """A child in a process group of its own, and the address at which it says that it listens."""

    def __init__(
        self,
        name: str,
        command: list[str],
        env: dict[str, str],
        ready: Callable[[str], Any],
        cwd: Path,
        log: Path,
        reads_stdout: bool,
    ) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as rest:
            self.child = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if reads_stdout else rest,
                stderr=rest if reads_stdout else subprocess.PIPE,
                start_new_session=True,
                text=True,
            )
        self.said: list[str] = []
        self.address: Any = None
        listening = threading.Event()
        stream = self.child.stdout if reads_stdout else self.child.stderr

        def read() -> None:
            for line in stream:
                self.said.append(line)
                if self.address is None and (address := ready(line)):
                    self.address = address
                    listening.set()
            listening.set()

        threading.Thread(target=read, daemon=True).start()
        listening.wait(PATIENCE)
        if self.address is None:
            self.end()
            output = "".join(self.said[-20:]) + log.read_text(errors="replace")[-4000:]
            raise RuntimeError(f"{name} does not listen:\n{output}")

    def end(self) -> None:
        end(self.child)


def ready_line(line: str) -> str | None:
    """What the peers print when they can be called."""
    try:
        return json.loads(line).get("ready")
    except (json.JSONDecodeError, AttributeError):
        return None


def served_at(line: str) -> tuple[str, str] | None:
    """What the guard logs when it serves: where agents ask, and where operators do."""
    try:
        fields = json.loads(line)["fields"]
        return f"http://{fields['listen']}", f"http://{fields['admin']}"
    except (json.JSONDecodeError, KeyError, TypeError):
        return None


class Task:
    """A program that runs to its end beside everything else."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as out:
            self.child = subprocess.Popen(
                command, cwd=log.parent, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    def outcome(self) -> tuple[int, str]:
        """Its exit code, and what it said."""
        code = self.child.wait(timeout=3 * PATIENCE)
        return code, self.log.read_text(errors="replace")

    def end(self) -> None:
        end(self.child)


class Guard:
    """A running `x402-guard serve`, with one agent that it pays for and one that signs itself."""

    def __init__(self, process: Process, tokens: dict[str, str]) -> None:
        self.process = process
        self.url, self.admin = process.address
        self.tokens = tokens

    @property
    def pid(self) -> int:
        return self.process.child.pid

    def through(self, url: str) -> str:
        return f"{self.url}/{url.replace('://', '/', 1)}"

    def header(self, agent: str) -> dict[str, str]:
        return {"X-X402-Agent-Token": self.tokens[agent]}

    def environment(self, agent: str) -> dict[str, str]:
        """What the examples are started with. Only an agent that signs has a key."""
        env = environment(X402_GUARD=self.url, X402_TOKEN=self.tokens[agent])
        if agent == "screen":
            env["X402_PRIVATE_KEY"] = PUBLIC_TEST_KEY
        return env


class Stage:
    """Everything that runs."""

    def __init__(self, binary: Path) -> None:
        self.binary = binary
        self.folder = tempfile.TemporaryDirectory(prefix="x402-clients-")
        self.path = Path(self.folder.name)
        self.processes: list[Process | Task] = []

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.end()
        self.folder.cleanup()

    def start(self, name: str, command: list[str], env: dict[str, str], **how: Any) -> Process:
        log = self.path / f"{len(self.processes)}-{name}.log"
        process = Process(name, command, env, log=log, **how)
        self.processes.append(process)
        return process

    def begin(self, name: str, command: list[str], env: dict[str, str]) -> Task:
        task = Task(command, env, self.path / f"{name}.log")
        self.processes.append(task)
        return task

    def peer(self, script: str, **env: str) -> str:
        """Starts a script of `tests/interop`, and returns its address."""
        runner = "node" if script.endswith(".cjs") else sys.executable
        how = {"ready": ready_line, "cwd": PEERS, "reads_stdout": True}
        return self.start(script, [runner, script], environment(**env), **how).address

    def facilitator(self, name: str) -> "Facilitator":
        log = self.path / f"{name}.jsonl"
        return Facilitator(self.peer("stub-facilitator.cjs", EXCHANGE_LOG=str(log)), log)

    def guard(self, name: str, policy: str, more: str = "", agents: bool = True, **env: str) -> Guard:
        """Starts a guard under a policy; `more` is put at the end of its `guard.toml`."""
        folder = self.path / name
        folder.mkdir()
        (folder / "policy.toml").write_text(policy)
        tokens = {mode: f"the-token-of-{name}-{mode}" for mode in ("pay", "screen")} if agents else {}
        lines = [
            'listen = "127.0.0.1:0"',
            'admin_listen = "127.0.0.1:0"',
            'policy = "policy.toml"',
            'state_dir = "state"',
            'key_env = "GUARD_KEY"',
            '[egress]\nallow = ["127.0.0.1"]',
        ]
        for mode, token in tokens.items():
            digest = hashlib.sha256(token.encode()).hexdigest()
            lines.append(f'[[agents]]\nid = "{mode}"\nmode = "{mode}"\ntoken_sha256 = "{digest}"')
        (folder / "guard.toml").write_text("\n".join(lines) + "\n" + more)
        command = [str(self.binary), "serve", "--config", str(folder / "guard.toml"), "--log-format", "json"]
        process = self.start(
            name,
            command,
            environment(GUARD_KEY=PUBLIC_TEST_KEY, **env),
            ready=served_at,
            cwd=folder,
            reads_stdout=False,
        )
        return Guard(process, tokens)


class Facilitator:
    """A running stub, and what it was asked."""

    def __init__(self, address: str, log: Path) -> None:
        self.address = address
        self.log = log

    def text(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def settled(self) -> int:
        return sum(json.loads(line)["path"] == "/settle" for line in self.text().splitlines())

    def since(self, before: str) -> str:
        return self.text()[len(before) :]


def run(command: list[str], env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs an agent to its end."""
    return subprocess.run(
        command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
