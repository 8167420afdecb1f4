/** @file `npm start`: checks Node, builds what is not built, then runs `capstan start` in this very process. */
const [major, minor] = process.versions.node.split('.').map(Number)
const chinese = /^zh/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '')
const say = (en, zh) => (chinese ? zh : en)

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    say(
      `Capstan needs Node.js 20.19 or later; this is ${process.versions.node}. Install a newer one from https://nodejs.org, then repeat.`,
      `Capstan 需要 Node.js 20.19 或更新版本，当前为 ${process.versions.node}。请从 https://nodejs.org 安装后重试。`,
    ),
  )
  process.exit(1)
}

try {
  const { build } = await import('./build.mjs')
  await build({
    onWork: () => console.log(say('Building once; this takes a few seconds …', '首次构建，需要几秒钟……')),
  })
} catch (error) {
  console.error(error.output ?? error.stack)
  console.error(
    say(
      'Capstan could not be built. Run "npm ci" again, then "npm start"; if it stays, please report the lines above.',
      'Capstan 构建失败。请重新运行 npm ci，再运行 npm start；若仍失败，请附上面的输出报告。',
    ),
  )
  process.exit(1)
}

const { main } = await import('../packages/cli/dist/main.js')
process.exitCode = await main(['start', ...process.argv.slice(2)])
