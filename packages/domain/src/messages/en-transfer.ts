/** @file The English sentences of documents that hold a whole workspace. */
export const transferEn = {
  'transfer.form': 'it is neither lines of JSON nor one JSON document that begins with its format',
  'transfer.format': '{place} should say "format": "capstan-workspace"',
  'transfer.newer':
    'it has version {found} of the format and this Capstan reads versions up to {known}; update Capstan',
  'transfer.line': 'line {line} is not an object with "table" and "record", or with "blob"',
  'transfer.json': 'line {line} is cut off or not JSON',
  'transfer.long': 'line {line} is longer than {limit} MiB',
  'transfer.head': 'the first line: {field} {why}',
  'transfer.table': '{place}: no table is called {table}',
  'transfer.leftOut': '{place}: the table {table} is not read, as it is {why}',
  'transfer.field': '{place}: {field} {why}',
  'transfer.twice': '{place} stands there twice',
  'transfer.reference': '{place} names {table} {id} in {field}, which the document does not hold',
  'transfer.chain': 'the history is broken at entry {entry}: it was edited, removed or moved',
  'transfer.file': '{place}: the bytes are not those of the file {hash}',
  'transfer.more': 'and {more} more',
  'transfer.notEmpty': 'This workspace holds {count} records of {table} already; nothing was written.',
  'transfer.history':
    'The document brings a history, and this workspace has one already: {count} entries. Nothing was written.',
} as const
