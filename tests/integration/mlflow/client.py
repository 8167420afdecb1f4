"""Drives an unmodified MLflow client and prints what it saw, one JSON line a question."""

import json
import math
import sys
import tempfile
import time

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException

address = sys.argv[1]
mlflow.set_tracking_uri(address)
client = MlflowClient()
major = mlflow.__version__.split(".")[0]


def say(question, answer):
    print(json.dumps({"question": question, "answer": answer}), flush=True)


def told(call):
    """The error code of a refusal, or null."""
    try:
        call()
        return None
    except MlflowException as error:
        return error.error_code


def number(value):
    return str(value) if not math.isfinite(value) else value


def surprises():
    """Whatever a client may meet; asked of Capstan and of a real server alike."""
    experiment = client.create_experiment(f"surprises-{time.time_ns()}", tags={"t": "1"})
    run = client.create_run(experiment, run_name="one").info.run_id

    def latest(points):
        key = f"k{time.time_ns()}"
        for step, at, value in points:
            client.log_metric(run, key, value, timestamp=at, step=step)
        return number(client.get_run(run).data.metrics[key])

    say("latest: the greater step wins over the later time", latest([(2, 100, 1.0), (1, 200, 2.0)]))
    say("latest: then the later time", latest([(1, 200, 1.0), (1, 100, 2.0)]))
    say("latest: then the greater value", latest([(1, 100, 2.0), (1, 100, 1.0), (1, 100, 3.0)]))
    say("latest: not a number against a negative", latest([(1, 100, -1.0), (1, 100, float("nan"))]))
    say("latest: negative steps", latest([(-5, 100, 1.0), (-7, 100, 2.0)]))

    client.log_batch(run, metrics=[Metric("twice", 1.0, 5, 0)] * 2)
    client.log_batch(run, metrics=[Metric("twice", 1.0, 5, 0), Metric("twice", 1.0, 5, 1)])
    history = client.get_metric_history(run, "twice")
    say("history: duplicates", [[m.value, m.timestamp, m.step] for m in history])
    say("history: nothing", len(client.get_metric_history(run, "never")))

    client.log_param(run, "p", "1")
    say("param: the same again", told(lambda: client.log_param(run, "p", "1")))
    say("param: another value", told(lambda: client.log_param(run, "p", "2")))
    pair = [Param("q", "1"), Param("q", "1")]
    say("param: twice in a batch", told(lambda: client.log_batch(run, params=pair)))
    mixed = {"metrics": [Metric("mixed", 1.0, 1, 0)], "params": [Param("p", "2")]}
    say("batch: one wrong parameter", told(lambda: client.log_batch(run, **mixed)))
    say("batch: nothing of it is there", "mixed" in client.get_run(run).data.metrics)
    for key in ["a b", "a/b", "a.b-c_d", "损失", "a:b"]:
        say(f"key {key}", told(lambda: client.log_metric(run, key, 1.0)))
    for status in ["FINISHED", "FAILED", "KILLED"]:
        client.set_terminated(run, status)
        say(f"status {status}", client.get_run(run).info.status)

    for i, (name, value) in enumerate([("A", 3.0), ("b", 1.0), ("c", float("nan")), ("d", None), ("e", 2.0)]):
        each = client.create_run(experiment, run_name=name, start_time=1000 + i).info.run_id
        client.set_tag(each, "T", name)
        client.log_param(each, "name x", name)
        if value is not None:
            client.log_metric(each, "m", value)

    def names(filter_string="", **more):
        found = client.search_runs([experiment], filter_string, **more)
        return "".join(r.info.run_name for r in found)

    own = "tags.T != 'none'"
    say("search: by start, newest first", names(own))
    say("order: ascending", names(own, order_by=["metrics.m ASC"]))
    say("order: descending", names(own, order_by=["metrics.m DESC"]))
    say("order: by two", names(own, order_by=["tags.T DESC", "metrics.m"]))
    say("search: LIKE minds the case", names("tags.T LIKE 'a%'"))
    say("search: ILIKE does not", names("tags.T ILIKE 'a%'"))
    say("search: quoted key", names("params.`name x` = 'e'"))
    say("search: a value that is not there", names("tags.other != 'x'"))
    say("search: AND", names("metrics.m > 1 and tags.T = 'A'"))
    say("search: run ids", len(client.search_runs([experiment], f"run_id IN ('{run}')")))
    for wrong in ["metrics.m >", "metrics.m = 'x'", "params.p = 1", "nothing.p = 'x'", "tags.T = 'a' OR tags.T = 'b'"]:
        say(f"search: {wrong}", told(lambda: client.search_runs([experiment], wrong)))
    page = client.search_runs([experiment], own, max_results=2, order_by=["tags.T"])
    more = client.search_runs([experiment], own, max_results=2, order_by=["tags.T"], page_token=page.token)
    say("search: pages", "".join(r.info.run_name for r in [*page, *more]))

    client.delete_run(run)
    say("deleted: a run can be read", client.get_run(run).info.lifecycle_stage)
    say("deleted: a run takes no logs", told(lambda: client.log_metric(run, "x", 1.0)))
    client.restore_run(run)
    say("restored", told(lambda: client.log_metric(run, "x", 1.0)))
    say("unknown run", told(lambda: client.get_run("0" * 32)))
    say("unknown experiment", told(lambda: client.get_experiment("987654321")))
    name = client.get_experiment(experiment).name
    say("experiment twice", told(lambda: client.create_experiment(name)))
    client.delete_experiment(experiment)
    say("deleted experiment", client.get_experiment(experiment).lifecycle_stage)
    say("deleted experiment: its name is still taken", told(lambda: client.create_experiment(name)))
    client.restore_experiment(experiment)
    say("restored experiment", client.get_experiment(experiment).lifecycle_stage)

    model = f"model-{time.time_ns()}"
    client.create_registered_model(model, tags={"a": "1"})
    say("model twice", told(lambda: client.create_registered_model(model)))
    source = client.get_run(run).info.artifact_uri + "/model"
    first = client.create_model_version(model, source, run)
    second = client.create_model_version(model, source, run, tags={"v": "2"})
    say("versions count up", [int(first.version), int(second.version)])
    # clients add `tag.mlflow.prompt.is_prompt != 'true'` to this
    say("models found", [m.name == model for m in client.search_registered_models(f"name LIKE '{model}%'")])
    client.set_registered_model_alias(model, "champion", "1")
    say("alias", int(client.get_model_version_by_alias(model, "champion").version))
    client.set_registered_model_alias(model, "champion", "2")
    say("alias moves", int(client.get_model_version_by_alias(model, "champion").version))
    say("alias unknown", told(lambda: client.get_model_version_by_alias(model, "none")))
    client.set_model_version_tag(model, "1", "k", "v")
    say("version tag", client.get_model_version(model, "1").tags)
    say("version unknown", told(lambda: client.get_model_version(model, "9")))
    client.delete_model_version(model, "2")
    say("a deleted version takes its alias along", client.get_registered_model(model).aliases)
    client.rename_registered_model(model, model + "-new")
    say("renamed", [m.name == model + "-new" for m in client.search_model_versions(f"name='{model}-new'")])
    client.delete_registered_model(model + "-new")
    say("model deleted", told(lambda: client.get_registered_model(model + "-new")))
    say("local source refused", told(lambda: (client.create_registered_model(model + "-x"), client.create_model_version(model + "-x", "/etc", run))))


def whole():
    """Files and a real model, through the fluent interface, into Capstan."""
    from sklearn.linear_model import LogisticRegression

    mlflow.set_experiment(f"whole-{time.time_ns()}")
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        mlflow.log_params({"lr": 0.1})
        mlflow.log_metrics({"nan": float("nan"), "inf": float("inf")})
        mlflow.log_text("hello", "dir/学 习%20.txt")
        open(f"{folder}/empty", "w").close()
        mlflow.log_artifacts(folder, "more/deep")
        with mlflow.start_run(nested=True) as child:
            pass
        model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        place = {"name": "model"} if major == "3" else {"artifact_path": "model"}
        logged = mlflow.sklearn.log_model(model, registered_model_name=f"whole-{major}", **place)
    run_id = run.info.run_id
    data = client.get_run(run_id).data
    say("not finite", [number(data.metrics["nan"]), number(data.metrics["inf"])])
    say("text", mlflow.artifacts.load_text(f"runs:/{run_id}/dir/学 习%20.txt"))
    say("folders", [f.path for f in client.list_artifacts(run_id) if f.path != "model"])
    say("empty file", [f.file_size for f in client.list_artifacts(run_id, "more/deep")])
    say("parent", client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == run_id)
    say("model", [int(v) for v in mlflow.sklearn.load_model(logged.model_uri).predict([[0.0], [1.0]])])
    client.set_registered_model_alias(f"whole-{major}", "best", "1")
    say("by alias", [int(v) for v in mlflow.sklearn.load_model(f"models:/whole-{major}@best").predict([[1.0]])])
    big = client.create_run(run.info.experiment_id).info.run_id
    for start in range(0, 30_000, 1000):
        client.log_batch(big, metrics=[Metric("m", float(i), i, i) for i in range(start, start + 1000)])
    say("history over pages", len(client.get_metric_history(big, "m")))
    client.log_batch(big, tags=[RunTag("t", "x")])


{"surprises": surprises, "whole": whole}[sys.argv[2]]()
