/* SPDX-License-Identifier: BSD-2-Clause */
#include "systemc/time.h"

namespace iotb
{

std::uint64_t now_ps()
{
    return sc_core::sc_time_stamp().value();
}

sc_core::sc_time time_of(std::uint64_t ps)
{
    return sc_core::sc_time::from_value(ps);
}

slaved_sim::slaved_sim(const sc_core::sc_module_name &name, struct sim &slave) : sc_core::sc_module(name), sim(slave)
{
    SC_HAS_PROCESS(slaved_sim);
    SC_METHOD(run);
    sensitive << due;
    dont_initialize();
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS))
        SC_REPORT_FATAL("/iotb/time", "the models count in picoseconds: leave the time resolution at 1 ps");
}

void slaved_sim::catch_up()
{
    sim_run(&sim, now_ps());
}

void slaved_sim::arm()
{
    std::uint64_t next_ps;

    due.cancel();
    if (sim_next_ps(&sim, &next_ps))
        due.notify(next_ps > now_ps() ? time_of(next_ps - now_ps()) : sc_core::SC_ZERO_TIME);
}

/* One event a delta cycle: whoever watches sees each, as with sim alone. */
void slaved_sim::run()
{
    sim_step(&sim, now_ps());
    arm();
}

} // namespace iotb
