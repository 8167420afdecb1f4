/** @file Chinese texts of the commands around members, access, the audit log and the workspace as a document. */
export const accessZh = {
  'help.export': '将整个工作区写入文件，或将各表写为 CSV',
  'help.exportFile': '要写入的文件，- 表示标准输出',
  'help.exportCsv': '存放各表 CSV 文件的文件夹',
  'help.exportFiles': '连同已存文件：数据、检查点、模型',
  'help.exportNoPoints': '不含各次运行的指标点',
  'help.importFile': '由 capstan export 写出的文档，或同样格式的文档',
  'help.importCheck': '只检查能否读取，不写入任何内容',
  'usage.exportWhere': '请指定要写入的文件，或用 --csv 指定存放表格的文件夹；二者不可同时使用。',
  'usage.noFile': '没有这个文件',
  'export.done': '已写入：{file}（{bytes} 字节）。',
  'export.tables': '已写入 {folder}：{count} 张表。',
  'transfer.done': '已导入：{records} 条记录，{files} 个文件。',
  'transfer.checked': '文档完好：{records} 条记录，{files} 个文件。没有写入任何内容。',
  'transfer.history': '历史一并导入：{entries} 条，末条为 {head}。',
  'transfer.cancelled': '为避免自行启动，已取消：运行 {runs} 次，参数搜索 {sweeps} 个。',
} as const
