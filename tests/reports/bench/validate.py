#!/usr/bin/python3
"""Exports of cold starts, read by those for whom they are: validate.py bench-svg|bench-csv|compare-py.

bench-svg: xmllint takes every picture. bench-csv: Python's csv module reads every line. compare-py: Google Benchmark's
own compare.py (Debian: libbenchmark-tools) compares two of our files. It needs scipy, which drags a Boost that is not
ours; where it is not installed, its packages are unpacked into the build directory. Exit 77: a tool is missing (the
reason is on stdout), unless BOTTLE_REQUIRE names the check; then 1.
"""
import argparse
import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from validation import Missing, conclude  # noqa: E402

COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")
# scipy.stats needs no more of what python3-scipy depends on.
SCIPY = ["python3-scipy", "python3-numpy", "python3-decorator", "liblbfgsb0", "libblas3", "liblapack3", "libgfortran5"]


def run(command, **more):
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **more)


def samples(program, folder):
    subprocess.run([program, folder], check=True, timeout=120)
    return {path.name: path for path in sorted(pathlib.Path(folder).iterdir())}


def check_svg(files, _cache):
    if shutil.which("xmllint") is None:
        raise Missing("xmllint is not installed (Debian: libxml2-utils)")
    pictures = [path for name, path in files.items() if ".svg-" in name]
    assert len(pictures) == 27, f"27 pictures, not {len(pictures)}"

    def complaint(text):
        done = run(["xmllint", "--noout", "--nonet", "-"], input=text)
        return done.stderr.decode(errors="replace")[:1000] if done.returncode else None

    for path in pictures:
        said = complaint(path.read_bytes())
        assert said is None, f"{path.name}: {said}"
    good = files["typical.svg-strip"].read_bytes()
    assert complaint(good.replace(b"</svg>", b"")) is not None, "xmllint takes a picture without an end"


def check_csv(files, _cache):
    lines = {}
    for name, path in files.items():
        if name.endswith(".csv"):
            text = io.StringIO(path.read_bytes().decode(), newline="")
            lines[name] = list(csv.DictReader(text, strict=True))
    assert len(lines) == 9, f"9 files, not {len(lines)}"
    for name, rows in lines.items():
        assert all(None not in row and None not in row.values() for row in rows), f"{name}: a line of another length"
    assert len(lines["typical.csv"]) == 4 * 32
    assert [row["problem"] for row in lines["typical.csv"]].count("did not start within 30 s") == 2


def environment_with_scipy(cache):
    """The environment in which python3 finds scipy; unpacked once into `cache` where it is not installed."""
    if run(["/usr/bin/python3", "-c", "import scipy.stats"]).returncode == 0:
        return dict(os.environ)
    root = cache / "root"
    if not root.exists():
        if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
            raise Missing("python3-scipy is not installed, and there is no apt-get to fetch it with")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            done = run(["apt-get", "download", *SCIPY], cwd=folder)
            if done.returncode != 0:
                said = done.stderr.decode(errors="replace")[-300:].strip()
                raise Missing(f"python3-scipy is not installed, and could not be fetched: {said}")
            part = pathlib.Path(folder) / "root"
            for package in pathlib.Path(folder).glob("*.deb"):
                subprocess.run(["dpkg", "-x", package, part], check=True, timeout=120)
            part.replace(root)
    libraries = [path for path in root.glob("usr/lib/*-linux-gnu*")]
    libraries += [path / name for path in libraries for name in ("blas", "lapack")]
    return dict(os.environ, PYTHONPATH=str(root / "usr/lib/python3/dist-packages"),
                LD_LIBRARY_PATH=":".join(map(str, libraries)))


def compared(environment, folder, old, new):
    """What compare.py says of two files: name -> its entry."""
    target = pathlib.Path(folder) / "difference.json"
    target.unlink(missing_ok=True)
    done = run(["/usr/bin/python3", COMPARE, "--no-color", "-d", target, "benchmarks", old, new], env=environment)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return {entry["name"]: entry for entry in json.loads(target.read_bytes())}


def check_compare(files, cache):
    if not COMPARE.exists():
        raise Missing(f"{COMPARE} is not there (Debian: libbenchmark-tools)")
    environment = environment_with_scipy(cache)
    typical = files["typical.gbench"]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("hostile", "one-sample", "no-samples", "failures-only"):
            compared(environment, folder, files[f"{name}.gbench"], files[f"{name}.gbench"])
        slower = json.loads(typical.read_bytes())
        for row in slower["benchmarks"]:
            if row["name"] == "cold_start/namespaces":
                row["real_time"] *= 1.5
        other = pathlib.Path(folder) / "slower.json"
        other.write_text(json.dumps(slower), encoding="utf-8")
        said = compared(environment, folder, typical, other)
    namespaces = said["cold_start/namespaces"]
    assert len(namespaces["measurements"]) == 30, "warm-ups are out, all others are in"
    assert all(abs(each["time"] - 0.5) < 1e-9 for each in namespaces["measurements"])
    assert namespaces["utest"]["time_pvalue"] < 1e-6 and namespaces["utest"]["nr_of_repetitions"] == 30
    assert said["cold_start/bubblewrap"]["utest"]["time_pvalue"] > 0.9
    docker = said["cold_start/docker:runtime=runsc,image=debian"]["measurements"]
    assert len(docker) == 27 and all(each["real_time"] > 0 for each in docker), "a failure is no measurement"
    assert said["OVERALL_GEOMEAN"]["measurements"][0]["real_time"] > 0, "nor does it spoil the mean of all"


def main():
    parser = argparse.ArgumentParser()
    checks = {"bench-svg": check_svg, "bench-csv": check_csv, "compare-py": check_compare}
    parser.add_argument("what", choices=checks)
    parser.add_argument("--samples", required=True, help="the program bench-samples")
    parser.add_argument("--cache", required=True, type=pathlib.Path)
    arguments = parser.parse_args()

    def check():
        with tempfile.TemporaryDirectory() as folder:
            checks[arguments.what](samples(arguments.samples, folder), arguments.cache)

    return conclude(arguments.what, check, "read as it should be")


if __name__ == "__main__":
    sys.exit(main())
