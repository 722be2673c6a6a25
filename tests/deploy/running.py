"""Servers that a check starts, and that end with it."""

import contextlib
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import settings

PATIENCE = 20


def free_port():
    """Below those that the system gives to connections, which may be taken until the port is listened on."""
    for port in random.sample(range(20000, 30000), 100):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("none of a hundred ports is free")


def ask(url, method="GET", headers=None, timeout=15, context=None):
    """Status and text of an answer, also of one that refuses; never by a proxy."""
    request = urllib.request.Request(url, method=method, headers=headers or {})
    handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)]
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def until(what, condition):
    """Waits until the condition gives something true, and gives that."""
    end = time.monotonic() + PATIENCE
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.05)


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="x402-deploy-") as path:
        yield pathlib.Path(path)


def clean_environment(extra):
    """The environment without what would set the guard up otherwise."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("X402_") and name.lower() not in ("http_proxy", "https_proxy", "rust_log")
    }
    return kept | extra


@contextlib.contextmanager
def process(command, log, environment):
    with open(log, "wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=clean_environment(environment))
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


class Guard:
    """A guard that serves."""

    def __init__(self, port, admin, log):
        self.agents = f"http://127.0.0.1:{port}"
        self.admin_port = admin
        self.admin = f"http://127.0.0.1:{admin}"
        self.log = log

    def is_ready(self):
        try:
            return ask(f"{self.admin}/ready")[0] == 200
        except OSError:
            return False

    def get(self, path, token, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(f"{self.agents}{path}", headers={"X-X402-Agent-Token": token} | named)

    def budget(self, token):
        status, text = self.get("/v1/budget", token)
        assert status == 200, text
        return json.loads(text)


@contextlib.contextmanager
def guard(environment, home, *arguments):
    """A guard on free ports, once it is ready. What listens is set here, whatever the environment says."""
    port, admin = free_port(), free_port()
    addresses = {
        "X402_LISTEN": f"127.0.0.1:{port}",
        "X402_ADMIN_LISTEN": f"127.0.0.1:{admin}",
        "X402_SELLER_LISTEN": f"127.0.0.1:{free_port()}",
    }
    log = home / f"guard-{port}.log"
    command = [settings.BINARY, "serve", *arguments]
    with process(command, log, environment | addresses) as started:
        found = Guard(port, admin, log)

        def ready():
            assert started.poll() is None, f"the guard ended with {started.returncode}: {log.read_text()}"
            return found.is_ready()

        until("the guard is ready", ready)
        yield found


class Demo:
    """What `serve --demo` says to try."""

    def __init__(self, guard):
        def said():
            text = guard.log.read_text()
            return text if "Ctrl-C stops" in text else None

        text = until("the demo says what to try", said)
        self.token = re.search(r"X402_TOKEN=(\S+)", text).group(1)
        self.seller = re.search(r"GUARD=\S+/http/(\S+)", text).group(1)


class Redis:
    """A Redis, with which a check may do away early."""

    def __init__(self, url, started):
        self.url = url
        self._started = started

    def end(self):
        self._started.terminate()
        self._started.wait(timeout=10)


@contextlib.contextmanager
def redis(home, port=None):
    port = port or free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(home)]
    with process(command, home / "redis.log", {}) as started:

        def answers():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as peer:
                peer.sendall(b"PING\r\n")
                return peer.recv(16).startswith(b"+PONG")

        until("Redis answers", answers)
        yield Redis(f"redis://127.0.0.1:{port}/0", started)


class Prometheus:
    """A Prometheus that scrapes a guard every second."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def query(self, expression):
        from urllib.parse import quote

        status, text = ask(f"{self.url}/api/v1/query?query={quote(expression, safe='')}")
        answer = json.loads(text)
        assert status == 200 and answer["status"] == "success", f"{expression}: {text}"
        return answer["data"]["result"]


@contextlib.contextmanager
def prometheus(home, target, rules):
    port = free_port()
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": [{"job_name": "x402-guard", "static_configs": [{"targets": [target]}]}],
    }
    path = home / "prometheus.yml"
    path.write_text(json.dumps(config))
    command = [
        "prometheus",
        f"--config.file={path}",
        f"--storage.tsdb.path={home / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with process(command, home / "prometheus.log", {}):

        def ready():
            with contextlib.suppress(OSError):
                return ask(f"http://127.0.0.1:{port}/-/ready")[0] == 200

        until("Prometheus is ready", ready)
        yield Prometheus(port)


@contextlib.contextmanager
def takes_payments_and_says_nothing(seller, exchanged=(b"", b"")):
    """Stands before a seller, and hangs up on whoever sends a payment: nobody knows what became of it. In what the seller
    says before, one text is exchanged for another of the same length."""
    assert len(exchanged[0]) == len(exchanged[1])
    host, port = seller.split(":")
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(client):
        with client, contextlib.suppress(OSError):
            client.settimeout(10)
            head = b""
            while b"\r\n\r\n" not in head:
                more = client.recv(65536)
                if not more:
                    return
                head += more
            if re.search(rb"\r\n(payment-signature|x-payment):", head, re.IGNORECASE):
                return
            with socket.create_connection((host, int(port)), 10) as server:
                server.sendall(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                said = b""
                while more := server.recv(65536):
                    said += more
                client.sendall(said.replace(*exchanged) if exchanged[0] else said)

    def accept():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield "127.0.0.1:%d" % listener.getsockname()[1]
    finally:
        listener.close()
