"""wrk, through nginx and through the guard in turns."""

import asyncio
import re
import shutil
import subprocess
import tempfile

from buying import GENEROUS, held, say
from guard import Guard, free_port, token


async def wait_for_port(port):
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


def configuration(folder, origin, proxy):
    return f"""
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
}}"""


async def throughput(args):
    seconds = 30 if args.full else 3
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    with tempfile.TemporaryDirectory() as folder, Guard(args.binary, folder, 1, GENEROUS) as guard:
        origin, proxy = free_port(), free_port()
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(configuration(folder, origin, proxy))
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
                    ran = await asyncio.to_thread(subprocess.run, wrk, capture_output=True, text=True,
                                                  timeout=seconds + 30)
                    errors = re.findall(r"Socket errors.*|Non-2xx.*", ran.stdout)
                    held(not errors, f"no error through {name}: {errors}\n{ran.stdout}")
                    rates[name].append(float(re.search(r"Requests/sec:\s+([\d.]+)", ran.stdout)[1]))
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
