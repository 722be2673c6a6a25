"""The disk of the log, or of the ledger, fills up while agents buy, and is given room again."""

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import tempfile

from buying import GENEROUS, NotHeld, Shopping, books, counted, held, ledger, say
from guard import Guard
from market import Market

# More than SQLite's write-ahead log grows to before it is folded in.
DISK_BYTES = 16 * 2**20


class SmallDisk:
    """A file system in memory of its own."""

    def __init__(self, folder):
        self.folder = f"{folder}/small"
        os.mkdir(self.folder)

    def __enter__(self):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=0700", "tmpfs", self.folder]
        done = subprocess.run(mount, capture_output=True, text=True)
        self.is_mounted = done.returncode == 0
        self.problem = done.stderr.strip()
        return self

    def __exit__(self, *_):
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=True)

    def fill(self, _guard):
        with open(f"{self.folder}/ballast", "ab", buffering=0) as ballast, contextlib.suppress(OSError):
            for size in (65536, 1):
                with contextlib.suppress(OSError):
                    while ballast.write(b"x" * size):
                        pass

    def make_room(self, _guard):
        os.remove(f"{self.folder}/ballast")


class FileLimit:
    """No file may grow: needs no rights, and is refused as a full disk is."""

    def fill(self, guard):
        size = os.path.getsize(guard.log_path)
        resource.prlimit(guard.child.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def make_room(self, guard):
        resource.prlimit(guard.child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def unharmed():
    # Ignored, it stays ignored in the program that is run: a write beyond the limit is an error then, and no end.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


async def refusal(guard):
    """The code of /ready, once it says so: what it tries to write is shorter than a payment's record, and may fit at first."""
    for _ in range(600):
        status, code = await guard.ready()
        if status == 503:
            return code
        await asyncio.sleep(0.1)
    raise NotHeld("/ready says that the disk is full")


async def fills_up(args, what, disk, codes, **places):
    """`codes` are those that payments may be refused with."""
    agents = 32 if args.full else 8
    with tempfile.TemporaryDirectory() as folder, \
            Guard(args.binary, folder, agents, GENEROUS, preexec=unharmed, **places) as guard:
        async with Market().open() as market, Shopping(guard, market, agents) as shopping:
            await shopping.all_have(shopping.delivered, 2)
            disk.fill(guard)
            # What is shorter than a line may still fit once; what was refused three times does not.
            await shopping.all_have(shopping.refused, 3)
            paid = market.payments()
            await shopping.all_have(shopping.refused, 3)
            held(market.payments() == paid, f"nothing is paid while {what} is full: {market.payments() - paid} were")
            held(set(shopping.codes) <= set(codes), f"payments are refused by {codes}: {shopping.codes}")
            unready = await refusal(guard)
            refused = sum(shopping.refused)
            disk.make_room(guard)
            # Without a restart.
            await shopping.all_have(shopping.delivered, 2)
            await shopping.go_home()
            ready = await guard.ready()
            held(ready == (200, None), f"/ready says that it is over: {ready}")
            paid, verdict = books(guard, market)
            delivered, lost = sum(shopping.delivered), sum(shopping.lost)
            held(delivered <= paid <= delivered + lost, f"each is delivered or known as lost: {delivered}, {lost}, {paid}")
            held(verdict["events"]["PAYMENT_INTENT"] >= paid, f"what was paid was on record before: {verdict['events']}")
            states, cents = ledger(guard, market), await counted(guard, agents)
            held(cents >= paid, f"what was paid counts: {cents} counted, {paid} paid")
            say("full_disk", f"{what}: {refused} refused as {', '.join(sorted(shopping.codes))}, nothing paid, /ready {unready}; "
                             f"with room again {paid} payments, each once and on the ledger ({states}), {verdict['records']} "
                             f"records intact, {len(verdict['dangling_intents'])} intents left open")
            guard.stop()


async def full_disk(args):
    with tempfile.TemporaryDirectory() as folder, SmallDisk(folder) as disk:
        if disk.is_mounted:
            await fills_up(args, "the disk of the log", disk, ("audit.unwritten",), log=f"{disk.folder}/audit.jsonl")
            with tempfile.TemporaryDirectory() as elsewhere:
                await fills_up(args, "the disk of the ledger", disk, ("store.out_of_space",), state=f"{disk.folder}/state",
                               log=f"{elsewhere}/audit.jsonl")
        else:
            say("full_disk", f"no file system can be mounted here ({disk.problem}): with a limit on files alone")
    await fills_up(args, "all files", FileLimit(), ("audit.unwritten", "store.out_of_space", "store.unavailable"))
