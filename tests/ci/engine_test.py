#!/usr/bin/env python3
"""Does ci/with-engine give an engine to its command alone, and leave nothing behind? Needs root and the engines; it is
skipped without, unless BOTTLE_REQUIRE names the engine."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

CI = pathlib.Path(__file__).resolve().parent.parent.parent / "ci"
REQUIRED = os.environ.get("BOTTLE_REQUIRE", "").split(",")
PATIENCE = 180  # seconds; only a machine that hangs needs them


class Engine:
    """The tests, once for each engine."""
    program = kind = ""

    def setUp(self):
        if (os.getuid() != 0 or not shutil.which(self.program)) and self.kind not in REQUIRED:
            self.skipTest(f"needs root and {self.program}")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name, "tmp")
        self.tmp.mkdir()
        self.kept = pathlib.Path(folder.name, "kept")
        self.image = pathlib.Path(folder.name, "image.tar")
        (pathlib.Path(folder.name) / "etc").mkdir()
        subprocess.run(["tar", "-C", folder.name, "-cf", str(self.image), "etc"], check=True)

    def start(self, script, kept=False):
        environment = {**os.environ, "TMPDIR": str(self.tmp), "IMAGE": str(self.image), "ENGINE": self.kind}
        environment.pop("BOTTLE_ENGINE_DIR", None)
        if kept:
            environment["BOTTLE_ENGINE_DIR"] = str(self.kept)
        return subprocess.Popen([str(CI / "with-engine"), self.kind, "--", "bash", "-c", script], env=environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run_in(self, script, kept=False):
        process = self.start(script, kept)
        said, complained = process.communicate(timeout=PATIENCE)
        return process.returncode, said.strip(), complained

    def left(self):
        """What is left of the engine that ran with our TMPDIR: its directory, and processes and cgroups of its name."""
        names = [path.name for path in self.tmp.iterdir()]
        # os.walk does not mind that other people's groups go meanwhile.
        groups = [os.path.join(top, name) for top, names, _ in os.walk("/sys/fs/cgroup") for name in names
                  if name in self.names]
        mine = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if str(self.tmp) in (process / "environ").read_text(errors="replace"):
                    mine.append((process / "cmdline").read_text(errors="replace"))
            except OSError:
                pass
        return names + groups + mine

    def end(self, how):
        process = self.start("echo up; exec sleep 1000")
        self.assertEqual(process.stdout.readline(), "up\n")
        self.names = [path.name for path in self.tmp.iterdir()]
        self.assertTrue(self.left())  # so that nothing left means something
        process.send_signal(how)
        process.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        while self.left() and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(self.left(), [])
        process.stdout.close()
        process.stderr.close()
        return process.returncode

    def test_the_exit_code_is_the_commands(self):
        self.assertEqual(self.run_in("exit 42")[0], 42)

    def test_nothing_is_left_whatever_ended_it(self):
        self.assertEqual(self.end(signal.SIGTERM), 128 + signal.SIGTERM)
        self.assertEqual(self.end(signal.SIGKILL), -signal.SIGKILL)

    def test_there_is_no_other_network_and_no_resolver_of_the_machine(self):
        code, said, _ = self.run_in("cat /etc/resolv.conf; ip -o link | grep -cvE ': (lo|docker0|podman0):'")
        self.assertEqual((code, said), (1, "nameserver 127.0.0.1\n0"))

    def test_images_are_kept_and_containers_are_not(self):
        code, said, complained = self.run_in("$ENGINE import $IMAGE kept:1 > /dev/null 2>&1 && "
                                             "$ENGINE create kept:1 /none > /dev/null && $ENGINE ps -aq | wc -l", True)
        self.assertEqual((code, said), (0, "1"), complained)
        code, said, complained = self.run_in("$ENGINE image inspect kept:1 > /dev/null && $ENGINE ps -aq | wc -l", True)
        self.assertEqual((code, said), (0, "0"), complained)
        code, _, complained = self.run_in("! $ENGINE image inspect kept:1 > /dev/null 2>&1")
        self.assertEqual(code, 0, complained)


class Docker(Engine, unittest.TestCase):
    program, kind = "dockerd", "docker"


class Podman(Engine, unittest.TestCase):
    program = kind = "podman"


class Usage(unittest.TestCase):
    def test_wrong_use_is_told(self):
        for arguments in ([], ["docker"], ["docker", "true"], ["kubernetes", "--", "true"]):
            done = subprocess.run([str(CI / "with-engine"), *arguments], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


if __name__ == "__main__":
    unittest.main()
