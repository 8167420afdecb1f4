/** @file JAX on the CPU as a peer, from PyPI in a virtual environment of its own. */
import { needPython } from './install.ts'
import { type Peer, startPeer } from './process.ts'
import type { TorchPeer } from './torch.ts'

/** JAX with its own defaults; null where it cannot be had. */
export async function startJax({ script, args, rounds, smoke }: TorchPeer): Promise<Peer | null> {
  const python = needPython('jax', ['jax[cpu]'], !smoke)
  if (python === null) {
    console.log('JAX is left out: it is not installed, and pip could not or may not install it')
    return null
  }
  return startPeer(python, [script, ...args(rounds, smoke)])
}
