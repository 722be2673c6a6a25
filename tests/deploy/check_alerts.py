"""The alert rules: that they are rules, and that each fires when it should and not otherwise."""

import json
import pathlib
import re
import subprocess

import yaml

import settings

TESTS = pathlib.Path(__file__).with_name("alerts_test.yaml")


def alerts():
    groups = yaml.safe_load(settings.RULES.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


def anchors(text):
    """What a heading is linked by: as GitHub makes it."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings]


def promtool(*words):
    ran = subprocess.run(["promtool", *words], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def check_they_are_rules():
    promtool("check", "rules", str(settings.RULES))


def check_each_fires_when_it_should():
    promtool("test", "rules", str(TESTS))


def check_none_is_untested():
    """Each has a moment at which it fires, and one at which it does not."""
    fires, silent = set(), set()
    for test in yaml.safe_load(TESTS.read_text())["tests"]:
        for one in test.get("alert_rule_test", []):
            (fires if one.get("exp_alerts") else silent).add(one["alertname"])
    assert fires == silent == alerts().keys(), (alerts().keys() - fires, alerts().keys() - silent)


def check_each_says_what_to_do():
    known = anchors(settings.RUNBOOK.read_text())
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in ("critical", "warning"), name
        assert rule["annotations"]["summary"], name
        file, anchor = rule["annotations"]["runbook_url"].split("/docs/runbook.md#")
        assert file == "https://github.com/x402-tower/x402-tower/blob/main", name
        assert anchor == name.lower() and known.count(anchor) == 1, name


def check_the_runbook_knows_no_other_alerts():
    named = set(re.findall(r"^### (X402\w+)", settings.RUNBOOK.read_text(), re.MULTILINE))
    assert named == alerts().keys(), named ^ alerts().keys()


def check_the_dashboard_links_the_runbook():
    (link,) = json.loads(settings.DASHBOARD.read_text())["links"]
    assert link["url"].endswith("/docs/runbook.md")
