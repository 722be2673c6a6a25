"""Load and crashes; see README.md beside this file."""

import argparse
import asyncio
import json
import re
import shutil
import socket
import subprocess
import tempfile
import time

from guard import Guard, ask, token
from market import Market

GENEROUS = "max_per_call_usd = 0.01\ndaily_limit_usd = 1000\n"


def say(part, text):
    print(f"{part:<11} {text}", flush=True)


def held(condition, what):
    if not condition:
        raise SystemExit(f"does not hold: {what}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def buy(guard, market, agents, each, meanwhile=None, tries=1):
    """Every agent buys `each` reports, one after the other; what breaks off is asked for again, under the same name."""
    outcomes = {"delivered": 0, "refused": 0, "broken": 0, "codes": {}}

    async def agent(number):
        for report in range(each):
            path = f"/http/127.0.0.1:{market.port}/report/{number}/{report}"
            for attempt in range(tries):
                answer = await ask(guard.port, path, number)
                if answer is None:
                    outcomes["broken"] += 1
                    await asyncio.sleep(0.2)
                    continue
                status, body = answer
                if status == 200:
                    outcomes["delivered"] += 1
                    break
                outcomes["refused"] += 1
                code = json.loads(body).get("code", "?") if body.startswith(b"{") else str(status)
                outcomes["codes"][code] = outcomes["codes"].get(code, 0) + 1
                # It was paid, or may have been, and the answer was lost: that is known, and not paid again.
                if code in ("replay.duplicate", "request.in_doubt") or attempt + 1 == tries:
                    break
                await asyncio.sleep(0.2)

    work = [asyncio.create_task(agent(number)) for number in range(agents)]
    if meanwhile:
        await meanwhile()
    await asyncio.gather(*work)
    return outcomes


def books(guard, market):
    """Every report that was paid for was paid for once, and the ledger and the log say the same."""
    twice = [path for path, nonces in market.paid.items() if len(nonces) > 1]
    held(not twice, f"{len(twice)} reports were paid for twice, as {twice[:2]}")
    verdict = guard.verify()
    held(verdict["intact"] is True, f"the log is not intact: {verdict}")
    return len(market.paid), verdict


async def payments(args):
    """64 agents buy at once."""
    agents, each = (64, 1000) if args.full else (64, 10)
    with tempfile.TemporaryDirectory() as folder, Guard(args.binary, folder, agents, GENEROUS) as guard:
        market = Market()
        async with await market.open():
            began = time.monotonic()
            outcomes = await buy(guard, market, agents, each)
            seconds = time.monotonic() - began
            paid, verdict = books(guard, market)
            held(outcomes["delivered"] == agents * each, f"all are delivered: {outcomes}")
            held(paid == agents * each, f"all are on the seller's books: {paid}")
            left = json.loads((await ask(guard.port, "/v1/budget", 0))[1])["limits"][0]["left"]
            held(left == f"{1000 - each / 100:.2f}", f"the ledger counts each once: {left} left")
            say("payments", f"{paid} by {agents} agents in {seconds:.1f} s, {paid / seconds:.0f}/s, each once; "
                            f"{verdict['records']} records intact; {guard.memory_mib()} MiB at most")
            guard.stop()


async def crash(args):
    """The same, and the guard is killed twice."""
    agents, each = (64, 200) if args.full else (32, 10)
    with tempfile.TemporaryDirectory() as folder, Guard(args.binary, folder, agents, GENEROUS) as guard:
        market = Market()
        async with await market.open():
            async def killed():
                for _ in range(2):
                    await asyncio.sleep(0.7)
                    guard.kill()
                    await asyncio.to_thread(guard.start)

            outcomes = await buy(guard, market, agents, each, killed, tries=40)
            paid, verdict = books(guard, market)
            codes = outcomes["codes"]
            lost = codes.get("replay.duplicate", 0) + codes.get("request.in_doubt", 0)
            held(set(codes) <= {"replay.duplicate", "request.in_doubt"}, f"nothing else is refused: {codes}")
            held(outcomes["delivered"] + lost == agents * each, f"every request comes to an end: {outcomes}")
            held(outcomes["delivered"] <= paid <= agents * each, f"what is delivered was paid: {paid}, {outcomes}")
            spent = 0
            for agent in range(agents):
                left = json.loads((await ask(guard.port, "/v1/budget", agent))[1])["limits"][0]["left"]
                spent += round((1000 - float(left)) * 100)
            held(spent >= paid, f"what was paid counts: {spent} counted, {paid} paid")
            say("crash", f"killed twice: {paid} payments, each once, {spent} counted; {outcomes['broken']} broken calls; "
                         f"{lost} requests whose answer was lost are not paid again; "
                         f"{len(verdict['dangling_intents'])} intents left open, and named")
            guard.stop()


async def wait_for_port(port):
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


async def throughput(args):
    """wrk, through nginx and through the guard in turns."""
    seconds = 30 if args.full else 3
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory() as folder, Guard(args.binary, folder, 1, GENEROUS) as guard:
        origin, proxy = free_port(), free_port()
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(f"""
daemon off; error_log stderr error; pid {folder}/pid; worker_processes auto;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  upstream origin {{ server 127.0.0.1:{origin}; keepalive 256; }}
  server {{ listen 127.0.0.1:{origin} backlog=4096; location / {{ return 200 "{'x' * 512}"; }} }}
  server {{ listen 127.0.0.1:{proxy} backlog=4096;
    location / {{ proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
}}""")
        server = subprocess.Popen([nginx, "-p", folder, "-c", f"{folder}/nginx.conf"])
        try:
            await wait_for_port(proxy)
            targets = {"nginx": [f"http://127.0.0.1:{proxy}/free"],
                       "guard": ["-H", f"X-X402-Agent-Token: {token(0)}",
                                 f"http://127.0.0.1:{guard.port}/http/127.0.0.1:{origin}/free"]}
            rates = {"nginx": [], "guard": []}
            for _ in range(2):
                for name, target in targets.items():
                    wrk = ["wrk", "-t2", "-c256", f"-d{seconds}s", *target]
                    said = (await asyncio.to_thread(subprocess.run, wrk, capture_output=True, text=True)).stdout
                    errors = re.findall(r"Socket errors.*|Non-2xx.*", said)
                    held(not errors, f"no error through {name}: {errors}\n{said}")
                    rates[name].append(float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]))
            ratio = max(rates["guard"]) / max(rates["nginx"])
            say("throughput", f"guard {max(rates['guard']):.0f}/s, nginx {max(rates['nginx']):.0f}/s, ratio {ratio:.2f} "
                              f"(limit 0.60); {guard.memory_mib()} MiB at most")
            held(guard.memory_mib() < 256, "memory is bounded")
            if args.full:
                held(ratio >= 0.6, f"at least 0.6 of nginx's throughput: {ratio:.2f}")
            guard.stop()
        finally:
            server.terminate()
            server.wait()


PARTS = {part.__name__: part for part in (throughput, payments, crash)}


def main():
    reader = argparse.ArgumentParser()
    reader.add_argument("binary")
    reader.add_argument("--full", action="store_true")
    reader.add_argument("parts", nargs="*", choices=[[], *PARTS])
    args = reader.parse_args()
    for name in args.parts or PARTS:
        asyncio.run(PARTS[name](args))


main()
