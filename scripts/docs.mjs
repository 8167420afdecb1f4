/** @file Writes the generated pages of docs/. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { api, errorCatalogue, protocolRoutes } from '@capstan/api'
import { verdictOf } from '@capstan/domain'
import { opTable } from '@capstan/engine'
import { accessPage } from './access-page.mjs'
import { errorsPage } from './errors-page.mjs'
import { opsPage } from './ops-page.mjs'

writeFileSync(join(import.meta.dirname, '../docs/errors.md'), errorsPage(errorCatalogue))
writeFileSync(join(import.meta.dirname, '../docs/ops.md'), opsPage(opTable()))
writeFileSync(join(import.meta.dirname, '../docs/access.md'), accessPage(api, protocolRoutes, verdictOf))
