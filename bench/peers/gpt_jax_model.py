"""The GPT of the benchmarks in JAX: its parameters and its training step (AdamW)."""
import math

import jax
import jax.numpy as jnp

vocabulary = 65


def gpt(layers, heads, width, block):
    def linear(key, fan_in, fan_out, bias=True):
        w = jax.random.uniform(key, (fan_in, fan_out), minval=-1, maxval=1) / math.sqrt(fan_in)
        return {"w": w, "b": jnp.zeros(fan_out)} if bias else {"w": w}

    def norm():
        return {"scale": jnp.ones(width), "bias": jnp.zeros(width)}

    def block_of(key):
        k = jax.random.split(key, 4)
        return {
            "norm1": norm(),
            "norm2": norm(),
            "qkv": linear(k[0], width, 3 * width),
            "out": linear(k[1], width, width),
            "up": linear(k[2], width, 4 * width),
            "down": linear(k[3], 4 * width, width),
        }

    def apply(p, x):
        return x @ p["w"] + p["b"] if "b" in p else x @ p["w"]

    def normalise(p, x):
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * p["scale"] + p["bias"]

    mask = jnp.tril(jnp.ones((block, block), bool))

    def attend(p, x):
        n, t, c = x.shape
        q, k, v = (part.reshape(n, t, heads, c // heads).transpose(0, 2, 1, 3) for part in jnp.split(apply(p["qkv"], x), 3, -1))
        scores = (q @ k.transpose(0, 1, 3, 2)) / math.sqrt(c // heads)
        weights = jax.nn.softmax(jnp.where(mask, scores, -jnp.inf), axis=-1)
        return apply(p["out"], (weights @ v).transpose(0, 2, 1, 3).reshape(n, t, c))

    def forward(p, tokens):
        x = p["wte"][tokens] + p["wpe"]
        for b in p["blocks"]:
            x = x + attend(b, normalise(b["norm1"], x))
            x = x + apply(b["down"], jax.nn.gelu(apply(b["up"], normalise(b["norm2"], x)), approximate=False))
        return apply(p["head"], normalise(p["norm"], x))

    def loss_of(p, rows):
        logs = jax.nn.log_softmax(forward(p, rows[:, :-1]))
        return -jnp.take_along_axis(logs, rows[:, 1:, None], -1).mean()

    def step(state, rows):
        p, m, v, t = state
        loss, g = jax.value_and_grad(loss_of)(p, rows)
        t = t + 1
        m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
        v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
        rate, c, s = 1e-3, 1 - 0.9**t, 1 - 0.999**t
        p = jax.tree.map(lambda w, a, b: w * (1 - rate * 0.01) - rate * (a / c) / (jnp.sqrt(b / s) + 1e-8), p, m, v)
        return (p, m, v, t), loss

    def start():
        keys = jax.random.split(jax.random.PRNGKey(1), layers + 4)
        parameters = {
            "wte": jax.random.normal(keys[0], (vocabulary, width)),
            "wpe": jax.random.normal(keys[1], (block, width)) * 0.02,
            "blocks": [block_of(k) for k in keys[4:]],
            "norm": norm(),
            "head": linear(keys[2], width, vocabulary, bias=False),
        }
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        return parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.zeros(())

    return start, step
