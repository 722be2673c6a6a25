"""x402-guard as a child process, with an agent for each token."""

import asyncio
import json
import os
import signal
import subprocess

KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
ADMIN = "token-of-the-operators"


def token(agent):
    return f"token-of-agent-{agent:04}"


class Guard:
    """One running service; its state is in a folder that outlives it."""

    def __init__(self, binary, folder, agents, policy, **env):
        self.binary, self.folder, self.env = binary, folder, env
        with open(f"{folder}/policy.toml", "w") as file:
            file.write(policy)
        with open(f"{folder}/guard.toml", "w") as file:
            file.write('policy = "policy.toml"\nstate_dir = "state"\n[egress]\nallow = ["127.0.0.1"]\n')
            for agent in range(agents):
                file.write(f'[[agents]]\nid = "agent-{agent}"\ntoken_env = "TOKEN_{agent}"\n')
            self.agents = agents

    def start(self):
        env = {f"TOKEN_{agent}": token(agent) for agent in range(self.agents)}
        env |= {"PATH": os.environ["PATH"], "HOME": self.folder, "X402_PRIVATE_KEY": KEY, "X402_ADMIN_TOKEN": ADMIN}
        self.log = open(f"{self.folder}/guard.log", "ab")
        at = self.log.tell()
        self.child = subprocess.Popen(
            [self.binary, "serve", "--config", "guard.toml", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
             "--log-format", "json"],
            cwd=self.folder, env=env | self.env, stderr=self.log,
        )
        while self.child.poll() is None:
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

    def verify(self):
        """The log is as it was written; what a crash left open is no break."""
        log = f"{self.folder}/state/audit.jsonl"
        done = subprocess.run([self.binary, "audit", "verify", log, "--json"], capture_output=True, text=True,
                              env={"HOME": self.folder})
        return json.loads(done.stdout)


async def ask(port, path, agent, timeout=60):
    """Status and body, or None where the connection broke off."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: guard\r\nConnection: close\r\n"
                     f"X-X402-Agent-Token: {token(agent)}\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), timeout)
    except (OSError, asyncio.TimeoutError):
        return None
    finally:
        writer.close()
    if not answer.startswith(b"HTTP/1.1 ") or b"\r\n\r\n" not in answer:
        return None
    return int(answer.split(b" ", 2)[1]), answer.split(b"\r\n\r\n", 1)[1]
