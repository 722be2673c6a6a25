"""Payments that are refused, and what the developer of the agent reads."""

import json

import httpx

import signing
from buying import example
from facts import Facts, expect, expect_refusal
from stage import Facilitator, Guard

# What tests/interop/seller-shop-v2.cjs asks for /dear, and what policy() in check.py allows.
PER_CALL = ("max_per_call_usd (0.10 USD)", "costs 5.00 USD")


def check(facts: Facts, guard: Guard, facilitator: Facilitator, shop: str) -> None:
    def refuses(fact: str, holds: object) -> None:
        facts.check(fact, nothing_settled, facilitator, holds, guard, shop)

    for script in ("pay.py", "pay.ts", "screen.py", "screen.ts"):
        facts.check(f"{script}: is refused 5.00 USD and prints why", prints_why, script, guard, facilitator, shop)
    facts.check("LangChain: the model reads why", model_reads_why, guard, facilitator, shop)
    refuses("overspending in one call: policy.per_call names the limit", overspend)
    facts.check("overspending little by little: policy.endpoint_window says what is left, and /v1/decide says the same", little_by_little, guard, shop)
    facts.check("the same request again: replay.duplicate says how to mean it", duplicate, guard, shop)
    facts.check("a signature sent again: is refused, and settled once", replay, guard, facilitator, shop)
    refuses("a recipient that the seller swapped: policy.recipient_changed says what to make sure of", swapped_by_seller)
    refuses("a recipient that the agent's SDK swapped: is refused before the seller has it", swapped_by_agent)
    refuses("no token: gateway.unidentified says how to send one", no_token)
    refuses("no token to a proxy: 407, so that clients ask for one", no_proxy_token)
    refuses("a CONNECT tunnel: gateway.tunnel says what to do instead", tunnel)
    refuses("cloud metadata: egress.forbidden_address says where to allow it", metadata)
    facts.check("an engaged kill switch: policy.kill_switch, until it is released", kill_switch, guard, shop)


def nothing_settled(facilitator: Facilitator, holds: object, guard: Guard, shop: str) -> None:
    settled = facilitator.settled()
    holds(guard, shop)
    expect(facilitator.settled() == settled, "something was settled all the same")


def get(guard: Guard, url: str, mode: str = "pay", **headers: str) -> httpx.Response:
    return httpx.get(guard.through(url), headers=guard.header(mode) | headers, timeout=60)


def prints_why(script: str, guard: Guard, facilitator: Facilitator, shop: str) -> None:
    settled = facilitator.settled()
    mode = script.split(".")[0]
    done = example(script, guard, mode, f"{shop}/dear?by={script}")
    expect(done.returncode == 1, f"exit code {done.returncode}: {done.stdout}")
    said = done.stderr.strip()
    expect(said.startswith("refused, policy.per_call: "), said)
    for text in PER_CALL:
        expect(text in said, said)
    expect(facilitator.settled() == settled, "something was settled all the same")


def model_reads_why(guard: Guard, facilitator: Facilitator, shop: str) -> None:
    settled = facilitator.settled()
    done = example("langchain_tool.py", guard, "pay", f"{shop}/dear?of=langchain")
    problem = json.loads(done.stdout)
    expect(problem["code"] == "policy.per_call", problem)
    expect(PER_CALL[0] in problem["detail"], problem)
    expect(facilitator.settled() == settled, "something was settled all the same")


def overspend(guard: Guard, shop: str) -> None:
    for mode in ("pay", "screen"):
        expect_refusal(get(guard, f"{shop}/dear", mode), 403, "policy.per_call", *PER_CALL)


def little_by_little(guard: Guard, shop: str) -> None:
    """Two cents are allowed there, and everything costs one."""
    for number in range(2):
        answer = get(guard, f"{shop}/metered?number={number}")
        expect(answer.status_code == 200, answer.text)
    refused = get(guard, f"{shop}/metered?number=2")
    expect_refusal(refused, 403, "policy.endpoint_window", "per_endpoint", "0.02 USD", "0.00 USD are left")
    question = {"url": f"{shop}/metered?number=2", "amount_usd": "0.01", "network": "eip155:84532"}
    decision = httpx.post(f"{guard.url}/v1/decide", json=question, headers=guard.header("pay")).json()
    told = (decision["code"], decision["detail"])
    problem = refused.json()
    expect(told == (problem["code"], problem["detail"]), f"/v1/decide foretells {told} in place of {problem}")


def duplicate(guard: Guard, shop: str) -> None:
    url = f"{shop}/report?of=twice"
    expect(get(guard, url).status_code == 200, "the first time was refused")
    expect_refusal(get(guard, url), 409, "replay.duplicate", "wait", "new Idempotency-Key")
    meant = get(guard, url, **{"Idempotency-Key": "a-second-one"})
    expect(meant.status_code == 200, f"a new key is refused as well: {meant.text}")


def replay(guard: Guard, facilitator: Facilitator, shop: str) -> None:
    url = f"{shop}/report?of=replay"
    settled = facilitator.settled()
    payment = signing.sign(get(guard, url, "screen"))
    first = get(guard, url, "screen", **payment)
    expect(first.status_code == 200, first.text)
    again = get(guard, url, "screen", **payment)
    expect_refusal(again, 409, "replay.authorization", "used already", "sign a new one")
    named = get(guard, url, "screen", **payment, **{"Idempotency-Key": "another"})
    expect_refusal(named, 409, "replay.authorization", "sign a new one")
    elsewhere = get(guard, f"{shop}/report?of=elsewhere", "screen", **payment)
    expect_refusal(elsewhere, 409, "replay.other_request", "sign a new one")
    expect(facilitator.settled() == settled + 1, "it was not settled once")


def swapped_by_seller(guard: Guard, shop: str) -> None:
    url = f"{shop}/moved"
    signed = signing.sign(get(guard, url, "screen"))
    for refused in (get(guard, url), get(guard, url, "screen", **signed)):
        expect_refusal(refused, 403, "policy.recipient_changed", "make sure whose it is", "forget the pin")


def swapped_by_agent(guard: Guard, shop: str) -> None:
    url = f"{shop}/report?of=swapped"
    thief = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    challenged = get(guard, url, "screen")
    refused = get(guard, url, "screen", **signing.sign(challenged, pay_to=thief))
    expect_refusal(refused, 403, "policy.recipient_changed", thief.lower(), "make sure whose it is")


def no_token(guard: Guard, shop: str) -> None:
    refused = httpx.get(guard.through(f"{shop}/report"))
    expect_refusal(refused, 401, "gateway.unidentified", "X-X402-Agent-Token", "HTTP_PROXY=")


def no_proxy_token(guard: Guard, shop: str) -> None:
    refused = httpx.get(f"{shop}/report", proxy=guard.url)
    expect_refusal(refused, 407, "gateway.unidentified", "Proxy-Authorization", "HTTP_PROXY=")
    expect("Basic" in refused.headers.get("proxy-authenticate", ""), refused.headers)


def tunnel(guard: Guard, _: str) -> None:
    host = guard.url.removeprefix("http://")
    refused = httpx.Client(base_url=guard.url).send(
        httpx.Request("CONNECT", guard.url, headers={"Host": host} | guard.header("pay"))
    )
    expect_refusal(refused, 405, "gateway.tunnel", "/https/", "X-X402-Target")


def metadata(guard: Guard, _: str) -> None:
    for host in ("169.254.169.254", "[::ffff:169.254.169.254]", "2852039166"):
        refused = get(guard, f"http://{host}/latest/meta-data/")
        expect_refusal(refused, 403, "egress.forbidden_address", "egress.allow")


def kill_switch(guard: Guard, shop: str) -> None:
    token = {"Authorization": "Bearer the-token-of-the-operator"}
    switch = f"{guard.admin}/kill-switch"
    expect(httpx.put(switch).status_code == 401, "anybody may engage it")
    expect(httpx.put(switch, headers=token).status_code == 200, "it is not engaged")
    try:
        refused = get(guard, f"{shop}/report?of=stopped")
        expect_refusal(refused, 403, "policy.kill_switch", "release it")
    finally:
        httpx.delete(switch, headers=token)
    expect(get(guard, f"{shop}/report?of=released").status_code == 200, "released, and still refused")
