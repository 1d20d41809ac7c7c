/** What axe finds wrong on a page. */
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Rules of WCAG 2.1 A and AA that a page breaks: rule and first element. */
export const broken = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      readonly axe: { readonly run: (options: unknown) => Promise<{ readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] }> }
    }
    const { violations } = await checker.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 2).map(({ html }) => html.slice(0, 200)).join(' | ')}`)
  })
}
