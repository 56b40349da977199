/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * serve_dut.c - `serve_dut SOCKET DUT COMMAND...`: runs COMMAND while DUT is served on a Unix socket, each connection by a
 * process of its own. Its exit code is the command's.
 */
#include "dut/dut_registry.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int listen_on(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof(address.sun_path))
        return -1;
    strcpy(address.sun_path, path);
    unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64))
        return -1;
    return fd;
}

static _Noreturn void serve(int listener, const struct iotb_dut_ops *ops)
{
    signal(SIGCHLD, SIG_IGN); /* nobody waits for the connections */
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd < 0)
            _exit(1);
        if (fork() == 0)
            _exit(iotb_dut_serve(fd, ops) ? 1 : 0);
        close(fd);
    }
}

static int run(char **command)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        execvp(command[0], command);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 125;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

int main(int argc, char **argv)
{
    struct dut_found found;
    char error[256];
    int listener, code;
    pid_t server;

    if (argc < 4 || !dut_find(argv[2], &found, error, sizeof(error)) || (listener = listen_on(argv[1])) < 0) {
        fprintf(stderr, "serve_dut: cannot serve\n");
        return 125;
    }
    server = fork();
    if (server == 0)
        serve(listener, found.ops);
    code = run(argv + 3);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    unlink(argv[1]);
    return code;
}
