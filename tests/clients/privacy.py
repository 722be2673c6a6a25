"""What is personal does not reach whoever settles."""

import json

from buying import EXAMPLES, example
from facts import Facts, expect
from stage import PEERS, Facilitator, Guard, Stage, environment, free_port, run

EMAIL = "alice@example.com"
SSN = "123-45-6789"
DESCRIPTION = f"report for {EMAIL}"


def check(facts: Facts, stage: Stage, guard: Guard, facilitator: Facilitator, shop: str) -> None:
    for script, (what, mode) in EXAMPLES.items():
        fact = f"{what}: the facilitator is told no personal data of the description and the query"
        facts.check(fact, redacted, script, mode, guard, facilitator, shop)
    facts.check("x402-express v1 behind the guard: its facilitator is told none either", v1_seller, stage)


def redacted(script: str, mode: str, guard: Guard, facilitator: Facilitator, shop: str) -> None:
    before = facilitator.text()
    query = f"email={EMAIL}&ssn={SSN}&by={script}"
    done = example(script, guard, mode, f"{shop}/report?{query}")
    expect(done.returncode == 0, f"exit code {done.returncode}: {done.stdout}{done.stderr}")
    asked = json.loads(done.stdout)["asked"]
    expect(asked["email"] == EMAIL, f"the seller itself has to be asked as it was meant: {asked}")
    heard = facilitator.since(before)
    for personal in (EMAIL, SSN, "alice"):
        expect(personal not in heard, f"the facilitator was told {personal}: {heard}")
    # That it was told of this payment at all, and what stands there now.
    expect(f"by={script}" in heard and "report for <REDACTED>" in heard, f"another exchange: {heard}")


def v1_seller(stage: Stage) -> None:
    """In version 1 the seller writes the texts that its facilitator gets, so the guard stands on the seller's side."""
    facilitator = stage.facilitator("facilitator-v1")
    port = free_port()
    settings = f"""
[seller]
listen = "127.0.0.1:{(front := free_port())}"
upstream = "http://127.0.0.1:{port}"
facilitator = "{facilitator.address}"
"""
    guard = stage.guard("seller-side", "", settings, agents=False)
    relay = f"{guard.url}/facilitator"
    stage.peer("seller-express-v1.cjs", FACILITATOR_URL=relay, PORT=str(port))
    url = f"http://127.0.0.1:{front}/premium?email={EMAIL}&ssn={SSN}"
    done = run(["node", "buyer-fetch-v1.cjs", url], environment(), PEERS)
    report = json.loads(done.stdout)
    expect(report.get("status") == 200, report)
    expect(facilitator.settled() == 1, "the facilitator did not settle once")
    heard = facilitator.text()
    for personal in (EMAIL, SSN, "alice"):
        expect(personal not in heard, f"the facilitator was told {personal}: {heard}")
