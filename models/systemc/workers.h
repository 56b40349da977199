/* SPDX-License-Identifier: BSD-2-Clause */
/* workers.h - SystemC threads for whoever may not wait, and must have something done that waits: a b_transport. */
#ifndef SYSTEMC_WORKERS_H
#define SYSTEMC_WORKERS_H

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <systemc>

namespace iotb
{

/*
 * Jobs are begun in the order in which they were given, whatever order the kernel runs threads in. There are as many threads
 * as there have ever been jobs under way at once.
 */
class workers
{
  public:
    explicit workers(const char *thread_name) : name(thread_name)
    {
    }
    void give(std::function<void()> job); /* from anywhere; the job begins in this moment of simulated time, not in the call */

  private:
    void work();

    std::string name;
    std::deque<std::function<void()>> jobs;
    std::size_t free = 0; /* threads that are about to take a job, or wait for one */
    sc_core::sc_event given;
};

} // namespace iotb

#endif
