/** @file Reads the repository's own sources for the tests about their structure. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export interface Source {
  /** From the root, with forward slashes. */
  path: string
  text: string
  /** What it imports or re-exports, as written. */
  imports: string[]
}

/** Every TypeScript source of the packages, tests and generated files included. */
export function sources(): Source[] {
  return readdirSync(join(root, 'packages')).flatMap((name) => under(join(root, 'packages', name, 'src')))
}

/** The file that a relative import means, from the root. */
export function target({ path }: Source, specifier: string): string {
  return relative(root, resolve(root, dirname(path), specifier)).replaceAll('\\', '/')
}

function under(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      const text = readFileSync(file, 'utf8')
      const imports = [
        ...text.matchAll(
          /^(?:import|export)\b[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
        ),
      ]
      return {
        path: relative(root, file).replaceAll('\\', '/'),
        text,
        imports: imports.map((found) => (found[1] ?? found[2] ?? found[3])!),
      }
    })
}
