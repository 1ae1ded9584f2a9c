/** `<interlock-playground>`: a program to edit, what it prints, and a timeline of its waits. */
import { element, type Language, languageOf } from '../browser/site.ts'
import { compile } from './compile.ts'
import { highlight } from './highlight.ts'
import type { Message } from './messages.ts'
import { pack, unpack } from './packing.ts'
import { programs } from './programs.ts'

const words = {
  en: {
    run: 'Run',
    stop: 'Stop',
    share: 'Copy link',
    shared: 'The link is in the address bar and in the clipboard.',
    addressed: 'The link is in the address bar.',
    begin: 'Begin with',
    own: 'your own',
    program: 'Program, in TypeScript. Tab indents; Escape, then Tab leaves the field.',
    output: 'Output',
    timeline: 'Timeline: who waited for what',
    preparing: 'Getting ready…',
    running: 'Running…',
    ended: (ms: string) => `Ended after ${ms} ms`,
    failed: (ms: string) => `Failed after ${ms} ms`,
    stopped: 'Stopped',
    none: 'No task has had to wait.',
    expected: 'expected',
    line: 'line',
    bad: 'This link holds no program.',
    hint: 'expression // => value',
    hintText: 'in a line of its own shows the value, and whether it is the one expected.',
    keys: 'Ctrl+Enter runs. In a browser a Context lasts until the first await of what runs in it.',
    waited: 'waited',
    cancelled: 'cancelled',
    still: 'still waits',
  },
  ru: {
    run: 'Запустить',
    stop: 'Остановить',
    share: 'Скопировать ссылку',
    shared: 'Ссылка в строке адреса и в буфере обмена.',
    addressed: 'Ссылка в строке адреса.',
    begin: 'Начать с примера',
    own: 'свой',
    program: 'Программа на TypeScript. Tab делает отступ; Escape, затем Tab выводит из поля.',
    output: 'Вывод',
    timeline: 'Кто чего ждал',
    preparing: 'Готовлюсь…',
    running: 'Работает…',
    ended: (ms: string) => `Закончена за ${ms} мс`,
    failed: (ms: string) => `Сбой через ${ms} мс`,
    stopped: 'Остановлена',
    none: 'Ни одной задаче не пришлось ждать.',
    expected: 'ожидалось',
    line: 'строка',
    bad: 'В этой ссылке нет программы.',
    hint: 'выражение // => значение',
    hintText: 'в отдельной строке покажет значение и сравнит его с ожидаемым.',
    keys: 'Ctrl+Enter запускает. В браузере Context живёт до первого await того, что в нём выполняется.',
    waited: 'ждала',
    cancelled: 'отменена',
    still: 'всё ещё ждёт',
  },
} as const

interface WaitShown {
  readonly what: string
  readonly who: string
  readonly from: number
  to: number | undefined
  how: 'woken' | 'cancelled' | undefined
}

class InterlockPlayground extends HTMLElement {
  #worker: Worker | undefined
  #waits = new Map<number, WaitShown>()
  #end = 0
  #due = false
  readonly #editor = element('textarea', {
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    wrap: 'off',
  })
  readonly #colours = element('pre', { 'aria-hidden': 'true' })
  readonly #status = element('p', { class: 'status', role: 'status' })
  readonly #output = element('div', { class: 'output', role: 'log', tabindex: '0' })
  readonly #lines = element('ol')
  readonly #timeline = element('ul', { class: 'timeline' })
  readonly #choice = element('select')
  #language: Language = 'en'

  connectedCallback(): void {
    if (this.#editor.isConnected) return
    this.#language = languageOf(this)
    const say = words[this.#language]
    const button = (name: string, text: string, press: () => void) => {
      const made = element('button', { type: 'button', 'data-control': name }, text)
      made.addEventListener('click', press)
      return made
    }
    this.#choice.append(
      element('option', { value: '' }, say.own),
      ...programs.map((program) => element('option', { value: program.id }, program[this.#language])),
    )
    this.#choice.addEventListener('change', () => {
      const program = programs.find(({ id }) => id === this.#choice.value)
      if (program !== undefined) this.#write(program.code)
    })
    this.#editor.setAttribute('aria-label', say.program)
    this.#output.setAttribute('aria-label', say.output)
    this.#timeline.setAttribute('aria-label', say.timeline)
    this.#output.append(this.#lines)
    this.#edit()
    this.replaceChildren(
      element(
        'div',
        { class: 'bar' },
        button('run', say.run, () => this.run()),
        button('stop', say.stop, () => this.#stop(say.stopped)),
        button('share', say.share, () => void this.#share()),
        element('label', {}, `${say.begin} `, this.#choice),
        this.#status,
      ),
      element(
        'div',
        { class: 'panes' },
        element('div', { class: 'editor' }, this.#colours, this.#editor),
        element(
          'div',
          { class: 'result' },
          element('h2', {}, say.output),
          this.#output,
          element('h2', {}, say.timeline),
          this.#timeline,
        ),
      ),
      element('p', { class: 'hint' }, element('code', {}, say.hint), ` ${say.hintText} ${say.keys}`),
    )
    window.addEventListener('hashchange', () => void this.#open())
    void this.#open()
  }

  disconnectedCallback(): void {
    this.#worker?.terminate()
  }

  /** The program that the address carries, or the first one offered. */
  async #open(): Promise<void> {
    const packed = location.hash.slice(1)
    if (packed === '' || packed === '_top') {
      if (this.#editor.value !== '') return
      this.#choice.value = programs[0]?.id ?? ''
      this.#write(programs[0]?.code ?? '')
      return
    }
    try {
      this.#write(await unpack(packed))
      this.#choice.value = ''
    } catch {
      this.#status.textContent = words[this.#language].bad
      if (this.#editor.value === '') this.#write(programs[0]?.code ?? '')
    }
  }

  #write(code: string): void {
    this.#editor.value = code
    this.#colour()
  }

  #colour(): void {
    // What ends in a line break needs one more character to be as high as the field.
    this.#colours.replaceChildren(...highlight(`${this.#editor.value} `))
    this.#editor.style.height = 'auto'
    this.#editor.style.height = `${this.#editor.scrollHeight}px`
  }

  #edit(): void {
    let leaving = false
    this.#editor.addEventListener('input', () => {
      this.#choice.value = ''
      this.#colour()
    })
    this.#editor.addEventListener('scroll', () => {
      this.#colours.scrollLeft = this.#editor.scrollLeft
    })
    this.#editor.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        this.run()
      } else if (event.key === 'Tab' && !event.shiftKey && !leaving) {
        event.preventDefault()
        this.#editor.setRangeText('  ', this.#editor.selectionStart, this.#editor.selectionEnd, 'end')
        this.#colour()
      }
      leaving = event.key === 'Escape'
    })
  }

  async #share(): Promise<void> {
    const say = words[this.#language]
    history.replaceState(null, '', `#${await pack(this.#editor.value)}`)
    try {
      await navigator.clipboard.writeText(location.href)
      this.#status.textContent = say.shared
    } catch {
      this.#status.textContent = say.addressed
    }
  }

  #stop(status: string): void {
    if (this.#worker === undefined) return
    this.#worker.terminate()
    this.#worker = undefined
    this.#status.textContent = status
    this.#draw()
  }

  /** Runs the program as it stands, in a new worker. */
  run(): void {
    const say = words[this.#language]
    this.#worker?.terminate()
    this.#waits = new Map()
    this.#end = 0
    this.#lines.replaceChildren()
    this.#timeline.replaceChildren()
    this.#status.textContent = say.preparing
    const worker = new Worker(new URL('./runner.ts', import.meta.url), { type: 'module' })
    this.#worker = worker
    worker.addEventListener('error', (event) => {
      this.#line('error', event.message)
    })
    worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if (worker !== this.#worker) return
      if (data.type === 'ready') void this.#begin(worker)
      else this.#hear(data)
    })
  }

  async #begin(worker: Worker): Promise<void> {
    const say = words[this.#language]
    try {
      const code = await compile(this.#editor.value)
      if (worker !== this.#worker) return
      this.#status.textContent = say.running
      worker.postMessage(code)
    } catch (error) {
      if (worker !== this.#worker) return
      this.#line('error', String(error))
      this.#stop(say.failed('0'))
    }
  }

  #hear(message: Exclude<Message, { type: 'ready' }>): void {
    const say = words[this.#language]
    this.#end = Math.max(this.#end, message.at)
    switch (message.type) {
      case 'line':
        this.#line(message.level, message.text)
        break
      case 'shown': {
        const verdict = message.same ? '✓' : `✗ ${say.expected} ${message.expected}`
        this.#line(message.same ? 'same' : 'different', `${say.line} ${message.line}: ${message.text} ${verdict}`)
        break
      }
      case 'parked':
        this.#waits.set(message.wait, {
          what: message.what,
          who: message.who,
          from: message.at,
          to: undefined,
          how: undefined,
        })
        break
      case 'over': {
        const wait = this.#waits.get(message.wait)
        if (wait !== undefined) Object.assign(wait, { to: message.at, how: message.how })
        break
      }
      case 'ended':
        this.#draw()
        this.#status.textContent = (message.failed ? say.failed : say.ended)(message.at.toFixed(0))
        break
    }
    this.#drawSoon()
  }

  /** A program may tell of ten thousand waits in a moment. */
  #drawSoon(): void {
    if (this.#due) return
    this.#due = true
    requestAnimationFrame(() => {
      this.#due = false
      this.#draw()
    })
  }

  #line(kind: string, text: string): void {
    this.#lines.append(element('li', { class: kind }, text))
    this.#drawSoon()
  }

  #draw(): void {
    const say = words[this.#language]
    const scale = 100 / Math.max(this.#end, 1)
    const shown = [...this.#waits.values()].slice(0, 200).map(({ what, who, from, to, how }) => {
      const ms = ((to ?? this.#end) - from).toFixed(0)
      const said = how === 'cancelled' ? say.cancelled : how === 'woken' ? say.waited : say.still
      const bar = element('span', { class: `bar ${how ?? 'waits'}` })
      bar.style.insetInlineStart = `${from * scale}%`
      bar.style.inlineSize = `${((to ?? this.#end) - from) * scale}%`
      return element(
        'li',
        {},
        element('span', { class: 'who' }, who),
        element('span', { class: 'what' }, `${what}: ${said} ${ms} ms`),
        element('span', { class: 'track', 'aria-hidden': 'true' }, bar),
      )
    })
    if (shown.length === 0 && this.#worker !== undefined) shown.push(element('li', { class: 'none' }, say.none))
    this.#timeline.replaceChildren(...shown)
    this.#output.scrollTop = this.#output.scrollHeight
  }
}

customElements.define('interlock-playground', InterlockPlayground)
