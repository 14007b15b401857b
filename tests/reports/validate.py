#!/usr/bin/python3
"""Reports against schemas, by validators that are not ours: validate.py junit-xsd|record-schema|sarif-schema|
bench-schema, and `given --folder DIR` for whatever reports lie there.

Every golden and the reports of random hostile records must be valid, and each way of breaking one that is listed below
must not be: a schema that accepts everything would be worth nothing. Exit 77: a tool is missing (the reason is on
stdout), unless BOTTLE_REQUIRE names it; then 1. The published SARIF schema is not in this repository (its licence is
not clear to us): it is taken from npm's @microsoft/sarif-multitool-linux, or from the file that BOTTLE_SARIF_SCHEMA
names.
"""
import argparse
import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from validation import Missing, conclude

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE.parent.parent / "reports" / "schemas"
SAMPLES = 40
SARIF_PACKAGE = "@microsoft/sarif-multitool-linux@5.7.0"


def reports(samples, extension, sample_extension):
    """(name, bytes) of every golden and every sample of one format."""
    found = [(p.name, p.read_bytes()) for p in sorted((HERE / "golden").iterdir()) if p.name.endswith(extension)]
    assert len(found) == 5, f"five goldens *{extension}, not {len(found)}"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([samples, folder, str(SAMPLES)], check=True, timeout=120)
        files = sorted(pathlib.Path(folder).iterdir())
        made = [(p.name, p.read_bytes()) for p in files if p.name.endswith(sample_extension)]
    assert len(made) == SAMPLES, f"{SAMPLES} samples *{sample_extension}, not {len(made)}"
    return found + made


def xmllint(text):
    """None when valid, else what xmllint says."""
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--huge", "--schema", str(SCHEMAS / "junit.xsd"), "-"],
                          input=text, capture_output=True, timeout=60, check=False)
    return None if done.returncode == 0 else done.stderr.decode(errors="replace").strip()[:2000]


def need_xmllint():
    if shutil.which("xmllint") is None:
        raise Missing("xmllint is not installed (Debian: libxml2-utils)")


def check_junit(arguments):
    need_xmllint()
    for name, text in reports(arguments.samples, ".junit.xml", ".junit"):
        complaint = xmllint(text)
        assert complaint is None, f"{name}: {complaint}"
    good = (HERE / "golden" / "mixed.junit.xml").read_bytes()
    broken = {
        "another type": good.replace(b'type="leaked"', b'type="yaml"'),
        "an attribute of skipped": good.replace(b"<skipped>", b'<skipped message="x">'),
        "a test without evidence": good.replace(
            b"</properties>", b'</properties><testcase classname="a" name="b" time="0.000"/>', 1),
        "four decimals": good.replace(b'time="0.712"', b'time="0.7120"'),
        "a control character": good.replace(b"Stopped", b"\x1b", 1),
        "its number": good.replace(b"Stopped", b"&#27;", 1),
        "invalid UTF-8": good.replace(b"Stopped", b"\xff", 1),
        "no test at all": b'<testsuites name="a" tests="0" failures="0" errors="0" time="0.000"/>',
    }
    for what, text in broken.items():
        assert text != good, f"nothing was broken: {what}"
        assert xmllint(text) is not None, f"the schema accepts {what}"


def validator_of(schema_file):
    try:
        import jsonschema
    except ImportError:
        raise Missing("python3-jsonschema is not installed") from None
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def complaint_of(validator, document):
    for error in validator.iter_errors(document):
        return f"{'/'.join(map(str, error.absolute_path))}: {error.message[:500]}"
    return None


def check_json(validator, found, good, breakages):
    for name, text in found:
        complaint = complaint_of(validator, json.loads(text))
        assert complaint is None, f"{name}: {complaint}"
    for what, break_it in breakages.items():
        document = copy.deepcopy(good)
        break_it(document)
        assert complaint_of(validator, document) is not None, f"the schema accepts {what}"


def check_record(arguments):
    found = reports(arguments.samples, ".json", ".json")
    records = {p.name: p.read_bytes() for p in (HERE / "records").iterdir() if p.name != "hostile.json"}
    assert len(records) == 4
    good = json.loads((HERE / "records" / "mixed.json").read_bytes())
    check_json(validator_of(SCHEMAS / "record.schema.json"), found + list(records.items()), good, {
        "another version": lambda d: d.update(schema="bottle-verify/record/v2"),
        "a missing field": lambda d: d["findings"][0].pop("reason"),
        "an unknown field": lambda d: d["run"].update(colour="red"),
        "an unknown verdict": lambda d: d["findings"][0].update(verdict="passed"),
        "a number as text": lambda d: d["run"].update(wall_ns="1"),
        "a control character": lambda d: d["notes"].append("\x1b[2J"),
        "contained without a witness": lambda d: d["findings"][0]["conditions"]["refused"].update(met=False),
    })


def check_bench(arguments):
    printed = subprocess.run([arguments.samples], check=True, timeout=120, capture_output=True).stdout
    lines = [(f"session {number}", line) for number, line in enumerate(printed.splitlines(), 1)]
    assert len(lines) == 42, f"42 sessions, not {len(lines)}"
    check_json(validator_of(SCHEMAS / "bench.schema.json"), lines, json.loads(lines[1][1]), {
        "another version": lambda d: d.update(schema="bottle-verify/bench/v2"),
        "a missing field": lambda d: d.pop("seed"),
        "an unknown field": lambda d: d.update(colour="red"),
        "an unknown phase": lambda d: d["contenders"][0]["samples"]["phases_ns"].update(lunch=[1, 2]),
        "an unknown mode": lambda d: d.update(mode="quick"),
        "a negative duration": lambda d: d["contenders"][0]["samples"].update(cold_start_ns=[-1, 1]),
        "a fraction of a nanosecond": lambda d: d["contenders"][0]["samples"].update(cold_start_ns=[0.5, 1]),
        "a control character": lambda d: d["host"].update(kernel="\x1b[2J"),
    })


def sarif_schema(cache):
    """The published schema's file; fetched once into the build directory."""
    named = os.environ.get("BOTTLE_SARIF_SCHEMA")
    if named:
        return pathlib.Path(named)
    target = cache / "sarif-2.1.0.json"
    if target.exists():
        return target
    if shutil.which("npm") is None:
        raise Missing("the published SARIF schema: no npm to fetch it, and BOTTLE_SARIF_SCHEMA names no file")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, SARIF_PACKAGE]
        done = subprocess.run(command, capture_output=True, timeout=240, check=False, cwd=folder)
        packed = list(pathlib.Path(folder).glob("*.tgz"))
        if done.returncode != 0 or len(packed) != 1:
            said = done.stderr.decode(errors="replace")[-300:].strip()
            raise Missing(f"the published SARIF schema: npm pack {SARIF_PACKAGE} failed: {said}")
        with tarfile.open(packed[0]) as archive:
            text = archive.extractfile("package/sarif-2.1.0.json").read()
        part = pathlib.Path(folder) / "schema"
        part.write_bytes(text)
        part.replace(target)
    return target


def first_place(document):
    return document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]


def check_sarif(arguments):
    validator = validator_of(sarif_schema(arguments.cache))
    for extension in (".github.sarif", ".full.sarif"):
        found = reports(arguments.samples, extension, ".sarif-full" if extension == ".full.sarif" else ".sarif")
        good = json.loads((HERE / "golden" / f"mixed{extension}").read_bytes())
        check_json(validator, found, good, {
            "an unknown level": lambda d: d["runs"][0]["results"][0].update(level="fatal"),
            "a result without a message": lambda d: d["runs"][0]["results"][0].pop("message"),
            "an unknown kind": lambda d: d["runs"][0]["results"][0].update(kind="maybe"),
            "a line 0": lambda d: first_place(d)["region"].update(startLine=0),
            "an unknown field": lambda d: d["runs"][0].update(colour="red"),
            "an invocation without its end": lambda d: d["runs"][0]["invocations"][0].pop("executionSuccessful"),
        })


def check_given(arguments):
    """Whatever reports lie in a folder: *.xml, *.json, *.sarif. Those whose validator is missing are left out."""
    missing = []

    def complaint(path):
        try:
            if path.suffix == ".xml":
                need_xmllint()
                return xmllint(path.read_bytes())
            document = json.loads(path.read_bytes())
            kind = "selftest" if document.get("schema") == "bottle-verify/selftest/v1" else "record"
            schema = SCHEMAS / f"{kind}.schema.json" if path.suffix == ".json" else sarif_schema(arguments.cache)
            return complaint_of(validator_of(schema), document)
        except Missing as reason:
            missing.append(str(reason))
            return None

    files = [p for p in sorted(arguments.folder.iterdir()) if p.suffix in (".xml", ".json", ".sarif")]
    assert files, f"no reports in {arguments.folder}"
    for path in files:
        said = complaint(path)
        assert said is None, f"{path.name}: {said}"
    if missing:
        raise Missing("; ".join(missing))


def main():
    parser = argparse.ArgumentParser()
    checks = {"junit-xsd": check_junit, "record-schema": check_record, "sarif-schema": check_sarif,
              "bench-schema": check_bench, "given": check_given}
    parser.add_argument("what", choices=checks)
    parser.add_argument("--samples", help="the program reports-samples, or bench-sessions")
    parser.add_argument("--folder", type=pathlib.Path, help="of the reports (given)")
    parser.add_argument("--cache", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    return conclude(arguments.what, lambda: checks[arguments.what](arguments),
                    "valid, and what was broken on purpose is not")


if __name__ == "__main__":
    sys.exit(main())
