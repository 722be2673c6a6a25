"""Buys what is behind a URL with the official SDK. This program has the key and signs; the guard looks at what it signs.

usage: screen.py URL [JSON]
"""

import asyncio
import json
import os
import sys

from eth_account import Account
from x402 import x402Client
from x402.http.clients import x402HttpxClient
from x402.mechanisms.evm import EthAccountSigner
from x402.mechanisms.evm.exact.register import register_exact_evm_client

GUARD = os.environ.get("X402_GUARD", "http://127.0.0.1:8402")
TOKEN = os.environ["X402_TOKEN"]
KEY = os.environ["X402_PRIVATE_KEY"]


def through_guard(url: str) -> str:
    """https://seller/report becomes http://guard/https/seller/report."""
    return f"{GUARD}/{url.replace('://', '/', 1)}"


async def main(url: str, question: str | None = None) -> None:
    payer = x402Client()
    register_exact_evm_client(payer, EthAccountSigner(Account.from_key(KEY)))
    async with x402HttpxClient(payer, headers={"X-X402-Agent-Token": TOKEN}, timeout=60) as http:
        if question is None:
            answer = await http.get(through_guard(url))
        else:
            answer = await http.post(through_guard(url), json=json.loads(question))
    if answer.headers.get("content-type") == "application/problem+json":
        refusal = answer.json()
        sys.exit(f"refused, {refusal['code']}: {refusal['detail']}")
    answer.raise_for_status()
    print(answer.text)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
