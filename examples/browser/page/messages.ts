/** @file What the page and its worker say to each other. */
import type { OpPlacement, ProviderChoice, ProviderReport } from '@capstan/engine'

export type Order =
  | {
      readonly kind: 'train'
      readonly provider: ProviderChoice
      readonly pictures: number
      readonly epochs: number
    }
  | { readonly kind: 'stop' }
  /** 784 values from 0 to 1, row by row. */
  | { readonly kind: 'classify'; readonly pixels: Float32Array }

export type News =
  | { readonly kind: 'loading' }
  | {
      readonly kind: 'report'
      readonly provider: ProviderReport
      readonly placement: readonly OpPlacement[] | null
    }
  | {
      readonly kind: 'progress'
      readonly losses: Float32Array
      readonly stepsPerSecond: number
      readonly secondsLeft: number
    }
  | { readonly kind: 'accuracy'; readonly accuracy: number }
  | { readonly kind: 'done'; readonly stopped: boolean }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'digit'; readonly digit: number; readonly probability: number }
