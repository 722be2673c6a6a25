"""Many agents buy at once, and the guard is killed meanwhile."""

import asyncio
import json
import tempfile
import time

from buying import GENEROUS, LOST, books, buy, counted, held, say
from guard import Guard, ask
from market import Market


async def payments(args):
    """64 agents buy at once."""
    agents, each = (64, 1000) if args.full else (64, 10)
    with tempfile.TemporaryDirectory() as folder, Guard(args.binary, folder, agents, GENEROUS) as guard:
        async with Market().open() as market:
            began = time.monotonic()
            outcomes = await buy(guard, market, agents, each)
            seconds = time.monotonic() - began
            paid, verdict = books(guard, market)
            held(outcomes["delivered"] == agents * each, f"all are delivered: {outcomes}")
            held(paid == agents * each, f"all are on the seller's books: {paid}")
            left = json.loads((await ask(guard.port, "/v1/budget", 0))[1])["limits"][0]["left"]
            held(left == f"{1000 - each / 100:.2f}", f"the ledger counts each once: {left} left")
            say("payments", f"{paid} by {agents} agents in {seconds:.1f} s, {paid / seconds:.0f}/s, each once; "
                            f"{verdict['records']} records intact; {guard.memory_mib()} MiB at most, "
                            f"{guard.processor_seconds() / paid * 1000:.2f} ms of a processor each")
            guard.stop()


async def crash(args):
    """The same, and the guard is killed twice."""
    agents, each = (64, 200) if args.full else (32, 10)
    with tempfile.TemporaryDirectory() as folder, Guard(args.binary, folder, agents, GENEROUS) as guard:
        async with Market().open() as market:
            async def killed():
                for _ in range(2):
                    await asyncio.sleep(0.7)
                    guard.kill()
                    await asyncio.to_thread(guard.start)

            outcomes = await buy(guard, market, agents, each, killed, tries=40)
            paid, verdict = books(guard, market)
            codes = outcomes["codes"]
            lost = sum(codes[code] for code in LOST)
            held(set(codes) <= set(LOST), f"nothing else is refused: {codes}")
            held(outcomes["delivered"] + lost == agents * each, f"every request comes to an end: {outcomes}")
            held(outcomes["delivered"] <= paid <= agents * each, f"what is delivered was paid: {paid}, {outcomes}")
            spent = await counted(guard, agents)
            held(spent >= paid, f"what was paid counts: {spent} counted, {paid} paid")
            say("crash", f"killed twice: {paid} payments, each once, {spent} counted; {outcomes['broken']} broken calls; "
                         f"{lost} requests whose answer was lost are not paid again; "
                         f"{len(verdict['dangling_intents'])} intents left open, and named")
            guard.stop()
