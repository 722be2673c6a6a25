"""Agents in Python and TypeScript buy from the official sellers."""

import concurrent.futures
import json
import subprocess
import sys
from pathlib import Path

import httpx

from facts import Facts, expect
from stage import ROOT, Facilitator, Guard, run

PYTHON = ROOT / "examples/python"
TYPESCRIPT = ROOT / "examples/typescript"

# What each example is, and the mode of the agent that it acts for.
EXAMPLES = {
    "pay.py": ("Python, httpx, no key", "pay"),
    "pay.ts": ("TypeScript, fetch, no key", "pay"),
    "screen.py": ("Python, official httpx client", "screen"),
    "screen.ts": ("TypeScript, official @x402/fetch", "screen"),
}


def example(script: str, guard: Guard, mode: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs an example as its README says."""
    if script.endswith(".py"):
        return run([sys.executable, script, *arguments], guard.environment(mode), PYTHON)
    return run(["node", "--import", "tsx", script, *arguments], guard.environment(mode), TYPESCRIPT)


def check(facts: Facts, guard: Guard, facilitator: Facilitator, sellers: dict[str, str], shop: str) -> None:
    facts.check("TypeScript: the examples have the right types", typed, guard)
    for seller, address in sellers.items():
        for script, (what, mode) in EXAMPLES.items():
            facts.check(f"{what}: buys from {seller}", buys, script, mode, guard, facilitator, address)
    facts.check("LangChain's RequestsGetTool: buys from @x402/express", langchain, guard, facilitator, shop)
    facts.check("httpx with HTTP_PROXY and nothing else: buys from @x402/express", proxy, guard, facilitator, shop)
    facts.check("X-X402-Target: buys from @x402/express", target, guard, facilitator, shop)
    facts.check("the seller sees neither the agent's token nor how it asked", unseen, guard, shop)
    facts.check("the same request five times at once: paid once", at_once, guard, facilitator, shop)
    facts.check("the budget counts what was bought", budget, guard)


def typed(guard: Guard) -> None:
    done = run(["npx", "--no-install", "tsc"], guard.environment("pay"), TYPESCRIPT)
    expect(done.returncode == 0, done.stdout + done.stderr)


def buys(script: str, mode: str, guard: Guard, facilitator: Facilitator, seller: str) -> None:
    settled = facilitator.settled()
    question = json.dumps({"query": f"bought by {script}"})
    done = example(script, guard, mode, f"{seller}/premium", question)
    expect(done.returncode == 0, f"exit code {done.returncode}: {done.stdout}{done.stderr}")
    answer = json.loads(done.stdout)
    expect(answer["data"] == "premium market data", answer)
    expect(answer["echo"] == json.loads(question), answer)
    expect(facilitator.settled() == settled + 1, "the seller's facilitator did not settle once")


def langchain(guard: Guard, facilitator: Facilitator, shop: str) -> None:
    settled = facilitator.settled()
    done = example("langchain_tool.py", guard, "pay", f"{shop}/report?of=langchain")
    expect(done.returncode == 0, f"exit code {done.returncode}: {done.stderr}")
    expect(json.loads(done.stdout)["asked"] == {"of": "langchain"}, done.stdout)
    expect(facilitator.settled() == settled + 1, "the seller's facilitator did not settle once")


def proxy(guard: Guard, facilitator: Facilitator, shop: str) -> None:
    settled = facilitator.settled()
    host = guard.url.removeprefix("http://")
    through = {"http_proxy": f"http://agent:{guard.tokens['pay']}@{host}"}
    program = "import httpx, sys; print(httpx.get(sys.argv[1], timeout=60).text)"
    command = [sys.executable, "-c", program, f"{shop}/report?of=proxy"]
    done = run(command, guard.environment("pay") | through, Path.cwd())
    expect(done.returncode == 0, f"exit code {done.returncode}: {done.stderr}")
    expect(json.loads(done.stdout)["asked"] == {"of": "proxy"}, done.stdout)
    expect(facilitator.settled() == settled + 1, "the seller's facilitator did not settle once")


def target(guard: Guard, facilitator: Facilitator, shop: str) -> None:
    settled = facilitator.settled()
    headers = guard.header("pay") | {"X-X402-Target": shop}
    answer = httpx.get(f"{guard.url}/report?of=target", headers=headers, timeout=60)
    expect(answer.status_code == 200, answer.text)
    expect(facilitator.settled() == settled + 1, "the seller's facilitator did not settle once")


def unseen(guard: Guard, shop: str) -> None:
    headers = guard.header("pay") | {"X-X402-Target": shop}
    answer = httpx.get(f"{guard.url}/report?of=headers", headers=headers, timeout=60).json()
    expect("payment-signature" in answer["headers"], answer)
    for header, value in answer["headers"].items():
        own = header.startswith("x-x402-") or header.startswith("proxy-")
        expect(not own and guard.tokens["pay"] not in value, f"the seller saw {header}: {value}")


def at_once(guard: Guard, facilitator: Facilitator, shop: str) -> None:
    settled = facilitator.settled()
    url = guard.through(f"{shop}/report?of=at-once")

    def ask(_: int) -> int:
        return httpx.get(url, headers=guard.header("pay"), timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        statuses = sorted(pool.map(ask, range(5)))
    expect(facilitator.settled() == settled + 1, f"settled {facilitator.settled() - settled} times: {statuses}")
    expect(statuses.count(200) >= 1 and set(statuses) <= {200, 409}, statuses)


def budget(guard: Guard) -> None:
    answer = httpx.get(f"{guard.url}/v1/budget", headers=guard.header("pay"))
    expect(answer.status_code == 200, answer.text)
    limits = {limit["rule"]: limit for limit in answer.json()["limits"]}
    daily = limits["daily_limit_usd"]
    expect(float(daily["left"]) < float(daily["most"]), limits)
