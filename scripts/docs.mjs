/** @file Writes the generated pages of docs/. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCatalogue } from '@capstan/api'
import { opTable } from '@capstan/engine'
import { errorsPage } from './errors-page.mjs'
import { opsPage } from './ops-page.mjs'

writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorsPage(errorCatalogue))
writeFileSync(join(import.meta.dirname, '../docs/ops.md'), opsPage(opTable()))
