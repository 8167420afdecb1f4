/** @file A real Chromium on the page: how long until it shows what somebody else has changed. */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export interface OpenPage {
  /** Resolves when the page shows the text. */
  shows(text: string): Promise<void>
  close(): Promise<void>
}

/** Null where there is no Chromium. */
export async function openPage(address: string): Promise<OpenPage | null> {
  if (!existsSync(executablePath)) return null
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    // the stopwatch is a script of its own
    bypassCSP: true,
  })
  const page = await context.newPage()
  await page.goto(address, { waitUntil: 'load' })
  return {
    async shows(text) {
      const wanted = `document.body.innerText.includes(${JSON.stringify(text)})`
      // looked at in each frame
      await page.waitForFunction(wanted, undefined, { polling: 'raf', timeout: 30_000 })
    },
    close: () => browser.close(),
  }
}
