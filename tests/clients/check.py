"""Real clients through `x402-guard serve`: starts peers and guard, and finds out what holds. See README.md."""

import os
import signal
import sys
import time
from pathlib import Path

import buying
import decisions
import privacy
import refusals
import streaming
from facts import Facts
from stage import Stage

# Where a seller that moves wants to be paid all of a sudden.
MOVED_TO = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def policy(shop: str) -> str:
    return f"""
max_per_call_usd = 0.10
daily_limit_usd = 2.00
recipient_pinning = "block"
per_endpoint = {{ "{shop}/metered" = 0.02 }}
"""


def main() -> int:
    # As a KeyboardInterrupt does, so that what was started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    # The clients of these checks as well.
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    facts = Facts()
    with Stage(Path(sys.argv[1]).resolve()) as stage:
        facilitator = stage.facilitator("facilitator")
        to = {"FACILITATOR_URL": facilitator.address}
        sellers = {
            "@x402/express v2": stage.peer("seller-express-v2.cjs", **to),
            "x402-express v1": stage.peer("seller-express-v1.cjs", **to),
            "FastAPI with the Python SDK": stage.peer("seller_fastapi.py", **to),
        }
        shop = stage.peer("seller-shop-v2.cjs", **to, DESCRIPTION=privacy.DESCRIPTION, MOVED_TO=MOVED_TO)
        guard = stage.guard("guard", policy(shop), X402_ADMIN_TOKEN="the-token-of-the-operator")
        asked = decisions.Decisions(stage)
        buying.check(facts, guard, facilitator, sellers, shop)
        refusals.check(facts, guard, facilitator, shop)
        privacy.check(facts, stage, guard, facilitator, shop)
        streaming.check(facts, guard, facilitator, shop)
        asked.check(facts)
        if facts.failed:
            print("what the guard said last:\n" + "".join(guard.process.said[-10:]), flush=True)
    print(f"{facts.passed} passed, {facts.failed} failed, in {time.monotonic() - began:.0f} s", flush=True)
    return 1 if facts.failed or not facts.passed else 0


if __name__ == "__main__":
    sys.exit(main())
