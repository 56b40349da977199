/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

/* What a compiler of 6.12 is asked for. READ_ONCE and WRITE_ONCE are relaxed atomics: the thread sanitizer believes them. */
#define __force
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __must_hold(lock)
#define __acquires(lock)
#define __releases(lock)
#define __acquire(lock) ((void)0)
#define __release(lock) ((void)0)
#define __private
#define __bitwise
#define __init
#define __exit
#define __initdata
#define __exitdata
#define __initconst
#define __ro_after_init
#define __read_mostly
#define __cold __attribute__((__cold__))
#define __always_inline inline __attribute__((__always_inline__))
#define noinline __attribute__((__noinline__))
#define __must_check __attribute__((__warn_unused_result__))
#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __used __attribute__((__used__))
#define __weak __attribute__((__weak__))
#define __packed __attribute__((__packed__))
#define __aligned(bytes) __attribute__((__aligned__(bytes)))
#define __printf(format, first) __attribute__((__format__(printf, format, first)))
#define __noreturn __attribute__((__noreturn__))
#define __malloc __attribute__((__malloc__))
#define __section(name) __attribute__((__section__(name)))
#define __cleanup(function) __attribute__((__cleanup__(function)))
#define __pure __attribute__((__pure__))
#define __attribute_const__ __attribute__((__const__))
#define __counted_by(member)
#define __nonstring
#define __visible
#define fallthrough __attribute__((__fallthrough__))
#define asmlinkage

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define unreachable() __builtin_unreachable()
#define barrier() __asm__ __volatile__("" ::: "memory")
#define __stringify_1(...) #__VA_ARGS__
#define __stringify(...) __stringify_1(__VA_ARGS__)
#define ___PASTE(a, b) a##b
#define __PASTE(a, b) ___PASTE(a, b)
#define __UNIQUE_ID(prefix) __PASTE(__UNIQUE_ID_##prefix, __COUNTER__)
#define __same_type(a, b) __builtin_types_compatible_p(typeof(a), typeof(b))

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELAXED)
#define data_race(expression) (expression)
#define OPTIMIZER_HIDE_VAR(variable) __asm__("" : "+r"(variable))

#endif
