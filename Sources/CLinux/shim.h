// The Linux calls that Swift's Glibc module leaves out: epoll, eventfd, accept4, getrandom, sem_clockwait, openat2, closing descriptors and a session for a child, malloc_trim, mallopt, memmem and sync_file_range.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

// Nothing that Glibc has too: a constant that two modules bring is found in whichever was built first.
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// `accept4`, which <sys/socket.h> shows only under _GNU_SOURCE; address and length may be null.
extern int clinux_accept4(int socket, void *address, void *length, int flags) __asm__("accept4");

/// `getrandom` of <sys/random.h>: up to 256 bytes come whole once the system has started.
extern long clinux_getrandom(void *bytes, unsigned long count, unsigned int flags) __asm__("getrandom");

/// `sem_clockwait` of <semaphore.h>: waits on a semaphore until a time of the clock named, not of the wall clock.
extern int clinux_sem_clockwait(void *semaphore, int clock, const void *until) __asm__("sem_clockwait");

/// `posix_spawn_file_actions_addclosefrom_np` of <spawn.h>: the child has no descriptor from this one on.
extern int clinux_spawn_closefrom(void *actions, int from) __asm__("posix_spawn_file_actions_addclosefrom_np");

/// A flag of `posix_spawnattr_setflags`: the child leads a session of its own.
static const short CLINUX_SPAWN_SETSID = 0x80;

/// `malloc_trim` of <malloc.h>: gives what is free back to the system, all but `pad` bytes at the end.
extern int clinux_malloc_trim(unsigned long pad) __asm__("malloc_trim");

/// `mallopt` of <malloc.h>: sets one of the parameters below; 0 where it cannot.
extern int clinux_mallopt(int parameter, int value) __asm__("mallopt");

/// `memmem` of <string.h>: the first place of one piece of memory in another, in linear time; null where it is not there.
extern const void *clinux_memmem(const void *hay, unsigned long hayCount, const void *needle, unsigned long needleCount)
    __asm__("memmem");

/// `sync_file_range` of <fcntl.h>: begins to write a part of a file to the disk; all of it where `count` is 0.
extern int clinux_sync_file_range(int descriptor, long from, long count, unsigned int flags) __asm__("sync_file_range");
static const unsigned int CLINUX_SYNC_FILE_RANGE_WRITE = 2;

/// Bytes from which a piece gets pages of its own.
static const int CLINUX_M_MMAP_THRESHOLD = -3;
/// Bytes that may be free at the end before they are given back.
static const int CLINUX_M_TRIM_THRESHOLD = -1;

extern long clinux_syscall(long number, ...) __asm__("syscall");

/// `openat2` of Linux 5.6: opens what lies beneath a folder, with no symbolic link on the way. Negative where that fails, as
/// it does on an older system.
static inline int clinux_open_beneath(int folder, const char *path, int flags) {
  // Flags, mode, and how to resolve: RESOLVE_NO_SYMLINKS and RESOLVE_BENEATH of <linux/openat2.h>.
  unsigned long long how[3] = {(unsigned long long)flags, 0, 0x04 | 0x08};
  // SYS_openat2, the same for every processor.
  return (int)clinux_syscall(437, folder, path, how, sizeof how);
}

#endif
