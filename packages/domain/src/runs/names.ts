/** @file Which names of metrics, parameters, tags and artifacts are safe to keep and to write to a disk later. */
import { type Message, message } from '../messages/message.ts'

/** Longest key of a metric, parameter or tag, in characters. */
export const maxKeyLength = 250
export const maxParamLength = 6000
export const maxTagLength = 8000
/** Longest path of an artifact, in bytes of UTF-8. */
export const maxArtifactPathBytes = 1000

/** Clients may write keys as files: only characters that every file system takes, and no way up. */
export const keyCharactersAllowed = (key: string): boolean => /^[/\p{L}\p{N}_.\- :]*$/u.test(key)

/** The path as it would be read: `a//b/./c/../d` is `a/b/d`. */
export function normalPath(path: string): string {
  if (path === '') return '.'
  const absolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !absolute) parts.push(part)
  }
  return (absolute ? '/' : '') + parts.join('/') || '.'
}

/** Whether a key means itself when it is taken for a path, and stays inside its folder. */
export function keyPathIsOwn(key: string): boolean {
  const normal = normalPath(key)
  return normal === key && normal !== '.' && !normal.startsWith('..') && !normal.startsWith('/')
}

/**
 * Why an artifact's path is refused; null when it may be kept. However often it is decoded and however its letters
 * are composed, it must stay a plain relative path. Other control characters than NUL are refused as they stand alone:
 * MLflow's clients name pictures `key%step%12%timestamp%1795…`, in which `%12` and `%17` would decode to such.
 */
export function artifactPathRefusal(path: string): Message | null {
  const refused = message('artifact.path', { path: path.slice(0, 100) })
  if (path === '' || new TextEncoder().encode(path).length > maxArtifactPathBytes) return refused
  let form = path
  for (let i = 0; i < 10; i++) {
    if (!plain(form) || !plain(form.normalize('NFKC'))) return refused
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
    if ((i === 0 ? /[\u0000-\u001f\u007f]/ : /\u0000/).test(form)) return refused
    const decoded = percentDecoded(form)
    if (decoded === form) return null
    form = decoded
  }
  return refused
}

function plain(path: string): boolean {
  if (path.includes('\\') || /^[A-Za-z]:/.test(path) || path.startsWith('/')) return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

/** Decodes what decodes and leaves the rest, as a lenient reader would. */
const percentDecoded = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      // bytes that are no UTF-8 are read one by one
      return escapes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    }
  })
