/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workshop.c - compiles a changed copy of a model's sources to a plug-in.
 *
 * The copies of the model's files shadow the originals by the order of include paths. A changed .c file is compiled alone; a
 * changed header or table is compiled with every file of the model. Code that is the same to the byte is no mutant.
 */
#include "mutate/mutate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES_MAX 96u

struct source {
    char name[64];
    char *text;
    size_t length;
    bool compiled; /* a .c file */
};

const struct mutate_model mutate_models[] = {
    {"vtd", "vtd", "VTD_NO_ERRATA"},
    {"smmuv3", "smmuv3", "SMMUV3_NO_ERRATA"},
    {"pasid-device", "pasid_device", "PASID_DEVICE_NO_ERRATA"},
    {NULL, NULL, NULL}};

struct workshop {
    const struct mutate_model *model;
    char directory[256];
    char originals[320]; /* directory of the original's objects, ours or another workshop's */
    char plugin[320];
    struct source files[FILES_MAX];
    size_t file_count;
    bool built; /* the original's objects are there */
};

/* directory/place/name + ending */
static void path_of(const struct workshop *w, char *out, size_t out_bytes, const char *place, const char *name,
                    const char *ending)
{
    if ((size_t)snprintf(out, out_bytes, "%s/%s/%s%s", w->directory, place, name, ending) >= out_bytes)
        abort();
}

/* The copy of a file of the model. */
static void source_path(const struct workshop *w, char *out, size_t out_bytes, const char *name)
{
    char place[64];

    snprintf(place, sizeof place, "models/%s", w->model->name);
    path_of(w, out, out_bytes, place, name, "");
}

/* An object of the original. */
static void original_path(const struct workshop *w, char *out, size_t out_bytes, const char *name)
{
    if ((size_t)snprintf(out, out_bytes, "%s/%s.o", w->originals, name) >= out_bytes)
        abort();
}

/* ---- files ---- */

static char *read_whole(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;

    if (!file)
        return NULL;
    if (!fseek(file, 0, SEEK_END) && (size = ftell(file)) >= 0 && !fseek(file, 0, SEEK_SET) &&
        (text = malloc((size_t)size + 1)) != NULL) {
        *length = fread(text, 1, (size_t)size, file);
        text[*length] = '\0';
        if (*length != (size_t)size) {
            free(text);
            text = NULL;
        }
    }
    fclose(file);
    return text;
}

static bool write_whole(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");
    bool ok = file && fwrite(text, 1, length, file) == length;

    if (file)
        ok = !fclose(file) && ok;
    return ok;
}

static bool same_contents(const char *a, const char *b)
{
    size_t a_bytes = 0, b_bytes = 0;
    char *a_text = read_whole(a, &a_bytes), *b_text = read_whole(b, &b_bytes);
    bool same = a_text && b_text && a_bytes == b_bytes && !memcmp(a_text, b_text, a_bytes);

    free(a_text);
    free(b_text);
    return same;
}

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), e = strlen(ending);

    return n > e && !strcmp(name + n - e, ending);
}

static int is_source(const struct dirent *entry)
{
    return ends_in(entry->d_name, ".c") || ends_in(entry->d_name, ".h") || ends_in(entry->d_name, ".def");
}

/* ---- the compiler ---- */

/* Exit status, or -1 when the program cannot be run; what it prints goes to the workshop's log. */
static int run(const struct workshop *w, char *const argv[])
{
    char log[320];
    int status;
    pid_t child;

    path_of(w, log, sizeof log, ".", "log", "");
    child = fork();
    if (child < 0)
        return -1;
    if (child == 0) {
        int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        if (out >= 0) {
            dup2(out, 1);
            dup2(out, 2);
        }
        execvp(argv[0], argv);
        _exit(127);
    }
    if (waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
        return -1;
    return WEXITSTATUS(status);
}

static int compile(const struct workshop *w, const char *source, const char *object)
{
    char own[300], no_errata[64];
    char *argv[] = {IOTB_MUTATE_CC,
                    "-std=c11",
                    "-O2",
                    "-fPIC",
                    "-w",
                    "-D_GNU_SOURCE",
                    "-DIOTB_DUT_PLUGIN",
                    no_errata,
                    "-I",
                    own,
                    "-I",
                    IOTB_MUTATE_SOURCE "/models",
                    "-I",
                    IOTB_MUTATE_SOURCE "/conformance",
                    "-c",
                    (char *)source,
                    "-o",
                    (char *)object,
                    NULL};

    snprintf(own, sizeof own, "%s/models", w->directory);
    snprintf(no_errata, sizeof no_errata, "-D%s", w->model->no_errata);
    return run(w, argv);
}

static int compile_file(const struct workshop *w, size_t file, const char *object)
{
    char source[400];

    source_path(w, source, sizeof source, w->files[file].name);
    return compile(w, source, object);
}

/* Links, for each file, the changed object where there is one. */
static int link_plugin(const struct workshop *w)
{
    static const char *const libraries[] = {IOTB_MUTATE_LIBRARIES};
    static char objects[FILES_MAX + 1][400];
    char *argv[FILES_MAX + 16];
    size_t n = 0, k = 0;

    argv[n++] = IOTB_MUTATE_CC;
    argv[n++] = "-shared";
    argv[n++] = "-o";
    argv[n++] = (char *)w->plugin;
    for (size_t i = 0; i < w->file_count; i++)
        if (w->files[i].compiled) {
            path_of(w, objects[k], sizeof objects[k], "changed", w->files[i].name, ".o");
            if (access(objects[k], R_OK))
                original_path(w, objects[k], sizeof objects[k], w->files[i].name);
            argv[n++] = objects[k++];
        }
    original_path(w, objects[k], sizeof objects[k], "adapter");
    argv[n++] = objects[k];
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++)
        argv[n++] = (char *)libraries[i];
    argv[n] = NULL;
    return run(w, argv);
}

/* ---- open and close ---- */

static bool fail(char *error, size_t error_bytes, const char *what, const char *name)
{
    snprintf(error, error_bytes, "%s %s: %s", what, name, strerror(errno));
    return false;
}

static bool copy_sources(struct workshop *w, char *error, size_t error_bytes)
{
    char directory[400];
    struct dirent **entries;
    int count;
    bool ok;

    snprintf(directory, sizeof directory, IOTB_MUTATE_SOURCE "/models/%s", w->model->name);
    count = scandir(directory, &entries, is_source, alphasort);
    ok = count >= 0;
    if (!ok)
        return fail(error, error_bytes, "cannot read the model's sources in", directory);
    for (int i = 0; i < count; i++) {
        struct source *file = &w->files[w->file_count];
        char path[700];

        if (ok && w->file_count < FILES_MAX && strlen(entries[i]->d_name) < sizeof file->name) {
            strcpy(file->name, entries[i]->d_name);
            file->compiled = ends_in(file->name, ".c");
            snprintf(path, sizeof path, "%s/%s", directory, file->name);
            file->text = read_whole(path, &file->length);
            source_path(w, path, sizeof path, file->name);
            ok = file->text && write_whole(path, file->text, file->length);
            w->file_count++;
            if (!ok)
                fail(error, error_bytes, "cannot copy", file->name);
        }
        free(entries[i]);
    }
    free(entries);
    return ok;
}

struct workshop *workshop_open(const char *directory, const struct mutate_model *model, const struct workshop *originals,
                               char *error, size_t error_bytes)
{
    char models[64];
    const char *const directories[] = {"", "models", models, "original", "changed"};
    struct workshop *w = calloc(1, sizeof *w);
    char path[400];

    if (!w) {
        snprintf(error, error_bytes, "out of memory");
        return NULL;
    }
    w->model = model;
    w->built = originals != NULL;
    snprintf(models, sizeof models, "models/%s", model->name);
    snprintf(w->directory, sizeof w->directory, "%s", directory);
    snprintf(w->originals, sizeof w->originals, "%s/original", originals ? originals->directory : directory);
    snprintf(w->plugin, sizeof w->plugin, "%s/mutant.so", directory);
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        path_of(w, path, sizeof path, directories[i], "", "");
        if (mkdir(path, 0700) && errno != EEXIST) {
            fail(error, error_bytes, "cannot make", path);
            workshop_close(w);
            return NULL;
        }
    }
    if (!copy_sources(w, error, error_bytes)) {
        workshop_close(w);
        return NULL;
    }
    return w;
}

void workshop_close(struct workshop *w)
{
    char *argv[] = {"rm", "-rf", NULL, NULL};

    if (!w)
        return;
    argv[2] = w->directory;
    if (w->directory[0])
        run(w, argv);
    for (size_t i = 0; i < w->file_count; i++)
        free(w->files[i].text);
    free(w);
}

size_t workshop_file_count(const struct workshop *w)
{
    return w->file_count;
}

const char *workshop_file_name(const struct workshop *w, size_t file)
{
    return w->files[file].name;
}

const char *workshop_text(const struct workshop *w, size_t file, size_t *length)
{
    *length = w->files[file].length;
    return w->files[file].text;
}

const char *workshop_plugin(const struct workshop *w)
{
    return w->plugin;
}

/* ---- building ---- */

static bool build_original(struct workshop *w, char *error, size_t error_bytes)
{
    char object[400], source[400];
    int status;

    for (size_t i = 0; i < w->file_count; i++) {
        original_path(w, object, sizeof object, w->files[i].name);
        if (w->files[i].compiled && (status = compile_file(w, i, object)) != 0) {
            snprintf(error, error_bytes, status < 0 ? "cannot run %s" : "%s cannot compile %s as it is", IOTB_MUTATE_CC,
                     w->files[i].name);
            return false;
        }
    }
    snprintf(source, sizeof source, IOTB_MUTATE_SOURCE "/conformance/dut/model/%s_dut.c", w->model->stem);
    original_path(w, object, sizeof object, "adapter");
    if (compile(w, source, object)) {
        snprintf(error, error_bytes, "%s cannot compile the adapter", IOTB_MUTATE_CC);
        return false;
    }
    w->built = true;
    return true;
}

static void forget_changed(const struct workshop *w)
{
    char object[400];

    for (size_t i = 0; i < w->file_count; i++)
        if (w->files[i].compiled) {
            path_of(w, object, sizeof object, "changed", w->files[i].name, ".o");
            unlink(object);
        }
}

/* Compiles what depends on the file; an object that came out the same is dropped. */
static enum workshop_result compile_changed(struct workshop *w, size_t file)
{
    enum workshop_result result = WORKSHOP_SAME;

    for (size_t i = 0; i < w->file_count; i++) {
        char changed[400], original[400];

        if (!w->files[i].compiled || (w->files[file].compiled && i != file))
            continue;
        path_of(w, changed, sizeof changed, "changed", w->files[i].name, ".o");
        if (compile_file(w, i, changed))
            return WORKSHOP_STILLBORN;
        original_path(w, original, sizeof original, w->files[i].name);
        if (same_contents(changed, original))
            unlink(changed);
        else
            result = WORKSHOP_PLUGIN;
    }
    return result;
}

static enum workshop_result change(struct workshop *w, const struct mutation *mutation, char *error, size_t error_bytes)
{
    const struct source *file = &w->files[mutation->file];
    enum workshop_result result = WORKSHOP_FAULT;
    char path[400];
    char *text = mutate_apply(file->text, file->length, mutation);

    source_path(w, path, sizeof path, file->name);
    if (text && write_whole(path, text, strlen(text)))
        result = compile_changed(w, mutation->file);
    free(text);
    if (!write_whole(path, file->text, file->length))
        result = WORKSHOP_FAULT;
    if (result == WORKSHOP_FAULT)
        fail(error, error_bytes, "cannot write", path);
    return result;
}

enum workshop_result workshop_build(struct workshop *w, const struct mutation *mutation, char *error, size_t error_bytes)
{
    enum workshop_result result = WORKSHOP_PLUGIN;

    if (!w->built && !build_original(w, error, error_bytes))
        return WORKSHOP_FAULT;
    forget_changed(w);
    if (mutation)
        result = change(w, mutation, error, error_bytes);
    if (result == WORKSHOP_PLUGIN && link_plugin(w)) {
        /* A mutant may refer to nothing that exists; the original must not. */
        if (mutation)
            return WORKSHOP_STILLBORN;
        snprintf(error, error_bytes, "the plug-in cannot be linked");
        return WORKSHOP_FAULT;
    }
    return result;
}
