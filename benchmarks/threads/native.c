// The same mutual exclusion in C: what the machine can do. Prints nanoseconds an operation, a line each: name, tab, figure.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static long futex(atomic_int *word, int operation, int value) {
  return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_int word;
static volatile long counter;
static long times;

static void pthread_pair(void) {
  pthread_mutex_lock(&mutex);
  counter = counter + 1;
  pthread_mutex_unlock(&mutex);
}

static void futex_pair(void) {
  int state = 0;
  if (!atomic_compare_exchange_strong(&word, &state, 1)) {
    for (int spins = 0; spins < 100 && state != 0; spins++) {
      state = 0;
      if (atomic_load(&word) == 0 && atomic_compare_exchange_strong(&word, &state, 1)) goto held;
      state = 1;
    }
    while (atomic_exchange(&word, 2) != 0) futex(&word, FUTEX_WAIT_PRIVATE, 2);
  }
held:
  counter = counter + 1;
  if (atomic_exchange(&word, 0) == 2) futex(&word, FUTEX_WAKE_PRIVATE, 1);
}

static void *loop(void *pair) {
  for (long i = 0; i < times; i++) ((void (*)(void))pair)();
  return NULL;
}

static double with_threads(void (*pair)(void), int threads, long n) {
  pthread_t others[8];
  times = n;
  counter = 0;
  double start = now();
  for (int i = 0; i < threads; i++) pthread_create(&others[i], NULL, loop, (void *)pair);
  for (int i = 0; i < threads; i++) pthread_join(others[i], NULL);
  double each = (now() - start) / n;
  if (counter != threads * n) abort();
  return each;
}

static atomic_int ping, pong;

static void *answer(void *unused) {
  (void)unused;
  for (int turn = 1; turn <= times; turn++) {
    for (int seen; (seen = atomic_load(&ping)) != turn;) futex(&ping, FUTEX_WAIT_PRIVATE, seen);
    atomic_store(&pong, turn);
    futex(&pong, FUTEX_WAKE_PRIVATE, 1);
  }
  return NULL;
}

static double hand_off(long n) {
  pthread_t other;
  times = n;
  ping = pong = 0;
  pthread_create(&other, NULL, answer, NULL);
  double start = now();
  for (int turn = 1; turn <= n; turn++) {
    atomic_store(&ping, turn);
    futex(&ping, FUTEX_WAKE_PRIVATE, 1);
    for (int seen; (seen = atomic_load(&pong)) != turn;) futex(&pong, FUTEX_WAIT_PRIVATE, seen);
  }
  double each = (now() - start) / n;
  pthread_join(other, NULL);
  return each;
}

int main(int argc, char **argv) {
  long n = argc > 1 ? atol(argv[1]) : 1000000;
  printf("pthread free\t%f\n", with_threads(pthread_pair, 1, n));
  printf("futex free\t%f\n", with_threads(futex_pair, 1, n));
  printf("pthread contended\t%f\n", with_threads(pthread_pair, 2, n));
  printf("futex contended\t%f\n", with_threads(futex_pair, 2, n));
  printf("futex hand-off\t%f\n", hand_off(n / 50));
  return 0;
}
