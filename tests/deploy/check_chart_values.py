"""That every value of the chart does something, and that nothing wrong is taken for one."""

import functools
import json

import kubernetes_validate
import yaml

import chart
import settings

REDIS = "redis.enabled=true"
SELLER = "seller.upstream=http://api:8080"
SIDECAR = "mode=sidecar,redis.enabled=true"
PEERS = [{"namespaceSelector": {"matchLabels": {"team": "agents"}}}]

# Of every value: another setting, and what has to be set as well for it to matter.
OTHERWISE = {
    "mode": ("sidecar", REDIS),
    "nameOverride": ("other",),
    "fullnameOverride": ("other",),
    "image.repository": ("registry.example.com/x402-guard",),
    "image.tag": ("9.9.9",),
    "image.digest": ("sha256:" + "a" * 64,),
    "image.pullPolicy": ("Always",),
    "imagePullSecrets": ([{"name": "registry"}],),
    "replicaCount": (3, REDIS),
    "revisionHistoryLimit": (7,),
    "x402.agentId": ("my-agent",),
    "x402.agentMode": ("screen",),
    "x402.maxPerCallUsd": ("0.25",),
    "x402.dailyLimitUsd": ("7.50",),
    "x402.windowSeconds": (3600,),
    "x402.piiAction": ("block",),
    "x402.piiDetector": ("nlp",),
    "x402.replayTtlSeconds": (900,),
    "policy": ("max_per_call_usd = 0.02\n",),
    "guard.explain": (False,),
    "guard.agents": ([{"id": "writer", "mode": "screen", "tokenKey": "writer-token"}],),
    "guard.egressAllow": (["10.1.0.0/16"],),
    "guard.limits.connections": (100,),
    "guard.limits.connectSeconds": (3,),
    "guard.limits.answerSeconds": (60,),
    "guard.limits.headSeconds": (5,),
    "guard.limits.idleBodySeconds": (30,),
    "guard.limits.drainSeconds": (10,),
    "tls.existingSecret": ("guard-tls",),
    "tls.clientCa": (True, "tls.existingSecret=guard-tls"),
    "seller.upstream": ("http://api:8080",),
    "seller.publicOrigin": ("https://api.example.com", SELLER),
    "seller.facilitator": ("https://facilitator.example.com", SELLER),
    "redis.enabled": (True,),
    "redis.namespace": ("team-a", REDIS),
    "secrets.existingSecret": ("guard-keys",),
    "secrets.keys.agentToken": ("token",),
    "secrets.keys.privateKey": ("key",),
    "secrets.keys.redisUrl": ("address", REDIS),
    "secrets.keys.fingerprintKey": ("fingerprint",),
    "secrets.keys.adminToken": ("admin",),
    "secrets.keys.chainKey": ("",),
    "secrets.keys.sealingKey": ("",),
    "log.format": ("text",),
    "log.level": ("debug",),
    "bindAddress": ("::",),
    "ports.agents": (9402,),
    "ports.admin": (9403,),
    "ports.seller": (9404, SELLER),
    "persistence.enabled": (False, REDIS),
    "persistence.existingClaim": ("guard-state",),
    "persistence.storageClass": ("fast",),
    "persistence.accessModes": (["ReadWriteOncePod"],),
    "persistence.size": ("5Gi",),
    "persistence.annotations": ({"backup": "daily"},),
    "persistence.prepare.enabled": (True,),
    "persistence.prepare.image": ("debian:stable-slim", "persistence.prepare.enabled=true"),
    "service.type": ("LoadBalancer",),
    "service.annotations": ({"internal": "true"},),
    "serviceAccount.create": (False,),
    "serviceAccount.name": ("payer",),
    "serviceAccount.annotations": ({"role": "payer"},),
    "podAnnotations": ({"note": "pays"},),
    "podLabels": ({"team": "money"},),
    "podSecurityContext.runAsNonRoot": None,
    "podSecurityContext.runAsUser": (2001,),
    "podSecurityContext.runAsGroup": (2001,),
    "podSecurityContext.fsGroup": (2001,),
    "podSecurityContext.fsGroupChangePolicy": None,
    "podSecurityContext.seccompProfile.type": ("Localhost",),
    "securityContext.runAsNonRoot": None,
    "securityContext.runAsUser": (2001,),
    "securityContext.allowPrivilegeEscalation": None,
    "securityContext.readOnlyRootFilesystem": None,
    "securityContext.capabilities.drop": (["ALL", "NET_RAW"],),
    "securityContext.seccompProfile.type": ("Localhost",),
    "resources.requests.cpu": ("250m",),
    "resources.requests.memory": ("256Mi",),
    "resources.limits.memory": ("1Gi",),
    "terminationGracePeriodSeconds": (90,),
    "rollOnConfigChange": (False,),
    "updateStrategy": ({"type": "OnDelete"},),
    "nodeSelector": ({"disk": "ssd"},),
    "tolerations": ([{"key": "pays", "operator": "Exists"}],),
    "affinity": ({"podAntiAffinity": {}},),
    "topologySpreadConstraints": ([{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],),
    "priorityClassName": ("high",),
    "extraEnv": ([{"name": "APPROVER_SECRET", "value": "x"}],),
    "extraVolumes": ([{"name": "lists", "emptyDir": {}}],),
    "extraVolumeMounts": ([{"name": "lists", "mountPath": "/lists"}],),
    "probes.startup.periodSeconds": (4,),
    "probes.startup.failureThreshold": (60,),
    "probes.liveness.periodSeconds": (20,),
    "probes.liveness.timeoutSeconds": (5,),
    "probes.liveness.failureThreshold": (5,),
    "probes.readiness.periodSeconds": (9,),
    "probes.readiness.timeoutSeconds": (5,),
    "probes.readiness.failureThreshold": (4,),
    "autoscaling.enabled": (True, REDIS),
    "autoscaling.minReplicas": (3, REDIS + ",autoscaling.enabled=true"),
    "autoscaling.maxReplicas": (9, REDIS + ",autoscaling.enabled=true"),
    "autoscaling.targetCPUUtilizationPercentage": (50, REDIS + ",autoscaling.enabled=true"),
    "podDisruptionBudget.enabled": (False,),
    "podDisruptionBudget.maxUnavailable": ("25%",),
    "networkPolicy.enabled": (False,),
    "networkPolicy.agents": (PEERS,),
    "networkPolicy.monitoring": (PEERS,),
    "networkPolicy.buyers": (PEERS, SELLER),
    "networkPolicy.egress.ports": ([443, 8443],),
    "networkPolicy.egress.redis": (PEERS, REDIS),
    "networkPolicy.egress.redisPort": (6380, REDIS),
    "networkPolicy.egress.extra": ([{"ports": [{"port": 8080}]}],),
    "serviceMonitor.enabled": (True,),
    "serviceMonitor.interval": ("30s", "serviceMonitor.enabled=true"),
    "serviceMonitor.scrapeTimeout": ("5s", "serviceMonitor.enabled=true"),
    "serviceMonitor.labels": ({"release": "prometheus"}, "serviceMonitor.enabled=true"),
    "prometheusRule.enabled": (True,),
    "prometheusRule.labels": ({"release": "prometheus"}, "prometheusRule.enabled=true"),
    "prometheusRule.dailyBudgetUsd": ("12.50", "prometheusRule.enabled=true"),
    "grafanaDashboard.enabled": (True,),
    "grafanaDashboard.labels.grafana_dashboard": ("yes", "grafanaDashboard.enabled=true"),
    # Seen in another chart's pod: check_chart_sidecar.py.
    "sidecar.native": None,
}
# Values that the schema lets be one thing only: whoever wants another is refused.
FIXED = {
    "podSecurityContext.runAsNonRoot": False,
    "podSecurityContext.fsGroupChangePolicy": "Always",
    "securityContext.runAsNonRoot": False,
    "securityContext.allowPrivilegeEscalation": True,
    "securityContext.readOnlyRootFilesystem": False,
}


def leaves(values, above=""):
    for key, value in values.items():
        path = f"{above}{key}"
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


def defaults():
    return dict(leaves(yaml.safe_load((settings.CHART / "values.yaml").read_text())))


@functools.cache
def unchanged(*layers):
    return chart.manifests(*layers)


def check_no_value_is_forgotten_here():
    assert defaults().keys() == OTHERWISE.keys(), defaults().keys() ^ OTHERWISE.keys()
    unchecked = {path for path, other in OTHERWISE.items() if other is None}
    assert unchecked == FIXED.keys() | {"sidecar.native"}, unchecked


def words(value):
    """What has to be found again of a value, whatever becomes of it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [word for one in value for word in words(one)]
    # A switch, and a name that is taken away, leave no word behind.
    return [] if isinstance(value, bool) or value == "" else [str(value).strip()]


def check_every_value_changes_what_is_installed():
    same = []
    for path, other in OTHERWISE.items():
        if other is None:
            continue
        assert other[0] != defaults()[path], f"{path}: {other[0]} is the default"
        before = unchanged(*other[1:])
        after = chart.manifests(*other[1:], chart.nested(path, other[0]))
        if before == after:
            same.append(path)
        if path != "mode":
            # A number may have become a text on its way.
            there = json.dumps(list(after.values()))
            lost = [word for word in words(other[0]) if json.dumps(word)[1:-1] not in there]
            assert not lost, f"{path}: {lost} is not in what is rendered"
    assert not same, f"these change nothing: {same}"


def check_whatever_is_rendered_is_taken_by_kubernetes():
    """By the oldest that the chart names, and a later one. What the Prometheus Operator brings has no schema there."""
    seen = set()
    for path, other in OTHERWISE.items():
        if other is None:
            continue
        for manifest in chart.manifests(*other[1:], chart.nested(path, other[0])).values():
            text = json.dumps(manifest)
            if text in seen or manifest["apiVersion"].startswith("monitoring.coreos.com/"):
                continue
            seen.add(text)
            for version in ("1.27", "1.37"):
                kubernetes_validate.validate(manifest, version, strict=True)
    assert len(seen) > len(OTHERWISE)


def check_what_must_not_be_set_otherwise_is_refused():
    for path, value in FIXED.items():
        assert path.replace(".", "/") in chart.refused_by_schema(chart.nested(path, value))
    chart.refused_by_schema({"securityContext": {"capabilities": {"drop": ["NET_RAW"]}}})
    chart.refused_by_schema({"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}})
    chart.refused_by_schema({"securityContext": {"privileged": True}})


def check_wrong_types_are_refused():
    taken = []
    for path, value in defaults().items():
        # No value of this chart may be either of these.
        wrong = [{"a": 1}] if not isinstance(value, list) else "text"
        try:
            chart.refused_by_schema(chart.nested(path, wrong))
        except AssertionError:
            # These Kubernetes checks itself: more may stand there than this chart knows of.
            if not path.startswith(("resources.", "podSecurityContext.seccomp", "securityContext.seccomp")):
                taken.append(path)
    assert not taken, f"the schema takes anything for {taken}"


def check_unknown_names_are_refused():
    for layer in (
        {"x402": {"maxPerCallUSD": "0.10"}},
        {"replicas": 2},
        {"guard": {"limits": {"drain": 3}}},
        {"guard": {"agents": [{"id": "a", "token": "secret"}]}},
    ):
        assert "additional properties" in chart.refused_by_schema(layer), layer


def check_words_and_amounts_are_checked_before_a_pod_starts():
    for path, value in (
        ("x402.maxPerCallUsd", "-1"),
        ("x402.maxPerCallUsd", "ten cents"),
        ("x402.maxPerCallUsd", "0.0000001"),
        ("x402.dailyLimitUsd", -1),
        ("x402.agentMode", "sign"),
        ("x402.piiAction", "delete"),
        ("x402.windowSeconds", 0),
        ("log.level", "loud"),
        ("replicaCount", 1.5),
        ("ports.admin", 70000),
        ("guard.egressAllow", ["internal.example.com"]),
        ("seller.upstream", "api:8080"),
        ("bindAddress", "localhost"),
        ("persistence.size", "much"),
    ):
        chart.refused_by_schema(chart.nested(path, value))
    assert "six decimals" in chart.refused({"x402": {"maxPerCallUsd": 0.00000049}})


def check_the_schema_says_what_the_values_are():
    schema = json.loads((settings.CHART / "values.schema.json").read_text())
    top = yaml.safe_load((settings.CHART / "values.yaml").read_text())
    # `enabled` and `global` are for charts that depend on this one.
    assert schema["properties"].keys() - {"global", "enabled"} == top.keys()
    assert schema["additionalProperties"] is False
