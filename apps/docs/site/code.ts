/**
 * What a fence says behind its language: `ts` is an example that runs, `ts check` one that does not end, `ts node` one
 * that a browser does not bring to the same end, as a Context is lost there at an await, `ts wrong` a wrong way.
 */
import { deflateRawSync } from 'node:zlib'
import { importsOnlyModules } from '../src/playground/modules.ts'
import { box, changing, html, type Plugin } from './tree-nodes.ts'

/** A program as the address of the playground carries it. */
export function packProgram(code: string): string {
  return deflateRawSync(Buffer.from(code), { level: 9 }).toString('base64url')
}

const words = {
  en: { open: 'Open in the playground', wrong: 'Wrong' },
  ru: { open: 'Открыть в песочнице', wrong: 'Неверно' },
}

export const code: Plugin = changing((node, language) => {
  if (node.type !== 'code' || node.lang !== 'ts') return undefined
  const { open, wrong } = words[language]
  const playground = language === 'ru' ? '/ru/playground/' : '/playground/'
  const meta = (node.meta ?? '').split(' ')
  node.meta = null
  const program = node.value ?? ''
  const link =
    meta.includes('check') || meta.includes('node') || !importsOnlyModules(program)
      ? []
      : [html(`<a class="open" href="${playground}#${packProgram(program)}">${open}</a>`)]
  if (!meta.includes('wrong')) return box('runnable', [node, ...link])
  return box('runnable wrong', [html(`<p class="verdict">${wrong}</p>`), node, ...link])
})
