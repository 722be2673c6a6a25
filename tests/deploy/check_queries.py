"""Every query of the dashboard and the rules, asked of a Prometheus that reads a guard which has seen payments."""

import contextlib
import functools
import json
import re
import time

import yaml

import running
import settings

OPERATOR = "token-of-the-operator"
POLICY = """
max_per_call_usd = 0.10
daily_limit_usd  = 0.05
# The seller is behind a proxy in one of the scenes.
resource_match   = "any"
[pii]
mode   = "shadow"
action = "block"
"""

# A description in a challenge, and the same with somebody's address in it.
PERSONAL = (b"Today's market report, for x402 v1 clients", b"Ask jane.doe@example.com about the report.")

# What no scene brings about, and why: these have to be right without a series.
EMPTY = {
    'x402_payments_total{outcome="rejected"}': "the demo's seller turns nothing down that its guard has let through",
    r'x402_denials_total{code=~"signer\\..*"}': "the demo's key signs everything",
    'x402_denials_total{code="control.panicked"}': "no control of ours breaks off",
    "x402_mpa_events_total": "nobody approves here",
    'x402_mpa_events_total{outcome="timeout"}': "nobody approves here",
}


def metrics_and_labels():
    """The names of the library and of the service, with their labels: from the tables of their documentation."""
    known, names = {}, set()
    for documented, named in (
        ("x402-tower/src/telemetry/mod.rs", "x402-tower/src/telemetry/names.rs"),
        ("x402-guard/src/serve/budgets.rs", "x402-guard/src/serve/budgets.rs"),
    ):
        text = (settings.ROOT / documented).read_text()
        table = re.findall(r"^//! \| `(x402_\w+)` \| ((?:`\w+`(?:, )?)+) \|", text, re.MULTILINE)
        known |= {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in table}
        names |= set(re.findall(r'"(x402_\w+)"', (settings.ROOT / named).read_text()))
    assert names == known.keys(), names ^ known.keys()
    return known


def rules():
    for group in yaml.safe_load(settings.RULES.read_text())["groups"]:
        yield from group["rules"]


def rule_queries():
    return [(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]


def dashboard_queries():
    dashboard = json.loads(settings.DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]
    for variable in dashboard["templating"]["list"]:
        found = re.match(r"label_values\((.*), \w+\)$", variable.get("definition", ""))
        if found:
            yield variable["name"], found.group(1)


def as_grafana_asks(query):
    query = query.replace("$__rate_interval", "15s").replace("$instance", ".*")
    assert "$" not in query, query
    return query


def all_queries():
    return rule_queries() + [(title, as_grafana_asks(query)) for title, query in dashboard_queries()]


def selectors(query):
    """What a query selects: `metric{matchers}`, without a time."""
    return re.findall(r"(?<![\w:])((?:x402[\w:]*|up|ALERTS)(?:\{(?:[^}\"]|\"[^\"]*\")*\})?)", query)


def without_everything(selector):
    """The selector without what a variable of the dashboard matches anyhow."""
    return re.sub(r',? ?instance=~"\.\*"', "", selector).replace("{}", "")


def hasty_rules(home):
    """The rules, evaluated as often as everything else here."""
    rules = yaml.safe_load(settings.RULES.read_text())
    for group in rules["groups"]:
        group.pop("interval", None)
    path = home / "rules.yaml"
    path.write_text(yaml.safe_dump(rules))
    return path


def note_answers(prometheus, answers):
    """Asks everything that had no answer yet."""
    for _, query in all_queries():
        for one in (query, *map(without_everything, selectors(query))):
            answers[one] = answers.get(one) or prometheus.query(one)


@functools.cache
def market():
    """What Prometheus says of each query and selector, after a market day; everything is ended again."""
    answers, guard_page = {}, None
    with contextlib.ExitStack() as servers:
        home = servers.enter_context(running.folder())
        policy = home / "policy.toml"
        policy.write_text(POLICY)
        state = home / "state"
        env = {"X402_STATE_DIR": str(state), "X402_POLICY": str(policy), "X402_ADMIN_TOKEN": OPERATOR}
        guard = servers.enter_context(running.guard(env, home, "--demo"))
        demo = running.Demo(guard)
        target = guard.admin.removeprefix("http://")
        prometheus = servers.enter_context(running.prometheus(home, target, hasty_rules(home)))
        deaf = servers.enter_context(running.takes_payments_and_says_nothing(demo.seller, PERSONAL))
        operator = {"Authorization": f"Bearer {OPERATOR}"}

        def buy(path, wanted, seller=demo.seller):
            status, text = guard.get(f"/http/{seller}{path}", demo.token)
            came = "paid" if status == 200 else json.loads(text)["code"]
            assert came.startswith(wanted), f"{path}: {text}"

        buy("/report", "paid")
        buy("/report", "replay.duplicate")
        buy("/premium", "policy.per_call")
        # The second time the same signed payment is sent again.
        buy("/v1/report", "gateway.", deaf)
        buy("/v1/report", "gateway.", deaf)
        buy("/forecast", "policy.window")
        assert running.ask(f"{guard.admin}/kill-switch", "PUT", operator)[0] == 200
        buy("/archive", "policy.kill_switch")
        assert running.ask(f"{guard.admin}/kill-switch", "DELETE", operator)[0] == 200
        assert running.ask(f"{guard.admin}/reload", "POST", operator)[0] == 200
        # What agents have left is not known once the ledger is away.
        running.until("Prometheus has read what is left", lambda: prometheus.query("x402_budget_left"))
        note_answers(prometheus, answers)
        right = policy.read_text()
        policy.write_text("max_per_call_ud = 1\n")
        assert running.ask(f"{guard.admin}/reload", "POST", operator)[0] == 422
        policy.write_text(right)
        # Somebody touches the log, then takes the ledger away.
        with open(state / "audit.jsonl", "a") as log:
            log.write("touched\n")
        buy("/v1/report", "audit.")
        (state / "ledger.sqlite").rename(state / "gone")
        buy("/archive", "store.")
        guard_page = running.ask(f"{guard.admin}/metrics")[1]
        denied = 'x402_denials_total{code=~"store.*"}'
        running.until("Prometheus has read all of it", lambda: prometheus.query(denied))
        # Rates need two readings.
        time.sleep(2.5)
        note_answers(prometheus, answers)
        broken = running.ask(f"{prometheus.url}/api/v1/rules")[1]
        for group in json.loads(broken)["data"]["groups"]:
            for rule in group["rules"]:
                assert rule["health"] == "ok", rule
    return answers, guard_page


def check_every_query_was_taken_and_finds_something():
    answers, _ = market()
    # Alerts are silent as a rule: what they look at is asked below.
    silent = {rule["expr"] for rule in rules() if "alert" in rule}
    for title, query in all_queries():
        if answers[query] or query in silent:
            continue
        looks_at = {without_everything(selector) for selector in selectors(query)}
        assert looks_at <= EMPTY.keys(), f"{title}: nothing for {query}"


def check_everything_that_is_looked_at_is_there():
    answers, _ = market()
    for title, query in all_queries():
        found = selectors(query)
        assert found or query == "vector(1)", f"{title}: {query}"
        for selector in map(without_everything, found):
            assert answers[selector] or selector in EMPTY, f"{title}: {selector} has no series"


def check_what_is_said_to_be_empty_is_asked_for_and_empty():
    answers, _ = market()
    for selector in EMPTY:
        assert selector in answers, f"no query asks for {selector}"
        assert not answers[selector], f"{selector} has series: take it off the list"


def check_only_metrics_and_labels_that_exist_are_used():
    known = metrics_and_labels()
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    of_prometheus = {"job", "instance", "le"}
    used = set()
    for title, query in all_queries():
        for selector in selectors(query):
            name, _, matchers = selector.partition("{")
            if name in recorded or name in ("up", "ALERTS"):
                continue
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            assert base in known, f"{title}: {name}"
            used.add(base)
            labels = set(re.findall(r"(\w+)\s*=?[=~!]=?~?\s*\"", matchers))
            assert labels <= known[base] | of_prometheus, f"{title}: {labels - known[base]} of {base}"
        grouped = {label for by in re.findall(r"by \(([^)]*)\)", query) for label in re.findall(r"\w+", by)}
        bases = [re.sub(r"_(bucket|sum|count)$", "", one.partition("{")[0]) for one in selectors(query)]
        allowed = of_prometheus.union(*(known.get(base, set()) for base in bases))
        assert grouped <= allowed, f"{title}: by {grouped - allowed}"
    # What is counted is shown, or said why not.
    assert known.keys() - used == {"x402_reconciliations_total"}, "the command line alone reconciles"


def check_what_the_guard_counts_is_documented():
    _, page = market()
    known = metrics_and_labels()
    for name, labels in re.findall(r"^(x402_\w+?)(?:_bucket|_sum|_count)?\{(.*?)\} ", page, re.MULTILINE):
        assert set(re.findall(r"(\w+)=\"", labels)) - {"le"} == known[name], name


def check_the_alerts_look_at_codes_that_exist():
    """A code that is misspelt would never fire."""
    codes = set()
    for path in (settings.ROOT / "x402-tower/src").rglob("*.rs"):
        codes |= set(re.findall(r'"([a-z]+\.[a-z_]+)"', path.read_text()))
    for name, query in rule_queries():
        for operator, pattern in re.findall(r'code(=~|!~|=)"([^"]*)"', query):
            text = pattern.replace("\\\\", "\\")
            for part in alternatives(text) if operator != "=" else [re.escape(text)]:
                assert any(re.fullmatch(part, code) for code in codes), f"{name}: {part}"


def alternatives(pattern):
    """`a\\.(b|c)|d` as its single patterns, so that each is looked at."""
    group = re.search(r"\(([^()]*)\)", pattern)
    if group:
        before, after = pattern[: group.start()], pattern[group.end() :]
        head, _, start = before.rpartition("|")
        end, _, tail = after.partition("|")
        for part in group.group(1).split("|"):
            yield f"{start}{part}{end}"
        for rest in (head, tail):
            if rest:
                yield from alternatives(rest)
    else:
        yield from (part for part in pattern.split("|") if part)
