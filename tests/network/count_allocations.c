/* Counts calls of the C library's allocator between two marks, when preloaded. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

static long count;

long allocations(void) { return __atomic_load_n(&count, __ATOMIC_SEQ_CST); }

void *malloc(size_t size) {
  static void *(*real)(size_t);
  if (!real) real = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
  __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  return real(size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  static void *(*real)(size_t, size_t);
  if (!real) real = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "aligned_alloc");
  __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  return real(alignment, size);
}
