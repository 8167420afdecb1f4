"""The peer of bench/measures.ts: answers questions, one JSON a line, from a data frame of runs in memory."""

import json
import sys
import time

import pandas

runs = pandas.read_csv(sys.argv[1])
print("ready", flush=True)

folds = {
    "latest": lambda s, _: s.iloc[-1],
    "max": lambda s, _: s.max(),
    "mean": lambda s, _: s.mean(),
    "sum": lambda s, _: s.sum(),
    "count": lambda s, _: len(s),
    "median": lambda s, _: s.median(),
    "rate": lambda s, days: len(s) / days,
}


def value(asked):
    field = runs[asked["field"]]
    chosen = (runs["team"] == asked["team"]) & (runs["state"] == "finished") & (field >= asked["least"])
    if asked["days"] is not None:
        chosen &= runs["at"] >= time.time() * 1000 - asked["days"] * 86_400_000
    found = field[chosen]
    return float(folds[asked["statistic"]](found, asked["days"])) if len(found) else None


for line in sys.stdin:
    print(json.dumps([value(asked) for asked in json.loads(line)["values"]]), flush=True)
