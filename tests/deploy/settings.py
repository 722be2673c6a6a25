"""Where things are."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "x402-guard"
RULES = DEPLOY / "prometheus" / "rules.yaml"
DASHBOARD = DEPLOY / "grafana" / "x402-guard.json"
RUNBOOK = ROOT / "docs" / "runbook.md"

# The guard that is checked with; run.py sets it.
BINARY = None
