/** @file The store suite on the embedded database. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../packages/server/src/database/open.ts'
import { storeSuite } from '../../stores/suite.ts'

storeSuite('SQLite', () => openDatabase(mkdtempSync(join(tmpdir(), 'capstan-stores-'))))
