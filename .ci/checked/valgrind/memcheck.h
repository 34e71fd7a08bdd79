/*
 * valgrind's header, as the server of .ci/chroot is compiled with it: what the
 * server tells valgrind of its memory contexts it tells the address sanitizer,
 * too, where that is loaded.  So both see chunks that palloc() made.
 *
 * The sanitizer has no pools: a chunk that is freed, or whose context is reset, is
 * wiped by the server (CLOBBER_FREED_MEMORY) and declared inaccessible with it.
 */
#include_next <valgrind/memcheck.h>
#include <stddef.h>

/* defined by the sanitizer's library, if at all */
extern void __asan_poison_memory_region(const volatile void *start, size_t size) __attribute__((weak, access(none, 1)));
extern void __asan_unpoison_memory_region(const volatile void *start, size_t size) __attribute__((weak, access(none, 1)));

#ifndef AS_MEMCHECK
#define AS_MEMCHECK
#define AS_TOLD(to, start, size) \
	(to ? to((const volatile void *) (start), size) : (void) 0)
#define AS_ALLOWED(start, size) AS_TOLD(__asan_unpoison_memory_region, start, size)
#define AS_FORBIDDEN(start, size) AS_TOLD(__asan_poison_memory_region, start, size)

static inline int
as_noaccess(const volatile void *start, size_t size)
{
	AS_FORBIDDEN(start, size);
	return VALGRIND_MAKE_MEM_NOACCESS(start, size);
}

static inline int
as_undefined(const volatile void *start, size_t size)
{
	AS_ALLOWED(start, size);
	return VALGRIND_MAKE_MEM_UNDEFINED(start, size);
}

static inline int
as_defined(const volatile void *start, size_t size)
{
	AS_ALLOWED(start, size);
	return VALGRIND_MAKE_MEM_DEFINED(start, size);
}

static inline void
as_pool_alloc(const volatile void *pool, const volatile void *start, size_t size)
{
	AS_ALLOWED(start, size);
	VALGRIND_MEMPOOL_ALLOC(pool, start, size);
}

static inline void
as_pool_change(const volatile void *pool, const volatile void *from, const volatile void *to, size_t size)
{
	AS_ALLOWED(to, size);
	VALGRIND_MEMPOOL_CHANGE(pool, from, to, size);
}
#endif

#undef VALGRIND_MAKE_MEM_NOACCESS
#undef VALGRIND_MAKE_MEM_UNDEFINED
#undef VALGRIND_MAKE_MEM_DEFINED
#undef VALGRIND_MEMPOOL_ALLOC
#undef VALGRIND_MEMPOOL_CHANGE
#define VALGRIND_MAKE_MEM_NOACCESS(start, size) as_noaccess(start, size)
#define VALGRIND_MAKE_MEM_UNDEFINED(start, size) as_undefined(start, size)
#define VALGRIND_MAKE_MEM_DEFINED(start, size) as_defined(start, size)
#define VALGRIND_MEMPOOL_ALLOC(pool, start, size) as_pool_alloc(pool, start, size)
#define VALGRIND_MEMPOOL_CHANGE(pool, from, to, size) as_pool_change(pool, from, to, size)
