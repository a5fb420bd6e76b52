// The door to libgit2: its headers, and fixed-arity forms of the calls that Swift cannot import.
#ifndef CGIT2_SHIM_H
#define CGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/errors.h>

/// `git_libgit2_opts` is variadic, which Swift does not import: one form for a single integer.
static inline int cgit2_set_option(int option, int value) {
  return git_libgit2_opts(option, value);
}

#endif
