"""The decision API and the document that describes it agree."""

import re
import sys
from pathlib import Path

import httpx

from facts import Facts, expect, expect_refusal
from stage import HERE, Guard, Stage, Task, environment

POLICY = """
max_per_call_usd = 0.10
daily_limit_usd = 1000
"""
# How many requests are made up for each operation, besides those at the edges of its schema.
EXAMPLES = 30
# All but the document itself.
OPERATIONS = 5


class Decisions:
    """A guard of its own, and schemathesis, which takes its time beside the other checks."""

    def __init__(self, stage: Stage) -> None:
        self.guard = stage.guard("decisions", POLICY)
        program = str(Path(sys.executable).parent / "schemathesis")
        command = [program, "run", f"{self.guard.url}/v1/openapi.json", "--checks=all", "--continue-on-failure"]
        command += [f"--max-examples={EXAMPLES}", "--seed=1", "--output-truncate=false", "--warnings=off"]
        command += [f"--header=Authorization: {bearer(self.guard)['Authorization']}"]
        env = environment(SCHEMATHESIS_HOOKS="schemathesis_hooks", PYTHONPATH=str(HERE), NO_COLOR="1")
        self.schemathesis = stage.begin("schemathesis", command, env)

    def check(self, facts: Facts) -> None:
        facts.check("/v1/openapi.json: its own examples are answered with success", examples, self.guard)
        facts.check("what is no request at all is refused in the same form", no_requests, self.guard)
        facts.check("schemathesis: the document and the service agree", agree, self.schemathesis)


def examples(guard: Guard) -> None:
    document = httpx.get(f"{guard.url}/v1/openapi.json").json()
    tried = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "example" in content:
                url = f"{guard.url}{path}"
                answer = httpx.request(method, url, json=content["example"], headers=bearer(guard))
                expect(answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}")
                tried.append(operation["operationId"])
    expect({"screen", "decide", "reserve"} <= set(tried), f"only {tried} have an example")


def no_requests(guard: Guard) -> None:
    for path in ("screen", "decide", "payments"):
        answer = httpx.post(f"{guard.url}/v1/{path}", content=b" " * 300_000, headers=bearer(guard))
        expect_refusal(answer, 413, "api.too_long", "256 KiB")
    for path in ("budget?url=http://a.example&url=http://b.example", "budget?url=mailto:a", "budget?url=%ff"):
        expect_refusal(httpx.get(f"{guard.url}/v1/{path}", headers=bearer(guard)), 400, "api.question")
    ambiguous = httpx.get(f"{guard.url}/v1/budget?url=https://user@a.example/", headers=bearer(guard))
    expect_refusal(ambiguous, 400, "policy.url", "request it without user name")
    told = {"outcome": "unknown"}
    answer = httpx.put(f"{guard.url}/v1/payments/%ff/outcome", json=told, headers=bearer(guard))
    expect_refusal(answer, 400, "api.question", "as it was granted")


def agree(schemathesis: Task) -> None:
    code, said = schemathesis.outcome()
    expect(code == 0, said[-8000:])
    tested = re.search(r"Tested: (\d+)", said)
    generated = re.search(r"(\d+) generated", said)
    expect(tested and int(tested[1]) == OPERATIONS and generated and int(generated[1]) > 100, said)


def bearer(guard: Guard) -> dict[str, str]:
    return {"Authorization": f"Bearer {guard.tokens['pay']}"}
