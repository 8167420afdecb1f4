/** @file Masks tokens, so that a model learns to tell them. */
import { type Augmentation, refuse } from './augment.ts'

export interface TokenMaskingOptions {
  /** The token that stands for a hidden one. */
  readonly mask: number
  /** Tokens below it are drawn where a random one takes the place. */
  readonly vocabulary: number
  /** The label of tokens that are not asked for: the loss's ignoreIndex. */
  readonly ignore: number
  readonly chance?: number
  /** Tokens that are never chosen, such as padding. */
  readonly keep?: readonly number[]
}

/**
 * Chooses each token with `chance`; its label is the token itself, all others are ignored. Of the chosen ones 80 % become
 * the mask, 10 % a random token, 10 % stay (Devlin et al., 2019). Labels have the shape of the samples.
 */
export function tokenMasking(options: TokenMaskingOptions): Augmentation {
  const { mask, vocabulary, ignore, chance = 0.15, keep = [] } = options
  refuse('tokenMasking', chance >= 0 && chance <= 1, `chance ${chance}`, 'Use 0.15, say.')
  refuse(
    'tokenMasking',
    [mask, vocabulary].every((v) => Number.isSafeInteger(v) && v >= 0) && mask < vocabulary,
    `mask ${mask} must be a token below the vocabulary's ${vocabulary}`,
    'Give the embedding one row more for the mask.',
  )
  const kept = new Set(keep)
  return {
    name: 'tokenMasking',
    settings: { mask, vocabulary, ignore, chance, keep },
    floats: false,
    check() {},
    apply({ values, labels, random }) {
      refuse(
        'tokenMasking',
        labels.length === values.length,
        `${labels.length} labels for ${values.length} tokens`,
        'Give one label per token.',
      )
      for (let i = 0; i < values.length; i++) {
        const token = values[i]!
        const [chosen, how] = [random() < chance && !kept.has(token), random()]
        labels[i] = chosen ? token : ignore
        if (!chosen || how >= 0.9) continue
        values[i] = how < 0.8 ? mask : Math.floor(random() * vocabulary)
      }
    },
  }
}
