/** @file Captures the code that a command runs from: a git commit with its difference, or a snapshot of the folder. */
import { execFile } from 'node:child_process'
import { lstat, mkdtemp, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import type { Client, Code, SnapshotFile } from '@capstan/api'

/** What a run keeps of its folder: more than this is data, not code. */
export const captureLimits = { fileBytes: 10 << 20, allBytes: 100 << 20, files: 5000, diffBytes: 50 << 20 }

const UPLOADS = 6
const ALWAYS_LEFT_OUT = [
  '.git/',
  'node_modules/',
  '__pycache__/',
  '.venv/',
  'venv/',
  '.ipynb_checkpoints/',
  'mlruns/',
  'wandb/',
  'capstan-workspace/',
]

/** Never fails a run: what cannot be captured is said in `note`, and the run cannot be repeated. */
export async function captureCode(client: Client, folder: string, limits = captureLimits): Promise<Code> {
  const none = (note: string): Code => ({ ...empty, kind: 'none', root: folder, note })
  try {
    const top = (await git(folder, ['rev-parse', '--show-toplevel']).catch(() => '')).trim()
    if (top !== '') {
      const commit = (await git(folder, ['rev-parse', '--verify', 'HEAD']).catch(() => '')).trim()
      if (commit !== '') return await captureGit(client, folder, top, commit, limits)
    }
    return await captureFolder(client, folder, limits)
  } catch (error) {
    return none((error as Error).message.trim().split('\n').at(-1)!.slice(0, 500))
  }
}

const empty: Code = {
  kind: 'none',
  root: null,
  subfolder: '',
  commit: null,
  branch: null,
  remote: null,
  diff: null,
  snapshot: null,
  files: 0,
  bytes: 0,
  leftOut: [],
  note: '',
}

async function captureGit(
  client: Client,
  folder: string,
  top: string,
  commit: string,
  limits: typeof captureLimits,
): Promise<Code> {
  const said = async (words: string[]) => (await git(top, words).catch(() => '')).trim()
  const diff = await gitBytes(
    top,
    ['diff', '--binary', '--no-color', '--no-ext-diff', 'HEAD'],
    limits.diffBytes,
  )
  const untracked = (await git(top, ['ls-files', '-z', '--others', '--exclude-standard']))
    .split('\0')
    .filter(Boolean)
  const files = await pick(top, untracked, limits)
  return {
    ...empty,
    kind: 'git',
    root: top,
    subfolder: relative(await realpath(top), await realpath(folder)),
    commit,
    branch: (await said(['rev-parse', '--abbrev-ref', 'HEAD'])) || null,
    remote: withoutPassword(await said(['config', '--get', 'remote.origin.url'])),
    diff: diff.length === 0 ? null : (await client.blobs.put({ body: diff })).hash,
    ...(await store(client, top, files)),
  }
}

/** A password in an address is nobody's business but git's. */
export function withoutPassword(address: string): string | null {
  if (address === '') return null
  return address.replace(/^(\w+:\/\/)[^/@]*@/, '$1').slice(0, 2000)
}

async function captureFolder(client: Client, folder: string, limits: typeof captureLimits): Promise<Code> {
  const files = await pick(folder, await listFolder(folder), limits)
  if (files.tooMuch) {
    throw new Error(
      `the folder holds more than ${limits.files} files or ${limits.allBytes >> 20} MiB; make it a git repository, or leave data out of it by a .gitignore`,
    )
  }
  return { ...empty, kind: 'snapshot', root: folder, ...(await store(client, folder, files)) }
}

/** git itself applies the .gitignore files, with an empty repository of its own beside. */
async function listFolder(folder: string): Promise<string[]> {
  const beside = await mkdtemp(join(tmpdir(), 'capstan-git-'))
  try {
    await git(beside, ['init', '--quiet', '--bare', '.'])
    const exclude = ALWAYS_LEFT_OUT.flatMap((name) => ['--exclude', name])
    const words = ['ls-files', '-z', '--others', '--exclude-standard', ...exclude]
    const list = await git(folder, ['--git-dir', beside, '--work-tree', folder, ...words])
    return list.split('\0').filter(Boolean)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

interface Picked {
  files: (Omit<SnapshotFile, 'blob'> & { blob: null })[]
  bytes: number
  leftOut: string[]
  tooMuch: boolean
}

async function pick(root: string, paths: readonly string[], limits: typeof captureLimits): Promise<Picked> {
  const picked: Picked = { files: [], bytes: 0, leftOut: [], tooMuch: false }
  for (const path of [...paths].sort()) {
    if (path.endsWith('/')) continue
    const found = await lstat(join(root, path)).catch(() => null)
    if (found === null) continue
    if (found.isSymbolicLink()) {
      const link = await readlink(join(root, path))
      const target = resolve(root, dirname(path), link)
      if (isAbsolute(link) || !target.startsWith(resolve(root) + sep)) picked.leftOut.push(path)
      else picked.files.push({ path, blob: null, bytes: 0, executable: false, link })
      continue
    }
    if (!found.isFile()) continue
    if (found.size > limits.fileBytes) {
      picked.leftOut.push(path)
      continue
    }
    if (picked.bytes + found.size > limits.allBytes || picked.files.length >= limits.files) {
      picked.tooMuch = true
      picked.leftOut.push(path)
      continue
    }
    picked.bytes += found.size
    picked.files.push({
      path,
      blob: null,
      bytes: found.size,
      executable: (found.mode & 0o100) !== 0,
      link: null,
    })
  }
  return picked
}

async function store(
  client: Client,
  root: string,
  { files, bytes, leftOut }: Picked,
): Promise<Pick<Code, 'snapshot' | 'files' | 'bytes' | 'leftOut'>> {
  const kept: SnapshotFile[] = files.map((file) => ({ ...file }))
  const todo = kept.filter(({ link }) => link === null)
  await Promise.all(
    Array.from({ length: UPLOADS }, async () => {
      for (let file = todo.shift(); file; file = todo.shift()) {
        const content = await readFile(join(root, file.path))
        file.blob = (await client.blobs.put({ body: content })).hash
        // it may have changed since it was listed
        file.bytes = content.length
      }
    }),
  )
  const list = kept.length === 0 ? null : (await client.blobs.put({ body: JSON.stringify(kept) })).hash
  return { snapshot: list, files: kept.length, bytes, leftOut: leftOut.slice(0, 100) }
}

async function git(folder: string, words: string[]): Promise<string> {
  return (await gitBytes(folder, words, 64 << 20)).toString('utf8')
}

async function gitBytes(folder: string, words: string[], most: number): Promise<Buffer<ArrayBuffer>> {
  const { stdout } = await promisify(execFile)('git', ['-C', folder, ...words], {
    encoding: 'buffer',
    maxBuffer: most,
    timeout: 120_000,
    env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
  })
  return stdout as Buffer<ArrayBuffer>
}

/** Variables that decide what a program finds and how it computes. */
const telling =
  /^(PATH|PYTHON\w*|VIRTUAL_ENV|CONDA_(PREFIX|DEFAULT_ENV)|UV_\w+|PYENV_VERSION|LD_LIBRARY_PATH|DYLD_\w+|CUDA_\w+|NVIDIA_\w+|HIP_\w+|ROCR_\w+|OMP_\w+|MKL_\w+|OPENBLAS_\w+|NUMEXPR_\w+|TORCH_?\w*|PYTORCH_\w+|TF_\w+|XLA_\w+|JAX_\w+|KERAS_\w+|NCCL_\w+|GLOO_\w+|HF_(HOME|HUB_OFFLINE|DATASETS_\w+)|TRANSFORMERS_\w+|TOKENIZERS_\w+|NODE_(ENV|OPTIONS|PATH)|LANG|LC_\w+|TZ|SEED)$/
const secret = /(TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE|AUTH|COOKIE|SESSION)/i

export const isSecret = (name: string): boolean => secret.test(name)

/** The part of this terminal's environment that the command gets and the run keeps; secrets never. */
export function captureVariables(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && telling.test(entry[0]) && !isSecret(entry[0]) && entry[1].length <= 131_072,
    ),
  )
}
