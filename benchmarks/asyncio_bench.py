"""The rows' work on CPython's own asyncio. Prints JSON: nanoseconds for each operation, and the same for `await asyncio.sleep(0)`,
one turn of the event loop, in the same shape of work (of waits alone). Usage: python3 asyncio_bench.py [--quick] [row ...]
"""
import asyncio
import contextvars
import gc
import json
import platform
import random
import statistics
import sys
import time
import tracemalloc

now = time.perf_counter_ns
QUICK = '--quick' in sys.argv
ONLY = [word for word in sys.argv[1:] if not word.startswith('--')]
ROUNDS = 3 if QUICK else 5
# Cancelling one of n waiters takes time in proportion to n: what would take longer than this is not tried.
LIMIT = 8e9


async def each_of(tasks, work):
    await asyncio.gather(*(asyncio.ensure_future(work()) for _ in range(tasks)))


async def turns_of_sleep(turns):
    for _ in range(turns):
        await asyncio.sleep(0)


async def uncontended():
    turns = 20_000 if QUICK else 100_000
    lock = asyncio.Lock()
    start = now()
    for _ in range(turns):
        await lock.acquire()
        lock.release()
    work = (now() - start) / turns
    start = now()
    await turns_of_sleep(turns)
    return work, (now() - start) / turns


async def hand_off():
    tasks, turns = 1000, 5 if QUICK else 20
    lock = asyncio.Lock()

    async def work():
        for _ in range(turns):
            await lock.acquire()
            # Without this a task takes the lock again before the next one runs, and nothing is handed off.
            await asyncio.sleep(0)
            lock.release()

    async def floor():
        for _ in range(turns):
            await asyncio.sleep(0)

    start = now()
    await each_of(tasks, work)
    took = (now() - start) / (tasks * turns)
    start = now()
    await each_of(tasks, floor)
    return took, (now() - start) / (tasks * turns)


async def semaphore():
    tasks = 10_000
    permits = asyncio.Semaphore(10)

    async def work():
        await permits.acquire()
        await asyncio.sleep(0)
        permits.release()

    async def floor():
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    start = now()
    await each_of(tasks, work)
    took = (now() - start) / tasks
    start = now()
    await each_of(tasks, floor)
    return took, (now() - start) / tasks


ITEMS = 20_000 if QUICK else 100_000


async def queue_floor(items):
    start = now()
    await turns_of_sleep(items)
    return (now() - start) / items


def check(total, items):
    if total != items * (items - 1) // 2:
        raise AssertionError('what came back is something else')


async def queue_burst():
    queue = asyncio.Queue()
    total = 0
    start = now()
    for item in range(ITEMS):
        await queue.put(item)
    for _ in range(ITEMS):
        total += await queue.get()
    took = (now() - start) / ITEMS
    check(total, ITEMS)
    return took, await queue_floor(ITEMS)


async def queue_nowait():
    queue = asyncio.Queue()
    total = 0
    start = now()
    for item in range(ITEMS):
        queue.put_nowait(item)
    for _ in range(ITEMS):
        total += queue.get_nowait()
    took = (now() - start) / ITEMS
    check(total, ITEMS)
    return took, await queue_floor(ITEMS)


async def through(queue, items, breath):
    async def produce():
        for item in range(items):
            await queue.put(item)
            if breath:
                await asyncio.sleep(0)

    async def consume():
        total = 0
        for _ in range(items):
            total += await queue.get()
        return total

    start = now()
    consumer = asyncio.ensure_future(consume())
    await produce()
    check(await consumer, items)
    return (now() - start) / items


async def queue_concurrent():
    # put() on a queue without a bound never gives the consumer a turn: the producer yields after each.
    items = ITEMS // 5
    return await through(asyncio.Queue(), items, True), await queue_floor(items)


async def queue_bounded():
    items = ITEMS // 2
    return await through(asyncio.Queue(16), items, False), await queue_floor(items)


async def parked(lock, count):
    """Tasks that wait for a lock that is held."""
    passed = 0

    async def wait():
        nonlocal passed
        await lock.acquire()
        passed += 1
        lock.release()

    await lock.acquire()
    tasks = [asyncio.ensure_future(wait()) for _ in range(count)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks, lambda: passed


async def cancelled(count, shuffle):
    lock = asyncio.Lock()
    start = now()
    tasks, _ = await parked(lock, count)
    order = list(tasks)
    if shuffle:
        pause = now()
        random.Random(count).shuffle(order)
        start += now() - pause
    for task in order:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    took = (now() - start) / count
    if not all(isinstance(one, asyncio.CancelledError) for one in results):
        raise AssertionError('a waiter was not cancelled')
    return took, None


async def drained(count):
    lock = asyncio.Lock()
    start = now()
    tasks, passed = await parked(lock, count)
    lock.release()
    await asyncio.gather(*tasks)
    took = (now() - start) / count
    if passed() != count:
        raise AssertionError('a waiter did not get the lock')
    return took, None


async def bytes_of_a_task():
    count = 2000 if QUICK else 10_000
    lock = asyncio.Lock()
    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    tasks, _ = await parked(lock, count)
    gc.collect()
    took = (tracemalloc.get_traced_memory()[0] - before) / count
    tracemalloc.stop()
    lock.release()
    await asyncio.gather(*tasks)
    return took, None


# Made once, as a module does.
VARIABLES = [contextvars.ContextVar(f'variable {place}') for place in range(100)]
TURNS = 20_000 if QUICK else 100_000


async def in_context(loop, count):
    """The loop goes through a ring of 100: one variable a hundred times, or a hundred once."""
    variables = VARIABLES[:count]
    ring = [variables[place % count] for place in range(100)]
    context = contextvars.Context()

    def work():
        for place, variable in enumerate(variables):
            variable.set(place + 1)
        start = now()
        loop(ring)
        return (now() - start) / TURNS

    return context.run(work), None


def get_loop(ring):
    total = 0
    for _ in range(TURNS // 100):
        for variable in ring:
            total += variable.get()
    if total != TURNS // 100 * sum(variable.get() for variable in ring):
        raise AssertionError('a variable held something else')


def set_loop(ring):
    for turn in range(TURNS // 100):
        for variable in ring:
            variable.set(turn)


def set_reset_loop(ring):
    for turn in range(TURNS // 100):
        for variable in ring:
            variable.reset(variable.set(turn))


def copy_loop(ring):
    kept = [None] * 100
    for _ in range(TURNS // 100):
        for place in range(100):
            kept[place] = contextvars.copy_context()


def run_loop(ring):
    other = contextvars.copy_context()
    total = 0

    def task(value):
        return value

    for turn in range(TURNS):
        total += other.run(task, turn)
    if total != TURNS * (TURNS - 1) // 2:
        raise AssertionError('a run gave something else')


async def job(index):
    return index


async def create_tasks():
    count = 2000 if QUICK else 10_000
    total = 0
    start = now()
    for index in range(count):
        total += await asyncio.create_task(job(index))
    took = (now() - start) / count
    check(total, count)
    return took, None


async def gather_jobs():
    count = 10_000
    start = now()
    total = sum(await asyncio.gather(*(job(index) for index in range(count))))
    took = (now() - start) / count
    check(total, count)
    return took, None


def of_size(work, *args):
    return lambda: work(*args)


WORK = [
    ('uncontended', None, uncontended),
    ('hand-off', None, hand_off),
    ('semaphore', None, semaphore),
    ('queue-burst', None, queue_burst),
    ('queue-nowait', None, queue_nowait),
    ('queue-concurrent', None, queue_concurrent),
    ('queue-bounded', None, queue_bounded),
    *(('abort-shared', size, of_size(cancelled, size, False)) for size in (1000, 10_000, 100_000)),
    *(('abort-own', size, of_size(cancelled, size, True)) for size in (1000, 10_000, 100_000)),
    *(('growth', size, of_size(drained, size)) for size in (1000, 10_000, 100_000)),
    ('bytes', None, bytes_of_a_task),
    *(
        (row, count, of_size(in_context, loop, count))
        for row, loop in (
            ('contextvar-get', get_loop),
            ('contextvar-set', set_loop),
            ('contextvar-set-reset', set_reset_loop),
            ('contextvar-copy', copy_loop),
            ('contextvar-run', run_loop),
        )
        for count in (1, 100)
    ),
    ('tasks-create', None, create_tasks),
    ('tasks-gather', None, gather_jobs),
    *(('tasks-cancel', size, of_size(cancelled, size, False)) for size in (1000, 10_000, 100_000)),
]


def main():
    chosen = [one for one in WORK if not ONLY or one[0] in ONLY]
    results = {(row, size): {'row': row, 'size': size, 'samples': [], 'floors': []} for row, size, _ in chosen}
    cost = {}
    for turn in range(ROUNDS + 1):
        for row, size, work in random.Random(turn).sample(chosen, len(chosen)) if turn > 0 else chosen:
            result = results[row, size]
            if 'skipped' in result or (turn > 1 and cost.get((row, size), 0) > 0.5e9):
                continue
            if QUICK and size == 100_000:
                result['skipped'] = 'not in a quick run'
                continue
            if turn == 0 and row == 'abort-own' and size > 1000:
                smaller = cost.get((row, size // 10))
                # Quadratic.
                if smaller is None or smaller * 100 > LIMIT:
                    result['skipped'] = f'> {LIMIT / 1e9:g} s, skipped'
                    continue
            gc.collect()
            start = now()
            took, floor = asyncio.run(work())
            cost[row, size] = now() - start
            # The first turn warms up, and finds out what is too slow.
            if turn > 0:
                result['samples'].append(took)
                if floor is not None:
                    result['floors'].append(floor)
    for result in results.values():
        samples, floors = result['samples'], result['floors']
        if samples:
            result['value'] = statistics.median(samples)
        if floors:
            result['floor'] = statistics.median(floors)
            result['ratio'] = statistics.median(a / b for a, b in zip(samples, floors))
    print(json.dumps({'python': platform.python_version(), 'implementation': platform.python_implementation(), 'results': list(results.values())}))


main()
