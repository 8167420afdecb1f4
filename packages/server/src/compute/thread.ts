/** @file Entry of the compute thread. */
import { answerCalls } from './answer.ts'
import { tasks } from './tasks.ts'

answerCalls((task, input) => tasks[task as keyof typeof tasks](input as never))
