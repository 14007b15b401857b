#!/usr/bin/env python3
"""How the `docker` backend fails: in bounded time, with an error that says what and where, with no verdict `contained`
for what was cut off, with nothing left behind, and with nothing taken away that is not ours.
    ci/with-engine docker -- python3 tests/ci/docker_failures_test.py
Without BOTTLE_ENGINE_DIR: daemons are killed here, and what they keep is not fit to be kept."""
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
import own_engine  # noqa: E402
from own_engine import Case, Daemon, Place, docker  # noqa: E402

HANG = "exec sleep 1000000"
USAGE, NOT_PROVEN, UNAVAILABLE, INTERRUPTED = 2, 3, 5, 130


def setUpModule():
    """Warm images, and strangers of every kind who must be there at the end of each test."""
    own_engine.need("docker")
    place = Place()
    first = place.start("--backend", "docker", "--quiet").end()
    assert first.code == 0, first.said
    began = time.monotonic()
    place.start("--backend", "docker", "--quiet").end()
    Killed.length = time.monotonic() - began
    shutil.rmtree(place.folder)
    image = docker("image", "ls", "--quiet", "bottle-verify/agent").split()[0]
    others = ["--label", "bottle-verify.owner=0-other", "--label", "bottle-verify.directory=/tmp/bottle-verify-0/x"]
    for name, labels in (("bottle-verify-stranger", []), ("bottle-verify-others", others)):
        docker("network", "create", *labels, name)
        docker("volume", "create", *labels, name)
        docker("run", "--detach", "--interactive", "--name", name, *labels, "--network", name, "--entrypoint",
               "/bottle-hand", image, "hold")


class Hangs(Case):
    def test_an_engine_that_hangs_somewhere_is_told_in_time_and_cleanup_removes_the_rest(self):
        cases = {
            "info": ("info*", UNAVAILABLE, ["docker info: no answer in 10 s"]),
            "network": ("network\\ create*", NOT_PROVEN, ["docker network create: no answer in 30 s"]),
            "run": ("run*", NOT_PROVEN, ["did not start in time"]),
            "exec": ("exec*", NOT_PROVEN, ["docker exec: no answer in time"]),
            "listening": ("exec*listening*", NOT_PROVEN, ["whether the bundle listens", "no answer in time"]),
            "agent": ("exec*1000:1000*", NOT_PROVEN, ["timed out"]),
            "inspect": ("*\\ inspect*", NOT_PROVEN, ["inspect: no answer in"]),
            "ls": ("ps*|network\\ ls*filter*", 0, ["ps: no answer in", "`bottle-verify cleanup` tries again"]),
            "rm": ("rm*|network\\ rm*", 0, ["rm: no answer in", "could not be removed"]),
        }
        running = {name: (self.place().misbehave(pattern, HANG), code, words)
                   for name, (pattern, code, words) in cases.items()}
        runs = {name: place.verify() for name, (place, _, _) in running.items()}
        for name, (place, code, words) in running.items():
            with self.subTest(name):
                run = runs[name].end()
                self.assertEqual(run.code, code, run.said)
                for word in words:
                    self.assertIn(word, run.said)
        silent = running["info"][0].start("cleanup", "--backend", "docker").end()
        self.assert_failed(silent, NOT_PROVEN, "is not known", "docker info: no answer")
        self.assertNotIn("nothing was left behind", silent.said)
        told = self.place().cleanup()
        self.assertEqual(told.code, 0, told.said)
        self.assertIn("removed network", told.said)  # of the one that could not remove it
        self.assert_nothing_changed()


class Lies(Case):
    def test_an_engine_that_talks_rubbish_dies_or_stops_halfway_proves_nothing(self):
        rubbish, dies, half = "echo rubbish; exit", "kill -KILL $$", f'{own_engine.DOCKER} "$@" | head -c 30; exit'
        refuses = "echo the daemon is on fire >&2; exit 1"
        cases = [("info*", rubbish, UNAVAILABLE, "no JSON"), ("info*", half, UNAVAILABLE, "no JSON"),
                 ("info*", dies, UNAVAILABLE, "docker info: signal 9"),
                 ("image\\ inspect*", refuses, NOT_PROVEN, "docker image inspect: the daemon is on fire"),
                 ("network\\ create*", dies, NOT_PROVEN, "docker network create: signal 9"),
                 ("network\\ create*", rubbish, NOT_PROVEN, "not found"),
                 ("volume\\ create*", rubbish, NOT_PROVEN, "docker volume inspect"),
                 ("run*", refuses, NOT_PROVEN, "the daemon is on fire"),
                 ("exec*", rubbish, NOT_PROVEN, "did not report"), ("exec*", half, NOT_PROVEN, ""),
                 ("exec*", dies, NOT_PROVEN, "signal 9"), ("exec*listening*", refuses, NOT_PROVEN, "on fire")]
        with ThreadPoolExecutor(3) as beside:
            runs = [beside.submit(self.place().misbehave(pattern, action).verify().end)
                    for pattern, action, _, _ in cases]
        for (pattern, action, code, words), run in zip(cases, runs):
            with self.subTest(pattern=pattern, action=action):
                self.assert_failed(run.result(), code, words)
        for pattern, action in (("ps*", rubbish), ("rm*", rubbish)):
            with self.subTest(pattern=pattern, action=action):
                run = self.place().misbehave(pattern, action).verify().end()
                self.assertIn("`bottle-verify cleanup` tries again", run.said)
                self.assertEqual(self.place().cleanup().code, 0)
        self.assert_nothing_changed()


class Clashes(Case):
    def test_what_has_our_name_and_is_not_ours_is_neither_used_nor_removed(self):
        image = docker("image", "ls", "--quiet", "bottle-verify/agent").split()[0]
        name = 'for last; do :; done; n=$(printf "%s\\n" "$@" | grep -A1 -x -- --name | tail -n 1)'
        before_ours = {
            "volume": ("volume\\ create*", f"{name}; {own_engine.DOCKER} volume create $last > /dev/null"),
            "network": ("network\\ create*-inner", f"{name}; {own_engine.DOCKER} network create $last > /dev/null"),
            "container": ("run*-agent\\ *", f"{name}; {own_engine.DOCKER} create --name $n {image} x > /dev/null"),
        }
        for kind, (pattern, action) in before_ours.items():
            with self.subTest(kind):
                run = self.place().misbehave(pattern, action).verify().end()
                self.assert_failed(run, NOT_PROVEN, "bottle-verify-")
                self.assertRegex(run.said, "already|was there before")
                self.assertIn("nothing was left behind", self.place().cleanup().said)
                theirs = own_engine.on_the_engine() - self.before
                self.assertEqual([what.split()[0] for what in theirs], [kind])
                docker(kind, "rm", next(iter(theirs)).split()[-1])
        self.assert_nothing_changed()

    def test_a_subnet_that_a_network_of_the_engine_has_is_not_chosen(self):
        docker("network", "create", "--subnet", "10.0.0.0/8", "wide")
        try:
            self.assertEqual(self.place().verify().end().code, 0)
            taken = [f"172.{16 + i}.0.0/16" for i in range(16) if i != 1]  # of which the engine's own has one
            for subnet in taken:
                docker("network", "create", "--subnet", subnet, "wide" + subnet.split(".")[1], check=False)
            self.assert_failed(self.place().verify().end(), NOT_PROVEN, "no subnet is free", "docker network prune")
        finally:
            wide = docker("network", "ls", "--filter", "name=wide", "--format", "{{.Name}}").split()
            docker("network", "rm", *wide)
        self.assert_nothing_changed()


class Images(Case):
    def test_an_image_that_is_not_there_is_wrong_use(self):
        for option in ("--agent-image", "--bundle-image"):
            run = self.place().verify(option, "nosuch:1").end()
            self.assert_failed(run, USAGE, "nosuch:1 is not on this engine", "docker pull nosuch:1")
        self.assert_nothing_changed()

    def test_a_bundle_command_needs_an_image_that_has_it(self):
        run = self.place().verify("--bundle-command", "python3").end()
        self.assert_failed(run, USAGE, "--bundle-image")
        tag = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "bottle-verify/harness").split()[0]
        run = self.place().verify("--bundle-image", tag, "--bundle-command", "no-such-program").end()
        self.assert_failed(run, USAGE, "could not be started", "no-such-program")
        self.assert_nothing_changed()

    def test_an_image_of_ours_that_somebody_removes_meanwhile_is_named(self):
        tag = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "bottle-verify/harness").split()[0]
        docker("tag", tag, "kept:1")
        run = self.place().misbehave("run*-outside*", f"{own_engine.DOCKER} rmi {tag} > /dev/null").verify().end()
        self.assert_failed(run, NOT_PROVEN, "No such image: " + tag)
        docker("tag", "kept:1", tag)
        docker("rmi", "kept:1")
        self.assert_nothing_changed()


class FullDisks(Case):
    def small(self, size):
        folder = self.place().folder / "small"
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "small", folder], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=True)
        return folder

    def test_our_own(self):
        place = Place(self.small("64k"))
        run = place.start("--backend", "docker").end()  # whose logs are long
        self.assert_failed(run, NOT_PROVEN, "is the disk full?")
        self.assertEqual(place.files(), set())

    def test_the_engines(self):
        disk = self.small("20m")
        host = "unix:///run/small.sock"
        daemon = Daemon(["dockerd", "--config-file", "/run/daemon.json", "--host", host, "--data-root", f"{disk}/data",
                         "--exec-root", "/run/small", "--pidfile", "/run/small.pid", "--exec-opt",
                         "native.cgroupdriver=cgroupfs", "--bridge", "none"], host).start()
        self.addCleanup(daemon.stop)
        places = [self.place() for _ in range(3)]
        for place in places:
            place.environment["DOCKER_HOST"] = host
        self.assert_failed(places[0].verify().end(), NOT_PROVEN, "docker import", "no space left on device")
        subprocess.run(["mount", "-o", "remount,size=300m", disk], check=True)
        tiny = Place(self.small("4m"))
        tiny.environment["DOCKER_HOST"] = host
        self.assert_failed(tiny.verify().end(), NOT_PROVEN, "the image could not be made", "full?")
        self.assertEqual(places[1].verify().end().code, 0)
        subprocess.run(f"head -c 1G /dev/zero > {disk}/filler", shell=True, stderr=subprocess.DEVNULL, check=False)
        self.assert_failed(places[2].verify().end(), NOT_PROVEN, "no space left on device")
        (disk / "filler").unlink()
        left = subprocess.run([own_engine.DOCKER, "--host", host, "ps", "--all", "--quiet"], capture_output=True,
                              check=True)
        self.assertEqual(left.stdout, b"")
        self.assertEqual({path for place in places + [tiny] for path in place.files()}, set())


class Killed(Case):
    length = 0.0  # of a run here

    def test_cleanup_removes_all_that_ten_killed_runs_left_and_nothing_else(self):
        removed = 0
        for _ in range(5):
            pair = [(random.uniform(0, self.length), self.place()) for _ in range(2)]
            began = time.monotonic()
            runs = [(moment, place, place.start("--backend", "docker")) for moment, place in pair]
            for moment, place, run in sorted(runs, key=lambda one: one[0]):
                time.sleep(max(0.0, began + moment - time.monotonic()))
                run.send(signal.SIGKILL).end()
                told = place.cleanup()  # at once; the other run is alive, or was cleaned up after
                self.assertEqual(told.code, 0, told.said)
                removed += told.said.count("removed ")
            self.assert_nothing_changed()
        self.assertGreater(removed, 10)  # there was something to do

    def test_what_a_killed_run_had_under_way_is_waited_for(self):
        slow = 'case "$*" in *-inner) while :; do sleep 1; done ;; *) sleep 3 ;; esac'
        place = self.place().misbehave("network\\ create*", slow)
        run = place.verify()
        while not own_engine.is_under_way("docker", "network create", "-outer"):
            time.sleep(0.05)
        run.send(signal.SIGKILL).end()
        told = place.cleanup()
        self.assertEqual(told.code, 0, told.said)
        self.assertIn("-outer", told.said)
        self.assertIn("a command to the engine that did not end", told.said)
        self.assert_nothing_changed()

    def test_a_run_that_is_asked_to_end_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            runs = [self.place().start("--backend", "docker") for _ in range(2)]
            time.sleep(random.uniform(0.05, 0.6) * self.length)
            for run in runs:
                run.send(number)
            for run in runs:
                self.assert_failed(run.end(), INTERRUPTED, "interrupted")
            self.assert_nothing_changed()

    def test_two_at_once_do_not_disturb_each_other_nor_does_cleanup(self):
        runs = [self.place().start("--backend", "docker") for _ in range(2)]
        while any(run.process.poll() is None for run in runs):
            self.assertIn("nothing was left behind", self.place().cleanup().said)
            time.sleep(0.3)
        self.assertEqual([run.end().code for run in runs], [0, 0], [run.said for run in runs])
        self.assert_nothing_changed()


class ZDies(Case):
    """The daemon is killed; the last of all, since what it keeps may be damaged."""

    daemon = None  # outlives this

    def test_an_engine_that_dies_is_told_and_when_it_is_back_cleanup_finds_the_rest(self):
        daemon = ZDies.daemon = Daemon()
        moments = [("network\\ create*", UNAVAILABLE), ("run*-agent\\ *", UNAVAILABLE), ("start*-bundle", UNAVAILABLE),
                   ("exec*1000:1000*", NOT_PROVEN), ("network\\ rm*", 0)]
        for pattern, code in moments:
            with self.subTest(pattern):
                self.before = own_engine.on_the_engine()
                place = self.place().misbehave(pattern, "kill -KILL $(cat /run/docker.pid)")
                run = place.verify().end()
                self.assertEqual(run.code, code, run.said)
                self.assertIn("`bottle-verify cleanup` tries again", run.said)
                if code != 0:
                    self.assertNotIn("HELD", run.said)
                self.assert_failed(place.cleanup(), UNAVAILABLE, "is not known", "Cannot connect")
                self.assertTrue(daemon.is_dead())
                daemon.start()
                told = place.cleanup()
                if told.code != 0:  # 20.10, killed while it removes, may list a container that it cannot find
                    self.assert_failed(told, NOT_PROVEN)
                    self.assertRegex(told.said, "verify: container [0-9a-f]{12} could not be removed")
                    daemon.stop()
                    daemon.start()
                    told = place.cleanup()
                self.assertEqual(told.code, 0, told.said)
                self.assert_nothing_changed(around=False)  # helpers of an engine that was killed outlive it


if __name__ == "__main__":
    seed = int(os.environ.get("BOTTLE_SEED", random.randrange(1 << 32)))
    print(f"BOTTLE_SEED={seed}", file=sys.stderr)
    random.seed(seed)
    unittest.main(verbosity=2)
