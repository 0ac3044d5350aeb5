/* The least that reading CSV can be: the place of every separator and line break outside quotes, and nothing else.
 *
 * 64 bytes at a time become three bit masks (separator, line break, quote); a running xor over the quotes' mask says what lies
 * in quotes; each bit left is written down as a place, which is what any reader needs to go on from. No field is looked at, no
 * record checked, nothing is kept. Reads with pread in pieces of 1 MiB, as nightmill does; each thread takes every nth piece.
 *
 * Only the state of quotes at a piece's start needs what came before. Several threads hand it on by counting the quotes of a
 * loaded piece first.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

static int file;
static int64_t size;
static int threads;
/* Quotes before each piece are known once all pieces before it have counted theirs. */
static int8_t *parity;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t known = PTHREAD_COND_INITIALIZER;

static inline uint64_t mask(const uint8_t *at, uint8_t byte) {
#ifdef __SSE2__
  typedef char Sixteen __attribute__((vector_size(16)));
  uint64_t bits = 0;
  for (int part = 0; part < 4; part++) {
    Sixteen v = *(const Sixteen *)(at + 16 * part);
    Sixteen want = (Sixteen){} + (char)byte;
    bits |= (uint64_t)(uint16_t)__builtin_ia32_pmovmskb128((Sixteen)(v == want)) << (16 * part);
  }
  return bits;
#else
  uint64_t bits = 0;
  for (int place = 0; place < 64; place++) bits |= (uint64_t)(at[place] == byte) << place;
  return bits;
#endif
}

static inline uint64_t running_xor(uint64_t bits) {
  for (int shift = 1; shift < 64; shift <<= 1) bits ^= bits << shift;
  return bits;
}

struct Result { int64_t separators, breaks; uint64_t check; };

static void *work(void *argument) {
  int first = (int)(intptr_t)argument;
  uint8_t *bytes = aligned_alloc(64, PIECE + 64);
  uint32_t *places = malloc(sizeof(uint32_t) * (PIECE + 64));
  struct Result *result = calloc(1, sizeof *result);
  int64_t pieces = (size + PIECE - 1) / PIECE;
  /* All ones while in quotes; one thread simply goes on with what it has. */
  uint64_t inside = 0;
  for (int64_t piece = first; piece < pieces; piece += threads) {
    int64_t offset = piece * PIECE;
    int64_t count = size - offset < PIECE ? size - offset : PIECE;
    int64_t got = 0;
    while (got < count) {
      int64_t n = pread(file, bytes + got, count - got, offset + got);
      if (n <= 0) exit(1);
      got += n;
    }
    for (int64_t i = count; i < count + 64; i++) bytes[i] = 0;
    if (threads > 1) {
      uint64_t quotes = 0;
      for (int64_t at = 0; at < count; at += 64) quotes += __builtin_popcountll(mask(bytes + at, '"'));
      pthread_mutex_lock(&lock);
      while (parity[piece] < 0) pthread_cond_wait(&known, &lock);
      parity[piece + 1] = parity[piece] ^ (quotes & 1);
      pthread_cond_broadcast(&known);
      pthread_mutex_unlock(&lock);
      inside = parity[piece] ? ~0ull : 0;
    }
    uint32_t *next = places;
    for (int64_t at = 0; at < count; at += 64) {
      uint64_t quoted = running_xor(mask(bytes + at, '"')) ^ inside;
      inside = (uint64_t)((int64_t)quoted >> 63);
      uint64_t breaks = mask(bytes + at, '\n') & ~quoted;
      uint64_t found = breaks | (mask(bytes + at, ',') & ~quoted);
      result->breaks += __builtin_popcountll(breaks);
      while (found) {
        *next++ = (uint32_t)at + __builtin_ctzll(found);
        found &= found - 1;
      }
    }
    result->separators += next - places;
    result->check += next > places ? next[-1] : 0;
  }
  return result;
}

int main(int count, char **arguments) {
  if (count != 3 || (threads = atoi(arguments[2])) < 1) {
    fprintf(stderr, "usage: floor FILE THREADS\n");
    return 64;
  }
  file = open(arguments[1], O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) { perror(arguments[1]); return 1; }
  size = status.st_size;
  int64_t pieces = (size + PIECE - 1) / PIECE;
  parity = malloc(pieces + 1);
  for (int64_t i = 1; i <= pieces; i++) parity[i] = -1;
  parity[0] = 0;
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pthread_t *workers = malloc(sizeof(pthread_t) * threads);
  for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, work, (void *)(intptr_t)i);
  int64_t separators = 0, breaks = 0;
  for (int i = 0; i < threads; i++) {
    void *got;
    pthread_join(workers[i], &got);
    struct Result *result = got;
    separators += result->separators;
    breaks += result->breaks;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("breaks %lld separators %lld seconds %.6f\n", (long long)breaks, (long long)(separators - breaks),
         (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
  return 0;
}
