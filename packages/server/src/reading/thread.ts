/** @file Entry of the reading thread: it has a read-only connection of its own to the embedded database. */
import { workerData } from 'node:worker_threads'
import { answerCalls } from '../compute/answer.ts'
import { openReader } from '../database/open.ts'
import { readTasks } from './tasks.ts'

const db = openReader((workerData as { folder: string }).folder)
answerCalls((task, input) => readTasks[task as keyof typeof readTasks](db, input as never))
