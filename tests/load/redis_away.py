"""Redis is away for five seconds while agents buy: killed, frozen, and frozen and then killed."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time

from buying import GENEROUS, Shopping, books, counted, held, ledger, say
from guard import Guard, free_port
from market import Market

SECONDS_AWAY = 5


class Redis:
    """A server of our own, which has on disk what it answers for."""

    def __init__(self, folder):
        os.mkdir(folder)
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}"

    def start(self):
        self.child = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
             "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction",
             "--logfile", f"{self.folder}/log"],
        )
        until = time.monotonic() + 30
        while subprocess.run(["redis-cli", "-p", str(self.port), "ping"], capture_output=True, timeout=5).stdout != b"PONG\n":
            held(self.child.poll() is None and time.monotonic() < until, f"Redis starts, see {self.folder}/log")
            time.sleep(0.05)
        return self

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def freeze(self):
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.child.send_signal(signal.SIGCONT)

    def start_anew(self):
        self.kill()
        self.start()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()


async def redis_away(args):
    agents, rounds = (64, 3) if args.full else (16, 1)
    with (
        tempfile.TemporaryDirectory() as folder, Redis(f"{folder}/redis") as redis,
        Guard(args.binary, folder, agents, GENEROUS, X402_REDIS_URL=redis.url, X402_FINGERPRINT_KEY="0" * 63 + "1") as guard,
    ):
        ways = {"killed": (redis.kill, redis.start), "frozen": (redis.freeze, redis.thaw),
                "frozen and killed": (redis.freeze, redis.start_anew)}
        async with Market().open() as market, Shopping(guard, market, agents) as shopping:
            for way, (leave, come_back) in list(ways.items()) * rounds:
                await shopping.all_have(shopping.delivered, 2)
                leave()
                gone = time.monotonic()
                # Whoever was refused has no payment under way any more.
                await shopping.all_have(shopping.refused, 1)
                paid, asked = market.payments(), market.asked
                ready = await guard.ready()
                held(ready == (503, "store.unavailable"), f"/ready says so: {ready}")
                await asyncio.sleep(gone + SECONDS_AWAY - time.monotonic())
                held(market.payments() == paid, f"nothing is paid while Redis is {way}: {market.payments() - paid} were")
                held(set(shopping.codes) == {"store.unavailable"}, f"all are refused by one code: {shopping.codes}")
                await asyncio.to_thread(come_back)
                back = time.monotonic()
                await shopping.all_have(shopping.delivered, 2)
                say("redis_away", f"{way} for {back - gone:.1f} s: nothing paid, {market.asked - asked} challenges refused; "
                                  f"all buy again {time.monotonic() - back:.1f} s after it is back")
            await shopping.go_home()
            ready = await guard.ready()
            held(ready == (200, None), f"/ready says that it is over: {ready}")
            paid, verdict = books(guard, market)
            delivered, lost = sum(shopping.delivered), sum(shopping.lost)
            held(sum(shopping.broken) == 0, f"no call breaks off: {sum(shopping.broken)}")
            held(delivered <= paid <= delivered + lost, f"each is delivered or known as lost: {delivered}, {lost}, {paid}")
            states, cents = ledger(guard, market), await counted(guard, agents)
            held(cents >= paid, f"what was paid counts: {cents} counted, {paid} paid")
            say("redis_away", f"{paid} payments, each once and on the ledger ({states}); {cents} counted; {lost} requests in "
                              f"doubt are not paid; {verdict['records']} records intact, {guard.memory_mib()} MiB at most")
            guard.stop()
