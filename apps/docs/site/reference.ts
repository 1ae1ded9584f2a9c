/**
 * The reference, from the docstrings: a page of Markdown for each entry of each package, in `.generated`, and `api.json` for the tables that
 * pages embed. It is made before the site is built (`npm run build`), and anew only if a source has changed.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  Application,
  type CommentDisplayPart,
  DeclarationReflection,
  ReferenceReflection,
  ReflectionKind,
  type SignatureReflection,
} from 'typedoc'
import { app, root } from './pages.ts'
import { apiFile, generated as target, type Member } from './reference-file.ts'

interface EntryPoint {
  readonly specifier: string
  readonly file: string
  /** Of its page. */
  readonly id: string
}

/** Every entry that a package offers, but those of a class alone, which the main entry has too, and those that packages keep to themselves. */
export function entryPoints(): EntryPoint[] {
  return globSync('packages/*/package.json', { cwd: root }).flatMap((file) => {
    const { name, exports = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      name: string
      exports?: Record<string, { '@interlock/source'?: string } | string>
    }
    return Object.entries(exports).flatMap(([path, leads]) => {
      const source = typeof leads === 'string' ? undefined : leads['@interlock/source']
      if (source === undefined || path === './internal' || !existsSync(join(root, dirname(file), source))) return []
      const specifier = name + path.slice(1)
      return [
        { specifier, file: join(root, dirname(file), source), id: `reference/${specifier.replace('@interlock/', '')}` },
      ]
    })
  })
}

/** `@interlock/core/read-write-lock` is the entry of ReadWriteLock. */
const classOf = ({ specifier }: EntryPoint): string =>
  (specifier.split('/')[2] ?? '').replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())

const textOf = (parts: readonly CommentDisplayPart[] = []): string =>
  parts
    .map((part) => (part.kind === 'inline-tag' ? `\`${part.text}\`` : part.text))
    .join('')
    .trim()

const firstSentence = (text: string): string => /^.*?[.:](?=\s|$)/s.exec(text)?.[0].replace(/:$/, '.') ?? text

function parametersOf({ parameters = [] }: SignatureReflection): string {
  return parameters
    .map(({ name, flags, type, defaultValue }) => {
      const optional = flags.isOptional || defaultValue !== undefined ? '?' : ''
      return `${flags.isRest ? '...' : ''}${name}${optional}: ${type?.toString() ?? 'unknown'}`
    })
    .join(', ')
}

const genericsOf = (typeParameters: SignatureReflection['typeParameters']): string =>
  typeParameters === undefined || typeParameters.length === 0
    ? ''
    : `<${typeParameters.map(({ name, type }) => (type ? `${name} extends ${type.toString()}` : name)).join(', ')}>`

function signatureText(name: string, signature: SignatureReflection): string {
  if (signature.kind === ReflectionKind.ConstructorSignature) return `new ${name}(${parametersOf(signature)})`
  return `${name}${genericsOf(signature.typeParameters)}(${parametersOf(signature)}): ${signature.type?.toString() ?? 'void'}`
}

const spokenName = (name: string): string => (/^\[\w/.test(name) ? `[Symbol.${name.slice(1)}` : name)

interface Spoken {
  readonly name: string
  readonly signatures: readonly string[]
  readonly text: string
  readonly throws: string
  readonly examples: readonly string[]
}

function speak(member: DeclarationReflection, owner: string): Spoken {
  const name = member.kind === ReflectionKind.Constructor ? owner : spokenName(member.name)
  const call = member.signatures?.[0] ?? member.getSignature
  const comment = member.comment ?? call?.comment
  const readonly = member.flags.isReadonly || (member.getSignature !== undefined && member.setSignature === undefined)
  const type = member.getSignature?.type ?? member.type
  const optional = member.flags.isOptional ? '?' : ''
  return {
    name,
    signatures: member.signatures?.map((signature) => signatureText(name, signature)) ?? [
      `${member.flags.isStatic ? 'static ' : ''}${readonly ? 'readonly ' : ''}${name}${optional}: ${type?.toString() ?? 'unknown'}`,
    ],
    text: textOf(comment?.summary),
    throws: (comment?.blockTags ?? [])
      .filter(({ tag }) => tag === '@throws')
      .map(({ content }) => textOf(content))
      .join(' '),
    examples: (comment?.blockTags ?? []).filter(({ tag }) => tag === '@example').map(({ content }) => textOf(content)),
  }
}

const shown = (member: DeclarationReflection): boolean =>
  !['toJSON', '[toStringTag]', 'toString'].includes(member.name) && !member.flags.isPrivate && !member.flags.isProtected

const ofConstructor = (member: DeclarationReflection) => member.kind === ReflectionKind.Constructor

function membersOf(reflection: DeclarationReflection): DeclarationReflection[] {
  const own = (reflection.children ?? []).filter((member) => shown(member))
  return own.toSorted(
    (one, other) =>
      Number(ofConstructor(other)) - Number(ofConstructor(one)) ||
      (one.sources?.[0]?.line ?? 0) - (other.sources?.[0]?.line ?? 0),
  )
}

const fence = (lines: readonly string[]): string => `\`\`\`ts check\n${lines.join('\n')}\n\`\`\``

/** What begins a fence in a docstring is an example, and runs in the playground. */
function section(reflection: DeclarationReflection): string {
  const own = speak(reflection, reflection.name)
  const parts: string[] = [`## ${reflection.name}`]
  const isClass = reflection.kind === ReflectionKind.Class
  const isInterface = reflection.kind === ReflectionKind.Interface
  if (isClass || isInterface) {
    const bases = reflection.extendedTypes?.map(String).filter((base) => base !== 'Primitive') ?? []
    const roles = reflection.implementedTypes?.map(String) ?? []
    parts.push(
      fence([
        `${isClass ? 'class' : 'interface'} ${reflection.name}${genericsOf(reflection.typeParameters)}${bases.length > 0 ? ` extends ${bases.join(', ')}` : ''}${roles.length > 0 ? ` implements ${roles.join(', ')}` : ''}`,
      ]),
    )
  } else if (reflection.kind === ReflectionKind.TypeAlias) {
    parts.push(
      fence([
        `type ${reflection.name}${genericsOf(reflection.typeParameters)} = ${reflection.type?.toString() ?? 'unknown'}`,
      ]),
    )
  } else if (reflection.signatures !== undefined)
    parts.push(fence(own.signatures.map((signature) => `function ${signature}`)))
  else parts.push(fence([`const ${reflection.name}: ${reflection.type?.toString() ?? 'unknown'}`]))
  parts.push(own.text)
  if (own.throws !== '') parts.push(`**Throws** ${own.throws}`)
  parts.push(...own.examples)
  // Of an error its name, its code and its example say all.
  if ((isClass || isInterface) && !reflection.name.endsWith('Error')) {
    const inherited = membersOf(reflection).filter(({ flags }) => flags.isInherited)
    for (const member of membersOf(reflection).filter(({ flags }) => !flags.isInherited)) {
      const { name, signatures, text, throws } = speak(member, reflection.name)
      parts.push(`### ${ofConstructor(member) ? `new ${name}` : `${reflection.name}.${name}`}`, fence(signatures), text)
      if (throws !== '') parts.push(`**Throws** ${throws}`)
    }
    const names = inherited.filter((member) => !ofConstructor(member)).map(({ name }) => `\`${spokenName(name)}\``)
    if (names.length > 0) parts.push(`Inherited: ${names.join(', ')}.`)
  }
  return parts.filter((part) => part !== '').join('\n\n')
}

const rank = ({ kind, name }: DeclarationReflection): number =>
  name.endsWith('Error')
    ? 3
    : kind === ReflectionKind.Class
      ? 0
      : kind === ReflectionKind.Function
        ? 1
        : kind === ReflectionKind.Interface
          ? 4
          : 5

/** What the reference is made of, in a fingerprint. */
function stateOfSources(): string {
  const hash = createHash('sha256')
  const files = globSync(['packages/*/src/**/*.ts', 'packages/*/package.json', 'apps/docs/site/reference.ts'], {
    cwd: root,
  }).toSorted()
  for (const file of files.filter((name) => !/\.test(-d)?\.ts$/.test(name)))
    hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

export async function writeReference(): Promise<number> {
  const points = entryPoints()
  const application = await Application.bootstrap({
    entryPoints: points.map(({ file }) => file),
    tsconfig: join(app, 'tsconfig.reference.json'),
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: false,
    disableGit: true,
    sourceLinkTemplate: '{path}',
    basePath: root,
    logLevel: 'Error',
    validation: false,
  })
  const project = await application.convert()
  if (project === undefined) throw new Error('The sources cannot be read')
  rmSync(join(target, 'reference'), { recursive: true, force: true })
  const api: Record<string, { address: string; members: Member[] }> = {}
  const seen = new Set<string>()
  let written = 0
  // The main entries first: what they export needs no second page.
  for (const point of points.toSorted(
    (one, other) => one.specifier.split('/').length - other.specifier.split('/').length,
  )) {
    const found = project.children?.find((module) =>
      module.sources?.some(({ fullFileName }) => fullFileName === point.file),
    )
    const module = found ?? (points.length === 1 ? project : undefined)
    const packageName = point.specifier.split('/').slice(0, 2).join('/')
    // A re-export is shown where it is exported.
    const exported = (module?.children ?? [])
      .map((child) => (child instanceof ReferenceReflection ? child.getTargetReflectionDeep() : child))
      .filter((child) => child instanceof DeclarationReflection)
      .filter(({ name }) => !seen.has(`${packageName} ${name}`))
    if (module === undefined) throw new Error(`${point.specifier} was not read`)
    // The entry of one class alone adds nothing but what it needs inside.
    if (exported.length === 0 || api[`${packageName} ${classOf(point)}`] !== undefined) continue
    const ordered = exported.toSorted((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name))
    for (const reflection of ordered) {
      seen.add(`${packageName} ${reflection.name}`)
      const described = reflection.signatures === undefined ? membersOf(reflection) : [reflection]
      api[`${point.specifier} ${reflection.name}`] = {
        address: `/${point.id}/#${reflection.name.toLowerCase()}`,
        members: described.map((member) => {
          const { name, signatures, text } = speak(member, reflection.name)
          // Of most constructors there is nothing to say but what the class is.
          const said = text === '' && ofConstructor(member) ? speak(reflection, reflection.name).text : text
          return { name, signature: signatures[0] ?? name, summary: firstSentence(said) }
        }),
      }
    }
    const file = join(target, `${point.id}.md`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(
      file,
      `---
title: '${point.specifier}'
description: What ${point.specifier} exports, from the docstrings of its source.
tableOfContents: { maxHeadingLevel: 2 }
---

${ordered.map((reflection) => section(reflection)).join('\n\n')}
`,
    )
    written++
  }
  writeFileSync(apiFile, JSON.stringify(api, null, 1))
  return written
}

if (process.argv[1]?.endsWith('reference.ts')) {
  const state = stateOfSources()
  const stateFile = join(target, 'state')
  const known = existsSync(stateFile) ? readFileSync(stateFile, 'utf8') : ''
  if (known === state && existsSync(apiFile)) console.log('The reference is up to date')
  else {
    console.log(`${await writeReference()} pages of reference`)
    writeFileSync(stateFile, state)
  }
}
