/** `<interlock-demo kind="lock">`: draws a stage, and gives its reader the clock. */
import { isolated } from '../browser/isolation.ts'
import { element, languageOf } from '../browser/site.ts'
import { settled } from './clock.ts'
import { type DemoKind } from './kinds.ts'
import type { Scene } from './scene.ts'
import { type Load, scenes } from './scenes/index.ts'
import { type Gauge, type Language, type Row, Stage, UNIT_MS } from './stage.ts'

/** Pixels of a unit of time, and units a second at the middle of the speed control. */
const UNIT = 26
const PACE = 2

const words = {
  en: {
    demo: 'Live demo',
    play: 'Play',
    pause: 'Pause',
    step: 'Step',
    reset: 'Reset',
    speed: 'Speed',
    broken: 'Break it',
    log: 'Log',
    tasks: 'Tasks',
    state: 'State',
    idle: 'idle',
    waits: 'waits',
    holds: 'holds',
    works: 'works',
    failed: 'failed',
    nobody: 'nobody',
    of: 'of',
    start: 'Start',
    unable:
      'This demo shares memory between threads, for which the page has to be cross-origin isolated. This host does not send the headers, and this browser does not let a service worker make up for it.',
  },
  ru: {
    demo: 'Живая демонстрация',
    play: 'Пуск',
    pause: 'Пауза',
    step: 'Шаг',
    reset: 'Сначала',
    speed: 'Скорость',
    broken: 'Сломать',
    log: 'Журнал',
    tasks: 'Задачи',
    state: 'Состояние',
    idle: 'без дела',
    waits: 'ждёт',
    holds: 'держит',
    works: 'работает',
    failed: 'ошибка',
    nobody: 'никого',
    of: 'из',
    start: 'Запустить',
    unable:
      'Эта демонстрация делит память между потоками, для чего страница должна быть изолирована (cross-origin isolated). Этот сервер не шлёт нужных заголовков, а этот браузер не даёт заменить их служебным потоком (service worker).',
  },
} as const

/** A row as it is drawn. Nodes are kept, so that the focus is. */
class RowView {
  readonly node: HTMLElement
  readonly #row: Row
  readonly #state = element('span', { class: 'state' })
  readonly #buttons = element('span', { class: 'cues' })
  readonly #strip = element('div', { class: 'strip' })
  readonly #bars: HTMLElement[] = []
  readonly #words: (typeof words)[Language]
  #shown = ''

  constructor(row: Row, language: Language) {
    this.#row = row
    this.#words = words[language]
    this.node = element(
      'li',
      { class: 'row' },
      element('span', { class: 'name' }, row.name),
      this.#state,
      this.#buttons,
      element('div', { class: 'track', 'aria-hidden': 'true' }, this.#strip),
    )
  }

  draw(): void {
    const { bars, buttons, state } = this.#row
    this.node.dataset['state'] = state
    const said = this.#words[state]
    if (this.#state.textContent !== said) this.#state.textContent = said
    for (const [index, bar] of bars.entries()) {
      let drawn = this.#bars[index]
      if (drawn === undefined) {
        drawn = element('span', { class: `bar ${bar.state}` }, bar.label)
        drawn.style.setProperty('--from', String(bar.from))
        this.#bars.push(drawn)
        this.#strip.append(drawn)
      }
      if (bar.to !== undefined && drawn.style.getPropertyValue('--to') === '')
        drawn.style.setProperty('--to', String(bar.to))
    }
    const shown = buttons.map((button) => button.label).join('\n')
    if (shown === this.#shown) return
    this.#shown = shown
    const focused = this.#buttons.contains(document.activeElement)
    const inside = this.#buttons.querySelectorAll('button')
    buttons.forEach(({ label: text }, place) => {
      const button = inside[place] ?? this.#buttons.appendChild(this.#button(place))
      button.replaceChildren(...(text.includes('(') ? [element('code', {}, text)] : [text]))
      button.setAttribute('aria-label', `${this.#row.name}: ${text}`)
      button.removeAttribute('aria-disabled')
    })
    // One button stays, inert: taken away it would drop the focus to the page.
    ;[...inside].slice(Math.max(buttons.length, 1)).forEach((button) => button.remove())
    if (buttons.length === 0 && inside[0]) {
      inside[0].setAttribute('aria-disabled', 'true')
      inside[0].replaceChildren('…')
      inside[0].setAttribute('aria-label', `${this.#row.name}: …`)
    }
    if (focused && !this.#buttons.contains(document.activeElement)) this.#buttons.querySelector('button')?.focus()
  }

  #button(place: number): HTMLButtonElement {
    const button = element('button', { type: 'button' })
    button.addEventListener('click', () => {
      const chosen = this.#row.buttons[place]
      if (chosen === undefined) return
      chosen.press()
      this.node.dispatchEvent(new CustomEvent('acted', { bubbles: true }))
    })
    return button
  }
}

class InterlockDemo extends HTMLElement {
  #scene: Scene | undefined
  #stage: Stage | undefined
  #views: RowView[] = []
  #broken = false
  #playing = false
  #frame = 0
  #speed = 1
  #drawn = false
  #logged = 0
  #parts:
    | {
        readonly printed: HTMLElement
        readonly play: HTMLButtonElement
        readonly step: HTMLButtonElement
        readonly actions: HTMLElement
        readonly rows: HTMLElement
        readonly gauges: HTMLElement
        /** Scrolls; its lines are in a list of its own. */
        readonly log: HTMLElement
        readonly lines: HTMLElement
      }
    | undefined

  get #language(): Language {
    return languageOf(this)
  }

  connectedCallback(): void {
    const load: Load | undefined = scenes[this.getAttribute('kind') as DemoKind]
    if (this.#scene !== undefined || load === undefined) return
    void this.#load(load)
  }

  async #load(load: () => Promise<{ readonly scene: Scene }>): Promise<void> {
    const { scene } = await load()
    if (scene.shared && !(await isolated())) {
      this.replaceChildren(element('p', { class: 'about' }, words[this.#language].unable))
      return
    }
    this.#scene = scene
    this.#build(scene)
    this.#begin()
    if (this.hasAttribute('autoplay') && !matchMedia('(prefers-reduced-motion: reduce)').matches) this.#autoplay()
  }

  /** Plays while it can be seen, until the reader takes over. */
  #autoplay(): void {
    const seen = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting !== this.#playing) this.#play(!this.#playing)
    })
    seen.observe(this)
    this.addEventListener('pointerdown', () => seen.disconnect(), { once: true })
    this.addEventListener('keydown', () => seen.disconnect(), { once: true })
  }

  #build(scene: Scene): void {
    const say = words[this.#language]
    const button = (text: string, press: () => void, name: string) => {
      const made = element('button', { type: 'button', 'data-control': name }, text)
      made.addEventListener('click', press)
      return made
    }
    const play = scene.real
      ? button(say.start, () => this.#start(), 'play')
      : button(say.play, () => this.#play(!this.#playing), 'play')
    const step = button(say.step, () => void this.#step(), 'step')
    const reset = button(say.reset, () => this.#begin(), 'reset')
    const speed = element('input', { type: 'range', min: '-2', max: '2', step: '0.5', value: '0' })
    speed.addEventListener('input', () => {
      this.#speed = 2 ** Number(speed.value)
    })
    const toolbar = element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': say.demo },
      play,
      // Real time cannot be held, stepped or hurried.
      ...(scene.real ? [] : [step, reset, element('label', { class: 'speed' }, say.speed, speed)]),
    )
    if (scene.breaks !== undefined) {
      const box = element('input', { type: 'checkbox', role: 'switch' })
      box.addEventListener('change', () => {
        this.#broken = box.checked
        this.classList.toggle('broken', box.checked)
        this.#begin()
      })
      toolbar.append(
        element('label', { class: 'break' }, box, element('span', {}, `${say.broken}: `, scene.breaks[this.#language])),
      )
    }
    const parts = {
      printed: element('code', { class: 'printed' }),
      play,
      step,
      actions: element('div', { class: 'actions' }),
      rows: element('ul', { class: 'rows', 'aria-label': say.tasks }),
      gauges: element('dl', { class: 'gauges', 'aria-label': say.state }),
      log: element('div', { class: 'log', role: 'log', tabindex: '0', 'aria-label': say.log }),
      lines: element('ol'),
    }
    parts.log.append(parts.lines)
    this.#parts = parts
    this.replaceChildren(
      element('p', { class: 'about' }, scene.about[this.#language]),
      toolbar,
      element('div', { class: 'bench' }, element('div', { class: 'head' }, parts.printed, parts.actions), parts.rows),
      element('div', { class: 'foot' }, parts.gauges, parts.log),
    )
    this.setAttribute('role', 'group')
    this.setAttribute('aria-label', `${say.demo}: ${this.getAttribute('kind')}`)
    this.addEventListener('acted', () => void this.#acted())
  }

  /** Of a scene in real time: from the beginning, at once. */
  #start(): void {
    this.#begin()
    this.#play(true)
    this.#stage?.start()
  }

  #begin(): void {
    const scene = this.#scene
    const parts = this.#parts
    if (scene === undefined || parts === undefined) return
    this.#play(false)
    this.#stage?.end()
    const stage = new Stage(this.#language, this.#broken)
    this.#stage = stage
    scene.build(stage)
    this.#views = stage.rows.map((row) => new RowView(row, this.#language))
    parts.rows.replaceChildren(...this.#views.map(({ node }) => node))
    parts.actions.replaceChildren(
      ...stage.actions.map(({ label, press }) => {
        const made = element('button', { type: 'button' }, element('code', {}, label))
        made.addEventListener('click', () => {
          press()
          void this.#acted()
        })
        return made
      }),
    )
    parts.lines.replaceChildren()
    this.#logged = 0
    stage.changed = () => this.#drawSoon()
    stage.over = () => this.#play(false)
    void settled().then(() => this.#draw())
    this.#draw()
  }

  /** A press takes effect, and while the clock stands still its moment too; of what the others would do then, nothing is done. */
  async #acted(): Promise<void> {
    await settled()
    if (!this.#playing) await this.#stage?.clock.pass(1)
    this.#draw()
  }

  async #step(): Promise<void> {
    this.#play(false)
    const { clock } = this.#stage ?? {}
    // Time that was played may stand between two units.
    await clock?.advance(Math.floor(clock.now) + 1 - clock.now)
    this.#draw()
    // For who drives it by a program: time has come there before all that happens then has happened.
    this.dataset['steps'] = String(Number(this.dataset['steps'] ?? 0) + 1)
  }

  #play(on: boolean): void {
    if (on === this.#playing || this.#parts === undefined) return
    this.#playing = on
    const say = words[this.#language]
    if (!this.#scene?.real) this.#parts.play.textContent = on ? say.pause : say.play
    this.classList.toggle('playing', on)
    // What goes by while the clock runs is too much to be read aloud.
    this.#parts.log.setAttribute('aria-live', on ? 'off' : 'polite')
    cancelAnimationFrame(this.#frame)
    if (on) this.#run()
  }

  #run(): void {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    let last = performance.now()
    let due = 0
    const frame = (time: number) => {
      const pace = this.#scene?.real ? 1000 / UNIT_MS : PACE * this.#speed
      due += (Math.min(time - last, 250) / 1000) * pace
      last = time
      const units = still ? Math.floor(due) : due
      if (units > 0) {
        due -= units
        void this.#stage?.clock.advance(units).then(() => this.#draw())
      }
      this.#frame = requestAnimationFrame(frame)
    }
    this.#frame = requestAnimationFrame(frame)
  }

  #drawSoon(): void {
    if (this.#drawn) return
    this.#drawn = true
    queueMicrotask(() => {
      this.#drawn = false
      this.#draw()
    })
  }

  #draw(): void {
    const stage = this.#stage
    const parts = this.#parts
    if (stage === undefined || parts === undefined) return
    const { now } = stage.clock
    const width = parts.rows.querySelector('.track')?.clientWidth ?? 600
    this.style.setProperty('--unit', `${UNIT}px`)
    this.style.setProperty('--now', String(now))
    this.style.setProperty('--gone', String(Math.max(0, now - (width - UNIT) / UNIT)))
    for (const view of this.#views) view.draw()
    const printed = stage.printed()
    if (parts.printed.textContent !== printed) parts.printed.textContent = printed
    this.#drawGauges(stage.gauges(), parts.gauges)
    this.#drawLog(stage, parts.log, parts.lines)
  }

  #drawGauges(gauges: readonly Gauge[], place: HTMLElement): void {
    const say = words[this.#language]
    const drawn = JSON.stringify(gauges)
    if (place.dataset['drawn'] === drawn) return
    place.dataset['drawn'] = drawn
    place.replaceChildren(
      ...gauges.map((gauge) => {
        const value = element('dd', { class: gauge.kind })
        if (gauge.kind === 'value') value.append(element('span', { class: `chip ${gauge.tone}` }, gauge.text))
        else if (gauge.kind === 'lamps') {
          for (let lamp = 0; lamp < gauge.total; lamp++)
            value.append(element('span', { class: lamp < gauge.lit ? 'lamp lit' : 'lamp', 'aria-hidden': 'true' }))
          value.append(element('span', { class: 'count' }, `${gauge.lit} ${say.of} ${gauge.total}`))
        } else {
          for (const { text, tone } of gauge.chips) value.append(element('span', { class: `chip ${tone}` }, text))
          for (let slot = gauge.chips.length; slot < (gauge.slots ?? 0); slot++)
            value.append(element('span', { class: 'chip slot', 'aria-hidden': 'true' }))
          if (gauge.chips.length === 0 && !gauge.slots) value.append(element('span', { class: 'none' }, '–'))
        }
        return element('div', {}, element('dt', {}, gauge.label), value)
      }),
    )
  }

  #drawLog(stage: Stage, log: HTMLElement, lines: HTMLElement): void {
    if (this.#logged === stage.log.length) return
    for (const { at, row, event, text } of stage.log.slice(this.#logged)) {
      lines.append(
        element(
          'li',
          { 'data-event': event, 'data-row': row },
          element('span', { class: 'at' }, String(at)),
          element('span', { class: 'who' }, row),
          ` ${text}`,
        ),
      )
    }
    this.#logged = stage.log.length
    while (lines.childElementCount > 200) lines.firstElementChild?.remove()
    log.scrollTop = log.scrollHeight
  }
}

customElements.define('interlock-demo', InterlockDemo)
