"""Payments that the official SDK signs, also for what nobody asked for."""

import asyncio

import httpx
from eth_account import Account
from x402 import x402Client
from x402.http import x402HTTPClient
from x402.mechanisms.evm import EthAccountSigner
from x402.mechanisms.evm.exact.register import register_exact_evm_client

from stage import PUBLIC_TEST_KEY


def sign(challenged: httpx.Response, pay_to: str | None = None) -> dict[str, str]:
    """The header that pays what a 402 asks for; with `pay_to`, as an SDK would that somebody has tampered with."""
    if challenged.status_code != 402:
        raise AssertionError(f"no challenge: {challenged.status_code} {challenged.text}")
    client = x402Client()
    register_exact_evm_client(client, EthAccountSigner(Account.from_key(PUBLIC_TEST_KEY)))
    http = x402HTTPClient(client)
    required = http.get_payment_required_response(challenged.headers.get, None)
    if pay_to is not None:
        for choice in required.accepts:
            choice.pay_to = pay_to
    payment = asyncio.run(client.create_payment_payload(required))
    return http.encode_payment_signature_header(payment)
