/** @file English texts of the commands around members, access, the audit log and the workspace as a document. */
export const accessEn = {
  'help.export': 'write the whole workspace into a file, or its tables as CSV',
  'help.exportFile': 'file to write, - for standard output',
  'help.exportCsv': 'a folder for one CSV file of each table',
  'help.exportFiles': 'with the stored files: data, checkpoints, models',
  'help.exportNoPoints': 'without the metric points of runs',
  'help.importFile': 'a document that capstan export wrote, or one in that format',
  'help.importCheck': 'only say whether it could be read; nothing is written',
  'usage.exportWhere': 'Name a file to write, or a folder for tables with --csv; not both.',
  'usage.noFile': 'there is no such file',
  'export.done': 'Written: {file} ({bytes} bytes).',
  'export.tables': 'Written: {count} tables into {folder}.',
  'transfer.done': 'Imported: {records} records and {files} files.',
  'transfer.checked': 'The document is sound: {records} records and {files} files. Nothing was written.',
  'transfer.history': 'Its history came along: {entries} entries up to {head}.',
  'transfer.cancelled': 'Cancelled, so that nothing starts by itself: {runs} runs, {sweeps} sweeps.',
} as const
