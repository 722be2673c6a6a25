"""That docs/deploy.md and docs/runbook.md name what exists."""

import functools
import json
import re
import shlex

import yaml

import chart
import check_alerts
import check_chart_values
import program
import running
import settings

DOCUMENTS = {name: (settings.ROOT / "docs" / name).read_text() for name in ("deploy.md", "runbook.md")}


def fenced(text):
    """The lines of the code blocks of a shell, with continuations joined and comments left out."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip():
                yield re.sub(r"\s+#.*$", "", line)


def quoted(text):
    """What stands between backticks outside of code blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def commands():
    for name, text in DOCUMENTS.items():
        for line in list(fenced(text)) + quoted(text):
            found = re.search(r"(?:^|/|-- )x402-guard ((?:[a-z]+)( .*)?)$", line)
            if found and not line.startswith(("docker", "helm")):
                yield name, shlex.split(found.group(1))


def check_every_command_exists():
    seen = set()
    for name, words in commands():
        depth = 0
        while depth < len(words) and re.fullmatch(r"[a-z]+", words[depth]) and program.help_of(*words[: depth + 1]):
            depth += 1
        assert depth, f"{name}: there is no x402-guard {' '.join(words)}"
        text = program.help_of(*words[:depth])
        assert "<COMMAND>" not in text, f"{name}: x402-guard {' '.join(words)} is half a command"
        for flag in re.findall(r"(?<!\S)--[a-z-]+", " ".join(words)):
            assert re.search(rf"{flag}\b", text), f"{name}: {words[:depth]} has no {flag}"
        seen.add(" ".join(words[:depth]))
    assert {"ledger unknown", "ledger resolve", "ledger reconcile", "audit verify", "policy check", "health"} <= seen, seen


def check_every_address_is_answered():
    """Nothing that the runbook asks of a guard is unknown to it."""
    asked = set()
    for text in DOCUMENTS.values():
        for line in list(fenced(text)) + quoted(text):
            for port, path in re.findall(r"http://127\.0\.0\.1:(8402|8403)(/[\w/-]+)", line):
                method = re.search(r"-X ([A-Z]+)", line)
                asked.add((method.group(1) if method else "GET", port, path))
    assert len(asked) >= 8, asked
    env = {"X402_AGENT_TOKEN": "token-of-the-only-agent"}
    with running.folder() as home, running.guard(env | {"X402_STATE_DIR": str(home / "state")}, home) as guard:
        for method, port, path in asked:
            url = (guard.agents if port == "8402" else guard.admin) + path
            status, text = running.ask(url, method)
            assert status != 405 and "unknown_path" not in text, f"{method} {path}: {status} {text}"
            assert port == "8402" or method == "GET" or status == 403, "what changes things needs the token"


def check_links_lead_somewhere():
    for name, text in DOCUMENTS.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if link.startswith("https://"):
                continue
            path, _, anchor = link.partition("#")
            target = settings.ROOT / "docs" / path if path else settings.ROOT / "docs" / name
            assert target.exists(), f"{name}: {link}"
            if anchor:
                assert anchor in check_alerts.anchors(target.read_text()), f"{name}: {link}"


@functools.cache
def words_of_the_program():
    found = set()
    for folder in program.SOURCES:
        for path in (settings.ROOT / folder).rglob("*.rs"):
            found |= set(re.findall(r"[\w.]+", re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.MULTILINE)))
    return found


def check_words_are_the_programs():
    """Settings, codes and variables that somebody would copy at three in the morning."""
    values = check_chart_values.defaults()
    paths = {path.rsplit(".", depth)[0] for path in values for depth in range(path.count(".") + 1)} | values.keys()
    for name, text in DOCUMENTS.items():
        for word in quoted(text):
            plain = word.split(" ")[0].split("=")[0]
            if re.fullmatch(r"X402_[A-Z0-9_]+", plain):
                assert plain in program.environment() | {"X402_GUARD_URL"}, f"{name}: {word}"
            elif re.fullmatch(r"[a-z]+(_[a-z]+)+|[A-Z]+_[A-Z_]+", plain):
                assert plain in words_of_the_program(), f"{name}: {word}"
            elif re.fullmatch(r"(store|policy|signer|replay|audit)\.[a-z_]+", plain):
                if not plain.startswith("audit.jsonl"):
                    assert plain in words_of_the_program(), f"{name}: {word}"
            elif re.fullmatch(r"[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+", plain) and plain.split(".")[0] in {path.split(".")[0] for path in paths}:
                if not plain.endswith((".yaml", ".toml", ".md", ".json")):
                    assert plain in paths, f"{name}: {word}"


def check_what_is_set_by_helm_renders():
    commands = [line for line in fenced(DOCUMENTS["deploy.md"]) if line.startswith("helm ")]
    assert len(commands) == 2
    layers = []
    for line in commands:
        layers += re.findall(r"--set (\S+)", line)
        # The second is put over the first.
        assert chart.manifests(*layers)
        assert (settings.ROOT / re.search(r"helm \w+ \w+ (\S+)", line).group(1)).samefile(settings.CHART)


def check_the_sidecar_is_told_as_it_is_tested():
    tested = (settings.ROOT / "tests/deploy/agent-chart/templates/deployment.yaml").read_text()
    told = set(re.findall(r'include "([^"]+)" \$guard \| nindent \d+', DOCUMENTS["deploy.md"]))
    assert told and told == set(re.findall(r'include "([^"]+)" \$guard \| nindent \d+', tested))
    inside = set(re.findall(r'include "(x402-guard\.sidecar\.\w+)"', (settings.CHART / "templates/_sidecar.tpl").read_text()))
    assert told == inside


def check_every_port_is_told():
    told = re.findall(r"^\| (\d+) \| `(X402_\w+)`", DOCUMENTS["deploy.md"], re.MULTILINE)
    names = ("X402_LISTEN", "X402_ADMIN_LISTEN", "X402_SELLER_LISTEN")
    assert told == [(str(port), name) for port, name in zip(program.ports().values(), names)]


def check_every_secret_is_told():
    keys = yaml.safe_load((settings.CHART / "values.yaml").read_text())["secrets"]["keys"]
    told = re.findall(r"^\| `(X402_\w+)` \| [^|]+ \| [^|]+ \|$", DOCUMENTS["deploy.md"], re.MULTILINE)
    assert len(told) == len(keys) == 7, told
    assert json.dumps(sorted(told)) == json.dumps(sorted("X402_" + re.sub("([A-Z])", r"_\1", key).upper() for key in keys))
