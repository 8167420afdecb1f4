"""A notebook's review: pandas over runs, tasks, decisions and risks; loading is not counted."""
import json
import sqlite3
import sys
import time

import numpy as np
import pandas as pd

folder = sys.argv[1]
rounds = int(sys.argv[2])
with open(f"{folder}/plain.json") as file:
    plain = json.load(file)
runs = pd.read_sql("select * from plain_runs", sqlite3.connect(f"{folder}/peer.db"))
tasks = pd.json_normalize(plain["tasks"])
decisions = pd.json_normalize(plain["decisions"])
risks = pd.json_normalize(plain["risks"])


def review():
    """What a spreadsheet would tell: totals, bias of estimators, Brier scores, yearly loss. No forecasts, no plan."""
    ended = runs[runs["state"] == "finished"]
    totals = ended.groupby("team").agg(cost=("cost", "sum"), seconds=("seconds", "sum"), best=("acc", "max"))
    done = tasks[(tasks["state"] == "done") & (tasks["actualDays"] > 0) & (tasks["estimateDays"] > 0)]
    logs = np.log(done["actualDays"] / done["estimateDays"])
    bias = logs.groupby(done["assigneeId"]).agg(["mean", "std", "count"])
    shares = tasks.assign(done=tasks["state"] == "done").groupby("initiativeId")["done"].mean()
    brier = (decisions["expectation.chance"] - decisions["outcome.met"].astype(float)) ** 2
    mu = (np.log(risks["loss.low"]) + np.log(risks["loss.high"])) / 2
    sigma = (np.log(risks["loss.high"]) - np.log(risks["loss.low"])) / 3.28971
    ale = risks["frequency.alpha"] / risks["frequency.beta"] * np.exp(mu + sigma**2 / 2)
    return len(totals), len(bias), len(shares), float(brier.mean()), float(ale.sum())


taken = []
for i in range(rounds + 2):
    began = time.perf_counter()
    found = review()
    if i >= 2:
        taken.append((time.perf_counter() - began) * 1000)
print(json.dumps({"ms": sorted(taken)[len(taken) // 2], "brier": found[3], "ale": found[4]}))
