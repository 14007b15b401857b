#!/usr/bin/env python3
"""Do the checks in ci/ bite? Each is run in a small repository that is right, then with one thing wrong."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

CI = pathlib.Path(__file__).resolve().parent.parent.parent / "ci"
SOUND = {
    "harness/CMakeLists.txt": "add_library(h core.cc)\n",
    "harness/core.h": "#pragma once\n",
    "harness/core.cc": '#include "harness/core.h"\n\n#include <string>\n',
    "harness/cli/CMakeLists.txt": "add_executable(x main.cc)\n",
    "harness/cli/main.cc": '#include "reports/one.h"\n',
    "probes/CMakeLists.txt": "add_executable(p main.cc)\n",
    "probes/main.cc": '#include "wire.h"\n',
    "probes/wire.h": "#pragma once\n",
    "reports/CMakeLists.txt": "bottle_table(reports ITEMS one EXTRA sub/two.cc)\n",
    "reports/one.h": '#include "harness/core.h"\n',
    "reports/one.cc": '#include "reports/one.h"\n',
    "reports/registry.cc": '#include "reports.inc"\n',
    "reports/sub/two.cc": '#include "reports/one.h"\n',
    "backends/README.md": "none yet\n",
}


class Checks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)
        (self.root / "ci").mkdir()
        for name in ("check_layers.py", "check_format", "check_names"):
            shutil.copy(CI / name, self.root / "ci" / name)
        for name, text in SOUND.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def check(self, name):
        done = subprocess.run([str(self.root / "ci" / name)], capture_output=True, text=True, cwd="/", check=False)
        return done.returncode, done.stdout + done.stderr

    def assert_fails(self, check, *words):
        code, said = self.check(check)
        self.assertEqual(code, 1, said)
        for word in words:
            self.assertIn(word, said)

    def test_what_is_right_passes(self):
        for check in ("check_layers.py", "check_format", "check_names"):
            code, said = self.check(check)
            self.assertEqual(code, 0, f"{check}: {said}")

    def test_an_include_against_the_layers_fails(self):
        for source, included in (("probes/main.cc", "harness/core.h"), ("harness/core.cc", "reports/one.h"),
                                 ("reports/one.cc", "probes/wire.h"), ("harness/core.h", "harness/cli/options.h")):
            self.setUp()
            self.write("harness/cli/options.h", "#pragma once\n")
            self.write(source, f'#include "{included}"\n')
            self.assert_fails("check_layers.py", f"{source}:1:", f"must not include {included}")

    def test_a_way_round_by_dots_fails(self):
        self.write("probes/main.cc", '#include "../harness/core.h"\n')
        self.assert_fails("check_layers.py", "probes/ must not include harness/core.h")

    def test_a_quoted_include_of_nothing_fails(self):
        self.write("reports/one.cc", '#include "gone.h"\n')
        self.assert_fails("check_layers.py", "is no file of this repository")

    def test_a_library_outside_its_one_file_fails(self):
        self.write("harness/core.cc", "#include <toml++/toml.h>\n")
        self.assert_fails("check_layers.py", "harness/toml_file.cc may include")

    def test_a_source_that_no_list_names_fails(self):
        self.write("reports/three.cc", "")
        self.assert_fails("check_layers.py", "reports/three.cc: no CMakeLists.txt names it")
        self.write("reports/CMakeLists.txt", "bottle_table(reports ITEMS one EXTRA sub/two.cc) # three.cc\n")
        self.assert_fails("check_layers.py", "reports/three.cc: no CMakeLists.txt names it")

    def test_each_fault_of_form_fails(self):
        for text, words in (("int a; \n", "blanks"), ("\tint a;\n", "a tab"), ("int a;\r\n", "carriage return"),
                            ("int a;", "no newline"), ("//" + "x" * 119 + "\n", "121 columns"),
                            (b"\xff\n", "not UTF-8")):
            self.setUp()
            self.write("harness/core.h", text)
            self.assert_fails("check_format", "harness/core.h", words)

    def test_what_is_long_is_a_warning(self):
        self.write("harness/core.h", "int f() {\n" + "  g();\n" * 60 + "}\n" + "// x\n" * 300)
        code, said = self.check("check_format")
        self.assertEqual(code, 0, said)
        self.assertIn("warning: harness/core.h:1: a function of 62 lines", said)
        self.assertIn("warning: harness/core.h: 362 lines", said)

    def test_a_registry_and_a_secret_fail(self):
        key = "AKIA" + "Q7" * 8
        for line, words in (("deb http://deb." + "debian.org/debian", "registry"), (key, "secret"),
                            ("sk-" + "ant-api03-" + "x1Y2" * 8, "secret"),
                            ("-----BEGIN PRIVATE " + "KEY-----", "secret")):
            self.setUp()
            self.write("harness/core.h", line + "\n")
            self.assert_fails("check_names", "harness/core.h", words)


class Setup(unittest.TestCase):
    """ci/setup against a machine of scripts: a package database and apt-get that only say what they were asked."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "bin").mkdir()
        (self.root / "ci").mkdir()
        shutil.copy(CI / "setup", self.root / "ci/setup")
        (self.root / "ci/packages.debian").write_text(
            "# c\nbuild  g++  why\nbuild  libboost1.81-dev|libboost1.83-dev  why\ntest  shellcheck  why\n"
            "engines  docker.io  why\n")
        (self.root / "usr/sbin").mkdir(parents=True)
        self.program("apt-get", 'echo "apt-get $*"\n[ ! -x "$DPKG_ROOT/usr/sbin/policy-rc.d" ] || echo none starts')
        self.program("sudo", "exit 1")
        self.program("npm", "exit 0")
        self.machine(installed=["g++"], known=["g++", "libboost1.83-dev", "shellcheck"])

    def program(self, name, body):
        path = self.root / "bin" / name
        path.write_text("#!/bin/sh\n" + body + "\n")
        path.chmod(0o755)

    def machine(self, installed, known, uid=0):
        rows = "".join(f"echo 'installed {name}'\n" for name in installed)
        boosts = "".join(f"echo '{name} installed'\n" for name in installed if name.startswith("libboost"))
        found = 0 if boosts else 1  # as the real one ends where nothing matches
        self.program("dpkg-query", f'case "$*" in *libboost*)\n{boosts}exit {found};; esac\n{rows}')
        self.program("apt-cache", "case $3 in " + "|".join(known) + ') echo "Package: $3";; esac')
        self.program("id", f"echo {uid}")

    def run_setup(self, *arguments, ci=""):
        environment = {"PATH": f"{self.root}/bin:/usr/bin:/bin", "CI": ci, "DPKG_ROOT": str(self.root)}
        done = subprocess.run([str(self.root / "ci/setup"), *arguments], capture_output=True, text=True,
                              env=environment, stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_nothing_missing_asks_for_nothing(self):
        self.machine(installed=["g++", "libboost1.83-dev", "shellcheck"], known=[])
        self.assertEqual(self.run_setup(), (0, ""))

    def test_what_is_missing_is_installed_from_what_the_system_has(self):
        code, said = self.run_setup()
        self.assertEqual(code, 0, said)
        self.assertIn("apt-get update", said)
        self.assertIn("--no-remove libboost1.83-dev shellcheck", said)

    def test_a_build_needs_no_test_packages(self):
        self.machine(installed=["g++", "libboost1.81-dev"], known=[])
        self.assertEqual(self.run_setup("build"), (0, ""))

    def test_engines_are_asked_for_by_name(self):
        self.machine(installed=["g++", "libboost1.83-dev", "shellcheck"], known=["docker.io"])
        self.assertEqual(self.run_setup(), (0, ""))
        code, said = self.run_setup("engines")
        self.assertEqual(code, 0, said)
        self.assertIn("--no-remove docker.io", said)

    def test_what_something_else_provides_is_not_missing(self):
        self.machine(installed=["g++", "libboost1.83-dev, boost", "lint (1), shellcheck (= 2), other"], known=[])
        self.assertEqual(self.run_setup(), (0, ""))

    def test_no_daemon_is_started_by_being_installed(self):
        policy = self.root / "usr/sbin/policy-rc.d"
        self.assertIn("none starts", self.run_setup()[1])
        self.assertFalse(policy.exists())
        policy.write_text("#!/bin/sh\nexit 104\n")
        self.assertNotIn("none starts", self.run_setup()[1])
        self.assertEqual(policy.read_text(), "#!/bin/sh\nexit 104\n")

    def test_without_privilege_the_command_is_told(self):
        self.machine(installed=["g++"], known=["libboost1.83-dev", "shellcheck"], uid=1000)
        code, said = self.run_setup()
        self.assertEqual(code, 1, said)
        self.assertIn("an administrator must run: apt-get update && apt-get install --no-install-recommends "
                      "libboost1.83-dev shellcheck", said)

    def test_a_package_that_no_system_has_is_named(self):
        self.machine(installed=["g++"], known=["shellcheck"])
        code, said = self.run_setup()
        self.assertEqual(code, 1, said)
        self.assertIn("no package libboost1.81-dev or libboost1.83-dev", said)

    def test_another_boost_is_left_alone_but_on_a_ci_machine(self):
        self.machine(installed=["g++", "libboost1.74-dev"], known=["libboost1.83-dev", "shellcheck"])
        code, said = self.run_setup()
        self.assertEqual(code, 1, said)
        self.assertIn("libboost1.83-dev conflicts with libboost1.74-dev", said)
        self.assertNotIn("apt-get install", said)
        code, said = self.run_setup(ci="true")
        self.assertEqual(code, 0, said)
        self.assertIn("replacing libboost1.74-dev", said)
        self.assertNotIn("--no-remove", said)


if __name__ == "__main__":
    unittest.main()
