"""What the runbook tells to do, done."""

import json
import subprocess

import running
import settings

OPERATOR = "token-of-the-operator"
AUTHORIZED = {"Authorization": f"Bearer {OPERATOR}"}


def setting(home, policy="max_per_call_usd = 0.10\ndaily_limit_usd = 1.00\n"):
    path = home / "policy.toml"
    path.write_text(f'{policy}resource_match = "any"\n')
    return {"X402_STATE_DIR": str(home / "state"), "X402_POLICY": str(path), "X402_ADMIN_TOKEN": OPERATOR}


def x402_guard(env, *words):
    ran = subprocess.run([settings.BINARY, *words], env=running.clean_environment(env), capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


def check_a_payment_of_unknown_end_is_found_and_resolved():
    with running.folder() as home:
        env = setting(home)
        with running.guard(env, home, "--demo") as guard:
            demo = running.Demo(guard)
            with running.takes_payments_and_says_nothing(demo.seller) as deaf:
                assert guard.get(f"/http/{deaf}/report", demo.token)[0] == 502
            # While the guard runs, as somebody at three in the morning would.
            code, text = x402_guard(env, "ledger", "unknown", "--json")
            (payment,) = json.loads(text)["payments"]
            assert code == 3 and payment["state"] == "unknown"
            code, text = x402_guard(env, "ledger", "resolve", payment["id"][:8], "--as", "released", "--why", "a guess")
            assert code == 10, text
            code, text = x402_guard(env, "ledger", "resolve", payment["id"][:8], "--as", "settled", "--why", "the explorer shows it")
            assert code == 0, text
            assert x402_guard(env, "ledger", "unknown")[0] == 0
            assert x402_guard(env, "audit", "verify", str(home / "state" / "audit.jsonl"))[0] == 0


def check_the_kill_switch_stops_and_releases():
    with running.folder() as home, running.guard(setting(home), home, "--demo") as guard:
        demo = running.Demo(guard)
        assert running.ask(f"{guard.admin}/kill-switch", "PUT", AUTHORIZED)[0] == 200
        assert json.loads(guard.get(f"/http/{demo.seller}/report", demo.token)[1])["code"] == "policy.kill_switch"
        assert json.loads(running.ask(f"{guard.admin}/kill-switch")[1]) == {"engaged": True}
        assert running.ask(f"{guard.admin}/kill-switch", "DELETE", AUTHORIZED)[0] == 200
        assert guard.get(f"/http/{demo.seller}/report", demo.token)[0] == 200


def check_the_policys_own_switch_is_told_apart():
    with running.folder() as home, running.guard(setting(home, "kill_switch = true\n"), home, "--demo") as guard:
        demo = running.Demo(guard)
        assert json.loads(guard.get(f"/http/{demo.seller}/report", demo.token)[1])["code"] == "policy.kill_switch"
        # It cannot be released by hand: that the answer still says so tells which of the two it is.
        assert running.ask(f"{guard.admin}/kill-switch", "DELETE", AUTHORIZED) == (200, '{"engaged":true}')
        (home / "policy.toml").write_text("max_per_call_usd = 0.10\n")
        assert running.ask(f"{guard.admin}/reload", "POST", AUTHORIZED)[0] == 200
        assert json.loads(running.ask(f"{guard.admin}/kill-switch")[1]) == {"engaged": False}


def check_a_payment_that_no_limit_counts_is_in_the_log_alone():
    with running.folder() as home:
        env = setting(home, "max_per_call_usd = 0.10\n")
        with running.guard(env, home, "--demo") as guard:
            demo = running.Demo(guard)
            with running.takes_payments_and_says_nothing(demo.seller) as deaf:
                assert guard.get(f"/http/{deaf}/report", demo.token)[0] == 502
            assert x402_guard(env, "ledger", "unknown")[0] == 0
            assert "PAYMENT_UNKNOWN" in (home / "state" / "audit.jsonl").read_text()


def check_a_policy_that_is_wrong_is_refused_and_the_old_one_holds():
    with running.folder() as home:
        env = setting(home)
        with running.guard(env, home, "--demo") as guard:
            policy = home / "policy.toml"
            policy.write_text("max_per_call_ud = 0.20\n")
            assert x402_guard(env, "policy", "check", str(policy))[0] == 1
            assert running.ask(f"{guard.admin}/reload", "POST", AUTHORIZED)[0] == 422
            demo = running.Demo(guard)
            assert guard.budget(demo.token)["max_per_call_usd"] == "0.10"
            policy.write_text("max_per_call_usd = 0.20\n")
            assert running.ask(f"{guard.admin}/reload", "POST", AUTHORIZED)[0] == 200
            assert guard.budget(demo.token)["max_per_call_usd"] == "0.20"


def check_a_log_that_was_touched_is_named_and_a_new_one_begun():
    with running.folder() as home:
        env, state = setting(home), home / "state"
        with running.guard(env, home, "--demo") as guard:
            demo = running.Demo(guard)
            assert guard.get(f"/http/{demo.seller}/report", demo.token)[0] == 200
            with open(state / "audit.jsonl", "a") as log:
                log.write("touched\n")
            assert json.loads(guard.get(f"/http/{demo.seller}/v1/report", demo.token)[1])["code"].startswith("audit.")
            assert running.ask(f"{guard.admin}/ready")[0] == 503
            code, text = x402_guard(env, "audit", "verify", str(state / "audit.jsonl"))
            assert code == 1 and "line 3" in text, text
        nowhere = {"X402_LISTEN": "127.0.0.1:0", "X402_ADMIN_LISTEN": "127.0.0.1:0"}
        code, text = x402_guard(env | nowhere, "serve", "--demo")
        assert code == 1 and "audit" in text, text
        (state / "audit.jsonl").rename(home / "evidence.jsonl")
        assert x402_guard(env | nowhere, "serve", "--demo")[0] == 1
        (state / "audit.jsonl.head").rename(home / "evidence.jsonl.head")
        with running.guard(env, home, "--demo") as guard:
            demo = running.Demo(guard)
            assert guard.get(f"/http/{demo.seller}/v1/report", demo.token)[0] == 200
        assert x402_guard(env, "audit", "verify", str(state / "audit.jsonl"))[0] == 0


def check_a_lost_mark_is_accepted_with_a_reason():
    with running.folder() as home:
        env, state = setting(home), home / "state"
        with running.guard(env, home, "--demo") as guard:
            demo = running.Demo(guard)
            assert guard.get(f"/http/{demo.seller}/report", demo.token)[0] == 200
        (state / "ledger.sqlite.mark").unlink()
        nowhere = {"X402_LISTEN": "127.0.0.1:0", "X402_ADMIN_LISTEN": "127.0.0.1:0"}
        code, text = x402_guard(env | nowhere, "serve", "--demo")
        assert code == 1 and "x402-guard ledger accept --why" in text, text
        assert x402_guard(env, "report", "--audit", str(state / "audit.jsonl"))[0] == 0
        assert x402_guard(env, "ledger", "accept", "--why", "the mark was left out of the backup of Monday")[0] == 0
        with running.guard(env, home, "--demo") as guard:
            demo = running.Demo(guard)
            assert guard.get(f"/http/{demo.seller}/v1/report", demo.token)[0] == 200
        assert "LEDGER_ACCEPTED" in (state / "audit.jsonl").read_text()


def check_a_redis_that_comes_back_is_found_again():
    with running.folder() as home:
        env = {
            "X402_AGENT_TOKEN": "token-of-the-only-agent",
            "X402_STATE_DIR": str(home / "state"),
            "X402_FINGERPRINT_KEY": "0" * 63 + "1",
        }
        with running.redis(home) as first:
            port = int(first.url.split(":")[-1].split("/")[0])
            with running.guard(env | {"X402_REDIS_URL": first.url}, home) as guard:
                first.end()
                running.until("not ready", lambda: running.ask(f"{guard.admin}/ready")[0] == 503)
                with running.redis(home, port):
                    running.until("ready again", guard.is_ready)


def check_a_volume_that_all_may_write_in_needs_a_folder_of_its_own():
    """Why the chart has persistence.prepare, and that it helps."""
    with running.folder() as home:
        volume = home / "volume"
        volume.mkdir()
        volume.chmod(0o777)
        env = {"X402_AGENT_TOKEN": "token-of-the-only-agent", "X402_STATE_DIR": str(volume / "state")}
        nowhere = {"X402_LISTEN": "127.0.0.1:0", "X402_ADMIN_LISTEN": "127.0.0.1:0"}
        code, text = x402_guard(env | nowhere, "serve")
        assert code == 1 and "everybody may write" in text, text
        # Mounted by itself, the folder has no such folder above it.
        subprocess.run(["mkdir", "-p", "-m", "0700", volume / "own"], check=True)
        (volume / "own").rename(home / "state")
        with running.guard(env | {"X402_STATE_DIR": str(home / "state")}, home):
            pass
