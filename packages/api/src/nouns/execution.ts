/** @file How a run is executed: its command, its code, what it may take of a machine, how it ended. */
import { z } from 'zod'
import { BlobHash, Count, Id, Message, Name } from '../contract/basics.ts'

/** Linux takes no word longer than this. */
const Word = z
  .string()
  .max(131_072)
  .refine((text) => !text.includes('\0'), 'holds the character NUL')
const Path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'holds the character NUL')

const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/)

/** One file of a snapshot: content by its hash, or the target of a symbolic link inside the snapshot. */
export const SnapshotFile = z.strictObject({
  path: Path,
  blob: BlobHash.nullable(),
  bytes: Count,
  executable: z.boolean(),
  link: Path.nullable(),
})
export type SnapshotFile = z.infer<typeof SnapshotFile>

/** A blob that holds this lists the files of a folder. */
export const FileList = z.array(SnapshotFile).max(100_000)

export const Code = z.strictObject({
  /** `git`: a commit, the difference to it and files that it does not know; `snapshot`: all files; `none`: nothing. */
  kind: z.enum(['git', 'snapshot', 'none']),
  /** The folder that it was taken of: a repository's top, or the folder of the command. */
  root: Path.nullable(),
  /** Where the command was started, below `root`. */
  subfolder: z.string().max(4096).default(''),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .nullable()
    .default(null),
  branch: z.string().max(500).nullable().default(null),
  /** Without a password in it. */
  remote: z.string().max(2000).nullable().default(null),
  /** `git diff --binary` against the commit; null when there is none. */
  diff: BlobHash.nullable().default(null),
  /** List of files, see `FileList`; null when there are none. */
  snapshot: BlobHash.nullable().default(null),
  files: Count.default(0),
  bytes: Count.default(0),
  /** Files too large to be kept; a repetition goes without them. */
  leftOut: z.array(z.string().max(4096)).max(100).default([]),
  /** Why nothing was captured, where that is so. */
  note: z.string().max(500).default(''),
})
export type Code = z.infer<typeof Code>

/** What a run may take of its machine; null where it did not say. */
export const Execution = z.object({
  /** Words of the command; null of a built-in run. */
  command: z.array(z.string()).nullable(),
  priority: z.int(),
  cores: z.number().nullable(),
  memoryBytes: Count.nullable(),
  gpus: Count,
  /** Seconds that one attempt may take. */
  wallSeconds: z.number().nullable(),
  /** Money at which it is stopped. */
  maxAmount: z.number().nullable(),
  /** How often it is tried again when the command itself fails. */
  retries: Count,
  failures: Count,
  /** Where it runs or ran, and what it was given there, by index. */
  machine: z.string().nullable(),
  cpus: z.array(Count),
  gpuIds: z.array(Count),
  exitCode: z.int().nullable(),
  /** The run that this one repeats. */
  rerunOf: Id.nullable(),
  /** Must be approved before it starts. */
  approvalId: Id.nullable(),
  /** The repetition runs in a fresh folder made from captured code. */
  fresh: z.boolean(),
})
export type Execution = z.infer<typeof Execution>

export const CommandInput = z.strictObject({
  name: Name.optional(),
  initiativeId: Id.nullable().default(null),
  experimentId: Id.default('0'),
  parentRunId: Id.nullable().default(null),
  command: z
    .array(Word)
    .min(1)
    .max(4000)
    .refine(
      (words) => words.reduce((sum, word) => sum + word.length + 1, 0) <= 1 << 20,
      'is longer than 1 MiB',
    ),
  /** Absolute, on the machine named; workers elsewhere make the folder from the code. */
  folder: Path.refine((path) => path.startsWith('/'), 'must be absolute'),
  machine: z.string().min(1).max(255),
  code: Code.prefault({ kind: 'none', root: null }),
  /** Variables of the environment that the command gets beside the worker's own. */
  variables: z.record(VariableName, z.string().max(131_072)).default({}),
  parameters: z.record(z.string().min(1).max(250), z.string().max(6000)).default({}),
  tags: z.record(z.string().min(1).max(250), z.string().max(5000)).default({}),
  /** Data set versions it gets as files: `CAPSTAN_DATA_<NAME>` names the folder. */
  data: z
    .array(z.strictObject({ name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/), datasetVersionId: Id }))
    .max(50)
    .default([]),
  priority: z.int().min(-100).max(100).default(0),
  cores: z.number().min(1).max(4096).nullable().default(null),
  memoryBytes: z
    .int()
    .min(1 << 20)
    .nullable()
    .default(null),
  gpus: z.int().min(0).max(64).default(0),
  wallSeconds: z
    .number()
    .positive()
    .max(366 * 86_400)
    .nullable()
    .default(null),
  maxAmount: z.number().positive().nullable().default(null),
  retries: z.int().min(0).max(100).default(0),
  /** Between asking the command to end and killing it. */
  graceSeconds: z.number().min(0).max(3600).default(10),
  /** What to do when the budget of the initiative would break. */
  onBudget: z.enum(['refuse', 'ask']).default('refuse'),
  /** Who asks for the approval. */
  requestedBy: Id.optional(),
})
export type CommandInput = z.infer<typeof CommandInput>

/** What was captured, to repeat the run and to explain a difference. */
export const Capture = z.object({
  folder: z.string().nullable(),
  machine: z.string().nullable(),
  command: z.array(z.string()).nullable(),
  code: Code,
  variables: z.record(z.string(), z.string()),
  parameters: z.record(z.string(), z.string()),
  data: z.array(z.object({ name: z.string(), datasetVersionId: Id, hash: BlobHash, label: z.string() })),
  graceSeconds: z.number(),
  /** Machine and runtimes, as its worker found them. */
  environment: z.record(z.string(), z.string()),
  /** Versions by package, `python:` or `npm:` before the name. */
  packages: z.record(z.string(), z.string()),
})
export type Capture = z.infer<typeof Capture>

export const Ending = z.strictObject({
  kind: z.enum([
    'exited',
    'signalled',
    'not-found',
    'not-executable',
    'no-folder',
    'no-code',
    'out-of-time',
    'out-of-memory',
    'over-amount',
  ]),
  code: z.int().min(0).max(255).optional(),
  signal: z.string().max(20).optional(),
  bytes: Count.optional(),
  detail: z.string().max(2000).optional(),
  /** Processes that were still there when the command itself had ended. */
  leftBehind: Count.default(0),
})
export type Ending = z.infer<typeof Ending>

export const LogStream = z.enum(['stdout', 'stderr'])
export const LogPiece = z.object({
  /** Bytes (UTF-8) that were printed before it. */
  offset: Count,
  bytes: Count,
  stream: LogStream,
  at: z.number(),
  text: z.string(),
})
export type LogPiece = z.infer<typeof LogPiece>

export const LogPage = z.object({
  pieces: z.array(LogPiece),
  /** Where to read on. */
  next: Count,
  /** Bytes printed so far. */
  end: Count,
  /** Parts of what was asked for that are not kept. */
  leftOut: z.array(z.object({ from: Count, to: Count })),
  /** The run has ended and nothing follows. */
  complete: z.boolean(),
})
export type LogPage = z.infer<typeof LogPage>

const Cause = z.object({
  area: z.enum(['command', 'code', 'data', 'parameters', 'environment', 'packages']),
  key: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})

export const Repetition = z.object({
  verdict: z.enum(['identical', 'near', 'different', 'nothing']),
  causes: z.array(Cause),
  ending: z.object({ before: z.string(), after: z.string(), equal: z.boolean() }),
  metrics: z.array(
    z.object({
      key: z.string(),
      before: z.number().nullable(),
      after: z.number().nullable(),
      equal: z.enum(['identical', 'near', 'different']),
      departsAt: z.number().nullable(),
      largest: z.number().nullable(),
      unmatched: Count,
    }),
  ),
  artifacts: z.object({
    equal: Count,
    different: z.array(
      z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    ),
  }),
})
export type Repetition = z.infer<typeof Repetition>

/** What a worker's machine has, for claims. */
export const Machine = z.strictObject({
  name: z.string().min(1).max(255),
  cores: z.number().min(1).max(65_536),
  memoryBytes: Count,
  gpus: z.int().min(0).max(1024),
  /** Workers on it at a time: what a run that asks for nothing takes is one part of so many. */
  slots: z.int().min(1).max(65_536),
})
export type Machine = z.infer<typeof Machine>

export const Worker = z.object({
  id: z.string(),
  machine: Machine,
  pid: Count,
  startedAt: z.number(),
  seenAt: z.number(),
  runId: Id.nullable(),
  /** Heard of within its lease. */
  alive: z.boolean(),
})
export type Worker = z.infer<typeof Worker>

export const Waiting = z.object({ message: Message.nullable() })
