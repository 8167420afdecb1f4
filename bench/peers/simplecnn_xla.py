"""SimpleCNN on MNIST in JAX (CPU), one compiled step with Adam: seconds an epoch, one JSON line an epoch on stdout.

usage: simplecnn_xla.py IMAGES LABELS EPOCHS STEPS THREADS  (STEPS 0: the whole epoch)
A line on stdin starts the next epoch, so that two programs can take turns on one machine.
"""
import json
import os
import resource
import sys
import time

images, labels, epochs, steps, threads = sys.argv[1:]
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: int(threads)]))
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

x = np.frombuffer(open(images, "rb").read(), np.uint8)[16:].reshape(-1, 28, 28, 1).astype(np.float32) / 255
y = np.frombuffer(open(labels, "rb").read(), np.uint8)[8:].astype(np.int32)


def uniform(key, shape, fan_in):
    return jax.random.uniform(key, shape, minval=-1, maxval=1) / fan_in**0.5


def loss(p, x, y):
    # Channels last, and the pool as a maximum over an axis of its windows: what XLA is fastest with here.
    maps = jax.lax.conv_general_dilated(x, p["w"], (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")) + p["b"]
    pooled = jax.nn.relu(maps).reshape(-1, 13, 2, 13, 2, 32).max((2, 4))
    logits = pooled.reshape(len(x), -1) @ p["fc"] + p["fcb"]
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()


@jax.jit
def step(state, x, y):
    p, m, v, t = state
    t = t + 1
    value, g = jax.value_and_grad(loss)(p, x, y)
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
    size = 1e-3 / (1 - 0.9**t)
    p = jax.tree.map(lambda p, m, v: p - size * m / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), p, m, v)
    return (p, m, v, t), value


keys = jax.random.split(jax.random.key(1), 4)
p = {
    "w": uniform(keys[0], (3, 3, 1, 32), 9),
    "b": uniform(keys[1], (32,), 9),
    "fc": uniform(keys[2], (5408, 10), 5408),
    "fcb": uniform(keys[3], (10,), 5408),
}
zeros = jax.tree.map(jnp.zeros_like, p)
state = (p, zeros, zeros, jnp.float32(0))
random = np.random.default_rng(1)
for size in (64, len(x) % 64):
    if size > 0:
        step(state, x[:size], y[:size])[1].block_until_ready()
print(json.dumps({"ready": jax.__version__}), flush=True)
for epoch in range(int(epochs)):
    sys.stdin.readline()
    began = time.perf_counter()
    order = random.permutation(len(x))
    batches = [order[i : i + 64] for i in range(0, len(order), 64)][: int(steps) or None]
    for batch in batches:
        state, value = step(state, x[batch], y[batch])
    value.block_until_ready()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "steps": len(batches), "loss": float(value), "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
