"""How a check by a tool that is not ours ends: 0 well, 1 wrong, 77 the tool is missing, unless BOTTLE_REQUIRE names the
check; then 1. What it says is on stdout."""
import os


class Missing(Exception):
    """A tool or file that this machine does not have."""


def conclude(what, check, well):
    try:
        check()
    except Missing as missing:
        required = what in os.environ.get("BOTTLE_REQUIRE", "").split(",")
        print(f"{'required and missing' if required else 'skipped'}: {missing}")
        return 1 if required else 77
    except AssertionError as wrong:
        print(f"failed: {wrong}")
        return 1
    print(f"{what}: {well}")
    return 0
