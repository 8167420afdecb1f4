/** @file A real Chromium for the browser tests, and what went wrong inside it. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** @param more switches; without any, Chromium runs without a graphics device */
export async function openBrowser(more: readonly string[] = ['--disable-gpu']): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(
      `Chromium is not at ${executablePath}. On Debian: apt-get install -y chromium fonts-noto-cjk; elsewhere set CHROMIUM to its path.`,
    )
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', ...more],
  })
}

export interface Visit {
  page: Page
  /** Errors of the console and of scripts since the page was opened. */
  errors: string[]
}

export async function visit(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    ...options,
  })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(address)
  return { page, errors }
}

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
