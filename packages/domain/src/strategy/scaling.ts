/** @file Scaling laws of language models: the loss of a size and the best size for a compute budget. */

/** L(N, D) = E + A/N^alpha + B/D^beta, N parameters, D tokens. */
export type ScalingLaw = { e: number; a: number; b: number; alpha: number; beta: number }

/** Hoffmann et al. 2022 ("Chinchilla"), approach 3, as printed. */
export const hoffmann2022: ScalingLaw = { e: 1.69, a: 406.4, b: 410.7, alpha: 0.34, beta: 0.28 }

/** Besiroglu et al. 2024 (Epoch AI), refit of the same data. */
export const epoch2024: ScalingLaw = { e: 1.8172, a: 482.01, b: 2085.43, alpha: 0.3478, beta: 0.3658 }

/** Training compute in FLOP: 6 N D. */
export const trainingFlop = (parameters: number, tokens: number): number => 6 * parameters * tokens

/** Loss in nats per token. */
export const scalingLoss = (law: ScalingLaw, parameters: number, tokens: number): number =>
  law.e + law.a / parameters ** law.alpha + law.b / tokens ** law.beta

/**
 * The parameters and tokens of least loss at a compute budget in FLOP: N* = G (C/6)^(beta/(alpha+beta)),
 * D* = (C/6)/N*, G = (alpha A/(beta B))^(1/(alpha+beta)).
 */
export const scalingOptimum = (
  law: ScalingLaw,
  flop: number,
): { parameters: number; tokens: number; loss: number } => {
  const g = ((law.alpha * law.a) / (law.beta * law.b)) ** (1 / (law.alpha + law.beta))
  const parameters = g * (flop / 6) ** (law.beta / (law.alpha + law.beta))
  const tokens = flop / 6 / parameters
  return { parameters, tokens, loss: scalingLoss(law, parameters, tokens) }
}
