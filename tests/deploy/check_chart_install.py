"""What the chart installs: that it is safe, and that it refuses what would lose money."""

import hashlib
import tomllib

import helm_python
import yaml

import chart
import running
import settings

SEED = "x402.agentId=my-agent,x402.maxPerCallUsd=0.10,x402.dailyLimitUsd=5.00,serviceMonitor.enabled=true"
REDIS = "redis.enabled=true"


def variables(found):
    return {one["name"]: one for one in chart.container(found)["env"]}


def check_the_first_command_of_the_manual_works():
    found = chart.manifests(*SEED.split(","))
    env = variables(found)
    assert env["X402_AGENT_ID"]["value"] == "my-agent"
    assert env["X402_MAX_PER_CALL_USD"]["value"] == "0.10"
    assert env["X402_DAILY_LIMIT_USD"]["value"] == "5.00"
    monitor = chart.one(found, "ServiceMonitor")
    (endpoint,) = monitor["spec"]["endpoints"]
    services = [one for (kind, _), one in found.items() if kind == "Service"]
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    selected = [one for one in services if wanted <= one["metadata"]["labels"].items()]
    assert len(selected) == 1, "the monitor finds another number of services than one"
    assert endpoint["port"] in [port["name"] for port in selected[0]["spec"]["ports"]]
    assert endpoint["relabelings"] == [{"targetLabel": "job", "replacement": "x402-guard"}]


def check_helm_finds_nothing_to_say():
    with chart.quiet():
        report = helm_python.lint(settings.CHART, strict=True, kube_version="v1.31.0")
    said = [one for one in report["messages"] if one["severity"] >= 2]
    assert not said and not report["errors"], report


def check_a_package_of_it_is_whole():
    """Rules and dashboard are links to files outside of the chart."""
    layers = ("prometheusRule.enabled=true,grafanaDashboard.enabled=true",)
    with running.folder() as home:
        with chart.quiet():
            helm_python.package(settings.CHART, destination=home)
        (archive,) = home.iterdir()
        assert chart.manifests(*layers, chart=chart.loaded(archive)) == chart.manifests(*layers)


def check_it_is_of_the_programs_version():
    version = tomllib.loads((settings.ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    assert yaml.safe_load((settings.CHART / "Chart.yaml").read_text())["appVersion"] == version


def check_numbers_come_out_as_the_guard_reads_them():
    for given, wanted in ((0.1, "0.100000"), (1000000, "1000000.000000"), ("0.30", "0.30"), (0, "0.000000")):
        found = chart.manifests({"x402": {"maxPerCallUsd": given}})
        assert variables(found)["X402_MAX_PER_CALL_USD"]["value"] == wanted, given
    found = chart.manifests({"x402": {"windowSeconds": 31622400}})
    assert variables(found)["X402_WINDOW_SECONDS"]["value"] == "31622400"


def check_what_would_spend_a_budget_twice_is_refused():
    assert "redis.enabled" in chart.refused("replicaCount=2")
    assert "redis.enabled" in chart.refused("autoscaling.enabled=true")
    assert "every limit starts anew" in chart.refused("persistence.enabled=false")
    assert "persistence.existingClaim" in chart.refused(REDIS, "replicaCount=2,persistence.existingClaim=state")
    assert "persistence.existingClaim" in chart.refused("mode=sidecar")
    for layers in ((REDIS, "replicaCount=2"), (REDIS, "persistence.enabled=false"), ("persistence.existingClaim=state",)):
        assert chart.manifests(*layers)


def check_what_could_not_start_is_refused():
    assert "nobody may ask" in chart.refused("secrets.keys.agentToken=")
    assert "seller.upstream" in chart.refused("seller.facilitator=https://facilitator.example.com")
    assert "seller.upstream" in chart.refused("seller.publicOrigin=https://api.example.com")
    assert "drainSeconds" in chart.refused("terminationGracePeriodSeconds=30")
    assert "ports" in chart.refused("ports.agents=8403")
    assert "tokenKey" in chart.refused({"guard": {"agents": [{"id": "writer"}]}})
    both = {"id": "writer", "tokenKey": "a", "tokenSha256": "0" * 64}
    assert "tokenKey" in chart.refused({"guard": {"agents": [both]}})
    by_certificate = {"id": "writer", "certificateSha256": "0" * 64}
    assert "tls.clientCa" in chart.refused({"guard": {"agents": [by_certificate]}})
    assert "tls.existingSecret" in chart.refused("tls.clientCa=true")
    assert "fingerprintKey" in chart.refused(REDIS, "secrets.keys.fingerprintKey=")


def check_the_pod_may_do_next_to_nothing():
    for layers in ((), (REDIS, "persistence.enabled=false"), ("persistence.prepare.enabled=true",)):
        spec = chart.workload(chart.manifests(*layers))["spec"]["template"]["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        # Otherwise kubelet opens the state's files to the group with every start, and the guard refuses them.
        assert spec["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"
        for one in spec["containers"] + spec.get("initContainers", []):
            context = one["securityContext"]
            assert context["runAsUser"] == 1001 and context["runAsNonRoot"] is True
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC"))
        assert not any("hostPath" in volume for volume in spec["volumes"])


def check_no_secret_is_in_the_chart():
    found = chart.manifests(REDIS, {"guard": {"agents": [{"id": "writer", "tokenKey": "writer-token"}]}})
    assert not [kind for kind, _ in found if kind == "Secret"]
    env = variables(found)
    secret = [name for name in env if name.endswith(("_KEY", "_TOKEN", "_URL", "_TOKEN_0"))]
    assert len(secret) == 8, secret
    for name in secret:
        assert "value" not in env[name], name
        assert env[name]["valueFrom"]["secretKeyRef"]["name"] == "pay-x402-guard"
    # With Redis, what must be the same for all replicas must be there.
    for name in ("X402_REDIS_URL", "X402_FINGERPRINT_KEY", "X402_AGENT_TOKEN_0"):
        assert "optional" not in env[name]["valueFrom"]["secretKeyRef"], name
    alone = variables(chart.manifests())
    for name in ("X402_AGENT_TOKEN", "X402_PRIVATE_KEY"):
        assert "optional" not in alone[name]["valueFrom"]["secretKeyRef"], name
    assert "X402_REDIS_URL" not in alone


def check_probes_ask_the_admin_port_for_what_it_has():
    one = chart.container(chart.manifests())
    ports = {port["name"]: port["containerPort"] for port in one["ports"]}
    assert ports == {"agents": 8402, "admin": 8403}
    paths = {kind: one[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
    assert {probe["port"] for probe in paths.values()} == {"admin"}
    # A ledger that is away is no reason to restart.
    assert [paths[kind]["path"] for kind in ("startup", "liveness", "readiness")] == ["/health", "/health", "/ready"]


def check_one_replica_is_never_two():
    """A stateful set waits for the end of a pod; a deployment does not, and without Redis there is none."""
    found = chart.manifests()
    stateful = chart.one(found, "StatefulSet")
    assert stateful["spec"]["replicas"] == 1
    assert ("Service", stateful["spec"]["serviceName"]) in found
    assert found["Service", stateful["spec"]["serviceName"]]["spec"]["clusterIP"] == "None"
    retention = stateful["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert set(retention.values()) == {"Retain"}
    assert chart.one(chart.manifests(REDIS, "persistence.enabled=false"), "Deployment")
    scaled = chart.manifests(REDIS, "autoscaling.enabled=true")
    assert "replicas" not in chart.workload(scaled)["spec"]
    target = chart.one(scaled, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) in scaled


def check_selectors_find_the_pods():
    found = chart.manifests(REDIS, "autoscaling.enabled=true,seller.upstream=http://api:8080")
    template = chart.workload(found)["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    ports = {port["name"] for port in chart.container(found)["ports"]}
    for (kind, name), one in found.items():
        spec = one.get("spec", {})
        if kind == "Service":
            assert spec["selector"].items() <= labels, name
            assert {port["targetPort"] for port in spec["ports"]} <= ports, name
        if kind == "NetworkPolicy":
            assert spec["podSelector"]["matchLabels"].items() <= labels
            named = {port["port"] for rule in spec["ingress"] for port in rule["ports"]}
            assert named == ports
        if kind in ("PodDisruptionBudget", "StatefulSet"):
            assert spec["selector"]["matchLabels"].items() <= labels


def check_other_configuration_rolls_the_pods():
    def digest(*layers):
        template = chart.workload(chart.manifests(*layers))["spec"]["template"]
        return template["metadata"]["annotations"].get("x402-guard/config-checksum")

    assert len({digest(), digest("guard.explain=false"), digest({"policy": "max_per_call_usd = 0.03\n"})}) == 3
    assert digest("rollOnConfigChange=false") is None


def check_rules_and_dashboard_are_those_of_the_repository():
    found = chart.manifests("prometheusRule.enabled=true,grafanaDashboard.enabled=true,prometheusRule.dailyBudgetUsd=12.5")
    rules = yaml.safe_load(settings.RULES.read_text())
    installed = chart.one(found, "PrometheusRule")["spec"]
    budget = installed["groups"][0]["rules"][0]
    assert budget == {"record": "x402:daily_budget_usd", "expr": "vector(12.5)"}, budget
    budget["expr"] = rules["groups"][0]["rules"][0]["expr"]
    assert installed == rules
    dashboard = found["ConfigMap", "pay-x402-guard-dashboard"]["data"]["x402-guard.json"]
    assert hashlib.sha256(dashboard.strip().encode()).digest() == hashlib.sha256(settings.DASHBOARD.read_bytes().strip()).digest()
    limit = chart.manifests("prometheusRule.enabled=true,x402.dailyLimitUsd=5.00")
    assert chart.one(limit, "PrometheusRule")["spec"]["groups"][0]["rules"][0]["expr"] == "vector(5.00)"


def check_the_notes_name_the_secret_and_the_address():
    notes = chart.render(REDIS, "secrets.existingSecret=keys")["NOTES.txt"]
    for word in ("secret generic keys", "--from-file=redis-url=", "http://pay-x402-guard.money:8402"):
        assert word in notes, notes
    # A private key on a command line stays in histories.
    assert "--from-literal=private-key" not in notes
