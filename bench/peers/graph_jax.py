"""Tracing and differentiating the training step of a GPT in JAX: seconds, one JSON line a round on stdout.

usage: graph_jax.py LAYERS HEADS WIDTH BLOCK BATCH ROUNDS
A line on stdin starts the next round.
"""
import json
import os
import sys
import time

layers, heads, width, block, batch, rounds = map(int, sys.argv[1:])
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp

from gpt_jax_model import gpt

print(json.dumps({"ready": jax.__version__}), flush=True)
for _ in range(rounds):
    sys.stdin.readline()
    jax.clear_caches()
    start, step = gpt(layers, heads, width, block)
    state = jax.eval_shape(start)
    rows = jax.ShapeDtypeStruct((batch, block + 1), jnp.int32)
    began = time.perf_counter()
    jax.make_jaxpr(step)(state, rows)
    traced = time.perf_counter() - began
    jax.clear_caches()
    began = time.perf_counter()
    jax.jit(step).lower(state, rows).as_text()
    print(json.dumps({"traced": traced, "lowered": time.perf_counter() - began}), flush=True)
