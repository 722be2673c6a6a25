"""Agents that buy, and what must hold of what they bought."""

import asyncio
import collections
import itertools
import json

from guard import ask

GENEROUS = "max_per_call_usd = 0.01\ndaily_limit_usd = 1000\n"

# It was paid, or may have been, and the answer was lost: that is known, and not paid again.
LOST = ("replay.duplicate", "request.in_doubt")


def say(part, text):
    print(f"{part:<11} {text}", flush=True)


class NotHeld(Exception):
    """Something that must hold does not."""


def held(condition, what):
    if not condition:
        raise NotHeld(what)


async def until(what, condition, seconds):
    """Waits for it, and says what did not come."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise NotHeld(f"within {seconds} s: {what()}") from None


def code_of(status, body):
    return json.loads(body).get("code", "?") if body.startswith(b"{") else str(status)


async def buy(guard, market, agents, each, meanwhile=None, tries=1):
    """Every agent buys `each` reports, one after the other; what breaks off is asked for again, under the same name."""
    outcomes = {"delivered": 0, "refused": 0, "broken": 0, "codes": collections.Counter()}

    async def agent(number):
        for report in range(each):
            for attempt in range(tries):
                answer = await ask(guard.port, market.report(number, report), number)
                if answer is None:
                    outcomes["broken"] += 1
                    await asyncio.sleep(0.2)
                    continue
                status, body = answer
                if status == 200:
                    outcomes["delivered"] += 1
                    break
                outcomes["refused"] += 1
                code = code_of(status, body)
                outcomes["codes"][code] += 1
                if code in LOST or attempt + 1 == tries:
                    break
                await asyncio.sleep(0.2)

    work = [asyncio.create_task(agent(number)) for number in range(agents)]
    if meanwhile:
        await meanwhile()
    await asyncio.gather(*work)
    return outcomes


class Shopping:
    """Agents that buy one report after the other until they are told to go home."""

    # Waiting for all of them: much longer than it takes on a busy machine.
    PATIENCE = 60

    def __init__(self, guard, market, agents):
        self.guard, self.market, self.agents = guard, market, agents
        self.delivered, self.refused, self.lost, self.broken = ([0] * agents for _ in range(4))
        self.codes = collections.Counter()
        self.closing = False

    async def __aenter__(self):
        self.tasks = [asyncio.create_task(self.shop(number)) for number in range(self.agents)]
        return self

    async def __aexit__(self, *_):
        self.closing = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def shop(self, number):
        for report in itertools.count():
            while True:
                if self.closing:
                    return
                answer = await ask(self.guard.port, self.market.report(number, report), number)
                if answer is None:
                    self.broken[number] += 1
                elif answer[0] == 200:
                    self.delivered[number] += 1
                    break
                elif (code := code_of(*answer)) in LOST:
                    self.lost[number] += 1
                    break
                else:
                    self.refused[number] += 1
                    self.codes[code] += 1
                await asyncio.sleep(0.05)

    async def go_home(self):
        """Everybody comes to an end with what they are at."""
        self.closing = True
        await asyncio.wait_for(asyncio.gather(*self.tasks), self.PATIENCE)

    async def all_have(self, counts, more):
        """Waits until each agent has seen so many more of them."""
        goal = [count + more for count in counts]
        name = next(name for name in ("delivered", "refused") if getattr(self, name) is counts)
        await until(lambda: f"every agent has {more} more {name}; they have {counts}, codes {dict(self.codes)}",
                    lambda: all(count >= least for count, least in zip(counts, goal)), self.PATIENCE)


def books(guard, market):
    """Every report that was paid for was paid for once, and the log is as it was written."""
    twice = [path for path, nonces in market.paid.items() if len(nonces) > 1]
    held(not twice, f"{len(twice)} reports were paid for twice, as {twice[:2]}")
    verdict = guard.verify()
    held(verdict["intact"] is True, f"the log is not intact: {verdict}")
    return len(market.paid), verdict


def ledger(guard, market):
    """What was paid is on the ledger under its nonce, and what is settled there was paid; how many are in which state."""
    listed = guard.ledger("show")
    totals = {state: total["payments"] for state, total in listed["totals"].items()}
    if listed["not_listed"]:
        # Too many for a list: then by their number.
        held(sum(totals.values()) >= len(market.paid), f"what was paid is on the ledger: {totals}, {len(market.paid)} paid")
        return totals
    paid = {nonce.removeprefix("0x") for nonces in market.paid.values() for nonce in nonces}
    nonces = collections.defaultdict(set)
    for payment in listed["payments"]:
        nonces[payment["state"]].add(payment["nonce"])
    missing = paid - set().union(*nonces.values())
    held(not missing, f"what was paid is on the ledger: {len(missing)} of {len(paid)} are not")
    held(nonces["settled"] <= paid, f"what is settled was paid: {len(nonces['settled'] - paid)} were not")
    return totals


async def counted(guard, agents, limit=1000):
    """How many cents the ledger counts against all agents together."""
    cents = 0
    for agent in range(agents):
        left = json.loads((await ask(guard.port, "/v1/budget", agent))[1])["limits"][0]["left"]
        cents += limit * 100 - round(float(left) * 100)
    return cents
