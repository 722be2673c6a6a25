"""That the guard starts with what the chart renders, and does what its values say."""

import contextlib
import hashlib
import json
import pathlib
import shutil
import ssl
import subprocess

import chart
import running

REDIS = "redis.enabled=true"
SEED = ("x402.agentId=my-agent", "x402.maxPerCallUsd=0.10", "x402.dailyLimitUsd=5.00", "serviceMonitor.enabled=true")
SECRET = {
    "agent-token": "token-of-the-only-agent",
    "writer-token": "token-of-the-writing-agent",
    # Key 0 of every local node: everybody knows it.
    "private-key": "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "admin-token": "token-of-the-operator",
    "fingerprint-key": "0" * 63 + "1",
    "chain-key": "0" * 63 + "2",
    "sealing-key": "0" * 63 + "3",
}


def environment(found, home, secret):
    """The environment and the files that a pod would have, below a folder."""
    one = chart.container(found)
    mounts = {mount["mountPath"] for mount in one["volumeMounts"]}
    env = {}
    for variable in one["env"]:
        if "value" in variable:
            value = variable["value"]
        else:
            reference = variable["valueFrom"]["secretKeyRef"]
            value = secret.get(reference["key"])
            assert value is not None or reference.get("optional"), f"the pod would wait for {reference}"
        if value is None:
            continue
        # Each file has to be where something is mounted, and moves to the folder.
        if value.startswith("/"):
            assert any(pathlib.PurePath(value).is_relative_to(mount) for mount in mounts), value
            value = f"{home}{value}"
        env[variable["name"]] = value
    files = home / "etc" / "x402-guard"
    files.mkdir(parents=True)
    for name, text in chart.one(found, "ConfigMap")["data"].items():
        # What is mounted from the secret of TLS is below the folder as well.
        (files / name).write_text(text.replace('"/etc/', f'"{home}/etc/'))
    return env


@contextlib.contextmanager
def serving(*layers, more=()):
    with running.folder() as home:
        env = environment(chart.manifests(*layers), home, SECRET | dict(more))
        with running.guard(env, home) as guard:
            yield guard


def check_the_seeds_values_hold():
    # Over a policy that says otherwise.
    with serving(*SEED, {"policy": "max_per_call_usd = 0.01\ndaily_limit_usd = 0.02\n"}) as guard:
        budget = guard.budget(SECRET["agent-token"])
        assert budget["agent"] == "my-agent"
        assert budget["max_per_call_usd"] == "0.10"
        (day,) = budget["limits"]
        assert (day["most"], day["left"], day["window_seconds"]) == ("5.00", "5.00", 86400)
        assert guard.get("/v1/budget", "token-of-somebody-else")[0] == 401


def check_the_policy_holds_where_no_value_is_over_it():
    policy = "max_per_call_usd = 0.03\ndaily_limit_usd = 0.50\n"
    with serving({"policy": policy}, "x402.windowSeconds=7200") as guard:
        budget = guard.budget(SECRET["agent-token"])
        assert budget["max_per_call_usd"] == "0.03"
        assert [(one["most"], one["window_seconds"]) for one in budget["limits"]] == [("0.50", 7200)]


def check_everything_at_once_starts():
    layers = (
        "seller.upstream=http://127.0.0.1:9,seller.publicOrigin=https://api.example.com",
        "seller.facilitator=https://facilitator.example.com,guard.explain=false,log.format=text,log.level=debug",
        "x402.agentMode=screen,x402.piiAction=block,x402.piiDetector=nlp,x402.replayTtlSeconds=600",
        {"guard": {"egressAllow": ["10.1.0.0/16", "fd00::/8"], "agents": [
            {"id": "wri/ter@x", "mode": "screen", "tokenKey": "writer-token"},
            {"id": "reader", "tokenSha256": "ab" * 32},
        ]}},
    )
    with serving(*layers) as guard:
        assert guard.budget(SECRET["agent-token"])["agent"] == "agent"
        assert guard.budget(SECRET["writer-token"])["agent"] == "wri/ter@x"


def certificate(folder, name, issuer=None):
    """A certificate and its key. Without an issuer it vouches for itself and may issue others."""
    key, made = folder / f"{name}.key", folder / f"{name}.crt"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost".split()
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", made]
    if issuer:
        # Whoever may issue others is believed as nobody.
        command += ["-CA", issuer[0], "-CAkey", issuer[1], "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


def check_agents_are_known_by_certificates():
    with running.folder() as home:
        authority = certificate(home, "authority")
        writer = certificate(home, "writer", authority)
        server = certificate(home, "server")
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(writer[0].read_text())).hexdigest()
        agents = [{"id": "writer", "mode": "screen", "certificateSha256": digest}]
        found = chart.manifests("tls.existingSecret=guard-tls,tls.clientCa=true", {"guard": {"agents": agents}})
        (mount,) = [one for one in chart.container(found)["volumeMounts"] if one["name"] == "x402-guard-tls"]
        folder = home / mount["mountPath"].lstrip("/")
        folder.mkdir(parents=True)
        for file, name in ((server[0], "tls.crt"), (server[1], "tls.key"), (authority[0], "ca.crt")):
            shutil.copy(file, folder / name)
        with running.guard(environment(found, home, SECRET), home) as guard:
            address = guard.agents.replace("http://", "https://") + "/v1/budget"
            trusting = ssl.create_default_context(cafile=server[0])
            assert running.ask(address, context=trusting)[0] == 401
            token = {"X-X402-Agent-Token": SECRET["agent-token"]}
            assert running.ask(address, headers=token, context=trusting)[0] == 200
            trusting.load_cert_chain(*writer)
            assert json.loads(running.ask(address, context=trusting)[1])["agent"] == "writer"


def check_replicas_share_what_is_left_and_are_not_ready_without_it():
    with running.folder() as home, running.folder() as first, running.folder() as second:
        found = chart.manifests(*SEED, REDIS, "replicaCount=2,redis.namespace=team-a")
        with contextlib.ExitStack() as servers:
            server = servers.enter_context(running.redis(home))
            secret = SECRET | {"redis-url": server.url}
            one = servers.enter_context(running.guard(environment(found, first, secret), first))
            other = servers.enter_context(running.guard(environment(found, second, secret), second))
            assert one.budget(SECRET["agent-token"]) == other.budget(SECRET["agent-token"])
            # The policy says by itself that others spend as well.
            assert "distributed = true" in (first / "etc/x402-guard/policy.toml").read_text()
            # Nothing of the ledger is in a file.
            assert not list(first.rglob("*.sqlite"))
            assert list(first.rglob("audit.jsonl"))
            server.end()
            running.until("not ready without Redis", lambda: running.ask(f"{one.admin}/ready")[0] == 503)
            assert running.ask(f"{one.admin}/health")[0] == 200


def check_the_operators_token_is_the_secrets():
    with serving(*SEED) as guard:
        url = f"{guard.admin}/reload"
        assert running.ask(url, "POST")[0] == 401
        authorized = {"Authorization": f"Bearer {SECRET['admin-token']}"}
        assert running.ask(url, "POST", authorized)[0] == 200


def check_distributed_is_said_once():
    text = 'distributed  = true\nmax_per_call_usd = 0.03\n'
    written = chart.one(chart.manifests(REDIS, {"policy": text}), "ConfigMap")["data"]["policy.toml"]
    assert written.count("distributed") == 1
    alone = chart.one(chart.manifests(), "ConfigMap")["data"]["policy.toml"]
    assert "distributed" not in alone
