#!/usr/bin/env python3
"""The smolmachines backend where the engine is far away, as Docker Desktop's is on a Mac: its bridges are not this
host's, what a container publishes is. On the model of far_engine.py, with the stand-in for smolvm in both versions.
    ci/with-engine docker -- python3 tests/ci/far_engine_test.py"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import own_engine  # noqa: E402
from own_engine import PROGRAM, ROOT, docker  # noqa: E402

MODEL = ROOT / "tests/ci/far_engine.py"
BUILD = PROGRAM.parent
HELD, LEAKED, NOT_PROVEN, UNAVAILABLE = 0, 1, 3, 5
DROPPED = "SMOLVM_STANDIN_FAULT=drop-policy-at-start"  # the record is right, and nothing is enforced


def setUpModule():
    own_engine.need("smolmachines")
    FarEngine.registry = own_engine.import_registry()


class FarEngine(unittest.TestCase):
    registry = ""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="far-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def tearDown(self):
        self.assertEqual(docker("ps", "--all", "--quiet"), "")
        self.assertEqual(docker("network", "ls", "--quiet", "--filter", "label=bottle-verify.owner"), "")

    def smolvm(self, version, fault):
        """A directory for PATH: that version of the stand-in, with a fault of its own perhaps."""
        real = BUILD / "smolvm" / version
        if not fault:
            return real
        wrapper = self.folder / "smolvm"
        wrapper.write_text(f'#!/bin/sh\n{fault} exec {real}/smolvm "$@"\n')
        wrapper.chmod(0o755)
        return self.folder

    def settled(self, version, *words, unproven=frozenset()):
        """The same, up to three times where the machine was too busy for a verdict."""
        for _ in range(3):
            code, verdicts, said = self.verify(version, *words)
            if verdicts.get("inconclusive", set()) <= unproven:
                break
        return code, verdicts, said

    def verify(self, version, *words, fault="", model=()):
        """Exit code, the verdicts (each with its cases), and what was said."""
        record = self.folder / "record.json"
        environment = {**os.environ, "PATH": f"{self.smolvm(version, fault)}:{os.environ['PATH']}",
                       "XDG_CACHE_HOME": str(BUILD / "smolvm/cache")}
        done = subprocess.run([sys.executable, MODEL, *model, PROGRAM, "--backend", "smolmachines", "--option",
                               f"registry-image={self.registry}", "-o", f"json={record}", *words],
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=own_engine.PATIENCE, check=False)
        verdicts = {}
        if record.exists() and record.stat().st_size > 0:
            for finding in json.loads(record.read_text())["findings"]:
                verdicts.setdefault(finding["verdict"], set()).add(finding["case"])
        said = " ".join((done.stdout + done.stderr).split())
        return done.returncode, verdicts, said if len(said) < 6000 else said[:3000] + " ... " + said[-3000:]

    def test_version_0_8_0_is_contained(self):
        code, verdicts, said = self.settled("0.8.0")
        self.assertEqual(code, HELD, said)
        self.assertEqual(verdicts.keys(), {"contained", "not_applicable"}, said)
        self.assertTrue({"denied-ip.raw", "dns-exfil.direct", "localhost-reach.raw"} <= verdicts["contained"])

    def test_a_policy_that_is_dropped_behind_our_back_is_seen_on_that_road(self):
        code, verdicts, said = self.verify("0.8.0", fault=DROPPED)
        self.assertEqual(code, LEAKED, said)
        for case in ("denied-ip.raw", "denied-ip.proxy-ignored", "denied-host.proxy-ignored", "dns-exfil.direct",
                     "dns-exfil.default-resolver", "localhost-reach.raw"):
            self.assertIn(case, verdicts["leaked"], said)
            self.assertNotIn(case, verdicts["contained"], said)

    def test_version_1_9_3_leaks_dns_and_nothing_else(self):
        code, verdicts, said = self.settled("1.9.3")
        self.assertEqual(code, LEAKED, said)
        self.assertEqual(verdicts.keys(), {"contained", "leaked", "not_applicable"}, said)
        self.assertEqual(verdicts["leaked"], {"dns-exfil.direct", "dns-exfil.default-resolver"}, said)
        self.assertTrue({"denied-ip.raw", "denied-ip.proxy-ignored"} <= verdicts["contained"], said)

    def test_of_a_ping_that_nobody_hears_nothing_is_proven(self):
        code, verdicts, said = self.verify("1.9.3", "--profile", "full", "-f", "denied-ip.ping")
        self.assertEqual(code, NOT_PROVEN, said)
        self.assertEqual(verdicts["inconclusive"], {"denied-ip.ping"}, said)
        self.assertNotIn("contained", verdicts, said)
        self.assertIn("nobody hears a ping", said)

    def test_a_host_that_is_not_heard_tries_nothing(self):
        for version in ("0.8.0", "1.9.3"):
            code, verdicts, said = self.verify(version, "--option", "road=bridges", fault=DROPPED)
            self.assertEqual((code, verdicts), (UNAVAILABLE, {}), said)
            self.assertIn("would not be heard, so nothing was tried", said)
            self.assertIn("take --option road=loopback", said)

    def test_addresses_that_are_missing_are_asked_for_in_one_line_each(self):
        code, verdicts, said = self.verify("1.9.3", model=["--without-addresses"])
        self.assertEqual((code, verdicts), (UNAVAILABLE, {}), said)
        self.assertIn("for i in $(seq 16 31); do sudo ip address add 192.0.2.$i/32 dev lo; done", said)
        code, verdicts, said = self.verify("0.8.0", model=["--without-addresses"])
        self.assertEqual((code, verdicts), (UNAVAILABLE, {}), said)
        self.assertIn("for i in $(seq 3 14); do sudo ip address add 203.0.113.$i/32 dev lo; done", said)


if __name__ == "__main__":
    unittest.main()
