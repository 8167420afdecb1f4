"""Logs two runs by the real MLflow client into the tracking store given, and prints what it logged."""
import json, math, os, sys, tempfile
import mlflow
from mlflow.tracking import MlflowClient

mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("imported 数字")
with mlflow.start_run(run_name="parent") as parent:
    mlflow.log_params({"lr": 0.01, "名称": "值", "long": "x" * 500})
    for step in range(50):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("val/accuracy", 0.5, step=3)
    mlflow.log_metric("odd", math.nan, step=0)
    mlflow.log_metric("odd", math.inf, step=1)
    mlflow.log_metric("odd", -math.inf, step=2)
    mlflow.set_tag("note", "first line\nsecond line")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "weights.bin"), "wb") as file:
            file.write(bytes(range(256)))
        mlflow.log_artifact(os.path.join(folder, "weights.bin"), "model")
    with mlflow.start_run(run_name="child", nested=True) as child:
        mlflow.log_metric("loss", 2.5)
with mlflow.start_run(run_name="deleted") as deleted:
    mlflow.log_metric("loss", 1)
MlflowClient().delete_run(deleted.info.run_id)
client = MlflowClient()
failed = client.create_run(parent.info.experiment_id, run_name="failed")
client.log_metric(failed.info.run_id, "loss", 3.0)
client.set_terminated(failed.info.run_id, "FAILED")
print(json.dumps({
    "version": mlflow.__version__,
    "parent": parent.info.run_id,
    "child": child.info.run_id,
    "failed": failed.info.run_id,
}))
