"""What a schema cannot say: which of the well-formed values stand for something that there is.

Requests that the document allows get a URL, a challenge and a network that exist, each other value stays as it was made
up; requests that it forbids are sent as they are.
"""

import itertools

import schemathesis
from schemathesis import GenerationMode

SELLER = "https://api.example.com/report"
TOKEN = {"network": "eip155:84532", "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e"}
PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
CHALLENGE = {
    "x402Version": 2,
    "resource": {"url": SELLER, "description": "A report"},
    "accepts": [
        {
            "scheme": "exact",
            "amount": "1",
            "payTo": PAY_TO,
            "maxTimeoutSeconds": 60,
            "extra": {"name": "USDC", "version": "2"},
        }
        | TOKEN
    ],
}
KNOWN = TOKEN | {"scheme": "exact", "pay_to": PAY_TO}

# The same request is paid once, so every one gets a name of its own.
names = itertools.count()


@schemathesis.hook
def before_call(_, case, __):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    operation = case.operation.definition.raw["operationId"]
    if operation == "budget" and "url" in (case.query or {}):
        case.query["url"] = SELLER
    if operation not in ("decide", "reserve") or not isinstance(case.body, dict):
        return
    case.body["url"] = SELLER
    if operation == "decide":
        named = {name: known for name, known in KNOWN.items() if case.body.get(name) is not None}
        case.body.update(named)
    else:
        case.body["challenge"] = CHALLENGE
        case.body["idempotency_key"] = f"request-{next(names)}"
