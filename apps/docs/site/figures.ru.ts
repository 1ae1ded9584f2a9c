/**
 * What the benchmarks say of themselves, in Russian. The key is the whole English text: one that has changed is shown in English until it is
 * translated anew.
 */
const texts: Readonly<Record<string, string>> = {
  'acquire() and release() of a free lock': 'acquire() и release() свободной блокировки',
  'One task takes a lock that nobody else wants and gives it back. Ours includes a permit for each hold.':
    'Задача берёт блокировку, которая больше никому не нужна, и возвращает её. Наше число включает и разрешение на каждое владение.',
  'tryAcquire() and release() of a free lock': 'tryAcquire() и release() свободной блокировки',
  'The same without a promise, in a synchronous loop: 100,000 times, a permit for each hold included.':
    'То же без промиса, в синхронном цикле: 100 000 раз, вместе с разрешением на каждое владение.',
  'hand-off among 1000 tasks': 'передача между 1000 задач',
  '1000 tasks want one lock, 50 times each. The floor: 1000 tasks that await undefined, 50 times each.':
    '1000 задач хотят одну блокировку, каждая по 50 раз. Предел: 1000 задач, каждая из которых 50 раз ждёт undefined.',
  'Semaphore(10), 10,000 tasks': 'Semaphore(10), 10 000 задач',
  '10,000 tasks share 10 permits; each holds one over an await. The floor: 10,000 tasks with two awaits of undefined.':
    '10 000 задач делят 10 разрешений; каждая держит одно в течение await. Предел: 10 000 задач с двумя await undefined.',
  'Queue, burst of 100,000 then drain': 'Queue: 100 000 разом, потом разбор',
  '100,000 times await put(), then 100,000 times await get(). Where put is synchronous it is not awaited.':
    '100 000 раз await put(), потом 100 000 раз await get(). Где put синхронный, его не ждут.',
  'Queue, the same through putNowait() and getNowait()': 'Queue: то же через putNowait() и getNowait()',
  '100,000 times putNowait(), then 100,000 times getNowait(): no promise.':
    '100 000 раз putNowait(), потом 100 000 раз getNowait(): без промисов.',
  'Queue, one producer and one consumer': 'Queue: один производитель и один потребитель',
  'Both run at once over an unbounded queue. Where put is synchronous its producer awaits undefined after each.':
    'Оба работают одновременно на очереди без предела. Где put синхронный, производитель после каждого ждёт undefined.',
  'Queue(16), one producer and one consumer': 'Queue(16): один производитель и один потребитель',
  'Both run at once over a queue of 16, so that the producer has to wait for the consumer.':
    'Оба работают одновременно на очереди из 16 мест, так что производителю приходится ждать потребителя.',
  'abort of every waiter, one shared signal': 'прервать всех ожидающих, сигнал общий',
  'n waiters of a held lock share one signal. Parking them is timed, then its abort until the last waiter knows.':
    'У n ожидающих занятой блокировки один сигнал на всех. Измеряется, как они встают на ожидание, потом срабатывание сигнала, пока не узнает последний.',
  'abort of every waiter, a signal each, in random order': 'прервать всех ожидающих, у каждого свой сигнал, вразнобой',
  'n waiters of a held lock, each with a signal of its own. Making the signals is not timed, aborting them is.':
    'n ожидающих занятой блокировки, у каждого свой сигнал. Создание сигналов не измеряется, срабатывание измеряется.',
  'live shared signal never aborted, hand-off': 'общий сигнал, который не сработает, и передача',
  'n waiters share a signal that never aborts: what it costs to be able to. They get the lock one after the other.':
    'У n ожидающих общий сигнал, который так и не сработает: столько стоит сама возможность. Они получают блокировку один за другим.',
  'filling and draining a line of waiters': 'наполнить и разобрать очередь ожидающих',
  'A lock is held, n waiters are added (fill), then it is handed from one to the next (drain): ns for each waiter.':
    'Блокировка занята, добавляются n ожидающих (наполнение), потом она переходит от одного к другому (разбор): нс на ожидающего.',
  'bytes for each pending waiter': 'байты на ожидающего',
  'bytes for each pending waiter (the first three: nobody awaits it; the others: in an async function that does)':
    'байты на ожидающего (первые три столбца: его никто не ждёт; остальные: внутри async-функции, которая ждёт)',
  'Heap after a collection, before and after 100,000 waiters are parked, in a process of its own for each cell. The signals exist before.':
    'Куча после сборки мусора до и после того, как встали на ожидание 100 000, в отдельном процессе для каждой клетки. Сигналы созданы заранее.',
  'size, minified and gzipped': 'размер, минифицировано и сжато',
  "An entry that exports the lock alone, or all there is, bundled and minified by esbuild; gzip level 9. Node's own modules are left out.":
    'Вход, который экспортирует одну блокировку или всё, что есть; собран и минифицирован esbuild, gzip уровня 9. Собственные модули Node не входят.',
  bytes: 'байты',
  'get() of a variable': 'get() переменной',
  'A variable is read 100,000 times in a Context, beside getStore() inside run(). With 100 set, all are read in turn.':
    'Переменная читается 100 000 раз в контексте, рядом с getStore() внутри run(). Когда задано 100, читаются все по очереди.',
  'set() of a variable': 'set() переменной',
  'A variable is set 100,000 times in a Context, beside enterWith(). With 100 set, all are set in turn.':
    'Переменная задаётся 100 000 раз в контексте, рядом с enterWith(). Когда задано 100, задаются все по очереди.',
  'set() and reset() of a variable': 'set() и reset() переменной',
  'A variable is set and put back 100,000 times, beside enterWith() of the new value and of the one before.':
    'Переменная задаётся и возвращается 100 000 раз, рядом с enterWith() нового значения и прежнего.',
  'copyContext()': 'copyContext()',
  'A copy of the Context is made 100,000 times, and kept, beside AsyncLocalStorage.snapshot().':
    'Копия контекста делается 100 000 раз и сохраняется, рядом с AsyncLocalStorage.snapshot().',
  'Context.run() of a function': 'Context.run() функции',
  'In a Context a function is run in another one, 100,000 times, beside run() of a storage.':
    'Из одного контекста функция 100 000 раз запускается в другом, рядом с run() хранилища.',
  'createTask() and await': 'createTask() и await',
  'A job is started and awaited, 10,000 times: one that returns at once, and one that awaits undefined first. The floor: an async call inside storage.run().':
    'Функция задачи запускается, и её ждут, 10 000 раз: одна возвращается сразу, другая сначала ждёт undefined. Предел: вызов async-функции внутри storage.run().',
  'gather() of 10,000 jobs': 'gather() 10 000 функций',
  '10,000 jobs at once, and their results in order. The floor: Promise.all() over the same functions, each called inside storage.run().':
    '10 000 функций сразу и их результаты по порядку. Предел: Promise.all() над теми же функциями, каждая вызвана внутри storage.run().',
  'cancelling tasks that wait for one lock': 'отмена задач, которые ждут одну блокировку',
  'n tasks wait for a held lock. Starting them is timed, then cancelling each until the last has ended: ns for each task. The floor: async calls that wait for promises, rejected by an Error each.':
    'n задач ждут занятую блокировку. Измеряется их запуск, потом отмена каждой, пока не кончится последняя: нс на задачу. Предел: вызовы async-функций, которые ждут промисов, отклонённых каждый своей Error.',
  "the same work on CPython's asyncio": 'та же работа на asyncio из CPython',
  'Its floor is `await asyncio.sleep(0)`, one turn of its event loop, in the same shape of work. Tasks, and their making, are in its figures where waiters are counted.':
    'Предел там — `await asyncio.sleep(0)`, один оборот цикла событий, в работе той же формы. Где считаются ожидающие, в числа asyncio входят и задачи, и их создание.',
  'CPython 3.11.7, contextvars and tasks, ns each': 'CPython 3.11.7, contextvars и задачи, нс на каждое',
  'CPython 3.11.7, waits, ns each (bytes: each task that waits)':
    'CPython 3.11.7, ожидания, нс на каждое (байты: на ждущую задачу)',
  'a run under explore()': 'прогон под explore()',
  'A program of three tasks with three steps each is run in 1000 of its orders. The floor: the same program, run as often on a loop of its own.':
    'Программа из трёх задач по три шага прогоняется в 1000 своих порядков. Предел: та же программа, столько же раз запущенная на собственном цикле.',
  'a step of a task on the loop of generators': 'шаг задачи на цикле генераторов',
  '100 tasks take 100,000 steps in turn: a bare yield each, a Future each that a callback sets, a Lock that goes from one to the next. The floor: the generators stepped by hand.':
    '100 задач по очереди делают 100 000 шагов: голый yield; Future, которое ставит обратный вызов; Lock, переходящий от одной к другой. Предел: генераторы, которые шагают вручную.',
  'await acquire() and release() of a free lock across threads':
    'await acquire() и release() свободной блокировки между потоками',
  "One task takes a shared lock that nobody else wants and gives it back. The floor is core's own Lock, and one and a half bare pairs.":
    'Задача берёт общую блокировку, которая больше никому не нужна, и возвращает её. Предел — Lock из core и полторы голые пары.',
  'acquireSync() and release() of a free lock across threads':
    'acquireSync() и release() свободной блокировки между потоками',
  'One thread takes a shared lock that nobody else wants and gives it back, blocking. Ours includes a permit for each hold.':
    'Поток берёт общую блокировку, которая больше никому не нужна, и возвращает её, блокируясь. Наше число включает и разрешение на каждое владение.',
  'a lock for which a busy thread stands first': 'блокировка, за которой первым стоит занятый поток',
  'two threads that want one lock all the time': 'два потока, которым всё время нужна одна блокировка',
  'Each takes the lock, adds one to a shared number and gives the lock back, as often as it can.':
    'Каждый берёт блокировку, прибавляет единицу к общему числу и возвращает её так часто, как может.',
  'a permit to and fro between two threads that await it':
    'разрешение туда и обратно между двумя потоками, которые ждут через await',
  'Each thread gives the other a permit of a semaphore and awaits one: a round trip of two hand-overs.':
    'Каждый поток отдаёт другому разрешение семафора и ждёт его через await: путь туда и обратно из двух передач.',
  'a permit to and fro between two blocked threads':
    'разрешение туда и обратно между двумя потоками, которые блокируются',
  'Each thread gives the other a permit of a semaphore and blocks until it is given one: a round trip of two hand-overs.':
    'Каждый поток отдаёт другому разрешение семафора и блокируется, пока не получит его: путь туда и обратно из двух передач.',
  'items of 16 bytes from one thread to another': 'элементы по 16 байт из потока в поток',
  'items of 1024 bytes from one thread to another': 'элементы по 1024 байта из потока в поток',
  'items of 1 MB from one thread to another': 'элементы по 1 МБ из потока в поток',
  'One thread puts them, the other gets them, each as fast as it can.':
    'Один поток кладёт, другой берёт, каждый так быстро, как может.',
  'One thread puts them, the other gets them: in memory of their own, or lent to a codec that borrows. The floors: as much written to and read from eight places by two threads; and by one, written into shared memory, or read into new.':
    'Один поток кладёт, другой берёт: в собственной памяти или взаймы, если кодек это умеет. Пределы: столько же записано в восемь мест и прочитано из них двумя потоками; и одним — записано в общую память или прочитано в новую.',
  'until served': 'пока не обслужен',
  '× bare mutex': '× голый мьютекс',
  '× bare pair': '× голая пара',
  '× bare ring': '× голое кольцо',
  '× bare wait/notify': '× голые wait/notify',
  '× bare waitAsync': '× голый waitAsync',
  '× core + 1.5 pairs': '× core и 1,5 пары',
  '@interlock/core + 1.5 bare pairs': '@interlock/core и 1,5 голые пары',
  'bare compareExchange + exchange': 'голые compareExchange и exchange',
  'bare mutex (Drepper)': 'голый мьютекс (Дреппер)',
  'bare ring of 8': 'голое кольцо на 8',
  'bare wait and notify': 'голые wait и notify',
  'bare waitAsync and notify': 'голые waitAsync и notify',
  'a Future each': 'у каждого Future',
  'a Lock handed over': 'Lock из рук в руки',
  borrowed: 'взаймы',
  '1 variable set': 'задана 1',
  '100 set': 'задано 100',
  'all, minified': 'всё, минифицировано',
  'lock, minified': 'блокировка, минифицировано',
  gzipped: 'сжато',
  'job awaits': 'функция ждёт',
  'job returns': 'функция сразу возвращается',
  'no signal': 'без сигнала',
  'own signal': 'свой сигнал',
  'shared signal': 'общий сигнал',
  'ns a task': 'нс на задачу',
  'ns an item': 'нс на элемент',
  'ns each': 'нс на каждое',
  'ns for each waiter': 'нс на ожидающего',
  'ns for each task': 'нс на задачу',
  '× ours': '× наше',
  abort: 'прервать',
  cancel: 'отменить',
  drain: 'разобрать',
  enqueue: 'поставить',
  fill: 'наполнить',
  'hand-off': 'передача',
  start: 'запустить',
  'a promise and its resolve': 'промис и его resolve',
  'an async function that awaits': 'async-функция, которая ждёт',
  'async call': 'вызов async-функции',
  'storage.run() + async call': 'storage.run() и вызов async-функции',
  'bare hand-off': 'голая передача',
  'bare hand-off, permit': 'голая передача с разрешением',
  'bare promises': 'голые промисы',
  'own token': 'свой токен',
  'cancels all': 'отменяет всех',
  interrupts: 'прерывает',
  'an AbortController each': 'у каждого свой AbortController',
  'in random order': 'вразнобой',
  'inside a task': 'внутри задачи',
  'jobs take the signal': 'функции берут сигнал',
  waiters: 'ожидающих',
  tasks: 'задач',
  set: 'задано',
}

const known = (text: string): string | undefined => (Object.hasOwn(texts, text) ? texts[text] : undefined)

const ofNumber = (digits: string): string => digits.replaceAll(',', '\u{A0}')

/** The text in Russian; where a part of it has no translation, that part as it was. */
export function inRussian(text: string): string {
  const whole = known(text)
  if (whole !== undefined) return whole
  // `1e3 abort`, `10,000 waiters`
  const [, count, word] = /^([\d,]+(?:e\d)?) (\D+)$/.exec(text) ?? []
  if (count !== undefined && word !== undefined) return `${ofNumber(count)} ${known(word) ?? word}`
  // `effect (interrupts)`
  const [, before, inside] = /^(.+) \(([^()]+)\)$/.exec(text) ?? []
  if (before !== undefined && inside !== undefined) return `${inRussian(before)} (${known(inside) ?? inside})`
  // `copyContext(), ns each`
  const comma = text.lastIndexOf(', ')
  return comma < 0 ? text : `${inRussian(text.slice(0, comma))}, ${inRussian(text.slice(comma + 2))}`
}
