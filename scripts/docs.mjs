/** @file Writes the generated pages of docs/. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCatalogue } from '@capstan/api'
import { errorsPage } from './errors-page.mjs'

writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorsPage(errorCatalogue))
