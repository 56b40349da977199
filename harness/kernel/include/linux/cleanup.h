/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/compiler.h>
#include <linux/types.h>

#define DEFINE_FREE(name, type, free_it) \
    static inline __maybe_unused void __free_##name(void *pointer) \
    { \
        type _T = *(type *)pointer; \
        free_it; \
    }
#define __free(name) __cleanup(__free_##name)
#define __get_and_null(pointer) \
    ({ \
        typeof(pointer) *__taken_at = &(pointer); \
        typeof(pointer) __taken = *__taken_at; \
        *__taken_at = NULL; \
        __taken; \
    })
#define no_free_ptr(pointer) __get_and_null(pointer)
#define return_ptr(pointer) return no_free_ptr(pointer)

/* guard(mutex)(&lock); scoped_guard(mutex, &lock) { ... } */
#define DEFINE_LOCK_GUARD_1(name, type, lock_it, unlock_it) \
    typedef struct { \
        type *lock; \
        unsigned long flags; \
    } class_##name##_t; \
    static inline __maybe_unused void class_##name##_destructor(class_##name##_t *_T) \
    { \
        if (_T->lock) { \
            unlock_it; \
        } \
    } \
    static inline __maybe_unused class_##name##_t class_##name##_constructor(type *lock) \
    { \
        class_##name##_t _t = {.lock = lock}, *_T = &_t; \
        lock_it; \
        return _t; \
    }
#define DEFINE_LOCK_GUARD_0(name, lock_it, unlock_it) \
    typedef struct { \
        void *lock; \
        int idx; \
    } class_##name##_t; \
    static inline __maybe_unused void class_##name##_destructor(class_##name##_t *_T) \
    { \
        (void)_T; \
        unlock_it; \
    } \
    static inline __maybe_unused class_##name##_t class_##name##_constructor(void) \
    { \
        class_##name##_t _t = {.lock = (void *)1}; \
        lock_it; \
        return _t; \
    }
#define CLASS(name, variable) class_##name##_t variable __cleanup(class_##name##_destructor) = class_##name##_constructor
#define guard(name) CLASS(name, __UNIQUE_ID(guard))
#define scoped_guard(name, ...) \
    for (CLASS(name, __scope)(__VA_ARGS__), *__scope_done = NULL; !__scope_done; __scope_done = (void *)1)

#endif
