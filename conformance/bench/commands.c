/* SPDX-License-Identifier: BSD-2-Clause */
/* commands.c - the commands of `iotb`, in the order in which `iotb help` shows them. */
#include "bench/commands.h"
#include "bench/cli.h"

const struct command commands[] = {
    {"conform", "[OPTION...]", "judge a DUT by the conformance suite", cmd_conform,
     "--dut NAME[,PARAM=V..]   DUT; may be repeated; default: all embedded models over their capability sets\n"
     "--case GLOB              only cases whose name matches\n"
     "--req ID                 only cases that check this requirement row\n"
     "--tier smoke|full|nightly  how many requests randomised cases make, and which cases run (default full)\n"
     "--seed N                 of the run (default 1); each case derives its own\n"
     "--requests N             request budget of randomised cases, instead of the tier's\n"
     "-j N                     cases in parallel (default: as many as there are processors)\n"
     "--timeout S              wall-clock seconds after which a case is a HANG (default 300)\n"
     "--json F --junit F --html F  reports to write, instead of all of them in iotb-report/\n"
     "--no-report              write none\n"
     "--trace F                time line of the one selected case, for ui.perfetto.dev\n"
     "--waivers F              known failures: JSON array of {id, reason, owner, expires, [dut], [case]}\n"
     "--expect-fail N          the DUT is a negative control: exit 0 if every functional case that is testable FAILs or\n"
     "                         HANGs and at least N distinct ones do, 1 otherwise\n"
     "--expect F               exit 0 if every verdict is the one that F holds, 1 otherwise; nothing else counts\n"
     "--expect-write F         write such a file"},
    {"replay", "[--trace F] [--here] LINE", "run exactly the case of a report's replay line and print all of it", cmd_replay,
     "--trace F                write the time line\n"
     "--here                   in this process, for a debugger\n"
     "--timeout S              as for conform"},
    {"flow", "[FLOW [--dut vtd|smmuv3] [OPTION...]]", "the flows of the IOASID proposals, told step by step (docs/ioasid.md)",
     cmd_flow,
     "without FLOW: lists them\n"
     "--dut vtd|smmuv3         IOMMU of the machine (default vtd)\n"
     "--profile v2|s20|up|v1   rules of /dev/iommu (default v2), or v1: /dev/ioasid\n"
     "--trace F                time line of process, driver, IOMMU, device and memory, for ui.perfetto.dev\n"
     "--seed N                 of memory, data and every choice left open (default 1)\n"
     "--timeout S              as for conform"},
    {"probe", "--dut NAME[,PARAM=V..]", "what a DUT says of itself, and where that contradicts its capability registers",
     cmd_probe,
     "--dut NAME[,PARAM=V..]   may be repeated\n"
     "--timeout S              wall-clock seconds after which the DUT hangs (default 60)"},
    {"list", "[--case GLOB] [--req ID] [--rows]", "the cases", cmd_list, "--rows  with the requirement rows of each"},
    {"explain", "CASE|REQ", "a case with its rows, or a requirement with the cases that check it", cmd_explain, NULL},
    {"coverage", "--spec NAME", "every requirement row of a specification: checked, proven, open, or listed with a reason",
     cmd_coverage,
     "--spec NAME              specification (default vtd)\n"
     "--open                   only the rows that are open or fail\n"
     "--seed N, -j N           as for conform"},
    {"errata", "--dut NAME", "each deviation of a model switched on alone: does the suite notice, for the right clause?",
     cmd_errata,
     "--dut NAME               model (default vtd)\n"
     "--erratum NAME           only this one\n"
     "--every N                only each N-th of the list, which by --seed: a sample for quick checks\n"
     "--named                  only the cases that decide the rows that the list names: seconds instead of minutes\n"
     "--reprove N              instead: is the built-in record of proofs still true? Tries each N-th line\n"
     "--record F               add the rows that fail to this record of proofs (conformance/faults/vtd-proof.csv)\n"
     "--seed N, -j N, --timeout S  as for conform"},
    {"mutate", "--model NAME [--sample N]", "first-order mutants of a model's sources: how many does the suite kill?", cmd_mutate,
     "--model NAME             model (default vtd)\n"
     "--sample N               mutants to judge (default 500), drawn by --seed N\n"
     "--file GLOB              only of these source files\n"
     "--case GLOB              judged by these cases only: faster, and a lower bound\n"
     "--sets N                 judged on the N parameter sets with most cases only: faster, and a lower bound\n"
     "--record F               as for errata\n"
     "-j N                     mutants in parallel"},
    {"bench", "translate | latency --preset NAME",
     "what a translation costs the host; what it takes in a machine, in simulated time", cmd_bench,
     "translate, in functional mode, with deviations built in and without:\n"
     "--count N                translations in a run (default 200000)\n"
     "--runs N                 runs, of which the median counts (default 9)\n"
     "--part hit|miss|nested-miss, --library errata|noerrata  only this\n"
     "--no-instructions        do not count them under callgrind\n"
     "latency, first on the line (docs/timing.md):\n"
     "--preset NAME            machine; an unknown name shows the known ones\n"
     "--model NAME             vtd (default) or smmuv3\n"
     "--set NAME=VALUE         change a parameter of the preset; may be repeated\n"
     "--pages N[,N]...         working sets in pages of 4 KiB\n"
     "--reads N                reads for each figure (default 20000)\n"
     "--seed N                 of the addresses (default 1)\n"
     "--csv F, --plot F.png    write the figures, and a picture of them (needs gnuplot)"},
    {"version", "", "version, and what this build has", cmd_version, NULL},
    {"help", "[COMMAND]", "this text, or a command's options", cmd_help, NULL},
    {0},
};
