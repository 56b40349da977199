/* SPDX-License-Identifier: BSD-2-Clause */
#include "systemc/workers.h"

#include <utility>

namespace iotb
{

namespace
{
constexpr int STACK_BYTES = 256 * 1024; /* room for a sanitizer's frames */
}

void workers::give(std::function<void()> job)
{
    jobs.push_back(std::move(job));
    if (jobs.size() > free) {
        sc_core::sc_spawn_options options;

        options.set_stack_size(STACK_BYTES);
        sc_core::sc_spawn([this] { work(); }, sc_core::sc_gen_unique_name(name.c_str()), &options);
        free++;
    }
    given.notify(sc_core::SC_ZERO_TIME);
}

void workers::work()
{
    for (;;) {
        while (jobs.empty())
            sc_core::wait(given);
        std::function<void()> job = std::move(jobs.front());
        jobs.pop_front();
        free--;
        job();
        free++;
    }
}

} // namespace iotb
