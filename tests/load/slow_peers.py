"""Slow, half-open and hostile sellers and clients, while honest agents buy."""

import asyncio
import collections
import tempfile
import time

from bad_clients import CLIENTS
from bad_sellers import BadSeller
from buying import GENEROUS, Shopping, books, code_of, held, ledger, say, until
from guard import Guard, ask
from market import Market

LIMITS = "connect_seconds = 1\nanswer_seconds = 2\nhead_seconds = 2\nidle_body_seconds = 2\ndrain_seconds = 5"
# Until the last of them has to be gone: their time-outs end after ten seconds at most, and much later on a busy machine.
SECONDS = 60
# What an agent waits, once it has paid, for a body that drips, and so never stands still.
PATIENCE = 6
# Connections of the honest ones to and from the guard that may be open at one moment and not at another.
SLACK = 48


async def buys_badly(guard, seller, way, expected, agent):
    """Buys from a bad seller, and is told why nothing came of it."""
    path = f"/{way}/{agent}"
    asked = asyncio.create_task(ask(guard.port, f"/http/127.0.0.1:{seller.port}{path}", agent, 60))
    if way in BadSeller.PAID_SETTLED:
        await until(lambda: f"{way}: it is paid", lambda: path in seller.paid, 60)
    done, _ = await asyncio.wait([asked], timeout=PATIENCE if expected is None else None)
    asked.cancel()
    answer = asked.result() if done else None
    if expected is None:
        # The answer broke off, or was given up.
        held(answer is None or answer[0] != 200 or b"x" * 4 not in answer[1], f"{way}: nothing whole is delivered")
    else:
        held(answer is not None and code_of(*answer) == expected, f"{way}: the agent is told {expected}: {answer}")


async def slow_peers(args):
    honest, bad = (32, 40) if args.full else (8, 6)
    ways = BadSeller.UNPAID | BadSeller.PAID_UNKNOWN | BadSeller.PAID_SETTLED
    with tempfile.TemporaryDirectory() as folder, \
            Guard(args.binary, folder, honest + bad, GENEROUS, limits=LIMITS) as guard:
        async with Market().open() as market, BadSeller().open() as seller, Shopping(guard, market, honest) as shopping:
            await shopping.all_have(shopping.delivered, 2)
            before, most = guard.descriptors(), 0
            work = [asyncio.create_task(buys_badly(guard, seller, way, expected, honest + agent), name=way)
                    for way, expected in ways.items() for agent in range(bad)]
            work += [asyncio.create_task(client(guard.port, market), name=client.__name__)
                     for client in CLIENTS for _ in range(bad)]
            pending, began = set(work), time.monotonic()
            while pending:
                names = collections.Counter(task.get_name() for task in pending)
                held(time.monotonic() - began < SECONDS, f"each is ended within {SECONDS} s: {dict(names)} are not")
                done, pending = await asyncio.wait(pending, timeout=0.1)
                for task in done:
                    task.result()
                most = max(most, guard.descriptors())
                held(most <= before + 2 * len(work) + SLACK, f"descriptors are bounded: {most}, {before} before")
            await shopping.all_have(shopping.delivered, 2)
            await until(lambda: f"descriptors come back: {before} before, {most} at most",
                        lambda: guard.descriptors() <= before + SLACK, 30)
            await shopping.go_home()
            delivered, refused = sum(shopping.delivered), sum(shopping.refused + shopping.lost + shopping.broken)
            held(refused == 0, f"honest agents get what they buy: {shopping.codes}, {shopping.lost}, {shopping.broken}")
            paid, verdict = books(guard, market)
            held(paid == delivered, f"each is paid: {paid}, {delivered}")
            unknown, settled = (bad * len(kinds) for kinds in (BadSeller.PAID_UNKNOWN, BadSeller.PAID_SETTLED))
            held(len(seller.paid) == unknown + settled, f"bad sellers were paid once by each: {len(seller.paid)}")
            events = verdict["events"]
            held(events.get("PAYMENT_UNKNOWN") == unknown, f"{unknown} outcomes are on record as unknown: {events}")
            held(events["PAYMENT_ALLOWED"] == paid + settled and not verdict["dangling_intents"], f"the others as paid: {events}")
            market.paid |= seller.paid
            states = ledger(guard, market)
            held(states == {"settled": paid + settled, "unknown": unknown}, f"the ledger counts each once: {states}")
            held(guard.memory_mib() < 256, f"memory is bounded: {guard.memory_mib()} MiB")
            say("slow_peers", f"{len(work)} bad peers of {len(ways) + len(CLIENTS)} kinds ended; {delivered} honest payments "
                              f"delivered, each once; {unknown} of unknown outcome, on record and counted once; descriptors "
                              f"{before} before, {most} at most, {guard.descriptors()} after; {guard.memory_mib()} MiB at most")
            guard.stop()
