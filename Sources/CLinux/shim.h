// The Linux calls that Swift's Glibc module leaves out: epoll, eventfd, accept4 and malloc_trim.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

// Nothing that Glibc has too: a constant that two modules bring is found in whichever was built first.
#include <sys/epoll.h>
#include <sys/eventfd.h>

/// `accept4`, which <sys/socket.h> shows only under _GNU_SOURCE; address and length may be null.
extern int clinux_accept4(int socket, void *address, void *length, int flags) __asm__("accept4");

/// `malloc_trim` of <malloc.h>: gives what is free back to the system, all but `pad` bytes at the end.
extern int clinux_malloc_trim(unsigned long pad) __asm__("malloc_trim");

#endif
