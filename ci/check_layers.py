#!/usr/bin/env python3
"""Fails on an #include that goes against the layers, and on a source that no CMake list names.

Who may include whom (design, "Folders"): probes nothing of ours; harness only harness; backends, attacks, reports and
fixtures only harness and themselves; harness/cli and tests everything. `check_layers.py DIR` looks at another tree.
"""
import pathlib
import re
import sys

FOLDERS = ["probes", "harness/cli", "harness", "backends", "attacks", "fixtures", "reports", "tests"]
MAY_INCLUDE = {
    "probes": {"probes"},
    "harness": {"harness"},
    "backends": {"harness", "backends"},
    "attacks": {"harness", "attacks"},
    "fixtures": {"harness", "fixtures"},
    "reports": {"harness", "reports"},
    "harness/cli": set(FOLDERS),
    "tests": set(FOLDERS),
}
# Libraries that only these files may know, so that replacing one is a change of them.
ONLY_IN = {"toml++/": {"harness/toml_file.cc", "backends/smolmachines/smolfile.cc"}}  # one reads, one writes
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def folder_of(path):
    return next((folder for folder in FOLDERS if path.startswith(folder + "/")), None)


def resolve(root, source, name):
    """The included file relative to the root; None when it is not a file of ours."""
    for base in (source.parent, root):
        target = (base / name).resolve()
        if target.is_file() and target.is_relative_to(root):
            return target.relative_to(root).as_posix()
    return None


def bad_includes(root, source):
    path = source.relative_to(root).as_posix()
    folder = folder_of(path)
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, name = match.group(1) == '"', match.group(2)
        for library, files in ONLY_IN.items():
            if name.startswith(library) and path not in files:
                yield f"{path}:{number}: only {', '.join(sorted(files))} may include <{library}...>"
        target = resolve(root, source, name)
        if target is None:
            if quoted and not name.endswith(".inc"):  # .inc: written by CMake (bottle_table)
                yield f"{path}:{number}: \"{name}\" is no file of this repository; libraries go in <>"
        elif folder_of(target) not in MAY_INCLUDE[folder]:
            yield f"{path}:{number}: {folder}/ must not include {target}"


def listed_sources(root, list_file):
    """What one CMakeLists.txt names: files, and the items of a bottle_table without their .cc."""
    text = re.sub(r"#.*", "", list_file.read_text(encoding="utf-8"))
    tables = " ".join(re.findall(r"\bbottle_table\s*\(([^)]*)\)", text))
    names = re.findall(r"[^\s()\"]+\.cc?\b", text) + [item + ".cc" for item in re.findall(r"[\w/]+", tables)]
    if tables:
        names.append("registry.cc")  # bottle_table adds it itself
    for name in names:
        name = name.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "").replace("${CMAKE_SOURCE_DIR}", str(root))
        yield (list_file.parent / name).resolve()


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    top = sorted({folder.split("/")[0] for folder in FOLDERS})
    files = [file for folder in top for file in sorted((root / folder).rglob("*"))]
    sources = [file for file in files if file.suffix in (".cc", ".c", ".h")]
    if not sources:
        sys.exit(f"check_layers: no sources in {root}")
    problems = [problem for source in sources for problem in bad_includes(root, source)]
    listed = {source for file in files if file.name == "CMakeLists.txt" for source in listed_sources(root, file)}
    for source in sources:
        if source.suffix != ".h" and source not in listed:
            problems.append(f"{source.relative_to(root)}: no CMakeLists.txt names it, so nothing builds it")
    for problem in problems:
        print(problem)
    print(f"check_layers: {len(sources)} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
