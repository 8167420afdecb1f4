"""A GPT in JAX (CPU), one compiled step: seconds for some training steps, one JSON line a round on stdout.

usage: gpt_jax.py LAYERS HEADS WIDTH BLOCK BATCH STEPS ROUNDS THREADS
A line on stdin starts the next round, so that two programs can take turns on one machine.
"""
import json
import os
import resource
import sys
import time

layers, heads, width, block, batch, steps, rounds, threads = map(int, sys.argv[1:])
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))
os.environ["JAX_PLATFORMS"] = "cpu"

import jax

from gpt_jax_model import gpt, vocabulary

start, step = gpt(layers, heads, width, block)
state = start()
compiled = jax.jit(step, donate_argnums=0)
tokens = jax.random.randint(jax.random.PRNGKey(2), (4096, block + 1), 0, vocabulary)
count = sum(a.size for a in jax.tree.leaves(state[0]))
print(json.dumps({"ready": jax.__version__, "parameters": count}), flush=True)
for r in range(rounds):
    sys.stdin.readline()
    began = time.perf_counter()
    for i in range(steps):
        at = ((r * steps + i) * batch) % (4096 - batch)
        state, loss = compiled(state, tokens[at : at + batch])
    loss = float(loss)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "loss": loss, "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
