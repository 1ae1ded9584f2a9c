import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { BrowserMissingError, findBrowser } from './find.ts'

function binary(name: string): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-browser-'))
  const file = join(folder, name)
  writeFileSync(file, '#!/bin/sh\n')
  chmodSync(file, 0o755)
  return { folder, file }
}

test('a browser is found in PATH, the first of its names wherever it stands', () => {
  const chrome = binary('google-chrome')
  const chromium = binary('chromium')
  expect(findBrowser('chromium', { PATH: [chrome.folder, chromium.folder].join(delimiter) })).toBe(chromium.file)
  expect(findBrowser('chromium', { PATH: chrome.folder })).toBe(chrome.file)
})

test('a variable names another, and is not passed over in silence', () => {
  const { file, folder } = binary('firefox')
  expect(findBrowser('firefox', { FIREFOX: file, PATH: '' })).toBe(file)
  expect(() => findBrowser('firefox', { FIREFOX: join(folder, 'none'), PATH: folder })).toThrow(
    /FIREFOX names .*none, which cannot be run/,
  )
})

test.skipIf(process.platform !== 'linux')('who has none is told how to get it', () => {
  expect(() => findBrowser('firefox', { PATH: '' })).toThrow(BrowserMissingError)
  expect(() => findBrowser('firefox', { PATH: '' })).toThrow(/apt-get install .* firefox-esr.*set FIREFOX/)
})
