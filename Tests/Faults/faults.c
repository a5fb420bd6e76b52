/* System calls that fail on demand, between a program with its libgit2 and the C library. See Faults.swift. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <dirent.h>
#include <signal.h>
/* No error of the system: the process dies there. */
#define KILLED 9999

static const char *below, *list, *during, *only;
static long at, with, on, every, ahead, seen;
static unsigned char ours[65536];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) { fprintf(stderr, "faults: no %s\n", name); abort(); }
  return found;
}

__attribute__((constructor)) static void start(void) {
  const char *text;
  /* Tests start a program through this one. */
  if (!strcmp(program_invocation_short_name, "env")) return;
  if (!strcmp(program_invocation_short_name, "timeout")) return;
  below = getenv("FAULT_BELOW");
  list = getenv("FAULT_LIST");
  at = (text = getenv("FAULT_AT")) ? atol(text) : 0;
  with = (text = getenv("FAULT_WITH")) ? atol(text) : EIO;
  on = getenv("FAULT_ON") != NULL;
  every = (text = getenv("FAULT_EVERY")) ? atol(text) : 0;
  during = getenv("FAULT_WHILE");
  only = getenv("FAULT_ONLY");
  ahead = (text = getenv("FAULT_CLOCK")) ? atol(text) : 0;
  unsetenv("LD_PRELOAD");
  if (getenv("FAULT_SETS")) setenv("FAULT_IS_SET", "1", 1);
}

/* Whether this call is to fail. */
static int fails(const char *call, const char *path) {
  if (!below) return 0;
  if (only && strcmp(only, call)) return 0;
  if (during && REAL(access)(during, F_OK) != 0) return 0;
  pthread_mutex_lock(&turn);
  long number = ++seen;
  pthread_mutex_unlock(&turn);
  if (list && (!every || number % every == 0)) {
    int saved = errno;
    int file = REAL(open)(list, O_WRONLY | O_CREAT | O_APPEND, 0644);
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, call, path ? path : "");
    if (file >= 0) { REAL(write)(file, line, length); REAL(close)(file); }
    errno = saved;
  }
  if (every && number % every == 0) { errno = with; return 1; }
  if (at == 0 || !(number == at || (on && number > at))) return 0;
  if (with == KILLED) kill(getpid(), SIGKILL);
  errno = with;
  return 1;
}

static int is_file(int descriptor) { return descriptor >= 0 && descriptor < 65536 && ours[descriptor]; }

/* Whether a path, as it is given, lies below the folder. */
static int is_path(int folder, const char *path) {
  if (!below || !path) return 0;
  if (path[0] != '/') {
    if (folder != AT_FDCWD) return is_file(folder);
    char here[PATH_MAX];
    return getcwd(here, sizeof here) && !strncmp(here, below, strlen(below));
  }
  return !strncmp(path, below, strlen(below));
}

static int opened(int descriptor, int is_ours) {
  if (descriptor >= 0 && descriptor < 65536) ours[descriptor] = is_ours;
  return descriptor;
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }
#define OPEN(name) int name(const char *path, int flags, ...) { MODE int mine = is_path(AT_FDCWD, path); \
  if (mine && fails(#name, path)) return -1; return opened(REAL(name)(path, flags, mode), mine); }
#define OPENAT(name) int name(int folder, const char *path, int flags, ...) { MODE int mine = is_path(folder, path); \
  if (mine && fails(#name, path)) return -1; return opened(REAL(name)(folder, path, flags, mode), mine); }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

#define FILECALL(result, name, parameters, arguments) result name parameters { \
  if (is_file(descriptor) && fails(#name, "")) return -1; return REAL(name) arguments; }
FILECALL(ssize_t, read, (int descriptor, void *bytes, size_t count), (descriptor, bytes, count))
FILECALL(ssize_t, write, (int descriptor, const void *bytes, size_t count), (descriptor, bytes, count))
FILECALL(ssize_t, pread, (int descriptor, void *bytes, size_t count, off_t place), (descriptor, bytes, count, place))
FILECALL(ssize_t, pread64, (int descriptor, void *bytes, size_t count, off64_t place), (descriptor, bytes, count, place))
FILECALL(ssize_t, pwrite, (int descriptor, const void *bytes, size_t count, off_t place), (descriptor, bytes, count, place))
FILECALL(ssize_t, pwrite64, (int descriptor, const void *bytes, size_t count, off64_t place), (descriptor, bytes, count, place))
FILECALL(int, fsync, (int descriptor), (descriptor))
FILECALL(int, fdatasync, (int descriptor), (descriptor))
FILECALL(int, ftruncate, (int descriptor, off_t size), (descriptor, size))
FILECALL(int, ftruncate64, (int descriptor, off64_t size), (descriptor, size))
FILECALL(int, fchmod, (int descriptor, mode_t mode), (descriptor, mode))
FILECALL(int, flock, (int descriptor, int what), (descriptor, what))
FILECALL(int, fstat, (int descriptor, struct stat *status), (descriptor, status))
FILECALL(int, fstat64, (int descriptor, struct stat64 *status), (descriptor, status))
int posix_fallocate(int descriptor, off_t from, off_t count) {
  if (is_file(descriptor) && fails("posix_fallocate", "")) return with;
  return REAL(posix_fallocate)(descriptor, from, count);
}
int posix_fallocate64(int descriptor, off64_t from, off64_t count) {
  if (is_file(descriptor) && fails("posix_fallocate", "")) return with;
  return REAL(posix_fallocate64)(descriptor, from, count);
}
/* A failed close has closed. */
int close(int descriptor) {
  int mine = is_file(descriptor);
  opened(descriptor, 0);
  int result = REAL(close)(descriptor);
  return mine && fails("close", "") ? -1 : result;
}
void *mmap(void *wish, size_t size, int use, int flags, int descriptor, off_t place) {
  if (is_file(descriptor) && fails("mmap", "")) return MAP_FAILED;
  return REAL(mmap)(wish, size, use, flags, descriptor, place);
}
void *mmap64(void *wish, size_t size, int use, int flags, int descriptor, off64_t place) {
  if (is_file(descriptor) && fails("mmap", "")) return MAP_FAILED;
  return REAL(mmap64)(wish, size, use, flags, descriptor, place);
}

#define PATHCALL(name, parameters, arguments) int name parameters { \
  if (is_path(AT_FDCWD, path) && fails(#name, path)) return -1; return REAL(name) arguments; }
#define ATCALL(name, parameters, arguments) int name parameters { \
  if (is_path(folder, path) && fails(#name, path)) return -1; return REAL(name) arguments; }
PATHCALL(stat, (const char *path, struct stat *status), (path, status))
PATHCALL(lstat, (const char *path, struct stat *status), (path, status))
PATHCALL(stat64, (const char *path, struct stat64 *status), (path, status))
PATHCALL(lstat64, (const char *path, struct stat64 *status), (path, status))
PATHCALL(access, (const char *path, int mode), (path, mode))
PATHCALL(mkdir, (const char *path, mode_t mode), (path, mode))
PATHCALL(rmdir, (const char *path), (path))
PATHCALL(unlink, (const char *path), (path))
PATHCALL(rename, (const char *path, const char *other), (path, other))
PATHCALL(link, (const char *path, const char *other), (path, other))
PATHCALL(chmod, (const char *path, mode_t mode), (path, mode))
ATCALL(fstatat, (int folder, const char *path, struct stat *status, int flags), (folder, path, status, flags))
ATCALL(fstatat64, (int folder, const char *path, struct stat64 *status, int flags), (folder, path, status, flags))
ATCALL(mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
ATCALL(unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
ATCALL(renameat, (int folder, const char *path, int other, const char *name), (folder, path, other, name))

ssize_t readlink(const char *path, char *text, size_t size) {
  if (is_path(AT_FDCWD, path) && fails("readlink", path)) return -1;
  return REAL(readlink)(path, text, size);
}
DIR *opendir(const char *path) {
  int mine = is_path(AT_FDCWD, path);
  if (mine && fails("opendir", path)) return NULL;
  DIR *folder = REAL(opendir)(path);
  if (folder) opened(dirfd(folder), mine);
  return folder;
}
/* Where it is asked for alone: libgit2 does not tell a folder's end from an error. */
struct dirent *readdir(DIR *folder) {
  if (only && is_file(dirfd(folder)) && fails("readdir", "")) return NULL;
  return REAL(readdir)(folder);
}
struct dirent64 *readdir64(DIR *folder) {
  if (only && is_file(dirfd(folder)) && fails("readdir", "")) return NULL;
  return REAL(readdir64)(folder);
}
DIR *fdopendir(int descriptor) {
  if (is_file(descriptor) && fails("fdopendir", "")) return NULL;
  return REAL(fdopendir)(descriptor);
}
/* It closes without a call of ours, and the next to have the number may be no file. */
int closedir(DIR *folder) {
  opened(dirfd(folder), 0);
  return REAL(closedir)(folder);
}
int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = REAL(clock_gettime)(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += ahead;
  return result;
}
