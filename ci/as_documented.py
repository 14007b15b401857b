#!/usr/bin/env python3
"""ci/as_documented.py CODE RECORD: is a run of the smolmachines backend on a Mac what is known of its smolvm? CODE is
the run's exit code, RECORD what it wrote with -o json=RECORD. 0.8.0 and 0.8.1 contain everything, but for what the full
profile tries beside the published bundle; 1.9 leaks DNS besides, in the cases below and in no other. Exit code 0:
exactly that, and nothing was left unproven; 1: else, a line each."""
import json
import sys

HELD, LEAKED = 0, 1
ANSWERS_DNS = {"dns-exfil.direct", "dns-exfil.default-resolver"}
NO_PORTS = {"localhost-reach.beside-bundle"}  # a list of addresses has none
LEAKS = {"0.8.0": {"full": NO_PORTS}, "0.8.1": {"full": NO_PORTS},
         "1.9": {"standard": ANSWERS_DNS, "full": ANSWERS_DNS | NO_PORTS | {"dns-exfil.default-resolver-types"}}}


def documented(version, profile):
    """The cases that leak; None: nothing is known of this version."""
    family = version if version in LEAKS else version.rpartition(".")[0]
    return LEAKS[family].get(profile, set()) if family in LEAKS else None


def cases(record, *verdicts):
    return {finding["case"] for finding in record["findings"] if finding["verdict"] in verdicts}


def differences(code, record):
    version, profile = record["backend"]["facts"].get("smolvm", "?"), record["selection"]["profile"]
    expected = documented(version, profile)
    if record["backend"]["name"] != "smolmachines" or record["hole"]:
        return ["this is no run of smolmachines with its walls as they should be"]
    if expected is None:
        return [f"nothing is documented of smolvm {version}"]
    if not cases(record, "contained"):
        return ["nothing was contained"]
    leaked = cases(record, "leaked")
    found = [f"{case} leaks: not known of smolvm {version}" for case in sorted(leaked - expected)]
    found += [f"{case} does not leak, or was not tried" for case in sorted(expected - leaked)]
    found += [f"{case} is not proven" for case in sorted(cases(record, "inconclusive", "error"))]
    wanted = LEAKED if expected else HELD
    if code != wanted:
        found.append(f"exit code {code}, not {wanted}")
    return found


def main():
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    try:
        with open(sys.argv[2], encoding="utf-8") as file:
            record = json.load(file)
        found = differences(int(sys.argv[1]), record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found = [f"{sys.argv[2]} is no record of a run: {error!r}"]
    for line in found or ["as documented"]:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
