/** @file All augmentations. */
export type { Augmentation, MixedBatch, Sample } from './augment.ts'
export { cutmix, mixup } from './mixing.ts'
export {
  type AffineOptions,
  colourJitter,
  cutout,
  gaussianNoise,
  horizontalFlip,
  normalise,
  randomAffine,
  randomCrop,
  randomRotation,
} from './pictures.ts'
export { type TokenMaskingOptions, tokenMasking } from './tokens.ts'
