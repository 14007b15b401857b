#!/usr/bin/env python3
"""How the `smolmachines` backend fails, with the stand-in for smolvm in both versions: killed at any moment, what is
left is found by `cleanup`; and a smolvm that hangs or dies in the middle of any command is told in time.
    ci/with-engine docker -- python3 tests/ci/smolmachines_failures_test.py
By hand: it takes ten minutes or more, for which CI has no time."""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
import own_engine  # noqa: E402
from own_engine import Case, Place  # noqa: E402

STAND_INS = own_engine.ROOT / "build/release/smolvm"
CACHE = STAND_INS / "cache"
OLD, RECENT = "0.8.0", "1.9.3"
HANG = "exec sleep 1000000"
NOT_PROVEN, UNAVAILABLE = 3, 5


class VmPlace(Place):
    """A run's place with a smolvm of this version first on PATH."""

    backend = "smolmachines"

    def __init__(self, version=OLD, cache=CACHE):
        super().__init__()
        self.version = version
        self.program = STAND_INS / version / "smolvm"
        self.environment.update({"PATH": self.path(), "XDG_CACHE_HOME": str(cache or self.folder / "cache")})

    def path(self):
        return f"{self.program.parent}:{os.environ['PATH']}"

    def honest(self):
        """Also the one that the run's note tells of."""
        fake = self.folder / "smolvm"
        if fake.exists():
            fake.unlink()  # a shell may still read it
            fake.write_text(f'#!/bin/sh\nexec {self.program} "$@"\n')
            fake.chmod(0o755)
        return super().honest()

    def files(self):
        cache = pathlib.Path(self.environment["XDG_CACHE_HOME"])
        halves = {str(path) for path in cache.rglob(".*")}  # what is being packed
        return super().files() | halves


def setUpModule():
    """Warm images and artifacts, and how long a run takes with them."""
    own_engine.need("smolmachines")
    VmPlace.chosen = ("--option", f"registry-image={own_engine.import_registry()}", "-f", "localhost-reach.raw")
    for version in (OLD, RECENT):
        for _ in range(1 if packed(version) else 2):  # packing takes seconds
            place = VmPlace(version)
            began = time.monotonic()
            run = place.verify().end()
            assert run.code == 0, run.said
            Killed.length[version] = time.monotonic() - began
            shutil.rmtree(place.folder)


def packed(version):
    return list((CACHE / "bottle-verify/smolmachines" / version).glob("*.smolmachine"))


class VmCase(Case):
    kind = VmPlace


class Killed(VmCase):
    length = {}  # of a run here, by version

    def kill(self, place, moment):
        """At that moment, and what `cleanup` says then."""
        run = place.verify()
        time.sleep(moment)
        run.send(signal.SIGKILL).end()
        told = place.cleanup()
        self.assertEqual(told.code, 0, told.said)
        removed = told.said.count("removed ")
        print(f"smolvm {place.version}: killed after {moment:.2f} s, {removed} removed", file=sys.stderr)
        return removed

    def kill_some(self, times):
        removed = 0
        for i in range(times):
            version = (OLD, RECENT)[i % 2]
            moment = random.uniform(0, self.length[version])
            with self.subTest(version=version, moment=moment):
                removed += self.kill(self.place(version), moment)
                self.assert_nothing_changed()
        self.assertGreater(removed, times)  # there was something to do

    def test_four(self):
        self.kill_some(4)

    def test_twenty(self):
        self.kill_some(20)

    def test_while_it_packs(self):
        for i in range(6):
            version = (OLD, RECENT)[i % 2]
            moment = 0.4 * self.length[version] + random.uniform(0, 3)
            with self.subTest(version=version, moment=moment):
                place = self.place(version, None)
                self.kill(place, moment)
                self.assert_nothing_changed()

    def test_what_it_had_under_way_is_waited_for(self):
        for version in (OLD, RECENT):
            for command, slow in (("create", "sleep 3"), ("start", "sleep 3"),
                                  ("start", "while :; do sleep 1; done")):
                with self.subTest(version=version, command=command, slow=slow):
                    place = self.place(version).misbehave(f"machine\\ {command}*", slow)
                    run = place.verify()
                    while not own_engine.is_under_way(str(place.folder), "machine", command):
                        time.sleep(0.02)
                    run.send(signal.SIGKILL).end()
                    self.assertEqual(place.cleanup().code, 0)
                    self.assert_nothing_changed()


class Crowd(VmCase):
    """One after the other, and each waits before it makes its machine: an engine on two processors cannot make sixteen
    bottles' networks at once in time."""

    def waiting(self):
        place = self.place()
        go = place.folder / "go"
        return place.misbehave("machine\\ create*", f"while [ ! -e {go} ]; do sleep 0.1; done"), go

    def test_sixteen_at_once_have_an_alias_each_and_the_seventeenth_is_told(self):
        runs, goes, records = [], [], []
        for _ in range(16):
            place, go = self.waiting()
            records.append(place.folder / "r.json")
            runs.append(place.verify("-o", f"json={records[-1]}"))
            goes.append(go)
            time.sleep(1.5)
        refused = self.place().verify().end()
        self.assertEqual([run.process.poll() for run in runs], [None] * 16, "all sixteen still run")
        self.assertEqual(refused.code, UNAVAILABLE, refused.said)
        self.assertIn("every loopback alias from 127.0.0.16 to 127.0.0.31 has a bottle already", refused.said)
        for go in goes:
            go.touch()
            time.sleep(1)
        self.assertEqual([run.end().code for run in runs], [0] * 16, [run.said for run in runs])
        lists = {json.loads(record.read_text())["backend"]["facts"]["allowlist"] for record in records}
        self.assertEqual(lists, {f"127.0.0.{i}/32" for i in range(16, 32)})
        self.assert_nothing_changed()


class Hangs(VmCase):
    def test_a_smolvm_that_hangs_somewhere_is_told_in_time_and_cleanup_removes_the_rest(self):
        """Each waits for time limits of a minute and more: side by side."""
        cases = [("--version", UNAVAILABLE, "smolvm --version: no answer in 10 s"),
                 ("machine\\ create*", NOT_PROVEN, "smolvm machine create: no answer in 60 s"),
                 ("machine\\ start*", NOT_PROVEN, "smolvm machine start: no answer in 60 s"),
                 ("machine\\ cp*", NOT_PROVEN, "smolvm machine cp: no answer in 60 s"),
                 ("machine\\ exec*", NOT_PROVEN, "smolvm machine exec: no answer in time"),
                 ("machine\\ ls*", 0, "smolvm machine ls: no answer in 30 s"),
                 ("machine\\ stop*", 0, "smolvm machine stop: no answer in 30 s"),
                 ("machine\\ delete*", 0, "smolvm machine delete: no answer in 30 s"),
                 ("pack\\ create*", NOT_PROVEN, "smolvm pack create: no answer in 300 s")]
        self.try_all(cases, HANG, patience=420)

    def test_one_that_dies_in_the_middle_is_told_and_cleanup_removes_the_rest(self):
        """It has done what it was asked, and dies before it says so."""
        cases = [("--version", UNAVAILABLE, "smolvm --version: signal 9"),
                 ("machine\\ create*", NOT_PROVEN, "smolvm machine create: signal 9"),
                 ("machine\\ start*", NOT_PROVEN, "smolvm machine start: signal 9"),
                 ("machine\\ cp*", NOT_PROVEN, "smolvm machine cp: signal 9"),
                 ("machine\\ exec*", NOT_PROVEN, "smolvm machine exec: signal 9"),
                 ("machine\\ ls*", 0, "smolvm machine ls: signal 9"),
                 ("machine\\ stop*", 0, "smolvm machine stop: signal 9"),
                 ("machine\\ delete*", 0, "smolvm machine delete: signal 9"),
                 ("pack\\ create*", NOT_PROVEN, "smolvm pack create: signal 9")]
        self.try_all(cases, '"$real" "$@" > /dev/null 2>&1; kill -KILL $$')

    def try_all(self, cases, action, patience=own_engine.PATIENCE):
        own_engine.PATIENCE = patience
        for version in (OLD, RECENT):
            places = []
            for pattern, code, said in cases:
                place = self.place(version, None if pattern.startswith("pack") else CACHE)
                place.misbehave(pattern, f"real={place.program}; {action}")
                places.append((place, place.verify(), pattern, code, said))
                time.sleep(1.5)  # what hangs needs no processor, what does not hang yet does
            for place, run, pattern, code, said in places:
                with self.subTest(version=version, pattern=pattern):
                    run.end()
                    self.assertEqual(run.code, code, run.said)
                    self.assertIn(said, run.said)
                    told = place.cleanup()
                    self.assertEqual(told.code, 0, told.said)
            self.assert_nothing_changed()


if __name__ == "__main__":
    seed = int(os.environ.get("BOTTLE_SEED", random.randrange(1 << 32)))
    print(f"BOTTLE_SEED={seed}", file=sys.stderr)
    random.seed(seed)
    unittest.main(verbosity=2)
