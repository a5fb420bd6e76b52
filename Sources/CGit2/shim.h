// The door to libgit2: its headers, and fixed-arity forms of the calls that Swift cannot import.
#ifndef CGIT2_SHIM_H
#define CGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/commit.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>

/// `git_libgit2_opts` is variadic, which Swift does not import: one form for a single integer.
static inline int cgit2_set_option(int option, int value) {
  return git_libgit2_opts(option, value);
}

/// Names repository extensions that opening accepts on top of the built-in ones.
static inline int cgit2_set_extensions(const char **names, size_t count) {
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}

/// The folders, separated by colons, in which files of a level of configuration are looked for.
static inline int cgit2_search_path(int level, git_buf *out) {
  return git_libgit2_opts(GIT_OPT_GET_SEARCH_PATH, level, out);
}

/// Names the file of certificates that TLS connections trust.
static inline int cgit2_set_certificates(const char *file) {
  return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL);
}

/// `compress2` and `compressBound` of zlib, which is linked in with libgit2.
extern int cgit2_compress(unsigned char *to, unsigned long *toCount, const unsigned char *from, unsigned long fromCount, int level)
    __asm__("compress2");
extern unsigned long cgit2_compress_bound(unsigned long count) __asm__("compressBound");

#endif
