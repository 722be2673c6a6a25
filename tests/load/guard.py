"""x402-guard as a child process, with an agent for each token."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import time

KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
ADMIN = "token-of-the-operators"


# Until a guard serves; a debug build on a busy machine needs a few.
SECONDS_TO_START = 60


def token(agent):
    return f"token-of-agent-{agent:04}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Guard:
    """One running service; its state is in a folder that outlives it."""

    def __init__(self, binary, folder, agents, policy, limits="", state="state", log=None, preexec=None, **env):
        self.binary, self.folder, self.env, self.preexec = binary, folder, env, preexec
        self.state = os.path.join(folder, state)
        self.log_path = log or f"{self.state}/audit.jsonl"
        if log:
            policy += f'[audit]\npath = "{log}"\n'
        with open(f"{folder}/policy.toml", "w") as file:
            file.write(policy)
        with open(f"{folder}/guard.toml", "w") as file:
            file.write(f'policy = "policy.toml"\nstate_dir = "{self.state}"\n[egress]\nallow = ["127.0.0.1"]\n')
            if limits:
                file.write(f"[limits]\n{limits}\n")
            for agent in range(agents):
                file.write(f'[[agents]]\nid = "agent-{agent}"\ntoken_env = "TOKEN_{agent}"\n')
            self.agents = agents

    def start(self):
        env = {f"TOKEN_{agent}": token(agent) for agent in range(self.agents)}
        env |= {"PATH": os.environ["PATH"], "HOME": self.folder, "X402_PRIVATE_KEY": KEY, "X402_ADMIN_TOKEN": ADMIN}
        log = open(f"{self.folder}/guard.log", "ab")
        at = log.tell()
        self.child = subprocess.Popen(
            [self.binary, "serve", "--config", "guard.toml", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
             "--log-format", "json"],
            cwd=self.folder, env=env | self.env, stderr=log, preexec_fn=self.preexec,
        )
        log.close()
        until = time.monotonic() + SECONDS_TO_START
        while self.child.poll() is None and time.monotonic() < until:
            with open(f"{self.folder}/guard.log", "rb") as file:
                file.seek(at)
                for line in file:
                    if b"x402-guard serves" in line:
                        fields = json.loads(line)["fields"]
                        self.port = int(fields["listen"].rsplit(":", 1)[1])
                        self.admin = int(fields["admin"].rsplit(":", 1)[1])
                        return self
            try:
                self.child.wait(0.02)
            except subprocess.TimeoutExpired:
                pass
        self.kill()
        with open(f"{self.folder}/guard.log") as file:
            raise SystemExit(f"the guard did not start:\n{file.read()}")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        # Whatever did not hold, nothing is left running.
        if self.child.poll() is None:
            self.kill()

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        assert self.child.wait(60) == 0, "the guard did not stop as asked"

    def memory_mib(self):
        with open(f"/proc/{self.child.pid}/status") as file:
            sizes = dict(line.split(":", 1) for line in file if ":" in line)
        return int(sizes["VmHWM"].split()[0]) // 1024

    def processor_seconds(self):
        with open(f"/proc/{self.child.pid}/stat") as file:
            fields = file.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def verify(self):
        """The log is as it was written; what a crash left open is no break."""
        return self.run("audit", "verify", self.log_path, "--json")

    def ledger(self, *words):
        return self.run("ledger", *words, "--json")

    def run(self, *words):
        """What a command says that is given this guard's state."""
        env = {"HOME": self.folder, "X402_STATE_DIR": self.state} | self.env
        done = subprocess.run([self.binary, *words], capture_output=True, text=True, env=env, timeout=60)
        if not done.stdout:
            raise SystemExit(f"x402-guard {' '.join(words)}: {done.stderr}")
        return json.loads(done.stdout)

    async def ready(self):
        """Status and code of /ready."""
        status, body = await ask(self.admin, "/ready", 0)
        return status, json.loads(body).get("code")


async def ask(port, path, agent, timeout=60):
    """Status and body, or None where the connection broke off."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: guard\r\nConnection: close\r\n"
                     f"X-X402-Agent-Token: {token(agent)}\r\n\r\n".encode())
        async with asyncio.timeout(timeout):
            answer = await reader.read()
    except (OSError, asyncio.TimeoutError):
        return None
    finally:
        writer.close()
    if not answer.startswith(b"HTTP/1.1 ") or b"\r\n\r\n" not in answer:
        return None
    return int(answer.split(b" ", 2)[1]), answer.split(b"\r\n\r\n", 1)[1]
