/* SPDX-License-Identifier: BSD-2-Clause */
/* commands.h - the commands' functions, each in cmd_<name>.c. */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

int cmd_conform(int argc, char **argv);
int cmd_flow(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_probe(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_coverage(int argc, char **argv); /* conformance/faults */
int cmd_errata(int argc, char **argv);
int cmd_mutate(int argc, char **argv); /* conformance/mutate */
int cmd_bench(int argc, char **argv);
int cmd_bench_latency(int argc, char **argv); /* `bench latency`: argv[0] is "latency" */
int cmd_version(int argc, char **argv);
int cmd_help(int argc, char **argv);

#endif
