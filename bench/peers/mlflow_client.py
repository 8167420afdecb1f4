"""What a logged point costs a training loop with MLflow's own client: seconds for so many points, each round."""
import json
import sys

from time import perf_counter

import mlflow

uri, points, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
# MLflow tells people on standard output where their run is
answers, sys.stdout = sys.stdout, sys.stderr
mlflow.set_tracking_uri(uri)
print(json.dumps({"ready": mlflow.__version__}), file=answers, flush=True)
for _ in sys.stdin:
    with mlflow.start_run():
        began = perf_counter()
        waiting = [
            mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=mode == "waiting")
            for step in range(points)
        ]
        seconds = perf_counter() - began
        # what arrives in the background is waited for outside the clock
        for each in waiting:
            if each is not None:
                each.wait()
    print(json.dumps({"seconds": seconds}), file=answers, flush=True)
