/** @file Nothing acknowledged is lost by `kill -9`: a few rounds here, a hundred by CAPSTAN_CHAOS_ROUNDS=100. */
import { expect, test } from 'vitest'
import { chaos, type Round } from './chaos.ts'

const rounds = Number(process.env.CAPSTAN_CHAOS_ROUNDS ?? 8)
const seed = Number(process.env.CAPSTAN_CHAOS_SEED ?? 4)

test(`server, worker or client killed ${rounds} times: every acknowledged point once, every run in its right state`, async () => {
  const played: Round[] = []
  await chaos(rounds, seed, (round) => {
    played.push(round)
    if (process.env.CAPSTAN_CHAOS_ROUNDS) console.log(JSON.stringify(round))
  })
  expect(played).toHaveLength(rounds)
}, 3_600_000)
