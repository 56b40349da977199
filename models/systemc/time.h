/* SPDX-License-Identifier: BSD-2-Clause */
/* time.h - a struct sim whose time is SystemC's. */
#ifndef SYSTEMC_TIME_H
#define SYSTEMC_TIME_H

#include <cstdint>
#include <systemc>

extern "C" {
#include "sim/sim.h"
}

namespace iotb
{

/* Simulated time of the kernel; its resolution must be the 1 ps that it has by default. */
std::uint64_t now_ps();
sc_core::sc_time time_of(std::uint64_t ps);

/*
 * Runs the events of a struct sim when SystemC's time has come to them. Any number of models may share one. Every call into a
 * model is made while an `entry` lives; no such call may wait, and none is nested in another.
 */
class slaved_sim : public sc_core::sc_module
{
  public:
    slaved_sim(const sc_core::sc_module_name &name, struct sim &slave);

    class entry
    {
      public:
        explicit entry(slaved_sim &time) : time_(time)
        {
            time_.catch_up();
        }
        ~entry()
        {
            time_.arm();
        }
        entry(const entry &) = delete;
        entry &operator=(const entry &) = delete;

      private:
        slaved_sim &time_;
    };

    void catch_up(); /* what is due is run, then sim's time is the kernel's */
    struct sim &sim;

  private:
    void arm(); /* for sim's next event */
    void run();

    sc_core::sc_event due;
};

} // namespace iotb

#endif
