"""An engine of ci/with-engine's, as a test sees it: what there is on it and around it, a `docker` that misbehaves, and
how its daemon is killed and started again. Only for one that exists for the test alone."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "build/release/bottle-verify"
DOCKER = shutil.which("docker") or "docker"
PATIENCE = 200  # seconds: what takes longer hangs
OURS = ("bottle-", "docker", "containerd-shim", "runc", "sleep", "smolvm", "exe")  # of processes, but not the daemon


def missing():
    """Why the tests cannot run; empty: they can. They kill the daemon, so it must be nobody else's."""
    first = pathlib.Path("/proc/1/cmdline").read_bytes().decode(errors="replace")
    if "ci/engine/inside" not in first or not os.environ.get("DOCKER_HOST"):
        return "needs an engine of its own: ci/with-engine docker -- python3 " + sys.argv[0]
    return "" if PROGRAM.exists() else f"{PROGRAM} is not built"


def need(backend):
    """Skips a module that cannot run, unless BOTTLE_REQUIRE has the backend's name: then that is an error."""
    why = missing()
    if why and backend in os.environ.get("BOTTLE_REQUIRE", "").split(","):
        raise RuntimeError(why)
    if why:
        raise unittest.SkipTest(why)


def import_registry():
    """The image of a registry of Debian's, which needs no network; its name."""
    name = "bottle-verify/registry:debian"
    if subprocess.run([DOCKER, "image", "inspect", name], capture_output=True, check=False).returncode != 0:
        hand = PROGRAM.parent / "libexec/bottle-hand"
        subprocess.run([ROOT / "fixtures/images/import-registry", hand, name], check=True)
    return name


def docker(*words, check=True):
    done = subprocess.run([DOCKER, *words], capture_output=True, text=True, timeout=PATIENCE, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(words)}: {done.stderr}")
    return done.stdout.strip()


def on_the_engine():
    """Everything that an engine keeps, by its number and its name."""
    found = set()
    for words in (["ps", "--all", "--format", "container {{.ID}} {{.Names}}"],
                  ["network", "ls", "--format", "network {{.ID}} {{.Name}}"],
                  ["volume", "ls", "--format", "volume {{.Name}}"],
                  ["image", "ls", "--all", "--format", "image {{.ID}} {{.Repository}}:{{.Tag}}"]):
        found.update(docker(*words).splitlines())
    return {what for what in found if not what.endswith((" bridge", " host", " none"))}  # new when it starts


def around_it():
    """Processes, links, mounts and sockets; not the engine's names of network namespaces, which it removes later."""
    found = set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            name = (process / "comm").read_text().strip()
        except OSError:
            continue
        if name.startswith(OURS) and name != "dockerd":
            found.add(f"process {process.name} {name}")
    found.update("link " + path.name for path in pathlib.Path("/sys/class/net").iterdir())
    found.update("mount " + line.split()[4] for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
                 if "/netns/" not in line)
    found.update("socket " + line.split()[7] for line in pathlib.Path("/proc/net/unix").read_text().splitlines()
                 if "bottle" in line)
    return found


def is_under_way(*words):
    """A command that has all of these in its words."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if all(word in line for word in words):
            return True
    return False


class Place:
    """A directory of one run's: its TMPDIR, and perhaps a program that misbehaves before the real one in PATH."""

    backend, program, chosen = "docker", DOCKER, ("-f", "denied-host.through-proxy")

    def __init__(self, folder=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="failures-"))
        self.tmp = self.folder / "tmp"
        self.tmp.mkdir(exist_ok=True)
        self.environment = {**os.environ, "TMPDIR": str(self.tmp)}

    def misbehave(self, pattern, action):
        """ACTION instead of the calls whose words match PATTERN (of `case`), or before them."""
        fake = self.folder / pathlib.Path(self.program).name
        fake.write_text(f'#!/bin/bash\ncase "$*" in {pattern}) {action} ;; esac\nexec {self.program} "$@"\n')
        fake.chmod(0o755)
        self.environment["PATH"] = f"{self.folder}:{self.path()}"
        return self

    def path(self):
        """Without what misbehaves."""
        return os.environ["PATH"]

    def start(self, *words):
        return Run(subprocess.Popen([PROGRAM, *words], env=self.environment, stdin=subprocess.DEVNULL, text=True,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))

    def verify(self, *words):
        """A run of one case."""
        return self.start("--backend", self.backend, *self.chosen, *words)

    def cleanup(self):
        """With the real engine."""
        return self.honest().start("cleanup", "--backend", self.backend).end()

    def honest(self):
        self.environment["PATH"] = self.path()
        return self

    def files(self):
        return {str(path) for path in self.tmp.rglob("*") if path.parent != self.tmp}


class Run:
    def __init__(self, process):
        self.process = process
        self.code, self.said = None, ""

    def end(self):
        """Waits; what hangs for ever is an error."""
        try:
            self.said = " ".join(self.process.communicate(timeout=PATIENCE)[1].split())
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        self.code = self.process.returncode
        return self

    def send(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self


class Case(unittest.TestCase):
    kind = Place

    def setUp(self):
        self.before = on_the_engine()
        self.around = around_it()
        self.places = []

    def place(self, *words):
        place = self.kind(*words)
        self.addCleanup(shutil.rmtree, place.folder)
        self.places.append(place)
        return place

    def changes(self, around):
        """What is there now and was not, or was and is not."""
        changes = {f"+ {what}" for what in on_the_engine() - self.before}
        changes |= {f"- {what}" for what in self.before - on_the_engine()}
        changes |= {f"+ {path}" for place in self.places for path in place.files()}
        if around:
            changes |= {f"+ {what}" for what in around_it() - self.around}
        return changes

    def assert_nothing_changed(self, around=True):
        deadline = time.monotonic() + 20  # the engine's helpers end a little later than what they helped
        while (changes := self.changes(around)) and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(sorted(changes), [])

    def assert_failed(self, run, code, *words):
        self.assertEqual(run.code, code, run.said)
        for word in words:
            self.assertIn(word, run.said)
        self.assertNotIn("HELD", run.said)


class Daemon:
    """The engine's, which can be killed and comes back as it was; or one more, with words of its own."""

    def __init__(self, argv=None, host=None):
        self.host = host or os.environ["DOCKER_HOST"]
        self.pid_file = pathlib.Path("/run/docker.pid")
        if argv is None:
            pid = self.pid_file.read_text()
            argv = pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
        self.argv, self.process = argv, None

    def is_dead(self):
        """Killed, by whomever: a zombie of ci/engine/inside's, or gone."""
        try:
            return ") Z " in pathlib.Path("/proc", self.pid_file.read_text(), "stat").read_text()
        except OSError:
            return True

    def start(self):
        deadline = time.monotonic() + PATIENCE
        if self.host == os.environ["DOCKER_HOST"]:
            if self.process:
                self.process.wait(PATIENCE)
            self.pid_file.unlink(missing_ok=True)  # a number that has been used again would pass for a daemon
        self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        while subprocess.run([DOCKER, "--host", self.host, "info"], capture_output=True, check=False).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"dockerd did not start: {self.argv}")
            time.sleep(0.1)
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
