#!/usr/bin/env python3
"""Does ci/macos-acceptance accept what is documented, and nothing else? The script as it is, with a uname, a smolvm, a
docker and a bottle-verify that play a Mac's."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

CI = pathlib.Path(__file__).resolve().parent.parent.parent / "ci"
DNS = ["dns-exfil.direct", "dns-exfil.default-resolver"]
TYPES = "dns-exfil.default-resolver-types"
BESIDE = "localhost-reach.beside-bundle"
HOLDS = "denied-ip.raw"
# It keeps its words, and writes the record that is meant for this profile.
VERIFY = """#!/bin/sh
here=${0%/*}
echo "$@" >> "$here/asked"
profile=standard
for word; do
  case $word in full) profile=full ;; json=*) record=${word#json=} ;; esac
done
cp "$here/$profile.json" "$record"
exit "$(cat "$here/$profile.code")"
"""


def record(version, profile, leaked=(), inconclusive=(), **changes):
    verdicts = {HOLDS: "contained"} | dict.fromkeys(leaked, "leaked") | dict.fromkeys(inconclusive, "inconclusive")
    findings = [{"case": case, "verdict": verdict} for case, verdict in verdicts.items()]
    return {"backend": {"name": "smolmachines", "facts": {"smolvm": version}}, "selection": {"profile": profile},
            "hole": "", "findings": findings} | changes


class Acceptance(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for directory in ("ci", "bin", "build/release"):
            (self.root / directory).mkdir(parents=True)
        for name in ("macos-acceptance", "as_documented.py"):
            shutil.copy(CI / name, self.root / "ci")
        self.program("bin/uname", "#!/bin/sh\necho Darwin\n")
        self.program("bin/docker", f'#!/bin/sh\necho "$@" >> {self.root}/docker.asked\n')
        self.program("build/release/bottle-verify", VERIFY)

    def program(self, name, text):
        (self.root / name).write_text(text)
        (self.root / name).chmod(0o755)

    def asked(self, name):
        path = self.root / name
        return path.read_text() if path.exists() else ""

    def give(self, profile, code, of_run):
        (self.root / f"build/release/{profile}.code").write_text(str(code))
        (self.root / f"build/release/{profile}.json").write_text(of_run if isinstance(of_run, str) else
                                                                 json.dumps(of_run))

    def step(self, version, *steps):
        self.program("bin/smolvm", f"#!/bin/sh\necho smolvm {version}\n")
        done = subprocess.run([self.root / "ci/macos-acceptance", *steps], capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}"})
        return done.returncode, done.stdout + done.stderr

    def assert_refused(self, version, words):
        code, said = self.step(version, "smolmachines")
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)
        self.assertIn("Not accepted, failed: smolmachines", said)

    def sound(self, version):
        for profile in ("standard", "full"):
            leaked = [] if version.startswith("0.8") else DNS + ([TYPES] if profile == "full" else [])
            leaked = leaked + [BESIDE] if profile == "full" else leaked
            self.give(profile, 1 if leaked else 0, record(version, profile, leaked))

    def test_each_version_as_it_is_documented_is_accepted(self):
        for version in ("0.8.0", "0.8.1", "1.9.0", "1.9.3"):
            self.sound(version)
            code, said = self.step(version, "smolmachines")
            self.assertEqual(code, 0, said)
        self.assertIn("--profile full -f !denied-ip.ping", self.asked("build/release/asked"))

    def test_a_leak_that_is_not_documented_is_refused_by_name(self):
        for version, leaked in (("0.8.0", ["dns-exfil.direct"]), ("1.9.3", DNS + ["denied-ip.udp"])):
            for profile in ("standard", "full"):
                self.sound(version)
                self.give(profile, 1, record(version, profile, leaked + [TYPES]))
                self.assert_refused(version, f"{leaked[-1]} leaks: not known of smolvm {version}")

    def test_a_documented_leak_that_is_not_there_is_refused(self):
        self.sound("1.9.3")
        self.give("standard", 1, record("1.9.3", "standard", DNS[:1]))
        self.assert_refused("1.9.3", f"{DNS[1]} does not leak, or was not tried")

    def test_what_is_not_proven_is_refused(self):
        for version, leaked in (("0.8.0", []), ("1.9.3", DNS)):
            self.sound(version)
            self.give("standard", 1 if leaked else 3, record(version, "standard", leaked, ["denied-ip.udp"]))
            self.assert_refused(version, "denied-ip.udp is not proven")

    def test_another_exit_code_than_the_records_is_refused(self):
        for version, code, wanted in (("0.8.0", 3, 0), ("0.8.0", 1, 0), ("1.9.3", 0, 1), ("1.9.3", 70, 1)):
            self.sound(version)
            (self.root / "build/release/standard.code").write_text(str(code))
            self.assert_refused(version, f"exit code {code}, not {wanted}")

    def test_what_is_no_run_of_a_known_smolvm_is_refused(self):
        self.sound("1.10.0")
        self.assert_refused("1.10.0", "nothing is documented of smolvm 1.10.0")
        self.sound("0.8.0")
        for wrong, words in (("", "is no record of a run"), ("[]", "is no record of a run"),
                             (record("0.8.0", "standard", hole="no-walls"), "with its walls as they should be"),
                             (record("0.8.0", "standard", findings=[]), "nothing was contained")):
            self.give("standard", 0, wrong)
            self.assert_refused("0.8.0", words)

    def test_the_registry_is_brought_where_smolvm_takes_images_from_nowhere_else(self):
        for version, pulled in (("1.9.3", ""), ("0.8.0", "pull registry:2.8.3\n")):
            code, said = self.step(version, "registry")
            self.assertEqual((code, self.asked("docker.asked")), (0, pulled), said)
        self.program("bin/docker", "#!/bin/sh\nexit 1\n")
        self.assertEqual(self.step("0.8.0", "registry")[0], 1)

    def test_containers_that_are_not_contained_are_refused(self):
        self.give("standard", 1, record("", "standard"))
        self.assertEqual(self.step("0.8.0", "docker")[0], 1)
        self.give("standard", 0, record("", "standard"))
        self.assertEqual(self.step("0.8.0", "docker")[0], 0)


if __name__ == "__main__":
    unittest.main()
