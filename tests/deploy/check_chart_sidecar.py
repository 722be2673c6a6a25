"""The guard in a pod of another chart, agent-chart/, which is what docs/deploy.md tells to write."""

import functools
import pathlib
import shutil
import tempfile

import kubernetes_validate

import chart
import settings

AGENT = pathlib.Path(__file__).parent / "agent-chart"
GUARD = "x402-guard"


@functools.cache
def agent():
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "agent"
        shutil.copytree(AGENT, copy)
        shutil.copytree(settings.CHART, copy / "charts" / GUARD)
        return chart.loaded(copy)


def manifests(**values):
    return chart.manifests({GUARD: values}, chart=agent())


def pod(found):
    return chart.one(found, "Deployment")["spec"]["template"]


def check_only_the_configuration_is_installed_beside_the_agent():
    kinds = sorted(kind for kind, _ in manifests())
    assert kinds == ["ConfigMap", "Deployment"], kinds


def check_the_guard_is_there_before_the_agent_and_after_it():
    spec = pod(manifests())["spec"]
    (guard,) = spec["initContainers"]
    assert guard["name"] == GUARD and guard["restartPolicy"] == "Always"
    assert [one["name"] for one in spec["containers"]] == ["agent"]
    spec = pod(manifests(sidecar={"native": False}))["spec"]
    assert [one["name"] for one in spec["containers"]] == ["agent", GUARD]
    assert "restartPolicy" not in spec["containers"][1] and "initContainers" not in spec


def check_kubernetes_takes_such_a_pod():
    """1.29 is the first with containers that stay."""
    for values in ({}, {"sidecar": {"native": False}}):
        for manifest in manifests(**values).values():
            kubernetes_validate.validate(manifest, "1.29", strict=True)


def check_agents_of_other_pods_cannot_reach_it():
    (guard,) = pod(manifests())["spec"]["initContainers"]
    env = {one["name"]: one.get("value") for one in guard["env"]}
    assert env["X402_LISTEN"] == "127.0.0.1:8402"
    # Kubelet's probes come from outside the pod.
    assert env["X402_ADMIN_LISTEN"] == "0.0.0.0:8403"
    assert env["X402_AGENT_ID"] == "my-agent"


def check_what_it_mounts_is_there():
    found = manifests(persistence={"prepare": {"enabled": True}})
    spec = pod(found)["spec"]
    volumes = {one["name"]: one for one in spec["volumes"]}
    assert [one["name"] for one in spec["initContainers"]] == ["x402-guard-prepare", GUARD]
    for one in spec["initContainers"]:
        assert {mount["name"] for mount in one["volumeMounts"]} <= volumes.keys()
    assert ("ConfigMap", volumes["x402-guard-config"]["configMap"]["name"]) in found


def check_the_agent_gets_its_token_and_no_other_secret():
    (agent_container,) = pod(manifests())["spec"]["containers"]
    env = {one["name"]: one for one in agent_container["env"]}
    assert env["X402_GUARD_URL"]["value"] == "http://127.0.0.1:8402"
    assert [name for name, one in env.items() if "valueFrom" in one] == ["X402_AGENT_TOKEN"]


def check_its_metrics_are_found():
    found = manifests(serviceMonitor={"enabled": True})
    monitor = chart.one(found, "PodMonitor")["spec"]
    template = pod(found)
    assert monitor["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
    (guard,) = template["spec"]["initContainers"]
    assert monitor["podMetricsEndpoints"][0]["port"] in [port["name"] for port in guard["ports"]]


def check_other_configuration_rolls_the_agents_pods():
    def annotations(**values):
        return pod(manifests(**values))["metadata"]["annotations"]

    assert annotations() != annotations(policy="max_per_call_usd = 0.03\n")
    assert annotations(rollOnConfigChange=False) == annotations(rollOnConfigChange=False, policy="max_per_call_usd = 0.03\n")


def check_a_ledger_that_would_end_with_its_pod_is_refused():
    try:
        manifests(redis={"enabled": False})
    except Exception as error:
        assert "every limit start anew" in str(error), error
    else:
        raise AssertionError("rendered without Redis")
