// SHA-1 by the processor's own instructions (Intel, "SHA Extensions", 2013), which Swift cannot say.
#ifndef CLINUX_SHA1_H
#define CLINUX_SHA1_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

/// Whether this processor has them, and SSSE3 and SSE4.1 beside them.
static inline int clinux_has_sha1(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 9) || !(c & 1u << 19)) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29);
}

// Five times four rounds with one of the four round functions; `words` is a ring of the last sixteen words.
#define CLINUX_SHA1_ROUNDS(from, function)                                              \
  _Pragma("clang loop unroll(full)") for (int group = from; group < from + 5; group++) { \
    __m128i word;                                                                       \
    if (group < 4) {                                                                    \
      word = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)data + group), reversed); \
    } else {                                                                            \
      word = _mm_sha1msg1_epu32(words[group & 3], words[(group + 1) & 3]);              \
      word = _mm_xor_si128(word, words[(group + 2) & 3]);                               \
      word = _mm_sha1msg2_epu32(word, words[(group + 3) & 3]);                          \
    }                                                                                   \
    words[group & 3] = word;                                                            \
    const __m128i fifth =                                                               \
        group == 0 ? _mm_add_epi32(e, word) : _mm_sha1nexte_epu32(before, word);        \
    before = abcd;                                                                      \
    abcd = _mm_sha1rnds4_epu32(abcd, fifth, function);                                  \
  }

/// Takes whole blocks of 64 bytes into the five words of a state.
__attribute__((target("sha,ssse3,sse4.1"))) static inline void clinux_sha1(
    uint32_t *state, const uint8_t *data, size_t blocks) {
  const __m128i reversed = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
  __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1B);
  __m128i e = _mm_set_epi32((int)state[4], 0, 0, 0);
  for (; blocks > 0; blocks--, data += 64) {
    const __m128i abcd_before = abcd, e_before = e;
    __m128i words[4], before = abcd;
    CLINUX_SHA1_ROUNDS(0, 0)
    CLINUX_SHA1_ROUNDS(5, 1)
    CLINUX_SHA1_ROUNDS(10, 2)
    CLINUX_SHA1_ROUNDS(15, 3)
    e = _mm_sha1nexte_epu32(before, e_before);
    abcd = _mm_add_epi32(abcd, abcd_before);
  }
  _mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1B));
  state[4] = (uint32_t)_mm_extract_epi32(e, 3);
}

#else
static inline int clinux_has_sha1(void) { return 0; }
static inline void clinux_sha1(uint32_t *state, const uint8_t *data, size_t blocks) {
  (void)state, (void)data, (void)blocks;
}
#endif

#endif
