"""The same years in numpy, as vectors: counts, a loss for each event, sums by year; and the same summary."""

import json
import sys
import time

import numpy as np


def simulate(spec, rng):
    years = spec["years"]
    total = np.zeros(years)
    means = []
    common = rng.exponential(1.0, years)
    for risk in spec["risks"]:
        if "rate" in risk["frequency"]:
            rate = np.full(years, risk["frequency"]["rate"])
        else:
            f = risk["frequency"]
            rate = rng.gamma(f["alpha"], 1 / f["beta"], years)
        weight = risk["commonCause"]
        if weight > 0:
            rate = rate * (1 - weight + weight * common)
        counts = rng.poisson(rate)
        events = int(counts.sum())
        loss = risk["loss"]
        if loss["kind"] == "lognormal":
            mu = (np.log(loss["low"]) + np.log(loss["high"])) / 2
            sigma = (np.log(loss["high"]) - np.log(loss["low"])) / 3.2897072539029444
            draws = rng.lognormal(mu, sigma, events)
        else:
            width = loss["max"] - loss["min"]
            a = 1 + 4 * (loss["mode"] - loss["min"]) / width
            b = 1 + 4 * (loss["max"] - loss["mode"]) / width
            draws = loss["min"] + width * rng.beta(a, b, events)
        own = np.bincount(np.repeat(np.arange(years), counts), weights=draws, minlength=years)
        total += own
        means.append(own.mean())
    ordered = np.sort(total)
    var95 = np.quantile(ordered, 0.95)
    es95 = ordered[-max(1, round(years * 0.05)) :].mean()
    return {"ale": float(total.mean()), "var95": float(var95), "es95": float(es95)}


spec = json.load(open(sys.argv[1]))
for turn in range(int(sys.argv[2])):
    began = time.perf_counter()
    found = simulate(spec, np.random.default_rng(turn))
    print(json.dumps({"seconds": time.perf_counter() - began, **found}), flush=True)
