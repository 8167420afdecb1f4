"""What a logged point costs a training loop with MLflow's own client: seconds for so many points, each round."""
import json
import sys

import mlflow
from time import perf_counter

uri, points, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
mlflow.set_tracking_uri(uri)
print(json.dumps({"ready": mlflow.__version__}), flush=True)
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
    print(json.dumps({"seconds": seconds}), flush=True)
