/** @file A checked case, or several, for every gradient rule and every expansion. */
import { activations } from './cases/activations.fixture.ts'
import { attention } from './cases/attention.fixture.ts'
import { control } from './cases/control.fixture.ts'
import { elementwise } from './cases/elementwise.fixture.ts'
import { indexing } from './cases/indexing.fixture.ts'
import { layout } from './cases/layout.fixture.ts'
import { norms } from './cases/norms.fixture.ts'
import { products } from './cases/products.fixture.ts'
import { recurrent } from './cases/recurrent.fixture.ts'
import { reductions } from './cases/reductions.fixture.ts'
import { windows } from './cases/windows.fixture.ts'
import type { GradCase } from './check.fixture.ts'

export const gradCases: readonly GradCase[] = [
  ...activations,
  ...attention,
  ...control,
  ...elementwise,
  ...indexing,
  ...layout,
  ...norms,
  ...products,
  ...recurrent,
  ...reductions,
  ...windows,
]
