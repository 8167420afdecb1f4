/** @file Tests of the words of a trial's command. */
import { describe, expect, it } from 'vitest'
import { commandOf, templateRefusal } from './command.ts'
import type { SearchSpace } from './space.ts'

const space: SearchSpace = {
  lr: { type: 'float', low: 0, high: 1 },
  momentum: { type: 'float', low: 0, high: 1 },
}

describe('the words of a command', () => {
  it('take the values of their parameters', () => {
    expect(
      commandOf(['train.py', '--lr', '{lr}', 'x={lr}-{epochs}', '{"a": 1}'], space, { lr: 0.1, epochs: 3 }),
    ).toEqual(['train.py', '--lr', '0.1', 'x=0.1-3', '{"a": 1}'])
  })

  it('leave out what is inactive, its option with it', () => {
    const words = ['train.py', '--momentum', '{momentum}', '--m={momentum}', '--lr', '{lr}']
    expect(commandOf(words, space, { lr: 1 })).toEqual(['train.py', '--lr', '1'])
  })

  it('keep doubled braces as single ones, and what a shell fills in', () => {
    const words = ['sh', '-c', "awk '{{print}}' ${HOME}/{lr} {{lr}}"]
    expect(templateRefusal(words, space, null)).toBeNull()
    expect(commandOf(words, space, { lr: 2 })).toEqual(['sh', '-c', "awk '{print}' ${HOME}/2 {lr}"])
  })

  it('that name what is not searched are refused', () => {
    expect(templateRefusal(['--lr', '{rate}'], space, null)).toMatchObject({ values: { name: 'rate' } })
    expect(templateRefusal(['--lr', '{lr}', '{epochs}'], space, 'epochs')).toBeNull()
  })
})
