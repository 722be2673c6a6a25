"""Buys what is behind a URL. The guard pays: there is no key here, and nothing that knows x402.

usage: pay.py URL [JSON]
"""

import json
import os
import sys

import httpx

GUARD = os.environ.get("X402_GUARD", "http://127.0.0.1:8402")
TOKEN = os.environ["X402_TOKEN"]


def through_guard(url: str) -> str:
    """https://seller/report becomes http://guard/https/seller/report."""
    return f"{GUARD}/{url.replace('://', '/', 1)}"


def main(url: str, question: str | None = None) -> None:
    with httpx.Client(headers={"X-X402-Agent-Token": TOKEN}, timeout=60) as http:
        if question is None:
            answer = http.get(through_guard(url))
        else:
            answer = http.post(through_guard(url), json=json.loads(question))
    if answer.headers.get("content-type") == "application/problem+json":
        refusal = answer.json()
        sys.exit(f"refused, {refusal['code']}: {refusal['detail']}")
    answer.raise_for_status()
    print(answer.text)


if __name__ == "__main__":
    main(*sys.argv[1:3])
