/** @file Errors of reading a whole workspace from a document. */
import { type ErrorEntry, entry } from './entry.ts'

export const transferErrors = {
  'transfer/invalid': entry(
    422,
    65,
    'The document cannot be read: {detail}.',
    'Nothing was written. Correct what is named; docs/transfer.md describes the format.',
    '无法读取该文档：{detail}。',
    '没有写入任何内容。请修正所指之处；格式说明见 docs/transfer.md。',
  ),
  'transfer/not-empty': entry(
    409,
    65,
    '{reason}',
    'Import into a new workspace: capstan import FILE --workspace NEW-FOLDER.',
    '{reason}',
    '请导入新的工作区：capstan import 文件 --workspace 新文件夹。',
  ),
} satisfies Record<string, ErrorEntry>
