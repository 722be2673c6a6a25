"""The image and the compose file, as far as can be seen without Docker."""

import contextlib
import fnmatch
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tomllib

import compose_spec
import yaml

import chart
import program
import running
import settings

DOCKER = settings.DEPLOY / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())


def instructions():
    """(stage, word, rest) of every line of the Dockerfile."""
    text = re.sub(r"^\s*#.*\n", "", (DOCKER / "Dockerfile").read_text(), flags=re.MULTILINE)
    stage, found = None, []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            stage = rest.split(" AS ")[1]
        found.append((stage, word, rest))
    return found


def of(stage, word):
    return [rest for its, its_word, rest in instructions() if (its, its_word) == (stage, word)]


def variables(stage="guard"):
    return dict(pair.split("=", 1) for rest in of(stage, "ENV") for pair in shlex.split(rest))


def is_ignored(path):
    """Whether .dockerignore keeps a file of the repository from the build; it has no exceptions."""
    patterns = [
        line.strip()
        for line in (settings.ROOT / ".dockerignore").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert not any(pattern.startswith("!") for pattern in patterns)
    parts = pathlib.PurePath(path).parts
    for end in range(1, len(parts) + 1):
        prefix = "/".join(parts[:end])
        for pattern in patterns:
            anywhere = pattern.removeprefix("**/")
            if fnmatch.fnmatch(prefix, pattern) or (anywhere != pattern and fnmatch.fnmatch(parts[end - 1], anywhere)):
                return True
    return False


def check_a_linter_finds_nothing():
    # Beside the Python that runs this.
    linter = pathlib.Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([linter, DOCKER / "Dockerfile"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def check_compose_is_a_compose_file():
    options = compose_spec.PyOptions()
    options.apply_merge = True
    options.from_yaml((DOCKER / "compose.yaml").read_text()).validate()


def check_stages_and_what_they_copy_exist():
    stages = [stage for stage, word, _ in instructions() if word == "FROM"]
    assert stages[-1] == "guard", "what is built unless something else is asked for"
    made = {"/etc/ssl/certs/ca-certificates.crt"}
    for stage, word, rest in instructions():
        if word == "FROM":
            source = rest.split()[0]
            assert source.split(":")[0] in ("rust", "scratch") or source in stages, source
        if word == "RUN":
            made |= {path for path in re.findall(r"/out/[\w-]+", rest)}
        if word == "COPY":
            words = [one for one in shlex.split(rest) if not one.startswith("--")]
            options = dict(one[2:].split("=", 1) for one in shlex.split(rest) if one.startswith("--"))
            if "from" in options:
                assert options["from"] in stages and words[0] in made, rest
            else:
                assert words == [".", "."], rest


def check_what_is_built_is_there_to_build():
    workspace = tomllib.loads((settings.ROOT / "Cargo.toml").read_text())["workspace"]
    needed = ["Cargo.toml", "Cargo.lock"] + [f"{member}/Cargo.toml" for member in workspace["members"]]
    packages = {}
    for member in workspace["members"]:
        packages[tomllib.loads((settings.ROOT / member / "Cargo.toml").read_text())["package"]["name"]] = member
        needed += [str(path.relative_to(settings.ROOT)) for path in (settings.ROOT / member / "src").rglob("*.rs")]
    builds = [re.search(r"-p (\S+)", rest).group(1) for _, word, rest in instructions() if "cargo build" in rest]
    assert sorted(builds) == ["x402-axum-example", "x402-guard"]
    assert set(builds) <= packages.keys()
    # Files that are compiled in.
    for member in packages.values():
        for path in (settings.ROOT / member / "src").rglob("*.rs"):
            for name in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', path.read_text()):
                target = (path.parent / name).resolve()
                needed.append(str(target.relative_to(settings.ROOT)))
    for path in needed:
        assert (settings.ROOT / path).is_file(), path
        assert not is_ignored(path), f".dockerignore leaves out {path}"
    for path in (".git/config", "target/debug/x402-guard", "tests/interop/.venv/bin/python", "deploy/docker/.env"):
        assert is_ignored(path), path
    version = re.search(r"RUST_VERSION=(\S+)", (DOCKER / "Dockerfile").read_text()).group(1)
    assert version == workspace["package"]["rust-version"]


def check_the_image_is_what_the_program_expects():
    unknown = variables().keys() - program.environment()
    assert not unknown, f"the program reads none of {unknown}"
    ports = program.ports()
    assert of("guard", "EXPOSE") == [" ".join(map(str, ports.values()))]
    listens = [variables()[f"X402_{name}"] for name in ("LISTEN", "ADMIN_LISTEN", "SELLER_LISTEN")]
    assert listens == [f"0.0.0.0:{port}" for port in ports.values()]
    (entry,) = of("guard", "ENTRYPOINT")
    (command,) = of("guard", "CMD")
    (health,) = [rest.split("CMD", 1)[1] for rest in of("guard", "HEALTHCHECK")]
    assert json.loads(entry) == ["/usr/local/bin/x402-guard"]
    assert program.help_of(*json.loads(command)) and program.help_of(*json.loads(health)[1:])
    assert json.loads(health)[0] == json.loads(entry)[0]
    assert of("guard", "USER") == ["1001:1001"] and of("example", "USER") == ["1001:1001"]
    (volume,) = of("guard", "VOLUME")
    assert pathlib.PurePath(variables()["X402_STATE_DIR"]).is_relative_to(json.loads(volume)[0])
    # The final stage has no shell to run anything with.
    assert not of("guard", "RUN") and not of("example", "RUN")


def check_the_chart_sets_what_the_program_reads():
    layers = ("seller.upstream=http://api:8080", "redis.enabled=true", "x402.agentId=a,x402.maxPerCallUsd=1,x402.dailyLimitUsd=1")
    layers += ("x402.windowSeconds=60,x402.piiAction=warn,x402.piiDetector=nlp,x402.replayTtlSeconds=60",)
    one = chart.container(chart.manifests(*layers))
    names = {variable["name"] for variable in one["env"]}
    # The rest is in guard.toml (X402_UPSTREAM), or another subcommand's.
    assert names == program.environment() - {"X402_UPSTREAM", "X402_RPC"}, names ^ program.environment()
    ports = {port["name"]: port["containerPort"] for port in one["ports"]}
    assert list(ports.values()) == list(program.ports().values())
    assert program.help_of(*one["args"])


def check_the_health_check_tells_ready_from_not():
    """As in the image: it takes the address from what the guard listens on, which is any."""
    env = {"X402_AGENT_TOKEN": "token-of-the-only-agent"}
    with running.folder() as home, running.guard(env | {"X402_STATE_DIR": str(home / "state")}, home) as guard:

        def health(address):
            env = running.clean_environment({"X402_ADMIN_LISTEN": address})
            return subprocess.run([settings.BINARY, "health"], env=env, capture_output=True).returncode

        assert health(f"0.0.0.0:{guard.admin_port}") == 0
        assert health(f"0.0.0.0:{running.free_port()}") == 1


def check_compose_names_what_exists():
    services, volumes = COMPOSE["services"], COMPOSE["volumes"]
    stages = [stage for stage, word, _ in instructions() if word == "FROM"]
    for name, service in services.items():
        build = service.get("build")
        if build:
            context = (DOCKER / build["context"]).resolve()
            assert context == settings.ROOT and (context / build["dockerfile"]).is_file()
            assert build["target"] in stages
        else:
            # A tag that moves is another program tomorrow.
            assert re.search(r":v?\d+\.\d+", service["image"]), service["image"]
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (DOCKER / source).exists(), mount
                assert mount.endswith(":ro"), mount
            else:
                assert source in volumes, mount
        for other in service.get("depends_on", []):
            assert other in services, other
        mode = service.get("network_mode")
        assert mode is None or mode.removeprefix("service:") in services
        # On this machine alone.
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name


def check_compose_sets_what_the_program_reads():
    guard = COMPOSE["services"]["guard"]
    assert guard["environment"].keys() <= program.environment()
    ports = program.ports()
    assert [port.split(":")[-1] for port in guard["ports"]] == [str(ports["listen"]), str(ports["admin-listen"])]
    example = dict(line.split("=", 1) for line in (DOCKER / ".env.example").read_text().splitlines() if line[:1].isupper())
    text = (DOCKER / "compose.yaml").read_text()
    needed = set(re.findall(r"\$\{([A-Z0-9_]+):\?", text))
    optional = set(re.findall(r"\$\{([A-Z0-9_]+):-\}", text))
    assert set(re.findall(r"\$\{?([A-Z0-9_]+)", text)) == needed | optional
    assert needed == example.keys(), needed ^ example.keys()
    assert "deploy/docker/.env" in (settings.ROOT / ".gitignore").read_text().split()


def check_the_guard_starts_as_compose_says():
    example = dict(line.split("=", 1) for line in (DOCKER / ".env.example").read_text().splitlines() if line[:1].isupper())
    guard = COMPOSE["services"]["guard"]
    mounts = dict(mount.split(":")[1::-1] for mount in guard["volumes"])
    with running.folder() as home, contextlib.ExitStack() as servers:
        redis = servers.enter_context(running.redis(home))
        env = variables() | guard["environment"]
        env = {name: re.sub(r"\$\{([A-Z0-9_]+).*?\}", lambda found: example.get(found.group(1), ""), value) for name, value in env.items()}
        env |= {"X402_REDIS_URL": redis.url, "X402_STATE_DIR": str(home / "state")}
        for name in ("X402_CONFIG", "X402_POLICY"):
            env[name] = str((DOCKER / mounts[env[name]]).resolve())
        started = servers.enter_context(running.guard(env, home))
        budget = started.budget(example["X402_AGENT_TOKEN"])
        assert (budget["agent"], budget["max_per_call_usd"]) == ("compose-agent", "0.10")
        # The seller of the compose file is where agents may go.
        status, text = started.get("/http/127.0.0.1:1/report", example["X402_AGENT_TOKEN"])
        assert "egress" not in text, text


def check_prometheus_and_grafana_find_what_they_are_given():
    services = COMPOSE["services"]
    config = yaml.safe_load((DOCKER / "prometheus.yml").read_text())
    subprocess.run(["promtool", "check", "config", "--syntax-only", DOCKER / "prometheus.yml"], check=True, capture_output=True)
    mounts = [mount.split(":") for mount in services["prometheus"]["volumes"]]
    given = {target: (DOCKER / source).resolve() for source, target, *_ in mounts}
    assert [given[path] for path in config["rule_files"]] == [settings.RULES]
    (scrape,) = config["scrape_configs"]
    assert scrape["job_name"] == "x402-guard"
    assert scrape["static_configs"][0]["targets"] == [f"guard:{program.ports()['admin-listen']}"]
    provisioning = DOCKER / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]
    assert source["url"] == "http://prometheus:9090" and "prometheus" in services
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "x402-guard.yaml").read_text())["providers"]
    folders = {mount.split(":")[1]: (DOCKER / mount.split(":")[0]).resolve() for mount in services["grafana"]["volumes"]}
    assert folders[provider["options"]["path"]] == settings.DASHBOARD.parent
