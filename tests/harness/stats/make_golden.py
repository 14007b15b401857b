#!/usr/bin/python3
"""Writes golden.json beside it: what numpy and scipy make of samples, for golden_test.cc.

python3-scipy cannot be installed beside libboost1.81-dev (it pulls in another boost). So unpack it, privately:
    mkdir -p /tmp/scipy && cd /tmp/scipy
    apt-get download python3-{scipy,numpy,decorator} libblas3 liblapack3 libgfortran5 \\
        libquadmath0 liblbfgsb0
    for package in *.deb; do dpkg -x "$package" root; done
    lib=$PWD/root/usr/lib
    PYTHONPATH=$lib/python3/dist-packages \\
      LD_LIBRARY_PATH=$lib/x86_64-linux-gnu:$lib/x86_64-linux-gnu/blas:$lib/x86_64-linux-gnu/lapack \\
      /usr/bin/python3 make_golden.py
"""
import json
import pathlib

import numpy
import scipy
from scipy import stats

MASK = (1 << 64) - 1
PROBABILITIES = [0, 0.005, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 1]


class Random:
    """splitmix64 and Lemire's draw, written down a second time."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound):
        while True:
            product = self.next() * bound
            if product & MASK >= (1 << 64) % bound:
                return product >> 64

    def shuffle(self, items):
        for left in range(len(items), 1, -1):
            other = self.below(left)
            items[left - 1], items[other] = items[other], items[left - 1]


def bootstrap(samples, confidence, seed, resamples):
    """The same by the plain way: draw, and take numpy's median."""
    random = Random(seed)
    ordered = sorted(samples)
    medians = [numpy.median([ordered[random.below(len(ordered))] for _ in ordered]) for _ in range(resamples)]
    return [float(numpy.quantile(medians, tail)) for tail in ((1 - confidence) / 2, 1 - (1 - confidence) / 2)]


def permutation(a, b, seed, permutations):
    random = Random(seed)
    ordered = sorted([(value, 0, True) for value in a] + [(value, 1, False) for value in b])
    values, first = [value for value, _, _ in ordered], [is_first for _, _, is_first in ordered]

    def distance():
        sides = [[value for value, is_first in zip(values, first) if is_first == side] for side in (True, False)]
        return abs(numpy.median(sides[0]) - numpy.median(sides[1]))

    seen, as_extreme = distance(), 0
    for _ in range(permutations):
        random.shuffle(first)
        as_extreme += distance() >= seen - 1e-12
    return (1 + as_extreme) / (1 + permutations)


def sample_sets(random):
    """Skewed, heavy-tailed, tied, tiny: what cold starts and their ratios look like, and the edges."""
    yield "one", numpy.array([3.5])
    yield "two", numpy.array([2.0, 1.0])
    yield "all alike", numpy.full(7, 4.0)
    yield "ties", random.integers(0, 6, 40).astype(float)
    yield "lognormal", numpy.exp(random.normal(16, 0.25, 30))
    yield "heavy tail", 1e6 * (1 + random.pareto(1.5, 101))
    yield "negative", random.standard_t(2, 57)


def pairs(random):
    yield "apart", numpy.exp(random.normal(16, 0.2, 30)), numpy.exp(random.normal(16.3, 0.2, 25))
    yield "alike", random.normal(0, 1, 20), random.normal(0, 1, 20)
    yield "ties", random.integers(0, 5, 33).astype(float), random.integers(1, 7, 12).astype(float)
    yield "one against many", numpy.array([9.0]), random.normal(0, 1, 15)
    yield "no overlap", numpy.arange(40.0), numpy.arange(100.0, 160.0)
    yield "same", numpy.array([1.0, 2, 3, 4]), numpy.array([1.0, 2, 3, 4])


def main():
    random = numpy.random.default_rng(20261121)
    golden = {"made_with": f"numpy {numpy.__version__}, scipy {scipy.__version__}", "samples": [], "pairs": []}
    for name, samples in sample_sets(random):
        golden["samples"].append({
            "name": name, "samples": samples.tolist(),
            "quantiles": [[p, float(numpy.quantile(samples, p))] for p in PROBABILITIES],
            "mad": float(stats.median_abs_deviation(samples)),
            "bootstrap": bootstrap(samples.tolist(), 0.95, 42, 500) if len(samples) > 1 else None})
    for name, a, b in pairs(random):
        result = stats.mannwhitneyu(a, b, alternative="two-sided", method="asymptotic", use_continuity=True)
        golden["pairs"].append({"name": name, "a": a.tolist(), "b": b.tolist(), "u": float(result.statistic),
                                "p": float(result.pvalue), "permutation": permutation(a, b, 42, 500)})
    drawn = Random(7)
    golden["below"] = [[bound, drawn.below(bound)] for bound in (1, 2, 10, 1 << 63, (1 << 63) + 1, MASK, 3 << 62) * 3]
    target = pathlib.Path(__file__).with_name("golden.json")
    target.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


main()
