/** @file The suite of measures on embedded SQLite. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../../packages/server/src/database/open.ts'
import { measuresSuite } from '../../stores/measures-suite.ts'

measuresSuite('SQLite', () => openDatabase(mkdtempSync(join(tmpdir(), 'capstan-measures-'))))
